//! Groups of parties, by which they are found and reported.

use crate::ids::Id;
use crate::text::{Code, LocalizedName};

pub type PartyGroupId = Id<PartyGroup>;

/// A group that customers or suppliers belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyGroup {
    pub id: PartyGroupId,
    pub code: Code,
    pub name: LocalizedName,
    pub version: i64,
}
