//! Things named by id or by code, whichever the caller has at hand.

use domain::text::Code;

use crate::wire::{Optional, Patch};

/// An id or a code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference<Id> {
    Id(Id),
    Code(String),
}

impl<Id> Reference<Id> {
    /// The member that the caller sent, of the two that name it.
    pub const fn member(named: Option<&Self>, by_id: &'static str, by_code: &'static str) -> &'static str {
        match named {
            Some(Self::Code(_)) => by_code,
            _ => by_id,
        }
    }
}

/// The id when it is given, else the code.
pub fn by_id_or_code<Id>(id: Option<Id>, code: Option<Code>) -> Option<Reference<Id>> {
    id.map(Reference::Id).or_else(|| code.map(|code| Reference::Code(code.into_string())))
}

/// The reference in a patch that cannot remove it: the id when it is given, else the code.
pub fn optional<Id>(id: Optional<Id>, code: Optional<Code>) -> Option<Reference<Id>> {
    by_id_or_code(id.0, code.0)
}

/// The reference in a patch: left out, removed by a null in either, or replaced.
pub fn patched<Id>(id: Patch<Id>, code: Patch<Code>) -> Option<Option<Reference<Id>>> {
    let code = code.map(|code| Reference::Code(code.into_string())).into_option();
    match id.map(Reference::Id).into_option() {
        Some(Some(id)) => Some(Some(id)),
        Some(None) => Some(code.flatten()),
        None => code,
    }
}
