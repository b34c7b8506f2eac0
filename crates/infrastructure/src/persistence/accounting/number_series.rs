//! Number series in SQL.

use std::collections::HashMap;

use application::accounting::number_series::overlap::SeriesNumbers;
use application::accounting::ports::number_series::{
    NumberSeriesQueries, NumberSeriesRepository, NumberUsed,
};
use application::error::AppResult;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::{
    NumberPattern, NumberReset, NumberSeries, NumberSeriesRecord, NumberShape,
};
use domain::ids::{JournalId, NumberSeriesId, TenantId};
use futures::StreamExt;
use futures::stream::BoxStream;

use super::columns::{read_code, read_name};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::table::Column;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};
use crate::{statements, table};

impl Column for NumberPattern {
    fn put(&self, values: &mut Vec<Value>) {
        values.extend([self.as_str().into(), self.reset().as_str().into()]);
    }
    fn take(columns: &mut Columns, _: &[&'static str]) -> StorageResult<Self> {
        read_pattern(columns)
    }
}

table! {
    NumberSeriesRecord in "accounting", "number_series" by id;
    columns { code, name: [name_ar, name_en], document_type, branch_id, pattern: [pattern, reset], gapless, active }
    unique code
    used by {
        "journals": "SELECT {first} 1 FROM journal WHERE tenant_id = ?1 AND number_series_id = ?2 {only}",
        "journal-entries":
            "SELECT {first} 1 FROM number_series_counter WHERE tenant_id = ?1 AND series_id = ?2 {only}",
    }
}

statements! {
    NUMBERS_STATEMENT = "accounting.number_series.numbers": NUMBERS;
    ALL_NUMBERS = "accounting.number_series.all_numbers":
        "SELECT s.id, s.code, s.pattern, s.reset, s.active, s.earlier_patterns, CASE WHEN EXISTS (SELECT 1 \
         FROM number_series_counter c WHERE c.tenant_id = s.tenant_id AND c.series_id = s.id) THEN 1 ELSE 0 END AS has_numbers, b.code AS branch_code \
         FROM number_series s LEFT JOIN branch b ON b.tenant_id = s.tenant_id AND b.id = s.branch_id WHERE s.tenant_id = ?1 ORDER BY s.code";
    JOURNALS_BY_SERIES = "accounting.journal.by_series":
        "SELECT number_series_id, id, code FROM journal WHERE tenant_id = ?1 ORDER BY code";
    SAVE_EARLIER = "accounting.number_series.save_earlier":
        "UPDATE number_series SET earlier_patterns = ?3 WHERE tenant_id = ?1 AND id = ?2";
    YEAR_OF = "accounting.fiscal_year.code_of_date":
        "SELECT code FROM fiscal_year WHERE tenant_id = ?1 AND start_date <= ?2 AND end_date >= ?2";
    JOURNAL_OF = "accounting.journal.of_series":
        "SELECT {first} code FROM journal WHERE tenant_id = ?1 AND number_series_id = ?2 ORDER BY id {only}";
    COUNTERS = "accounting.number_series_counter.of_series":
        "SELECT period_key, last_number FROM number_series_counter WHERE tenant_id = ?1 AND series_id = ?2 ORDER BY period_key";
}

/// Every number of the journals of a series, and of the documents that it has numbered; read as a stream.
const NUMBERS: &str = "SELECT e.number, e.posting_date, y.code AS fiscal_year_code, j.code AS journal_code, \
     CASE WHEN EXISTS (SELECT 1 FROM journal_entry o \
     WHERE o.tenant_id = e.tenant_id AND o.number = e.number AND o.id <> e.id) THEN 1 ELSE 0 END AS repeated FROM journal j \
     INNER JOIN journal_entry e ON e.tenant_id = j.tenant_id AND e.journal_id = j.id AND e.number IS NOT NULL \
     AND e.chain_sequence IS NOT NULL \
     INNER JOIN fiscal_period p ON p.tenant_id = e.tenant_id AND p.id = e.fiscal_period_id \
     INNER JOIN fiscal_year y ON y.tenant_id = p.tenant_id AND y.id = p.fiscal_year_id \
     WHERE j.tenant_id = ?1 AND j.number_series_id = ?2 UNION ALL \
     SELECT d.number, d.posting_date, y.code AS fiscal_year_code, \
     CASE WHEN d.document_type IN ('purchase_order', 'purchase_invoice', 'purchase_credit_note', 'payment') THEN 'PURCHASE' ELSE 'SALES' END \
     AS journal_code, 0 AS repeated FROM document d \
     INNER JOIN fiscal_year y ON y.tenant_id = d.tenant_id AND y.start_date <= d.posting_date AND y.end_date >= d.posting_date \
     WHERE d.tenant_id = ?1 AND d.series_id = ?2 AND d.series_id IS NOT NULL";

#[async_trait]
impl NumberSeriesRepository for SqlUnitOfWork {
    async fn all_numbers(&mut self) -> StorageResult<Vec<SeriesNumbers>> {
        let mut journals: HashMap<NumberSeriesId, Vec<(JournalId, String)>> = HashMap::new();
        for row in self.tx.query(&JOURNALS_BY_SERIES, &[self.tenant.into()]).await? {
            let mut columns = row.columns("journal");
            let series = columns.get("number_series_id")?;
            journals.entry(series).or_default().push((columns.get("id")?, columns.get("code")?));
        }
        let rows = self.tx.query(&ALL_NUMBERS, &[self.tenant.into()]).await?;
        rows.into_iter().map(|row| read_numbers(&mut row.columns("number_series"), &mut journals)).collect()
    }

