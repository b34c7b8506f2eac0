//! [`RecurringRepository`] and [`RecurringQueries`] in SQL, for every kind of what recurs.

use application::accounting::ports::recurring::{
    DueOccurrence, MadeOccurrence, RecurringQueries, RecurringRepository, StoredRecurring, UnmadeOccurrence,
};
use application::accounting::views::recurring::{RecurringFailureView, RecurringOccurrenceView};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::recurrence::Recurrence;
use domain::accounting::recurring::{FAILED_OCCURRENCES_MAX, Orderer, Recurring};
use domain::ids::{ApiKeyId, Id, TenantId, UserId};

use super::columns::{read_code, read_name};
use super::journal_entry_queries::LinesRoom;
use super::recurring_document::{read, read_schedule, write, write_schedule};
use super::recurring_occurrences::list_occurrences;
use super::recurring_table::RecurringTable;
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};

#[async_trait]
impl<T: RecurringTable> RecurringRepository<T> for SqlUnitOfWork {
    async fn find(&mut self, id: Id<T::Of>) -> StorageResult<Option<StoredRecurring<T>>> {
        let row = self.tx.find(T::SQL.find, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_entry(&mut row.columns(T::SQL.table))).transpose()
    }

    async fn insert(&mut self, entry: &Recurring<T>) -> StorageResult<()> {
        let params = self.recurring_params(&StoredRecurring::new(entry.clone()))?;
        self.tx.execute_one(T::SQL.insert, &params).await
    }

    async fn update(&mut self, stored: &StoredRecurring<T>) -> StorageResult<bool> {
        let params = self.recurring_params(stored)?;
        Ok(self.tx.execute(T::SQL.update, &params).await? == 1)
    }

