//! Occurrences that are noted: failed, to be tried again, or skipped; of invoices those that were made, too.

use application::accounting::ports::recurring::{DueOccurrence, MadeOccurrence, UnmadeOccurrence};
use application::accounting::ports::recurring_entries::OCCURRENCE_LIST;
use application::accounting::views::recurring::{
    RecurringFailureView, RecurringOccurrenceView, RecurringProblemView,
};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::unit_of_work::UnitOfWork;
use chrono::NaiveDate;
use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use uuid::Uuid;

use super::recurring::read_due;
use super::recurring_document::{read, write};
use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::statement::Statement;
use crate::sql::value::{Columns, Value};

/// The statements on the occurrences of one kind.
pub struct OccurrenceSql {
    pub table: &'static str,
    pub failed: &'static Statement,
    pub retry: &'static Statement,
    pub update: &'static Statement,
    pub at_once: &'static Statement,
    pub skip_failed: &'static Statement,
    pub remove: &'static Statement,
    pub remove_all: &'static Statement,
    pub insert: &'static Bulk,
    /// Where occurrences that were made are noted, too: one that is new, and one that failed before.
    pub made: Option<(&'static Statement, &'static Statement)>,
    pub list: &'static ListSql,
    /// The column of what recurs.
    pub owned: &'static str,
}

/// Declares the statements of a table of occurrences by the module of their names, the table, its column of what recurs, and the
/// table of that.
#[macro_export]
macro_rules! occurrence_sql {
    (
        $name:ident: $key:literal, $table:literal, $owner:literal of $of:literal, shows $document:literal, list: $spec:expr,
        made: $made:expr
    ) => {
        $crate::statements! {
            FAILED = (concat!($key, ".failed_occurrences")):
                concat!("SELECT occurrence_date, attempted_on, errors FROM ", $table,
                 " WHERE tenant_id = ?1 AND ", $owner, " = ?2 AND status = 'failed' ORDER BY occurrence_date");
            RETRY = (concat!($key, ".occurrences_to_retry")):
                concat!("SELECT o.", $owner, " AS recurring_id, o.occurrence_date FROM ", $table, " o \
                 INNER JOIN ", $of, " r ON r.tenant_id = o.tenant_id AND r.id = o.", $owner, " \
                 WHERE o.tenant_id = ?1 AND r.active = 1 AND o.status = 'failed' AND o.retry_on <= ?2 \
                 AND (o.occurrence_date > ?3 OR (o.occurrence_date = ?3 AND o.", $owner, " > ?4)) \
                 ORDER BY o.occurrence_date, o.", $owner, " {page ?5}");
            UPDATE_OCCURRENCE = (concat!($key, ".update_occurrence")):
                concat!("UPDATE ", $table, " SET status = ?4, errors = ?5, attempted_on = ?6, retry_on = ?7, reason = ?8, \
                 skipped_by = ?9, updated_at = ?10 WHERE tenant_id = ?1 AND ", $owner, " = ?2 AND occurrence_date = ?3");
            AT_ONCE = (concat!($key, ".retry_occurrences")):
                concat!("UPDATE ", $table, " SET retry_on = occurrence_date \
                 WHERE tenant_id = ?1 AND ", $owner, " = ?2 AND status = 'failed'");
            SKIP_FAILED = (concat!($key, ".skip_failed_occurrences")):
                concat!("UPDATE ", $table, " SET status = 'skipped', errors = NULL, attempted_on = NULL, retry_on = NULL, \
                 reason = ?3, skipped_by = ?4, updated_at = ?5 \
                 WHERE tenant_id = ?1 AND ", $owner, " = ?2 AND status = 'failed'");
            REMOVE = (concat!($key, ".remove_occurrence")):
                concat!("DELETE FROM ", $table, " WHERE tenant_id = ?1 AND ", $owner, " = ?2 AND occurrence_date = ?3");
            REMOVE_ALL = (concat!($key, ".remove_occurrences")):
                concat!("DELETE FROM ", $table, " WHERE tenant_id = ?1 AND ", $owner, " = ?2");
        }

        static INSERT_OCCURRENCES: $crate::sql::bulk::Bulk = $crate::sql::bulk::Bulk::new(
            concat!($key, ".insert_occurrences"),
            $table,
            &[
                ("tenant_id", $crate::sql::value::Kind::Id),
                ("id", $crate::sql::value::Kind::Id),
                ($owner, $crate::sql::value::Kind::Id),
                ("occurrence_date", $crate::sql::value::Kind::Date),
                ("status", $crate::sql::value::Kind::Text(10)),
                ("errors", $crate::sql::value::Kind::Document),
                ("attempted_on", $crate::sql::value::Kind::Date),
                ("retry_on", $crate::sql::value::Kind::Date),
                ("reason", $crate::sql::value::Kind::Text(500)),
                ("skipped_by", $crate::sql::value::Kind::Id),
                ("updated_at", $crate::sql::value::Kind::Time),
            ],
        );
        pub static BULKS: &[&$crate::sql::bulk::Bulk] = &[&INSERT_OCCURRENCES];

        pub static LIST: $crate::sql::list::ListSql = $crate::sql::list::ListSql {
            spec: $spec,
            select: concat!("SELECT o.occurrence_date, o.status, o.attempted_on, o.errors, o.reason, o.skipped_by, ", $document,
             " AS document_id, o.updated_at FROM ", $table, " o"),
            tenant: "o.tenant_id",
            key: &["o.id"],
            columns: &[("date", "o.occurrence_date"), ("status", "o.status")],
            sorted_as: &[],
        };

        pub static $name: $crate::persistence::accounting::recurring_occurrences::OccurrenceSql =
            $crate::persistence::accounting::recurring_occurrences::OccurrenceSql {
                table: $table,
                failed: &FAILED,
                retry: &RETRY,
                update: &UPDATE_OCCURRENCE,
                at_once: &AT_ONCE,
                skip_failed: &SKIP_FAILED,
                remove: &REMOVE,
                remove_all: &REMOVE_ALL,
                insert: &INSERT_OCCURRENCES,
                made: $made,
                list: &LIST,
                owned: concat!("o.", $owner, " = ?2"),
            };
    };
}