    async fn save_earlier(&mut self, id: NumberSeriesId, earlier: &[NumberShape]) -> StorageResult<()> {
        let texts: Vec<String> = earlier.iter().map(NumberShape::text).collect();
        let json =
            serde_json::to_string(&texts).map_err(|error| StorageError::Internal(error.to_string()))?;
        self.tx.execute_one(&SAVE_EARLIER, &[self.tenant.into(), id.into(), json.into()]).await
    }
}

#[async_trait]
impl NumberSeriesQueries for Db {
    async fn fiscal_year_code(&self, tenant: TenantId, date: NaiveDate) -> AppResult<Option<String>> {
        let row = self.find(&YEAR_OF, &[tenant.into(), date.into()]).await?;
        Ok(row.map(|row| row.single("fiscal_year", "code")).transpose()?)
    }

    async fn journal_of_series(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Option<String>> {
        let row = self.find(&JOURNAL_OF, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| row.single("journal", "code")).transpose()?)
    }

    async fn counters(&self, tenant: TenantId, id: NumberSeriesId) -> AppResult<Vec<(String, u64)>> {
        let mut counters = Vec::new();
        for row in self.query(&COUNTERS, &[tenant.into(), id.into()]).await? {
            let mut columns = row.columns("number_series_counter");
            counters.push((columns.get("period_key")?, columns.get("last_number")?));
        }
        Ok(counters)
    }

    fn numbers(&self, tenant: TenantId, id: NumberSeriesId) -> BoxStream<'static, StorageResult<NumberUsed>> {
        let used = |row: Row| {
            let mut columns = row.columns("journal_entry");
            Ok(NumberUsed {
                number: columns.get("number")?,
                date: columns.get("posting_date")?,
                fiscal_year_code: columns.get("fiscal_year_code")?,
                journal_code: columns.get("journal_code")?,
                repeated: columns.get("repeated")?,
            })
        };
        self.stream_text(NUMBERS, vec![tenant.into(), id.into()]).map(move |row| row.and_then(used)).boxed()
    }
}

fn read_numbers(
    columns: &mut Columns,
    journals: &mut HashMap<NumberSeriesId, Vec<(JournalId, String)>>,
) -> StorageResult<SeriesNumbers> {
    let (id, code) = (columns.get("id")?, columns.get("code")?);
    let pattern = read_pattern(columns)?;
    let active = columns.get("active")?;
    let corrupt =
        |detail| StorageError::Corrupt { table: "number_series", column: "earlier_patterns", detail };
    let texts: String = columns.get("earlier_patterns")?;
    let texts: Vec<String> = serde_json::from_str(&texts).map_err(|error| corrupt(error.to_string()))?;
    let read = |text: String| NumberShape::read(&text).ok_or_else(|| corrupt(text));
    let earlier = texts.into_iter().map(read).collect::<StorageResult<_>>()?;
    let has_numbers = columns.get("has_numbers")?;
    let journals = journals.remove(&id).unwrap_or_default();
    let branch = columns.get("branch_code")?;
    Ok(SeriesNumbers { id, code, pattern, active, has_numbers, earlier, journals, branch })
}

fn read_pattern(columns: &mut Columns) -> StorageResult<NumberPattern> {
    let pattern: String = columns.get("pattern")?;
    let reset = columns.parse("reset", |text| NumberReset::parse(text).ok())?;
    NumberPattern::parse(&pattern, reset).map_err(|_| StorageError::Corrupt {
        table: "number_series",
        column: "pattern",
        detail: pattern,
    })
}

/// `id, code, name_ar, name_en, pattern, reset, gapless, active, version`
pub(crate) fn read_series(columns: &mut Columns) -> StorageResult<NumberSeries> {
    let id = columns.get("id")?;
    let code = read_code(columns)?;
    let name = read_name(columns)?;
    let pattern = read_pattern(columns)?;
    let (gapless, active, version) =
        (columns.get("gapless")?, columns.get("active")?, columns.get("version")?);
    Ok(NumberSeries { id, code, name, pattern, gapless, active, version })
}
