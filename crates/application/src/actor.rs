//! The actor of a request.

use domain::ids::{ApiKeyId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    User(UserId),
    /// A machine, acting for the user who made the key.
    ApiKey(ApiKeyId, UserId),
    /// The product itself: start-up provisioning and background work.
    System,
}

impl Actor {
    pub fn user_id(self) -> Option<UserId> {
        match self {
            Self::User(id) | Self::ApiKey(_, id) => Some(id),
            Self::System => None,
        }
    }
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ApiKey(..) => "api_key",
            Self::System => "system",
        }
    }
}