occurrence_sql! {
    OF_ENTRIES: "accounting.recurring_entry", "recurring_occurrence", "recurring_entry_id" of "recurring_entry",
    shows "NULL", list: &OCCURRENCE_LIST, made: None
}

/// The columns that say how an occurrence ended, from `status` to `skipped_by`.
fn ending(occurrence: &UnmadeOccurrence) -> StorageResult<(NaiveDate, [Value; 6])> {
    Ok(match occurrence {
        UnmadeOccurrence::Failed { failure, retry_on } => {
            let errors = write(&failure.errors)?;
            let (attempted_on, retry_on) = (failure.attempted_on.into(), (*retry_on).into());
            (failure.date, ["failed".into(), errors.into(), attempted_on, retry_on, Value::Null, Value::Null])
        }
        UnmadeOccurrence::Skipped { date, reason, by } => {
            let reason = reason.as_str().into();
            (*date, ["skipped".into(), Value::Null, Value::Null, Value::Null, reason, (*by).into()])
        }
    })
}

fn read_errors(columns: &mut Columns) -> StorageResult<Vec<RecurringProblemView>> {
    let errors: Option<String> = columns.get("errors")?;
    Ok(errors.map(|errors| read("errors", &errors)).transpose()?.unwrap_or_default())
}

impl SqlUnitOfWork {
    pub(super) async fn find_failed_occurrences(
        &mut self,
        sql: &'static OccurrenceSql,
        id: Uuid,
    ) -> StorageResult<Vec<RecurringFailureView>> {
        let mut failed = Vec::new();
        for row in self.tx.query(sql.failed, &[self.tenant.into(), id.into()]).await? {
            let mut columns = row.columns(sql.table);
            let (date, attempted_on) = (columns.get("occurrence_date")?, columns.get("attempted_on")?);
            failed.push(RecurringFailureView { date, attempted_on, errors: read_errors(&mut columns)? });
        }
        Ok(failed)
    }

