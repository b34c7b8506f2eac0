//! The messages of processes to each other through Redis' publish and subscribe.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Heard by all processes.
pub(super) fn news_channel(prefix: &str) -> String {
    format!("{prefix}erp:cache:changes")
}

/// Heard by one process: its own heartbeats.
pub(super) fn heartbeat_channel(prefix: &str, node: &str) -> String {
    format!("{prefix}erp:cache:heartbeat:{node}")
}

/// News of one process for the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct Message {
    /// Whose: a process skips its own.
    pub from: String,
    #[serde(flatten)]
    pub news: News,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "camelCase")]
pub(in super::super) enum News {
    /// Entities as recorded, not cached groups: another version of the product may cache other things.
    Changed {
        tenant: Uuid,
        entities: Vec<String>,
    },
    Flushed {
        pattern: String,
    },
    Everything,
}

impl Message {
    pub fn encode(&self) -> String {
        // Texts always serialise; what cannot be read makes the others forget everything.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_a_stable_form() {
        let tenant = Uuid::from_u128(1);
        let news = News::Changed { tenant, entities: vec!["account".to_owned()] };
        let message = Message { from: "a".to_owned(), news };
        let text = r#"{"from":"a","news":"changed","tenant":"00000000-0000-0000-0000-000000000001","entities":["account"]}"#;
        assert_eq!(message.encode(), text);
        assert_eq!(Message::decode(text.as_bytes()), Some(message));
        assert_eq!(
            Message::decode(br#"{"from":"a","news":"everything"}"#).map(|m| m.news),
            Some(News::Everything)
        );
        assert_eq!(Message::decode(br#"{"from":"a","news":"tomorrow"}"#), None);
    }
}