    async fn delete(&mut self, id: Id<T::Of>, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into()];
        self.tx.apply(T::SQL.occurrences.remove_all, &[self.tenant.into(), id.into()]).await?;
        Ok(self.tx.execute(T::SQL.delete, &params).await? == 1)
    }

    async fn was_used(&mut self, id: Id<T::Of>) -> StorageResult<bool> {
        Ok(self.tx.find(T::SQL.used, &[self.tenant.into(), id.into()]).await?.is_some())
    }

    async fn due_occurrences(
        &mut self,
        through: NaiveDate,
        (date, id): (NaiveDate, Id<T::Of>),
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
        self.tx.query(T::SQL.due, &params).await?.into_iter().map(read_due).collect()
    }

    async fn occurrences_to_retry(
        &mut self,
        today: NaiveDate,
        after: (NaiveDate, Id<T::Of>),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>> {
        self.find_occurrences_to_retry(T::SQL.occurrences, today, (after.0, after.1.uuid()), limit).await
    }

    async fn failed_occurrences(&mut self, id: Id<T::Of>) -> StorageResult<Vec<RecurringFailureView>> {
        self.find_failed_occurrences(T::SQL.occurrences, id.uuid()).await
    }

    async fn insert_occurrences(
        &mut self,
        id: Id<T::Of>,
        occurrences: &[UnmadeOccurrence],
    ) -> StorageResult<()> {
        self.add_occurrences(T::SQL.occurrences, id.uuid(), occurrences).await
    }

    async fn update_occurrence(&mut self, id: Id<T::Of>, occurrence: &UnmadeOccurrence) -> StorageResult<()> {
        self.change_occurrence(T::SQL.occurrences, id.uuid(), occurrence).await
    }

    async fn skip_failed_occurrences(
        &mut self,
        id: Id<T::Of>,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()> {
        self.skip_failed(T::SQL.occurrences, id.uuid(), reason, by).await
    }

    async fn occurrence_made(&mut self, id: Id<T::Of>, made: MadeOccurrence) -> StorageResult<()> {
        self.note_made(T::SQL.occurrences, id.uuid(), made).await
    }

    async fn retry_occurrences(&mut self, id: Id<T::Of>) -> StorageResult<()> {
        self.tx.apply(T::SQL.occurrences.at_once, &[self.tenant.into(), id.into()]).await
    }
}

impl SqlUnitOfWork {
    fn recurring_params<T: RecurringTable>(&self, stored: &StoredRecurring<T>) -> StorageResult<Vec<Value>> {
        let StoredRecurring { entry, last_error, failed_count } = stored;
        let mut params: Vec<Value> = vec![
            self.tenant.into(),
            entry.id.into(),
            entry.code.as_str().into(),
            entry.name.ar().into(),
            entry.name.en().into(),
            write_schedule(entry.recurrence.every())?.into(),
            entry.template.write()?.into(),
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
        ];
        params.extend(entry.template.more());
        Ok(params)
    }
}

/// `recurring_columns!`
fn read_entry<T: RecurringTable>(columns: &mut Columns) -> StorageResult<StoredRecurring<T>> {
    let id = columns.get("id")?;
    let (code, name) = (read_code(columns)?, read_name(columns)?);
    let every = read_schedule(&columns.get::<String>("schedule")?)?;
    let template = T::read(&columns.get::<String>("template")?)?;
    let (start, end) = (columns.get("start_date")?, columns.get("end_date")?);
    let recurrence = Recurrence::new(every, start, end).map_err(|_| StorageError::Corrupt {
        table: T::SQL.table,
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
    let settled_through = settled_through.or_else(|| Recurring::<T>::settled_before(&recurrence, next_date));
    let entry = Recurring {
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
    Ok(StoredRecurring { entry, last_error, failed_count })
}

/// `recurring_id, occurrence_date`
pub(super) fn read_due(row: Row) -> StorageResult<DueOccurrence> {
    let mut columns = row.columns("recurring_entry");
    Ok(DueOccurrence { recurring_id: columns.get("recurring_id")?, date: columns.get("occurrence_date")? })
}

#[async_trait]
impl<T: RecurringTable> RecurringQueries<T> for Db {
    async fn one(&self, tenant: TenantId, id: Id<T::Of>) -> AppResult<Option<T::View>> {
        let Some(stored) = find::<T>(self, tenant, id).await? else { return Ok(None) };
        Ok(T::views(self, tenant, std::slice::from_ref(&stored), true).await?.pop())
    }

    async fn list(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<T::View>> {
        let expanded = query.expand.contains(&T::EXPAND);
        let mut room = LinesRoom::new(expanded);
        let fits = |stored: &StoredRecurring<T>| room.take(stored.entry.template.size());
        let page = T::SQL.list.page_while(self, tenant, query, None, read_entry, fits).await?;
        let Page { items, next_cursor, total, total_relation } = page;
        let items = T::views(self, tenant, &items, expanded).await?;
        Ok(Page { items, next_cursor, total, total_relation })
    }

    async fn occurrences(
        &self,
        tenant: TenantId,
        id: Id<T::Of>,
        query: &ListQuery,
    ) -> AppResult<Option<Page<RecurringOccurrenceView>>> {
        if find::<T>(self, tenant, id).await?.is_none() {
            return Ok(None);
        }
        list_occurrences(self, tenant, (T::SQL.occurrences, id.uuid()), query).await.map(Some)
    }

    async fn upcoming(
        &self,
        tenant: TenantId,
        id: Id<T::Of>,
        count: usize,
    ) -> AppResult<Option<Vec<T::Upcoming>>> {
        let stored = find::<T>(self, tenant, id).await?;
        Ok(stored.map(|stored| T::upcoming(&stored.entry, count)))
    }
}

async fn find<T: RecurringTable>(
    db: &Db,
    tenant: TenantId,
    id: Id<T::Of>,
) -> AppResult<Option<StoredRecurring<T>>> {
    let row = db.find(T::SQL.find, &[tenant.into(), id.into()]).await?;
    Ok(row.map(|row| read_entry(&mut row.columns(T::SQL.table))).transpose()?)
}
