//! The party of a document, of whatever type it is.

use domain::documents::document_type::TradeSide;
use domain::error::{Phrase, Violation, Violations};
use domain::parties::party::{Party, PartyId};

use super::error::{PARTY_ARCHIVED, PARTY_ROLE_MISSING};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

/// Most parties that were merged one into the other.
const MERGES_FOLLOWED_MAX: usize = 100;

/// The party that is named, or that the named one was merged into, and the member that names it. A violation is noted where there is none.
pub(in crate::documents) async fn named_party(
    uow: &mut dyn UnitOfWork,
    named: Option<&Reference<PartyId>>,
    violations: &mut Violations,
) -> AppResult<Option<(Party, &'static str)>> {
    let (id, at, value) = match named {
        Some(Reference::Id(id)) => (Some(*id), "/partyId", id.to_string()),
        Some(Reference::Code(code)) => {
            (Records::<Party>::by_code(uow, (), code).await?, "/partyCode", code.clone())
        }
        None => {
            violations.push(Violation::new(&REQUIRED).at("/partyId"));
            return Ok(None);
        }
    };
    let found = match id {
        Some(id) => Records::<Party>::find(uow, id).await?,
        None => None,
    };
    let Some(mut party) = found.map(|stored| stored.value) else {
        violations.push(unknown_reference(at, "party", value));
        return Ok(None);
    };
    for _ in 0..MERGES_FOLLOWED_MAX {
        let Some(into) = party.merged_into_id else { break };
        let Some(survivor) = Records::<Party>::find(uow, into).await? else { break };
        party = survivor.value;
    }
    if !party.is_active() {
        violations.push(Violation::new(&PARTY_ARCHIVED).at(at).with("party", &party.code));
    }
    Ok(Some((party, at)))
}

/// The party does not have the role that a side of the trade asks for.
pub(in crate::documents) fn role_missing(party: &Party, side: TradeSide, at: &'static str) -> Violation {
    let wanted = match side {
        TradeSide::Sale => Phrase::new("customer", "عميلًا"),
        TradeSide::Purchase => Phrase::new("supplier", "موردًا"),
    };
    Violation::new(&PARTY_ROLE_MISSING).at(at).with("party", &party.code).with_phrase("role", wanted)
}
