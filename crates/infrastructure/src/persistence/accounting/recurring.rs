//! [`RecurringRepository`] and [`RecurringQueries`] in SQL, for every kind of what recurs.

use application::accounting::ports::recurring::{
    DueOccurrence, MadeOccurrence, RecurringQueries, RecurringRepository, ShownRecurring, StoredRecurring,
    UnmadeOccurrence,
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
use super::recurring_occurrences::{OccurrenceSql, list_occurrences};
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Row, Value};

/// The statements of one kind.
pub struct RecurringSql {
    pub table: &'static str,
    pub find: &'static Statement,
    pub insert: &'static Statement,
    pub update: &'static Statement,
    pub delete: &'static Statement,
    pub used: &'static Statement,
    pub due: &'static Statement,
    pub list: &'static ListSql,
    pub occurrences: &'static OccurrenceSql,
}

/// A kind of what recurs in its table.
#[async_trait]
pub trait RecurringTable: ShownRecurring + Sized {
    const SQL: &'static RecurringSql;
    /// What lists show on request only.
    const EXPAND: &'static str;

    fn write(&self) -> StorageResult<String>;
    fn read(text: &str) -> StorageResult<Self>;
    /// The values of further columns, in order.
    fn more(&self) -> Vec<Value>;
    /// How many lines it has, about.
    fn size(&self) -> usize;
    /// The views, with what is shown on request where that is `expanded`.
    async fn views(
        db: &Db,
        tenant: TenantId,
        stored: &[StoredRecurring<Self>],
        expanded: bool,
    ) -> AppResult<Vec<Self::View>>;
    fn upcoming(entry: &Recurring<Self>, count: usize) -> Vec<Self::Upcoming>;
}

#[macro_export]
macro_rules! recurring_columns {
    () => {
        "r.id, r.code, r.name_ar, r.name_en, r.schedule, r.template, r.start_date, r.end_date, r.next_date, \
         r.settled_through, r.auto_post, r.active, r.ordered_by, r.ordered_by_key, r.last_error, r.failed_count, r.version"
    };
}

/// Declares the statements of a kind by its table, the module of their names, and its further columns from `?20` on.
#[macro_export]
macro_rules! recurring_sql {
    (
        $key:literal, $table:literal, more: [$columns:literal, $values:literal, $sets:literal],
        used: $used:literal, list: $spec:expr, filters: [$($filter:expr),*], occurrences: $occurrences:expr
    ) => {
        $crate::statements! {
            FIND = (concat!($key, ".find")):
                concat!("SELECT ", $crate::recurring_columns!(), " FROM ", $table, " r WHERE r.tenant_id = ?1 AND r.id = ?2");
            INSERT = (concat!($key, ".insert")):
                concat!("INSERT INTO ", $table, " (tenant_id, id, code, name_ar, name_en, schedule, template, start_date, end_date, \
                 next_date, auto_post, active, last_error, created_at, updated_at, version, settled_through, ordered_by, failed_count, \
                 ordered_by_key", $columns, ") \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17, ?18, ?19", $values, ")");
            UPDATE = (concat!($key, ".update")):
                concat!("UPDATE ", $table, " SET code = ?3, name_ar = ?4, name_en = ?5, schedule = ?6, template = ?7, start_date = ?8, \
                 end_date = ?9, next_date = ?10, auto_post = ?11, active = ?12, last_error = ?13, updated_at = ?14, version = ?15, \
                 settled_through = ?16, ordered_by = ?17, failed_count = ?18, ordered_by_key = ?19", $sets,
                 " WHERE tenant_id = ?1 AND id = ?2 AND version = ?15 - 1");
            DELETE = (concat!($key, ".delete")):
                concat!("DELETE FROM ", $table, " WHERE tenant_id = ?1 AND id = ?2 AND version = ?3");
            USED = (concat!($key, ".used")): $used;
            DUE = (concat!($key, ".due")):
                concat!("SELECT id AS recurring_id, next_date AS occurrence_date FROM ", $table, " WHERE tenant_id = ?1 AND active = 1 AND next_date <= ?2 \
                 AND (next_date > ?3 OR (next_date = ?3 AND id > ?4)) AND failed_count < ?6 ORDER BY next_date, id {page ?5}");
        }

        pub static LIST: $crate::sql::list::ListSql = $crate::sql::list::ListSql {
            spec: $spec,
            select: concat!("SELECT ", $crate::recurring_columns!(), " FROM ", $table, " r"),
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
                $($filter,)*
            ],
            sorted_as: &[],
        };

        static SQL: $crate::persistence::accounting::recurring::RecurringSql =
            $crate::persistence::accounting::recurring::RecurringSql {
                table: $table,
                find: &FIND,
                insert: &INSERT,
                update: &UPDATE,
                delete: &DELETE,
                used: &USED,
                due: &DUE,
                list: &LIST,
                occurrences: $occurrences,
            };
    };
}

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

    async fn update_occurrence(
        &mut self,
        id: Id<T::Of>,
        occurrence: &UnmadeOccurrence,
    ) -> StorageResult<()> {
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
    let settled_through =
        settled_through.or_else(|| Recurring::<T>::settled_before(&recurrence, next_date));
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
