//! The key that names a record in a path.

use std::fmt::Display;

use domain::ids::Id;
use domain::money::CurrencyCode;
use uuid::Uuid;

use crate::ports::cache::Slot;
use crate::wire::WireType;

/// The last part of a record's path.
pub trait Key: Copy + Eq + Display + WireType + Send + Sync + 'static {
    /// The path parameter with its description, when it is not an id.
    const CODE: Option<(&'static str, &'static str)>;

    /// `None` when the text cannot name anything.
    fn read(text: &str) -> Option<Self>;

    /// Under which id audit log and change feed know the record.
    fn entity_id(self) -> Uuid;

    /// Where a cache keeps it.
    fn slot(self) -> Slot;
}

impl<T: 'static> Key for Id<T> {
    const CODE: Option<(&'static str, &'static str)> = None;

    /// Only the hyphenated form, as in bodies.
    fn read(text: &str) -> Option<Self> {
        let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
        if hyphenated { text.parse().ok() } else { None }
    }
    fn entity_id(self) -> Uuid {
        self.uuid()
    }
    fn slot(self) -> Slot {
        Slot::Id(self.uuid())
    }
}

impl Key for CurrencyCode {
    const CODE: Option<(&'static str, &'static str)> = Some(("code", "The code of ISO 4217, such as `SAR`."));

    fn read(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }
    /// The letters of the code, padded.
    fn entity_id(self) -> Uuid {
        Uuid::from_u128(self.as_str().bytes().fold(0, |id, letter| (id << 8) | u128::from(letter)))
    }
    fn slot(self) -> Slot {
        Slot::Name(self.to_string())
    }
}
