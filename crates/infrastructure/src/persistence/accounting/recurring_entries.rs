//! [`RecurringEntryRepository`] and [`RecurringEntryQueries`] in SQL.

use application::accounting::ports::recurring_entries::{
    DueOccurrence, RecurringEntryQueries, RecurringEntryRepository, StoredRecurringEntry, UnmadeOccurrence,
};
use application::accounting::views::journal_entry::EntryLineView;
use application::accounting::views::recurring_entry::{
    RecurringEntryView, RecurringFailureView, RecurringOccurrenceView, UpcomingEntryView,
};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurrence::Recurrence;
use domain::accounting::recurring_entry::{FAILED_OCCURRENCES_MAX, Orderer, RecurringEntry};
use domain::ids::{ApiKeyId, RecurringEntryId, TenantId, UserId};

use super::columns::{read_code, read_name};
use super::company_money::CompanyMoney;
use super::entry_lines::{self, Unposted};
use super::journal_entry_queries::LinesRoom;
use super::recurring_entry_document::{
    read, read_schedule, read_template, write, write_schedule, write_template,
};
use super::recurring_occurrences::list_occurrences;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

macro_rules! recurring_columns {
    () => {
        "r.id, r.code, r.name_ar, r.name_en, r.schedule, r.template, r.start_date, r.end_date, r.next_date, \
         r.settled_through, r.auto_post, r.active, r.ordered_by, r.ordered_by_key, r.last_error, r.failed_count, r.version"
    };
}

