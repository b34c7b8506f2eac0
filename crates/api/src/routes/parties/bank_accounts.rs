//! `/parties/{id}/bank-accounts`: where parties are paid to.

use application::command::{Application, execute};
use application::master_data::Described;
use application::parties::bank_accounts::PartyBankAccountView;
use application::parties::bank_accounts::verify::VerifyBankAccount;
use application::platform::error::ALREADY_DONE;
use axum::extract::State;
use domain::parties::bank_account::PartyBankAccount;
use domain::platform::FOUR_EYES_REQUIRED;

use crate::answer::{self, ApiResult};
use crate::extract::Ctx;
use crate::operation::Operations;
use crate::routes::master_data::{self, KeyOf};

pub fn operations(ops: &mut Operations) {
    master_data::operations::<PartyBankAccount>(ops);
    ops.post("/parties/{id}/bank-accounts/{bankAccountId}/verify", verify)
        .id("verify_party_bank_account")
        .tag(PartyBankAccount::RESOURCE.tag)
        .summary("Verify a bank account")
        .description(
            "Says that the account is the party's. Another user than the one who changed it last does it.",
        )
        .command::<VerifyBankAccount>()
        .if_match()
        .ok::<PartyBankAccountView>()
        .errors(&[&ALREADY_DONE, &FOUR_EYES_REQUIRED]);
}

async fn verify(State(app): State<Application>, ctx: Ctx, KeyOf(key): KeyOf<PartyBankAccount>) -> ApiResult {
    answer::ok(execute(&app, &ctx, VerifyBankAccount(key)).await?)
}
