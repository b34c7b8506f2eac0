//! The position in the feed at which reading begins.

use domain::error::{Phrase, Violations};
use serde_json::{Value, json};

use crate::wire::{Pointer, Schemas, WireType, wrong_type};

const A_SEQUENCE_OR_LATEST: Phrase =
    Phrase::new("a sequence or the word latest", "رقم تسلسلي أو كلمة latest");

/// The word for the present end of the feed.
const LATEST: &str = "latest";

/// A sequence, or the end of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    After(i64),
    Latest,
}

impl WireType for Position {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^([0-9]{1,18}|latest)$" })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        match value.as_str() {
            Some(LATEST) => Some(Self::Latest),
            Some(text) if (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok().map(Self::After)
            }
            _ => wrong_type(A_SEQUENCE_OR_LATEST, value, at, errors),
        }
    }
}
