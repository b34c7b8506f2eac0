//! A new party from its body.

use domain::parties::party::{NameKeys, Party, PartyId, PartyStatus};

use super::{Known, NewParty, parts};
use crate::error::AppResult;
use crate::master_data::Check;

/// The party that the body makes, but for the numbers that it may share with others.
pub async fn made(
    new: &NewParty,
    id: PartyId,
    known: &mut Known,
    check: &mut Check<'_>,
) -> AppResult<Option<Party>> {
    let customer = match &new.customer {
        Some(body) => Some(parts::customer(None, body, known, check).await?),
        None => None,
    };
    let supplier = match &new.supplier {
        Some(body) => Some(parts::supplier(None, body, known, check).await?),
        None => None,
    };
    let registrations = parts::registrations(&new.registrations.0, &mut check.violations);
    let party = Party {
        id,
        code: new.code.clone(),
        name: new.name.clone(),
        name_keys: NameKeys::of(&new.name),
        kind: new.kind,
        country: new.country.clone(),
        language: new.language,
        status: PartyStatus::Active,
        anonymous: new.anonymous,
        customer,
        supplier,
        registrations: registrations.clone().unwrap_or_default(),
        addresses: parts::addresses(&new.addresses.0),
        contacts: parts::contacts(&new.contacts.0),
        allow_duplicate_reason: None,
        merged_into_id: None,
        version: 1,
    };
    check.violations.extend(party.check(known.company(check.uow).await?).into_vec());
    Ok(registrations.map(|_| party))
}
