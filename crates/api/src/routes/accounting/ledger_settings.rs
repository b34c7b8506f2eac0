//! `/ledger-settings`: the accounts the ledger itself posts to.

use std::sync::Arc;

use application::accounting::ledger_settings::update::UpdateLedgerSettings;
use application::accounting::ports::ledger_settings::LedgerSettingsQueries;
use application::accounting::views::ledger_settings::LedgerSettingsView;
use application::authorize::Access;
use application::command::{Application, execute};
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::accounting::ledger_settings::{
    BALANCING_INCOMPLETE, EXCHANGE_DIFFERENCES_UNFIT, INTER_BRANCH_UNFIT, IncomeRate, LedgerAccountRole,
    OPENING_ACCOUNT_UNFIT, REPORTING_CURRENCY_INCOMPLETE, REPORTING_CURRENCY_IS_COMPANY,
    RETAINED_EARNINGS_UNFIT, REVALUATION_ACCOUNT_UNFIT, ROUNDING_ACCOUNT_UNFIT, TRANSLATION_DIFFERENCE_UNFIT,
    UNREALISED_EXCHANGE_UNFIT,
};
use domain::ids::{AccountId, DimensionId};
use domain::money::CurrencyCode;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::request;
use crate::routes::cached::cached;
use crate::wire::{Optional, Patch};

const PATH: &str = "/ledger-settings";
const TAG: &str = "ledger settings";

request! {
    /// Changes to the ledger settings (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct UpdateLedgerSettingsBody {
        /// The account that takes profit and loss at year close: an equity account.
        retained_earnings_account_id: Patch<AccountId>,
        /// The account that takes rounding differences of currency conversion: an income or expense account.
        rounding_account_id: Patch<AccountId>,
        /// The account that balances opening entries: a balance sheet account.
        opening_account_id: Patch<AccountId>,
        /// The account that takes realised exchange differences: an income or expense account.
        exchange_differences_account_id: Patch<AccountId>,
        /// The account that takes unrealised exchange differences of revaluation: an income or expense account.
        unrealised_exchange_account_id: Patch<AccountId>,
        /// The account beside the receivables that takes their revaluation: an asset or liability account without control
        /// kind.
        receivable_revaluation_account_id: Patch<AccountId>,
        /// The account beside the payables that takes their revaluation: an asset or liability account without control kind.
        payable_revaluation_account_id: Patch<AccountId>,
        /// The dimension for each of whose values every entry balances in the company currency, such as the branch. What lines of
        /// one value lack goes to `interBranchAccountId`, in lines that posting adds; entries posted before stay as they are.
        balancing_dimension_id: Patch<DimensionId>,
        /// The account that takes the other side for each value: a balance sheet account.
        inter_branch_account_id: Patch<AccountId>,
        /// The second currency in which reports are shown on request, one of the tenant's and not that of the books. Nothing that is
        /// posted changes.
        reporting_currency: Patch<CurrencyCode>,
        /// The rate at which income and expenses of a fiscal period are shown in it: the mean of the rates of its days (`average`), or
        /// the rate of its last day (`period_end`).
        reporting_income_rate: Optional<IncomeRate>,
        /// The account under which reports in it show the translation difference: an equity account, usually without postings.
        translation_difference_account_id: Patch<AccountId>,
    }
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The accounts the ledger itself posts to.");
    ops.get(PATH, get)
        .id("get_ledger_settings")
        .tag(TAG)
        .summary("Get the ledger's settings")
        .access(Access::Permission("accounting.ledger_settings.read"))
        .view::<LedgerSettingsView>();
    ops.patch(PATH, update)
        .id("update_ledger_settings")
        .tag(TAG)
        .summary("Change the ledger's settings")
        .command::<UpdateLedgerSettings>()
        .if_match()
        .body::<UpdateLedgerSettingsBody>()
        .ok::<LedgerSettingsView>()
        .errors(&[
            &RETAINED_EARNINGS_UNFIT,
            &ROUNDING_ACCOUNT_UNFIT,
            &OPENING_ACCOUNT_UNFIT,
            &EXCHANGE_DIFFERENCES_UNFIT,
            &UNREALISED_EXCHANGE_UNFIT,
            &REVALUATION_ACCOUNT_UNFIT,
            &INTER_BRANCH_UNFIT,
            &BALANCING_INCOMPLETE,
            &TRANSLATION_DIFFERENCE_UNFIT,
            &REPORTING_CURRENCY_INCOMPLETE,
            &REPORTING_CURRENCY_IS_COMPANY,
            &CURRENCY_UNKNOWN,
        ]);
}

async fn get(
    State(queries): State<Arc<dyn LedgerSettingsQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = queries.ledger_settings(tenant).await?;
        let version = view.version;
        Ok(Some((view, Some(version))))
    };
    cached(&cache, CacheKey::name(tenant, CachedEntity::LedgerSettings, "current"), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Json(body): Json<UpdateLedgerSettingsBody>,
) -> ApiResult {
    let patches = [
        (LedgerAccountRole::RetainedEarnings, body.retained_earnings_account_id),
        (LedgerAccountRole::Rounding, body.rounding_account_id),
        (LedgerAccountRole::Opening, body.opening_account_id),
        (LedgerAccountRole::ExchangeDifferences, body.exchange_differences_account_id),
        (LedgerAccountRole::UnrealisedExchange, body.unrealised_exchange_account_id),
        (LedgerAccountRole::ReceivableRevaluation, body.receivable_revaluation_account_id),
        (LedgerAccountRole::PayableRevaluation, body.payable_revaluation_account_id),
        (LedgerAccountRole::InterBranch, body.inter_branch_account_id),
        (LedgerAccountRole::TranslationDifference, body.translation_difference_account_id),
    ];
    let balancing_dimension = body.balancing_dimension_id.into_option();
    let named = patches.into_iter().filter_map(|(role, patch)| Some((role, patch.into_option()?)));
    let command = UpdateLedgerSettings {
        accounts: named.collect(),
        balancing_dimension,
        reporting_currency: body.reporting_currency.into_option(),
        reporting_income_rate: body.reporting_income_rate.0,
    };
    answer::ok(execute(&app, &ctx, command).await?)
}
