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

/// The roles to change, each with its account or none.
#[derive(Debug, Clone, Default)]
pub struct UpdateLedgerSettings {
    pub accounts: Vec<(LedgerAccountRole, Option<AccountId>)>,
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