    pub(super) async fn find_occurrences_to_retry(
        &mut self,
        sql: &'static OccurrenceSql,
        today: NaiveDate,
        (date, id): (NaiveDate, Uuid),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>> {
        let params = [self.tenant.into(), today.into(), date.into(), id.into(), limit.into()];
        self.tx.query(sql.retry, &params).await?.into_iter().map(read_due).collect()
    }

    pub(super) async fn add_occurrences(
        &mut self,
        sql: &'static OccurrenceSql,
        entry: Uuid,
        occurrences: &[UnmadeOccurrence],
    ) -> StorageResult<()> {
        let mut rows = Vec::with_capacity(occurrences.len());
        for occurrence in occurrences {
            let (date, ending) = ending(occurrence)?;
            let id = self.new_id();
            let mut row = vec![self.tenant.into(), id.into(), entry.into(), date.into()];
            row.extend(ending);
            row.push(self.now.into());
            rows.push(row);
        }
        self.tx.insert_many(sql.insert, rows.into_iter()).await
    }

    pub(super) async fn change_occurrence(
        &mut self,
        sql: &'static OccurrenceSql,
        entry: Uuid,
        occurrence: &UnmadeOccurrence,
    ) -> StorageResult<()> {
        let (date, ending) = ending(occurrence)?;
        let mut params: Vec<Value> = vec![self.tenant.into(), entry.into(), date.into()];
        params.extend(ending);
        params.push(self.now.into());
        self.tx.execute_one(sql.update, &params).await
    }

    pub(super) async fn skip_failed(
        &mut self,
        sql: &'static OccurrenceSql,
        entry: Uuid,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()> {
        let params = [self.tenant.into(), entry.into(), reason.into(), by.into(), self.now.into()];
        self.tx.apply(sql.skip_failed, &params).await
    }

    pub(super) async fn note_made(
        &mut self,
        sql: &'static OccurrenceSql,
        entry: Uuid,
        made: MadeOccurrence,
    ) -> StorageResult<()> {
        let of_date: [Value; 3] = [self.tenant.into(), entry.into(), made.date.into()];
        match (sql.made, made.failed_before) {
            (None, false) => Ok(()),
            (None, true) => self.tx.execute_one(sql.remove, &of_date).await,
            (Some((fresh, failed)), failed_before) => {
                let mut params = of_date.to_vec();
                params.extend([made.id.into(), self.now.into()]);
                if failed_before {
                    return self.tx.execute_one(failed, &params).await;
                }
                params.push(self.new_id().into());
                self.tx.execute_one(fresh, &params).await
            }
        }
    }
}

pub(super) async fn list_occurrences(
    db: &Db,
    tenant: TenantId,
    (sql, entry): (&'static OccurrenceSql, Uuid),
    query: &ListQuery,
) -> AppResult<Page<RecurringOccurrenceView>> {
    let of_entry = Some((sql.owned.into(), vec![entry.into()]));
    sql.list.page(db, tenant, query, of_entry, read_view).await
}

/// The columns of [`LIST`].
fn read_view(columns: &mut Columns) -> StorageResult<RecurringOccurrenceView> {
    let date = columns.get("occurrence_date")?;
    let status = columns.parse("status", |text| match text {
        "made" => Some("made"),
        "failed" => Some("failed"),
        "skipped" => Some("skipped"),
        _ => None,
    })?;
    let attempted_on = columns.get("attempted_on")?;
    let errors = read_errors(columns)?;
    let reason = columns.get("reason")?;
    let skipped_by: Option<UserId> = columns.get("skipped_by")?;
    let document_id: Option<Uuid> = columns.get("document_id")?;
    let updated_at: Timestamp = columns.get("updated_at")?;
    Ok(RecurringOccurrenceView {
        date,
        status,
        attempted_on,
        errors,
        reason,
        skipped_by: skipped_by.map(|user| user.uuid()),
        document_id,
        updated_at: updated_at.to_string(),
    })
}
