//! Groups of parties, by which they are found and reported.

use crate::ids::Id;
use crate::items::price_list::PriceListId;
use crate::text::{Code, LocalizedName};

pub type PartyGroupId = Id<PartyGroup>;

/// A group that customers or suppliers belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyGroup {
    pub id: PartyGroupId,
    pub code: Code,
    pub name: LocalizedName,
    /// The list in which prices of its customers are looked up who have none of their own.
    pub price_list_id: Option<PriceListId>,
    pub version: i64,
}
