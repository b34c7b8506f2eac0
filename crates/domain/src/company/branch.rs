//! Branches: places from which the company sells and buys.

use super::profile::CompanyRegistrations;
use crate::ids::Id;
use crate::parties::address::Address;
use crate::text::{Code, LocalizedName};

pub type BranchId = Id<Branch>;

/// A place from which the company sells and buys, with an address and a commercial registration of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub id: BranchId,
    pub code: Code,
    pub name: LocalizedName,
    pub registrations: CompanyRegistrations,
    pub address: Option<Address>,
    pub active: bool,
    pub version: i64,
}
