//! Puts a party away that no more business is done with.

use async_trait::async_trait;
use domain::error::{Phrase, Violation};
use domain::parties::party::{Party, PartyId, PartyStatus};

use super::PartyView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::{Described, Records, replace_as};
use crate::platform::error::ALREADY_DONE;
use crate::unit_of_work::UnitOfWork;

/// Archives a party; others may have its numbers and IBANs from then on.
pub struct ArchiveParty(pub PartyId);

#[async_trait]
impl Command for ArchiveParty {
    const NAME: &'static str = "archive_party";
    const ACCESS: Access = Access::Permission(Party::RESOURCE.change.permission.name);
    type Output = PartyView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<PartyView>> {
        let stored = Records::<Party>::find(uow, self.0).await?.ok_or_else(|| Party::RESOURCE.missing())?;
        check_version(ctx, stored.value.version)?;
        if !stored.value.is_active() {
            let archived = Phrase::new("archived", "مؤرشف");
            return Err(Violation::new(&ALREADY_DONE).with_phrase("state", archived).into());
        }
        uow.parties().set_accounts_active(self.0, false).await?;
        let party = Party { status: PartyStatus::Archived, ..stored.value.clone() };
        replace_as(uow, &stored, party, "archived").await
    }
}
