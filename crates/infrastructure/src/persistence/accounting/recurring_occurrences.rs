//! Occurrences of recurring entries that were not made: failed, to be tried again, or skipped.

use application::accounting::ports::recurring_entries::{DueOccurrence, UnmadeOccurrence};
use application::accounting::views::recurring_entry::{
    RecurringFailureView, RecurringOccurrenceView, RecurringProblemView,
};
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use application::unit_of_work::UnitOfWork;
use chrono::NaiveDate;
use domain::ids::{RecurringEntryId, TenantId, UserId};
use domain::time::Timestamp;

use super::recurring_entries::read_due;
use super::recurring_entry_document::{read, write};
use crate::persistence::SqlUnitOfWork;
use crate::sql::bulk::Bulk;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Kind, Value};
use crate::statements;

statements! {
    FAILED = "accounting.recurring_entry.failed_occurrences":
        "SELECT occurrence_date, attempted_on, errors FROM recurring_occurrence \
         WHERE tenant_id = ?1 AND recurring_entry_id = ?2 AND status = 'failed' ORDER BY occurrence_date";
    RETRY = "accounting.recurring_entry.occurrences_to_retry":
        "SELECT o.recurring_entry_id, o.occurrence_date FROM recurring_occurrence o \
         INNER JOIN recurring_entry r ON r.tenant_id = o.tenant_id AND r.id = o.recurring_entry_id \
         WHERE o.tenant_id = ?1 AND r.active = 1 AND o.status = 'failed' AND o.retry_on <= ?2 \
         AND (o.occurrence_date > ?3 OR (o.occurrence_date = ?3 AND o.recurring_entry_id > ?4)) \
         ORDER BY o.occurrence_date, o.recurring_entry_id {page ?5}";
    UPDATE = "accounting.recurring_entry.update_occurrence":
        "UPDATE recurring_occurrence SET status = ?4, errors = ?5, attempted_on = ?6, retry_on = ?7, reason = ?8, \
         skipped_by = ?9, updated_at = ?10 WHERE tenant_id = ?1 AND recurring_entry_id = ?2 AND occurrence_date = ?3";
    AT_ONCE = "accounting.recurring_entry.retry_occurrences":
        "UPDATE recurring_occurrence SET retry_on = occurrence_date \
         WHERE tenant_id = ?1 AND recurring_entry_id = ?2 AND status = 'failed'";
    SKIP_FAILED = "accounting.recurring_entry.skip_failed_occurrences":
        "UPDATE recurring_occurrence SET status = 'skipped', errors = NULL, attempted_on = NULL, retry_on = NULL, \
         reason = ?3, skipped_by = ?4, updated_at = ?5 \
         WHERE tenant_id = ?1 AND recurring_entry_id = ?2 AND status = 'failed'";
    REMOVE = "accounting.recurring_entry.remove_occurrence":
        "DELETE FROM recurring_occurrence WHERE tenant_id = ?1 AND recurring_entry_id = ?2 AND occurrence_date = ?3";
    REMOVE_ALL = "accounting.recurring_entry.remove_occurrences":
        "DELETE FROM recurring_occurrence WHERE tenant_id = ?1 AND recurring_entry_id = ?2";
}

static INSERT: Bulk = Bulk::new(
    "accounting.recurring_entry.insert_occurrences",
    "recurring_occurrence",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("recurring_entry_id", Kind::Id),
        ("occurrence_date", Kind::Date),
        ("status", Kind::Text(10)),
        ("errors", Kind::Document),
        ("attempted_on", Kind::Date),
        ("retry_on", Kind::Date),
        ("reason", Kind::Text(500)),
        ("skipped_by", Kind::Id),
        ("updated_at", Kind::Time),
    ],
);
pub static BULKS: &[&Bulk] = &[&INSERT];

