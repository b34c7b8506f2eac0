//! `POST /parties/{id}/merge`: a party that was there twice becomes one (R46).

use async_trait::async_trait;
use domain::error::{Violation, Violations};
use domain::parties::contact::CONTACTS_MAX;
use domain::parties::party::{
    PARTY_MERGE_ANONYMOUS, PARTY_MERGE_INTO_ARCHIVED, PARTY_MERGE_SELF, PARTY_MERGED, Party, PartyId,
    PartyStatus,
};
use domain::parties::registration::Registrations;
use domain::text::Code;

use super::PartyView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::moving::move_documents;
use crate::error::AppResult;
use crate::master_data::{Described, Records, id_named, nothing_named, replace_as};
use crate::ports::stored::Stored;
use crate::reference::{Reference, by_id_or_code};
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

request! {
    /// Merges a party into another one.
    pub struct MergePartyBody {
        /// The party that survives, by its id; give either the id or the code.
        into_id: Option<PartyId>,
        /// The party that survives, by its code.
        into_code: Option<Code> = "C-1001",
    }
}

pub struct MergeParty {
    pub id: PartyId,
    pub body: MergePartyBody,
}

#[async_trait]
impl Command for MergeParty {
    const NAME: &'static str = "merge_party";
    const ACCESS: Access = Access::Permission("parties.party.merge");
    /// The party that survives.
    type Output = PartyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<PartyView>> {
        let from = Records::<Party>::find(uow, self.id).await?.ok_or_else(|| Party::RESOURCE.missing())?;
        check_version(ctx, from.value.version)?;
        if from.value.merged_into_id.is_some() {
            return Err(Violation::new(&PARTY_MERGED).with("code", &from.value.code).into());
        }
        let into = self.survivor(uow, &from.value).await?;
        let survivor = joined(&from.value, &into.value);
        let company = uow.ledger().company_currency().await?;
        survivor.check(company).into_result(())?;
        let merged = Party {
            status: PartyStatus::Archived,
            merged_into_id: Some(into.value.id),
            ..from.value.clone()
        };
        // Its numbers are free before the survivor takes them.
        replace_as(uow, &from, merged, "merged").await?;
        uow.parties().merge(&from.value, &survivor).await?;
        move_documents(uow, &from.value, &survivor).await?;
        replace_as(uow, &into, survivor, "updated").await
    }
}

impl MergeParty {
    /// The party that survives, if it may.
    async fn survivor(&self, uow: &mut dyn UnitOfWork, from: &Party) -> AppResult<Stored<Party>> {
        let Some(named) = by_id_or_code(self.body.into_id, self.body.into_code.clone()) else {
            return Err(Violation::new(&REQUIRED).at("/intoId").into());
        };
        let at = match named {
            Reference::Id(_) => "/intoId",
            Reference::Code(_) => "/intoCode",
        };
        let found = match id_named::<Party>(uow, &named).await? {
            Some(id) => Records::<Party>::find(uow, id).await?,
            None => None,
        };
        let Some(into) = found else { return Err(nothing_named::<Party>(at, &named).into()) };
        let mut violations = Violations::new();
        if into.value.id == from.id {
            violations.push(Violation::new(&PARTY_MERGE_SELF).at(at));
        } else if !into.value.is_active() {
            let archived = Violation::new(&PARTY_MERGE_INTO_ARCHIVED).at(at);
            violations.push(archived.with("code", &into.value.code));
        }
        for (party, at) in [(from, ""), (&into.value, at)] {
            if party.anonymous {
                violations.push(Violation::new(&PARTY_MERGE_ANONYMOUS).at(at).with("code", &party.code));
            }
        }
        Ok(violations.into_result(into)?)
    }
}

/// The survivor with what it did not have: roles, numbers of other schemes, addresses, and people to talk to.
fn joined(from: &Party, into: &Party) -> Party {
    let has = |scheme| into.registrations.iter().any(|own| own.scheme == scheme);
    let new = from.registrations.iter().filter(|registration| !has(registration.scheme));
    let registrations = into.registrations.iter().chain(new).cloned().collect();
    let known = |name: &str| into.contacts.iter().any(|own| own.name == name);
    let contacts = from.contacts.iter().filter(|contact| !known(&contact.name));
    Party {
        customer: into.customer.clone().or_else(|| from.customer.clone()),
        supplier: into.supplier.clone().or_else(|| from.supplier.clone()),
        // Each scheme once, as in both of them.
        registrations: Registrations::new(registrations).unwrap_or_else(|_| into.registrations.clone()),
        addresses: if into.addresses.is_empty() { from.addresses.clone() } else { into.addresses.clone() },
        contacts: into.contacts.iter().chain(contacts).take(CONTACTS_MAX).cloned().collect(),
        ..into.clone()
    }
}
