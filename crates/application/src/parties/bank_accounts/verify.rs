//! Says that a bank account is the party's, which takes a second user.

use async_trait::async_trait;
use domain::error::{Phrase, Violation};
use domain::parties::bank_account::{PartyBankAccount, Verification};

use super::{BankAccountKey, PartyBankAccountView};
use crate::authorize::{Access, Permission};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::{Described, Records, replace_as};
use crate::platform::error::ALREADY_DONE;
use crate::unit_of_work::UnitOfWork;

pub const VERIFY: Permission = "parties.bank_account.verify";

/// Verifies an account that another user changed last.
pub struct VerifyBankAccount(pub BankAccountKey);

#[async_trait]
impl Command for VerifyBankAccount {
    const NAME: &'static str = "verify_party_bank_account";
    const ACCESS: Access = Access::Permission(VERIFY);
    type Output = PartyBankAccountView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<PartyBankAccountView>> {
        let stored = Records::<PartyBankAccount>::find(uow, self.0).await?;
        let stored = stored.filter(|stored| stored.value.key() == self.0);
        let stored = stored.ok_or_else(|| PartyBankAccount::RESOURCE.missing())?;
        check_version(ctx, stored.value.version)?;
        if stored.value.status == Verification::Verified {
            let verified = Phrase::new("verified", "متحقق منه");
            return Err(Violation::new(&ALREADY_DONE).with_phrase("state", verified).into());
        }
        let verified = stored.value.verified_by(ctx.actor.user_id(), uow.now())?;
        replace_as(uow, &stored, verified, "verified").await
    }
}
