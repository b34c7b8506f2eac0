//! [`OpeningBalanceQueries`] in SQL.

use application::accounting::opening_balances::OpeningBalancesView;
use application::accounting::ports::journal_entries::{JOURNAL_ENTRY_LIST, JournalEntryQueries};
use application::accounting::ports::opening_balances::{OPENING_ENTRIES_SHOWN_MAX, OpeningBalanceQueries};
use application::error::AppResult;
use application::paging::{Filter, FilterOp, FilterValue, ListQuery};
use async_trait::async_trait;
use domain::accounting::journal_entry::{EntryKind, EntryStatus};
use domain::ids::{AccountId, TenantId};
use domain::money::Amount;

use super::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::statements;

statements! {
    HELD = "accounting.opening_balances.held":
        "SELECT s.opening_account_id, (SELECT CAST(SUM(b.debit - b.credit) AS DECIMAL(19,4)) FROM fiscal_period p \
         INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         AND b.account_id = s.opening_account_id WHERE p.tenant_id = ?1) AS balance \
         FROM ledger_settings s WHERE s.tenant_id = ?1";
}

#[async_trait]
impl OpeningBalanceQueries for Db {
    async fn opening_balances(&self, tenant: TenantId) -> AppResult<OpeningBalancesView> {
        let money = CompanyMoney::read(self, tenant).await?;
        let (mut account, mut held): (Option<AccountId>, Option<Amount>) = (None, None);
        if let Some(row) = self.find(&HELD, &[tenant.into()]).await? {
            let mut columns = row.columns("ledger_settings");
            (account, held) = (columns.get("opening_account_id")?, columns.get("balance")?);
        }
        let held = held.unwrap_or_default();
        let is = |field: &'static str, word: &str| Filter {
            field,
            op: FilterOp::Eq,
            value: FilterValue::Text(word.to_owned()),
        };
        let filters =
            vec![is("kind", EntryKind::Opening.as_str()), is("status", EntryStatus::Posted.as_str())];
        let query = ListQuery { filters, ..ListQuery::first(&JOURNAL_ENTRY_LIST, OPENING_ENTRIES_SHOWN_MAX) };
        Ok(OpeningBalancesView {
            opening_account_id: account.map(|id| id.uuid()),
            opening_account_balance: money.company(held),
            complete: held.is_zero(),
            entries: self.journal_entries(tenant, &query).await?.items,
        })
    }
}
