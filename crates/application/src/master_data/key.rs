//! The key that names a record in a path.

use std::fmt::{self, Display};

use domain::ids::Id;
use domain::money::CurrencyCode;
use uuid::Uuid;

use crate::ports::cache::Slot;
use crate::wire::WireType;

/// The part of a record's path that differs from its neighbours'.
pub trait Key: Copy + Eq + Display + Send + Sync + 'static {
    /// The record's parent in the path.
    type Parent: Parent;
    /// The last part of the path, as its parameter.
    type Last: WireType;
    /// The path parameter with its description, when it is not an id.
    const CODE: Option<(&'static str, &'static str)>;

    /// `None` when the texts cannot name anything.
    fn read(parts: &[String]) -> Option<Self>;

    fn parent(self) -> Self::Parent;

    /// The key of the record with this id; `None` when records are named by a code.
    fn of(parent: Self::Parent, id: Uuid) -> Option<Self>;

    /// The id under which audit log and change feed know the record.
    fn entity_id(self) -> Uuid;

    /// The slot in which a cache keeps it.
    fn slot(self) -> Slot;
}

/// The parent of records in a path: none, or a record of another resource.
pub trait Parent: Copy + Eq + Send + Sync + 'static {
    /// `None` when the texts cannot name anything.
    fn read(parts: &[String]) -> Option<Self>;
    fn id(self) -> Option<Uuid>;
}

impl Parent for () {
    fn read(_: &[String]) -> Option<Self> {
        Some(())
    }
    fn id(self) -> Option<Uuid> {
        None
    }
}

impl<P: 'static> Parent for Id<P> {
    fn read(parts: &[String]) -> Option<Self> {
        parts.first().and_then(|text| read_id(text))
    }
    fn id(self) -> Option<Uuid> {
        Some(self.uuid())
    }
}

/// Only the hyphenated form, as in bodies.
fn read_id<T>(text: &str) -> Option<Id<T>> {
    let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
    if hyphenated { text.parse().ok() } else { None }
}

impl<T: 'static> Key for Id<T> {
    type Parent = ();
    type Last = Self;
    const CODE: Option<(&'static str, &'static str)> = None;

    fn read(parts: &[String]) -> Option<Self> {
        parts.first().and_then(|text| read_id(text))
    }
    fn parent(self) {}
    fn of((): (), id: Uuid) -> Option<Self> {
        Some(Self::new(id))
    }
    fn entity_id(self) -> Uuid {
        self.uuid()
    }
    fn slot(self) -> Slot {
        Slot::Id(self.uuid())
    }
}

/// A record that lies below one of another resource, such as a value of a dimension.
pub struct Within<P, T> {
    pub parent: Id<P>,
    pub id: Id<T>,
}

// Derived, these would ask the same of `P` and `T`.
impl<P, T> Clone for Within<P, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<P, T> Copy for Within<P, T> {}
impl<P, T> PartialEq for Within<P, T> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.id == other.id
    }
}
impl<P, T> Eq for Within<P, T> {}
impl<P, T> Display for Within<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl<P: 'static, T: 'static> Key for Within<P, T> {
    type Parent = Id<P>;
    type Last = Id<T>;
    const CODE: Option<(&'static str, &'static str)> = None;

    fn read(parts: &[String]) -> Option<Self> {
        let [parent, id] = parts else { return None };
        Some(Self { parent: read_id(parent)?, id: read_id(id)? })
    }
    fn parent(self) -> Id<P> {
        self.parent
    }
    fn of(parent: Id<P>, id: Uuid) -> Option<Self> {
        Some(Self { parent, id: Id::new(id) })
    }
    fn entity_id(self) -> Uuid {
        self.id.uuid()
    }
    fn slot(self) -> Slot {
        Slot::Id(self.id.uuid())
    }
}

impl Key for CurrencyCode {
    type Parent = ();
    type Last = Self;
    const CODE: Option<(&'static str, &'static str)> = Some(("code", "The code of ISO 4217, such as `SAR`."));

    fn read(parts: &[String]) -> Option<Self> {
        parts.first().and_then(|text| Self::parse(text).ok())
    }
    fn parent(self) {}
    fn of((): (), _: Uuid) -> Option<Self> {
        None
    }
    /// The letters of the code, padded.
    fn entity_id(self) -> Uuid {
        Uuid::from_u128(self.as_str().bytes().fold(0, |id, letter| (id << 8) | u128::from(letter)))
    }
    fn slot(self) -> Slot {
        Slot::Name(self.to_string())
    }
}