pub static LIST: ListSql = ListSql {
    spec: &application::accounting::ports::recurring_entries::OCCURRENCE_LIST,
    select: "SELECT o.occurrence_date, o.status, o.attempted_on, o.errors, o.reason, o.skipped_by, o.updated_at \
             FROM recurring_occurrence o",
    tenant: "o.tenant_id",
    key: &["o.id"],
    columns: &[("date", "o.occurrence_date"), ("status", "o.status")],
    sorted_as: &[],
};

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
        id: RecurringEntryId,
    ) -> StorageResult<Vec<RecurringFailureView>> {
        let mut failed = Vec::new();
        for row in self.tx.query(&FAILED, &[self.tenant.into(), id.into()]).await? {
            let mut columns = row.columns("recurring_occurrence");
            let (date, attempted_on) = (columns.get("occurrence_date")?, columns.get("attempted_on")?);
            failed.push(RecurringFailureView { date, attempted_on, errors: read_errors(&mut columns)? });
        }
        Ok(failed)
    }

    pub(super) async fn find_occurrences_to_retry(
        &mut self,
        today: NaiveDate,
        (date, id): (NaiveDate, RecurringEntryId),
        limit: u32,
    ) -> StorageResult<Vec<DueOccurrence>> {
        let params = [self.tenant.into(), today.into(), date.into(), id.into(), limit.into()];
        self.tx.query(&RETRY, &params).await?.into_iter().map(read_due).collect()
    }

    pub(super) async fn add_occurrences(
        &mut self,
        entry: RecurringEntryId,
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
        self.tx.insert_many(&INSERT, rows.into_iter()).await
    }

    pub(super) async fn change_occurrence(
        &mut self,
        entry: RecurringEntryId,
        occurrence: &UnmadeOccurrence,
    ) -> StorageResult<()> {
        let (date, ending) = ending(occurrence)?;
        let mut params: Vec<Value> = vec![self.tenant.into(), entry.into(), date.into()];
        params.extend(ending);
        params.push(self.now.into());
        self.tx.execute_one(&UPDATE, &params).await
    }

    pub(super) async fn skip_failed(
        &mut self,
        entry: RecurringEntryId,
        reason: &str,
        by: Option<UserId>,
    ) -> StorageResult<()> {
        let params = [self.tenant.into(), entry.into(), reason.into(), by.into(), self.now.into()];
        self.tx.apply(&SKIP_FAILED, &params).await
    }

    pub(super) async fn forget_occurrence(
        &mut self,
        entry: RecurringEntryId,
        date: NaiveDate,
    ) -> StorageResult<()> {
        self.tx.execute_one(&REMOVE, &[self.tenant.into(), entry.into(), date.into()]).await
    }

    pub(super) async fn remove_occurrences(&mut self, entry: RecurringEntryId) -> StorageResult<()> {
        self.tx.apply(&REMOVE_ALL, &[self.tenant.into(), entry.into()]).await
    }

    pub(super) async fn retry_at_once(&mut self, entry: RecurringEntryId) -> StorageResult<()> {
        self.tx.apply(&AT_ONCE, &[self.tenant.into(), entry.into()]).await
    }
}

pub(super) async fn list_occurrences(
    db: &Db,
    tenant: TenantId,
    entry: RecurringEntryId,
    query: &ListQuery,
) -> AppResult<Page<RecurringOccurrenceView>> {
    let of_entry = Some(("o.recurring_entry_id = ?2".into(), vec![entry.into()]));
    LIST.page(db, tenant, query, of_entry, read_view).await
}

/// The columns of [`LIST`].
fn read_view(columns: &mut Columns) -> StorageResult<RecurringOccurrenceView> {
    let date = columns.get("occurrence_date")?;
    let status = columns.parse("status", |text| match text {
        "failed" => Some("failed"),
        "skipped" => Some("skipped"),
        _ => None,
    })?;
    let attempted_on = columns.get("attempted_on")?;
    let errors = read_errors(columns)?;
    let reason = columns.get("reason")?;
    let skipped_by: Option<UserId> = columns.get("skipped_by")?;
    let updated_at: Timestamp = columns.get("updated_at")?;
    Ok(RecurringOccurrenceView {
        date,
        status,
        attempted_on,
        errors,
        reason,
        skipped_by: skipped_by.map(|user| user.uuid()),
        updated_at: updated_at.to_string(),
    })
}