statements! {
    FIND = "accounting.recurring_entry.find":
        concat!("SELECT ", recurring_columns!(), " FROM recurring_entry r WHERE r.tenant_id = ?1 AND r.id = ?2");
    BY_CODE = "accounting.recurring_entry.by_code":
        "SELECT id FROM recurring_entry WHERE tenant_id = ?1 AND code = ?2";
    INSERT = "accounting.recurring_entry.insert":
        "INSERT INTO recurring_entry (tenant_id, id, code, name_ar, name_en, schedule, template, start_date, end_date, \
         next_date, auto_post, active, last_error, created_at, updated_at, version, settled_through, ordered_by, failed_count, \
         ordered_by_key) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17, ?18, ?19)";
    UPDATE = "accounting.recurring_entry.update":
        "UPDATE recurring_entry SET code = ?3, name_ar = ?4, name_en = ?5, schedule = ?6, template = ?7, start_date = ?8, \
         end_date = ?9, next_date = ?10, auto_post = ?11, active = ?12, last_error = ?13, updated_at = ?14, version = ?15, \
         settled_through = ?16, ordered_by = ?17, failed_count = ?18, ordered_by_key = ?19 WHERE tenant_id = ?1 AND id = ?2 AND version = ?15 - 1";
    DELETE = "accounting.recurring_entry.delete":
        "DELETE FROM recurring_entry WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
    USED = "accounting.recurring_entry.used":
        "SELECT {first} 1 FROM journal_entry WHERE tenant_id = ?1 AND recurring_entry_id = ?2 {only}";
    DUE = "accounting.recurring_entry.due":
        "SELECT id AS recurring_entry_id, next_date AS occurrence_date FROM recurring_entry WHERE tenant_id = ?1 AND active = 1 AND next_date <= ?2 \
         AND (next_date > ?3 OR (next_date = ?3 AND id > ?4)) AND failed_count < ?6 ORDER BY next_date, id {page ?5}";
}

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::recurring_entries::RECURRING_ENTRY_LIST,
    select: concat!("SELECT ", recurring_columns!(), " FROM recurring_entry r"),
    tenant: "r.tenant_id",
    key: &["r.id"],
    columns: &[
        ("id", "r.id"),
        ("code", "r.code"),
        ("startDate", "r.start_date"),
        ("endDate", "r.end_date"),
        ("nextDate", "r.next_date"),
        ("autoPost", "r.auto_post"),
        ("active", "r.active"),
        ("failedCount", "r.failed_count"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl RecurringEntryRepository for SqlUnitOfWork {
    async fn find_recurring_entry(
        &mut self,
        id: RecurringEntryId,
    ) -> StorageResult<Option<StoredRecurringEntry>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_entry(&mut row.columns("recurring_entry"))).transpose()
    }

    async fn recurring_entry_by_code(&mut self, code: &str) -> StorageResult<Option<RecurringEntryId>> {
        let row = self.tx.find(&BY_CODE, &[self.tenant.into(), code.into()]).await?;
        row.map(|row| row.single("recurring_entry", "id")).transpose()
    }

    async fn insert_recurring_entry(&mut self, entry: &RecurringEntry) -> StorageResult<()> {
        let params = self.recurring_params(&StoredRecurringEntry::new(entry.clone()))?;
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update_recurring_entry(&mut self, stored: &StoredRecurringEntry) -> StorageResult<bool> {
        let params = self.recurring_params(stored)?;
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete_recurring_entry(&mut self, id: RecurringEntryId, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into()];
        self.remove_occurrences(id).await?;
        Ok(self.tx.execute(&DELETE, &params).await? == 1)
    }

    async fn recurring_entry_was_used(&mut self, id: RecurringEntryId) -> StorageResult<bool> {
        Ok(self.tx.find(&USED, &[self.tenant.into(), id.into()]).await?.is_some())
    }

    async fn due_occurrences(
        &mut self,
        through: NaiveDate,
        (date, id): (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>> {
        let params = [
            self.tenant.into(),
            through.into(),
            date.into(),
            id.into(),
            limit.into(),
            i64::from(FAILED_OCCURRENCES_MAX).into(),
        ];
        self.tx.query(&DUE, &params).await?.into_iter().map(read_due).collect()
    }

    async fn occurrences_to_retry(
        &mut self,
        today: NaiveDate,
        after: (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>> {
        self.find_occurrences_to_retry(today, after, limit).await
    }

    async fn failed_occurrences(&mut self, id: RecurringEntryId) -> StorageResult<Vec<RecurringFailureView>> {
        self.find_failed_occurrences(id).await
    }

    async fn insert_occurrences(
        &mut self,
        id: RecurringEntryId,
        occurrences: &[UnmadeOccurrence],
    ) -> StorageResult<()> {
        self.add_occurrences(id, occurrences).await
    }

    async fn update_occurrence(
        &mut self,
        id: RecurringEntryId,
        occurrence: &UnmadeOccurrence,
    ) -> StorageResult<()> {
        self.change_occurrence(id, occurrence).await
    }

    async fn skip_failed_occurrences(
        &mut self,
        id: RecurringEntryId,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()> {
        self.skip_failed(id, reason, by).await
    }

    async fn remove_occurrence(&mut self, id: RecurringEntryId, date: NaiveDate) -> StorageResult<()> {
        self.forget_occurrence(id, date).await
    }

    async fn retry_occurrences(&mut self, id: RecurringEntryId) -> StorageResult<()> {
        self.retry_at_once(id).await
    }
}

impl SqlUnitOfWork {
    fn recurring_params(&self, stored: &StoredRecurringEntry) -> StorageResult<[Value; 19]> {
        let StoredRecurringEntry { entry, last_error, failed_count } = stored;
        Ok([
            self.tenant.into(),
            entry.id.into(),
            entry.code.as_str().into(),
            entry.name.ar().into(),
            entry.name.en().into(),
            write_schedule(entry.recurrence.every())?.into(),
            write_template(&entry.template)?.into(),
            entry.recurrence.start().into(),
            entry.recurrence.end().into(),
            entry.next_date.into(),
            entry.auto_post.into(),
            entry.active.into(),
            last_error.as_ref().map(write).transpose()?.into(),
            self.now.into(),
            entry.version.into(),
            entry.settled_through.into(),
            entry.ordered_by.map(|by| by.user).into(),
            i64::from(*failed_count).into(),
            entry.ordered_by.and_then(|by| by.key).into(),
        ])
    }
}

/// `recurring_columns!`
fn read_entry(columns: &mut Columns) -> StorageResult<StoredRecurringEntry> {
    let id = columns.get("id")?;
    let (code, name) = (read_code(columns)?, read_name(columns)?);
    let every = read_schedule(&columns.get::<String>("schedule")?)?;
    let template = read_template(&columns.get::<String>("template")?)?;
    let (start, end) = (columns.get("start_date")?, columns.get("end_date")?);
    let recurrence = Recurrence::new(every, start, end).map_err(|_| StorageError::Corrupt {
        table: "recurring_entry",
        column: "schedule",
        detail: format!("{every:?} from {start} to {end:?}"),
    })?;
    let next_date = columns.get("next_date")?;
    let settled_through: Option<NaiveDate> = columns.get("settled_through")?;
    let (auto_post, active) = (columns.get("auto_post")?, columns.get("active")?);
    let (user, key): (Option<UserId>, Option<ApiKeyId>) =
        (columns.get("ordered_by")?, columns.get("ordered_by_key")?);
    let ordered_by = user.map(|user| Orderer { user, key });
    let last_error: Option<String> = columns.get("last_error")?;
    let last_error = last_error.map(|text| read("last_error", &text)).transpose()?;
    let (failed_count, version) = (columns.get("failed_count")?, columns.get("version")?);
    let settled_through = settled_through.or_else(|| RecurringEntry::settled_before(&recurrence, next_date));
    let entry = RecurringEntry {
        id,
        code,
        name,
        recurrence,
        template,
        settled_through,
        next_date,
        auto_post,
        active,
        ordered_by,
        version,
    };
    Ok(StoredRecurringEntry { entry, last_error, failed_count })
}

/// `recurring_entry_id, occurrence_date`
pub(super) fn read_due(row: Row) -> StorageResult<DueOccurrence> {
    let mut columns = row.columns("recurring_entry");
    Ok(DueOccurrence {
        recurring_entry_id: columns.get("recurring_entry_id")?,
        date: columns.get("occurrence_date")?,
    })
}

#[async_trait]
impl RecurringEntryQueries for Db {
    async fn recurring_entry(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
    ) -> AppResult<Option<RecurringEntryView>> {
        let Some(stored) = find(self, tenant, id).await? else { return Ok(None) };
        let lines = lines(self, tenant, std::slice::from_ref(&stored)).await?.pop();
        Ok(Some(RecurringEntryView::new(&stored, lines)))
    }

    async fn recurring_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<RecurringEntryView>> {
        let mut room = LinesRoom::new(query);
        let fits = |stored: &StoredRecurringEntry| room.take(stored.entry.template.lines.len());
        let page = LIST.page_while(self, tenant, query, None, read_entry, fits).await?;
        if !query.expand.contains(&"lines") {
            return Ok(page.map(|stored| RecurringEntryView::new(&stored, None)));
        }
        let mut lines = lines(self, tenant, &page.items).await?.into_iter();
        Ok(page.map(|stored| RecurringEntryView::new(&stored, lines.next())))
    }

    async fn recurring_occurrences(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
        query: &ListQuery,
    ) -> AppResult<Option<Page<RecurringOccurrenceView>>> {
        if find(self, tenant, id).await?.is_none() {
            return Ok(None);
        }
        list_occurrences(self, tenant, id, query).await.map(Some)
    }

    async fn upcoming_entries(
        &self,
        tenant: TenantId,
        id: RecurringEntryId,
        count: usize,
    ) -> AppResult<Option<Vec<UpcomingEntryView>>> {
        let stored = find(self, tenant, id).await?;
        Ok(stored.map(|stored| UpcomingEntryView::of(&stored.entry, count)))
    }
}

async fn find(db: &Db, tenant: TenantId, id: RecurringEntryId) -> AppResult<Option<StoredRecurringEntry>> {
    let row = db.find(&FIND, &[tenant.into(), id.into()]).await?;
    Ok(row.map(|row| read_entry(&mut row.columns("recurring_entry"))).transpose()?)
}

/// The lines of each template, in order.
async fn lines(
    db: &Db,
    tenant: TenantId,
    entries: &[StoredRecurringEntry],
) -> AppResult<Vec<Vec<EntryLineView>>> {
    let money = CompanyMoney::read(db, tenant).await?;
    let templates = entries.iter().map(|stored| {
        let template = &stored.entry.template;
        Unposted { currency: template.currency, lines: template.lines.clone() }
    });
    entry_lines::unposted(db, tenant, templates.collect(), &money).await
}
