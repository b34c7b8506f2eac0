//! Recurring entries in SQL.

use application::accounting::ports::recurring_entries::{RECURRING_ENTRY_LIST, StoredRecurringEntry};
use application::accounting::views::recurring_entry::{RecurringEntryView, UpcomingEntryView};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::recurring_entry::{EntryTemplate, RecurringEntry};
use domain::ids::TenantId;

use super::company_money::CompanyMoney;
use super::entry_lines::{self, Unposted};
use super::recurring_entry_document::{read_template, write_template};
use super::recurring_occurrences::OF_ENTRIES;
use super::recurring_table::{RecurringSql, RecurringTable};
use crate::recurring_sql;
use crate::sql::db::Db;
use crate::sql::value::Value;

recurring_sql! {
    "accounting.recurring_entry", "recurring_entry", more: ["", "", ""],
    used: "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND recurring_entry_id = ?2 {only}",
    list: &RECURRING_ENTRY_LIST, filters: [], occurrences: &OF_ENTRIES
}

#[async_trait]
impl RecurringTable for EntryTemplate {
    const SQL: &'static RecurringSql = &SQL;
    const EXPAND: &'static str = "lines";

    fn write(&self) -> StorageResult<String> {
        write_template(self)
    }

    fn read(text: &str) -> StorageResult<Self> {
        read_template(text)
    }

    fn more(&self) -> Vec<Value> {
        Vec::new()
    }

    fn size(&self) -> usize {
        self.lines.len()
    }

    async fn views(
        db: &Db,
        tenant: TenantId,
        stored: &[StoredRecurringEntry],
        expanded: bool,
    ) -> AppResult<Vec<RecurringEntryView>> {
        if !expanded {
            return Ok(stored.iter().map(|stored| RecurringEntryView::new(stored, None)).collect());
        }
        let money = CompanyMoney::read(db, tenant).await?;
        let templates = stored.iter().map(|stored| {
            let template = &stored.entry.template;
            Unposted { currency: template.currency, lines: template.lines.clone() }
        });
        let mut lines = entry_lines::unposted(db, tenant, templates.collect(), &money).await?.into_iter();
        Ok(stored.iter().map(|stored| RecurringEntryView::new(stored, lines.next())).collect())
    }

    fn upcoming(entry: &RecurringEntry, count: usize) -> Vec<UpcomingEntryView> {
        UpcomingEntryView::of(entry, count)
    }
}
