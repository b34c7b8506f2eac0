//! Takes a party back that was put away.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::error::{Phrase, Violation};
use domain::parties::party::{PARTY_MERGED, Party, PartyId, PartyStatus};

use super::{PartyView, Sharing};
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::{Described, Records, replace_as};
use crate::parties::bank_accounts::iban_taken;
use crate::platform::error::ALREADY_DONE;
use crate::unit_of_work::UnitOfWork;

/// Makes an archived party active, unless another one has its numbers or IBANs meanwhile.
pub struct UnarchiveParty(pub PartyId);

#[async_trait]
impl Command for UnarchiveParty {
    const NAME: &'static str = "unarchive_party";
    const ACCESS: Access = Access::Permission(Party::RESOURCE.change.permission.name);
    type Output = PartyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<PartyView>> {
        let stored = Records::<Party>::find(uow, self.0).await?.ok_or_else(|| Party::RESOURCE.missing())?;
        check_version(ctx, stored.value.version)?;
        if stored.value.is_active() {
            let active = Phrase::new("active", "نشط");
            return Err(Violation::new(&ALREADY_DONE).with_phrase("state", active).into());
        }
        if stored.value.merged_into_id.is_some() {
            return Err(Violation::new(&PARTY_MERGED).with("code", &stored.value.code).into());
        }
        let party = Party { status: PartyStatus::Active, ..stored.value.clone() };
        let mut found = Vec::new();
        if party.claims_numbers() {
            found.extend(Sharing::read(&[&party], uow).await?.violations(&party));
        }
        found.extend(ibans_taken(uow, self.0).await?);
        if !found.is_empty() {
            return Err(found.into());
        }
        uow.parties().set_accounts_active(self.0, true).await?;
        replace_as(uow, &stored, party, "unarchived").await
    }
}

/// The IBANs of the party that another one has meanwhile.
async fn ibans_taken(uow: &mut dyn UnitOfWork, party: PartyId) -> AppResult<Vec<Violation>> {
    let accounts = uow.parties().bank_accounts_of(party).await?;
    let ibans: BTreeSet<String> =
        accounts.iter().filter_map(|account| account.value.iban.as_ref().map(ToString::to_string)).collect();
    if ibans.is_empty() {
        return Ok(Vec::new());
    }
    let holders = uow.parties().iban_holders(&ibans).await?;
    Ok(holders.iter().filter(|holder| holder.party != party).map(|holder| iban_taken(holder, "")).collect())
}
