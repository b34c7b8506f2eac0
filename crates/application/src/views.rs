//! Parts that views of every module share.

use domain::text::LocalizedName;
use domain::time::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A name in Arabic, English or both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct NameView {
    pub ar: Option<String>,
    pub en: Option<String>,
}

impl From<&LocalizedName> for NameView {
    fn from(name: &LocalizedName) -> Self {
        Self { ar: name.ar().map(str::to_owned), en: name.en().map(str::to_owned) }
    }
}

/// `#[serde(serialize_with = "timestamp")]`: RFC 3339 in UTC, always with six decimals.
pub fn timestamp<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

/// `#[serde(serialize_with = "optional_timestamp")]`: like [`timestamp`], or null.
pub fn optional_timestamp<S: Serializer>(
    moment: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.collect_str(moment),
        None => serializer.serialize_none(),
    }
}
