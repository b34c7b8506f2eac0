//! `PATCH /ledger-settings`: which accounts the ledger posts to by itself.

use async_trait::async_trait;
use domain::accounting::currency::CurrencyRecord;
use domain::accounting::dimension::Dimension;
use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::accounting::ledger_settings::{
    BALANCING_INCOMPLETE, IncomeRate, LedgerAccountRole, REPORTING_CURRENCY_INCOMPLETE,
    REPORTING_CURRENCY_IS_COMPANY,
};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, DimensionId};
use domain::money::CurrencyCode;

use super::LEDGER_SETTINGS;
use crate::accounting::ports::ledger::LedgerSettings;
use crate::accounting::views::ledger_settings::LedgerSettingsView;
use crate::authorize::Access;
use crate::changes::{record, stale, unknown_reference};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::unit_of_work::UnitOfWork;

const DIMENSION_AT: &str = "/balancingDimensionId";
const REPORTING_AT: &str = "/reportingCurrency";

/// The roles to change, each with its account or none.
#[derive(Debug, Clone, Default)]
pub struct UpdateLedgerSettings {
    pub accounts: Vec<(LedgerAccountRole, Option<AccountId>)>,
    /// The dimension for each of whose values entries balance; `None` leaves it as it is.
    pub balancing_dimension: Option<Option<DimensionId>>,
    /// The currency in which reports are shown on request; `None` leaves it as it is.
    pub reporting_currency: Option<Option<CurrencyCode>>,
    pub reporting_income_rate: Option<IncomeRate>,
}

#[async_trait]
impl Command for UpdateLedgerSettings {
    const NAME: &'static str = "update_ledger_settings";
    const ACCESS: Access = Access::Permission("accounting.ledger_settings.update");
    type Output = LedgerSettingsView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<LedgerSettingsView>> {
        let old = uow.ledger().settings().await?;
        check_version(ctx, old.version)?;
        let company = uow.ledger().company_currency().await?.code;
        let mut settings = old;
        let mut violations = Violations::new();
        for (role, account) in &self.accounts {
            settings.accounts.set(*role, *account);
            let Some(id) = *account else { continue };
            match uow.accounts().find(id).await? {
                Some(stored) => {
                    violations.check("", role.check(&stored.value.facts(), company));
                }
                None => violations.push(unknown_reference(role.pointer(), "account", id)),
            }
        }
        if let Some(dimension) = self.balancing_dimension {
            settings.balancing_dimension = dimension;
            check_dimension(uow, dimension, &mut violations).await?;
        }
        let account = settings.account(LedgerAccountRole::InterBranch);
        if settings.balancing_dimension.is_some() != account.is_some() {
            let missing =
                if account.is_none() { LedgerAccountRole::InterBranch.pointer() } else { DIMENSION_AT };
            violations.push(Violation::new(&BALANCING_INCOMPLETE).at(missing));
        }
        settings.reporting_income_rate = self.reporting_income_rate.unwrap_or(old.reporting_income_rate);
        if let Some(currency) = self.reporting_currency {
            settings.reporting_currency = currency;
            check_currency(uow, currency, company, &mut violations).await?;
        }
        let account = settings.account(LedgerAccountRole::TranslationDifference);
        if settings.reporting_currency.is_some() != account.is_some() {
            let missing = if account.is_none() {
                LedgerAccountRole::TranslationDifference.pointer()
            } else {
                REPORTING_AT
            };
            violations.push(Violation::new(&REPORTING_CURRENCY_INCOMPLETE).at(missing));
        }
        settings.version += 1;
        let settings = violations.into_result(settings)?;
        let view = save(uow, &old, &settings).await?;
        Ok(Done::of(uow.tenant().uuid(), view.version, view))
    }
}

async fn check_dimension(
    uow: &mut dyn UnitOfWork,
    dimension: Option<DimensionId>,
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(id) = dimension else { return Ok(()) };
    if Records::<Dimension>::find(uow, id).await?.is_none() {
        violations.push(unknown_reference(DIMENSION_AT, "dimension", id));
    }
    Ok(())
}

async fn check_currency(
    uow: &mut dyn UnitOfWork,
    currency: Option<CurrencyCode>,
    company: CurrencyCode,
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(code) = currency else { return Ok(()) };
    if code == company {
        violations
            .push(Violation::new(&REPORTING_CURRENCY_IS_COMPANY).at(REPORTING_AT).with("currency", code));
    } else if Records::<CurrencyRecord>::find(uow, code).await?.is_none() {
        violations.push(Violation::new(&CURRENCY_UNKNOWN).at(REPORTING_AT).with("currency", code));
    }
    Ok(())
}

/// Stores and notes settings that were checked.
pub(in crate::accounting) async fn save(
    uow: &mut dyn UnitOfWork,
    old: &LedgerSettings,
    new: &LedgerSettings,
) -> AppResult<LedgerSettingsView> {
    if !uow.ledger_settings().save(new).await? {
        return Err(stale(old.version));
    }
    let (before, view) = (LedgerSettingsView::from(old), LedgerSettingsView::from(new));
    let id = uow.tenant().uuid();
    record(uow, LEDGER_SETTINGS, id, "updated", Some(&before), Some(&view));
    Ok(view)
}
