//! `PATCH /ledger-settings`: which accounts the ledger posts to by itself.

use async_trait::async_trait;
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::error::Violations;
use domain::ids::AccountId;

use super::LEDGER_SETTINGS;
use crate::accounting::ports::ledger::LedgerSettings;
use crate::accounting::views::ledger_settings::LedgerSettingsView;
use crate::authorize::Access;
use crate::changes::{record, stale, unknown_reference};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is, an inner `None` empties it.
#[derive(Debug, Clone, Default)]
pub struct UpdateLedgerSettings {
    pub retained_earnings_account_id: Option<Option<AccountId>>,
    pub rounding_account_id: Option<Option<AccountId>>,
    pub opening_account_id: Option<Option<AccountId>>,
}

impl UpdateLedgerSettings {
    fn change(&self, role: LedgerAccountRole) -> Option<Option<AccountId>> {
        match role {
            LedgerAccountRole::RetainedEarnings => self.retained_earnings_account_id,
            LedgerAccountRole::Rounding => self.rounding_account_id,
            LedgerAccountRole::Opening => self.opening_account_id,
        }
    }
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
        for role in LedgerAccountRole::ALL {
            let Some(account) = self.change(role) else { continue };
            settings.set_account(role, account);
            let Some(id) = account else { continue };
            match uow.accounts().find(id).await? {
                Some(stored) => {
                    violations.check("", role.check(&stored.value.facts(), company));
                }
                None => violations.push(unknown_reference(role.pointer(), "account", id)),
            }
        }
        settings.version += 1;
        let settings = violations.into_result(settings)?;
        let view = save(uow, &old, &settings).await?;
        Ok(Done::of(uow.tenant().uuid(), view.version, view))
    }
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
