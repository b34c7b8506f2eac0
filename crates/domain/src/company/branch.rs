//! Branches: places from which the company sells and buys.

use super::profile::CompanyRegistrations;
use crate::ids::Id;
use crate::parties::address::Address;
use crate::text::{Code, LocalizedName};

pub type BranchId = Id<Branch>;

/// The dimension whose value with the code of a branch stands on the ledger lines of its documents.
pub const BRANCH_DIMENSION: &str = "branch";

crate::errors! {
    BRANCH_ARCHIVED = "branch_archived", Rule, User,
        "Branch {branch} is archived, so new documents do not name it.",
        "الفرع {branch} مؤرشف، لذا لا تذكره المستندات الجديدة.";
    BRANCH_CODE_FIXED = "branch_code_fixed", Conflict, User,
        "The code of branch {branch} is fixed, because documents or number series name it.",
        "رمز الفرع {branch} ثابت لأن مستندات أو تسلسلات أرقام تذكره.";
}

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

/// The part of a branch that its documents need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchFacts {
    pub id: BranchId,
    pub code: String,
    pub name: LocalizedName,
    pub registrations: CompanyRegistrations,
    pub address: Option<Address>,
    pub active: bool,
}

impl From<&Branch> for BranchFacts {
    fn from(branch: &Branch) -> Self {
        Self {
            id: branch.id,
            code: branch.code.to_string(),
            name: branch.name.clone(),
            registrations: branch.registrations.clone(),
            address: branch.address.clone(),
            active: branch.active,
        }
    }
}

/// The branch of documents that name none: the one that the company profile names, else the only active one (R39).
pub fn default_branch(all: &[BranchFacts], of_profile: Option<BranchId>) -> Option<&BranchFacts> {
    if let Some(id) = of_profile {
        return all.iter().find(|branch| branch.id == id);
    }
    let mut active = all.iter().filter(|branch| branch.active);
    active.next().filter(|_| active.next().is_none())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn branch(number: u128, active: bool) -> BranchFacts {
        BranchFacts {
            id: BranchId::new(Uuid::from_u128(number)),
            code: format!("B{number}"),
            name: LocalizedName::parse(None, Some("B")).unwrap(),
            registrations: CompanyRegistrations::default(),
            address: None,
            active,
        }
    }

    #[test]
    fn a_document_without_a_branch_takes_that_of_the_profile_or_the_only_one() {
        let chosen = |all: &[BranchFacts], of_profile: Option<u128>| {
            let of_profile = of_profile.map(|number| BranchId::new(Uuid::from_u128(number)));
            default_branch(all, of_profile).map(|branch| branch.code.clone())
        };
        let (one, two, closed) = (branch(1, true), branch(2, true), branch(3, false));
        assert_eq!(chosen(&[], None), None);
        assert_eq!(chosen(&[one.clone(), closed.clone()], None).as_deref(), Some("B1"));
        assert_eq!(chosen(&[one.clone(), two.clone()], None), None, "nobody chose one of them");
        assert_eq!(chosen(&[one.clone(), two], Some(2)).as_deref(), Some("B2"));
        assert_eq!(chosen(&[one, closed], Some(3)).as_deref(), Some("B3"), "and is refused as archived");
    }
}
