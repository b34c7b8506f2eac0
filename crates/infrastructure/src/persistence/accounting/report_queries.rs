//! [`ReportQueries`] in SQL: maintained balances, and lines where nothing else knows the answer.

use std::collections::BTreeMap;

use application::accounting::ports::reports::{
    Calendar, ChartAccount, DateSpan, DimensionNode, DimensionTree, FigureRow, FigureSelection,
    GeneralLedgerRow, LineKey, LineSelection, Movement, MovementQuery, Movements, PartyMovement, PeriodSpan,
    ReportQueries, ReportingCurrency,
};
use application::error::AppResult;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::{AccountType, CashFlowActivity, ControlKind};
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::report_layout::ReportLayout;
use domain::ids::{AccountId, DimensionSetId, TenantId};
use domain::money::Rate;
use domain::time::Timestamp;
use futures::stream::{BoxStream, StreamExt};

use super::columns::read_name;
use super::company_money::{CompanyMoney, LETTERHEAD};
use super::entry_lines::set_codes;
use super::ledger_settings::income_rate;
use super::report_lines_sql::{all_lines, lines_of_account, lines_of_figure};
use super::report_sql::{PARTY_BRANCH, PERIOD_BRANCH, RECORDED_BRANCH, movements};
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};
use crate::statements;

statements! {
    YEARS = "accounting.report.years":
        "SELECT start_date, end_date FROM fiscal_year WHERE tenant_id = ?1 ORDER BY start_date";
    PERIODS = "accounting.report.periods":
        "SELECT start_date, end_date, kind FROM fiscal_period WHERE tenant_id = ?1 ORDER BY start_date, number";
    CHART = "accounting.report.chart":
        "SELECT id, code, name_ar, name_en, type, parent_id, is_posting, control, cash_flow FROM account \
         WHERE tenant_id = ?1 ORDER BY code";
    // Each account as it was at a moment: as it was before the first change after it, else as it is.
    CHART_KNOWN = "accounting.report.chart_known":
        "SELECT a.id, a.code, a.name_ar, a.name_en, a.type, a.parent_id, a.is_posting, a.control, a.cash_flow FROM account a \
         WHERE a.tenant_id = ?1 AND a.created_at <= ?2 AND NOT EXISTS (SELECT 1 FROM account_history h \
         WHERE h.tenant_id = a.tenant_id AND h.account_id = a.id AND h.valid_until > ?2) \
         UNION ALL SELECT h.account_id AS id, h.code, h.name_ar, h.name_en, h.type, h.parent_id, h.is_posting, h.control, \
         h.cash_flow FROM account_history h WHERE h.tenant_id = ?1 AND h.valid_until > ?2 AND h.created_at <= ?2 \
         AND NOT EXISTS (SELECT 1 FROM account_history e WHERE e.tenant_id = h.tenant_id AND e.account_id = h.account_id \
         AND e.valid_until > ?2 AND e.version < h.version) ORDER BY code";
    // One row for each rate of the currency, or one without.
    REPORTING_CURRENCY = "accounting.report.reporting_currency":
        "SELECT s.reporting_currency, s.translation_difference_account_id, s.reporting_income_rate, r.rate_date, r.rate \
         FROM ledger_settings s LEFT JOIN exchange_rate r ON r.tenant_id = s.tenant_id AND r.currency = s.reporting_currency \
         WHERE s.tenant_id = ?1 AND s.reporting_currency IS NOT NULL AND s.translation_difference_account_id IS NOT NULL \
         ORDER BY r.rate_date";
    DIMENSION = "accounting.report.dimension":
        "SELECT id, code FROM dimension WHERE tenant_id = ?1 AND code = ?2";
    DIMENSION_VALUES = "accounting.report.dimension_values":
        "SELECT id, code, name_ar, name_en, parent_id FROM dimension_value WHERE tenant_id = ?1 AND dimension_id = ?2 \
         ORDER BY code";
}

#[async_trait]
impl ReportQueries for Db {
    async fn calendar(&self, tenant: TenantId) -> AppResult<Calendar> {
        let key = [tenant.into()];
        let [company, years, periods] =
            self.query_all([(&LETTERHEAD, &key), (&YEARS, &key), (&PERIODS, &key)]).await?;
        let (money, company_name) = CompanyMoney::of_letterhead(company)?;
        let year = |row: Row| {
            let mut columns = row.columns("fiscal_year");
            Ok(DateSpan { start: columns.get("start_date")?, end: columns.get("end_date")? })
        };
        let period = |row: Row| {
            let mut columns = row.columns("fiscal_period");
            let span = DateSpan { start: columns.get("start_date")?, end: columns.get("end_date")? };
            let kind = columns.parse("kind", |text| FiscalPeriodKind::parse(text).ok())?;
            Ok(PeriodSpan { span, kind })
        };
        let years = years.into_iter().map(year).collect::<StorageResult<_>>()?;
        let periods = periods.into_iter().map(period).collect::<StorageResult<_>>()?;
        Ok(Calendar { company: money.company, company_name, currencies: money.currencies(), years, periods })
    }

    async fn chart(&self, tenant: TenantId, known_at: Option<Timestamp>) -> AppResult<Vec<ChartAccount>> {
        let rows = match known_at {
            None => self.query(&CHART, &[tenant.into()]).await?,
            Some(known_at) => self.query(&CHART_KNOWN, &[tenant.into(), known_at.into()]).await?,
        };
        Ok(rows.into_iter().map(account).collect::<StorageResult<_>>()?)
    }

    async fn dimension(&self, tenant: TenantId, code: &str) -> AppResult<Option<DimensionTree>> {
        let Some(row) = self.find(&DIMENSION, &[tenant.into(), code.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("dimension");
        let (id, code) = (columns.get("id")?, columns.get("code")?);
        let node = |row: Row| {
            let mut columns = row.columns("dimension_value");
            let (id, code) = (columns.get("id")?, columns.get("code")?);
            let name = read_name(&mut columns)?;
            Ok(DimensionNode { id, code, name, parent_id: columns.get("parent_id")? })
        };
        let rows = self.query(&DIMENSION_VALUES, &[tenant.into(), Value::from(id)]).await?;
        let values = rows.into_iter().map(node).collect::<StorageResult<_>>()?;
        Ok(Some(DimensionTree { id, code, values }))
    }

    async fn reporting_currency(&self, tenant: TenantId) -> AppResult<Option<ReportingCurrency>> {
        let mut found: Option<ReportingCurrency> = None;
        for row in self.query(&REPORTING_CURRENCY, &[tenant.into()]).await? {
            let mut columns = row.columns("ledger_settings");
            let (currency, difference) =
                (columns.get("reporting_currency")?, columns.get("translation_difference_account_id")?);
            let word: Option<String> = columns.get("reporting_income_rate")?;
            let income_rate = income_rate(word)?;
            let (day, rate): (Option<NaiveDate>, Option<Rate>) =
                (columns.get("rate_date")?, columns.get("rate")?);
            let empty = || ReportingCurrency { currency, income_rate, difference, rates: Vec::new() };
            found.get_or_insert_with(empty).rates.extend(day.zip(rate));
        }
        Ok(found)
    }

    async fn movements(&self, tenant: TenantId, query: &MovementQuery) -> AppResult<Movements> {
        let sql = movements(tenant, query);
        let mut found = Movements::default();
        for row in self.query_text(&sql.text, &sql.params).await? {
            movement(row, query.translated_through.is_some(), &mut found)?;
        }
        Ok(found)
    }

    async fn account_lines(
        &self,
        tenant: TenantId,
        account: AccountId,
        selection: &LineSelection,
        after: Option<LineKey>,
        limit: u32,
    ) -> AppResult<Vec<GeneralLedgerRow>> {
        let sql = lines_of_account(tenant, account, selection, after, limit);
        let foreign = selection.filter.currency.is_some();
        let rows = self.query_text(&sql.text, &sql.params).await?;
        let rows = rows.into_iter().map(|row| ledger_row(&mut row.columns("ledger_line"), foreign));
        self.with_dimensions(tenant, rows.collect::<StorageResult<_>>()?).await
    }

    async fn layout(&self, tenant: TenantId, code: &str) -> AppResult<Option<ReportLayout>> {
        Ok(self.report_layout(tenant, code).await?)
    }

    async fn figure_lines(
        &self,
        tenant: TenantId,
        selection: &FigureSelection,
        after: Option<(&str, LineKey)>,
        limit: u32,
    ) -> AppResult<Vec<FigureRow>> {
        let sql = lines_of_figure(tenant, selection, after, limit);
        let foreign = selection.filter.currency.is_some();
        let (mut read, mut openings) = (Vec::new(), Vec::new());
        for row in self.query_text(&sql.text, &sql.params).await? {
            let mut columns = row.columns("ledger_line");
            read.push(ledger_row(&mut columns, foreign)?);
            openings.push(columns.get::<i64>("is_opening")? == 1);
        }
        let rows = self.with_dimensions(tenant, read).await?;
        Ok(rows.into_iter().zip(openings).map(|(row, is_opening)| FigureRow { row, is_opening }).collect())
    }

    fn stream_lines(
        &self,
        tenant: TenantId,
        selection: &LineSelection,
    ) -> BoxStream<'static, AppResult<GeneralLedgerRow>> {
        let sql = all_lines(tenant, selection);
        let foreign = selection.filter.currency.is_some();
        let batches = self.stream_batches(&sql.text, sql.params);
        let db = self.clone();
        let rows = batches.then(move |batch| {
            let db = db.clone();
            async move {
                let rows = batch?.into_iter().map(|row| ledger_row(&mut row.columns("ledger_line"), foreign));
                db.with_dimensions(tenant, rows.collect::<StorageResult<_>>()?).await
            }
        });
        let rows = rows.flat_map(|batch| {
            futures::stream::iter(match batch {
                Ok(rows) => rows.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            })
        });
        rows.boxed()
    }
}

impl Db {
    /// The rows with the codes of their dimension sets, which never change.
    async fn with_dimensions(
        &self,
        tenant: TenantId,
        rows: Vec<(GeneralLedgerRow, DimensionSetId)>,
    ) -> AppResult<Vec<GeneralLedgerRow>> {
        let codes = set_codes(self, tenant, rows.iter().map(|(_, set)| *set)).await?;
        let shown = |(row, set): (GeneralLedgerRow, DimensionSetId)| GeneralLedgerRow {
            dimensions: codes.get(&set).cloned().unwrap_or_default(),
            ..row
        };
        Ok(rows.into_iter().map(shown).collect())
    }
}

pub(super) fn account(row: Row) -> StorageResult<ChartAccount> {
    let mut columns = row.columns("account");
    Ok(ChartAccount {
        id: columns.get("id")?,
        code: columns.get("code")?,
        name: read_name(&mut columns)?,
        account_type: columns.parse("type", |text| AccountType::parse(text).ok())?,
        parent_id: columns.get("parent_id")?,
        is_posting: columns.get("is_posting")?,
        control: columns.parse("control", |text| ControlKind::parse(text).ok())?,
        cash_flow: columns.parse("cash_flow", |text| CashFlowActivity::parse(text).ok())?,
    })
}

fn movement(row: Row, translated: bool, found: &mut Movements) -> StorageResult<()> {
    let mut columns = row.columns("movement");
    let bucket: i64 = columns.get("bucket")?;
    let account: Option<AccountId> = columns.get("account_id")?;
    let group = columns.get("group_id")?;
    let party = columns.get("party")?;
    let recorded_at = columns.get("recorded_at")?;
    let (debit, credit) = (columns.get("debit")?, columns.get("credit")?);
    let (on, closing) = match translated {
        true => (columns.get("on_day")?, columns.get::<i64>("closing")? == 1),
        false => (None, false),
    };
    match (bucket, account) {
        (PERIOD_BRANCH, Some(account)) => {
            found.periods.push(Movement { bucket: 0, account, group, debit, credit, on, closing });
        }
        (RECORDED_BRANCH, _) => found.recorded_through = recorded_at,
        (PARTY_BRANCH, Some(account)) => found.parties.push(PartyMovement { account, party, debit, credit }),
        (bucket, Some(account)) => {
            let bucket = usize::try_from(bucket)
                .map_err(|error| StorageError::Internal(format!("bucket {bucket}: {error}")))?;
            found.sums.push(Movement { bucket, account, group, debit, credit, on, closing });
        }
        (_, None) => {}
    }
    Ok(())
}

/// A line whose dimensions are not looked up yet, and its set of them.
fn ledger_row(columns: &mut Columns, foreign: bool) -> StorageResult<(GeneralLedgerRow, DimensionSetId)> {
    let account = columns.get("account_id")?;
    let posting_date = columns.get("posting_date")?;
    let entry_id = columns.get("entry_id")?;
    let key = LineKey { posting_date, entry_id, line_no: columns.get("line_no")? };
    let (journal, number) =
        (columns.get("code")?, columns.get::<Option<String>>("number")?.unwrap_or_default());
    let (description, party) = (columns.get("description")?, columns.get("party")?);
    let reference = columns.get("reference")?;
    let (debit, credit) = (columns.get("debit")?, columns.get("credit")?);
    let currency = columns.get("currency")?;
    let (currency_debit, currency_credit) = (columns.get("currency_debit")?, columns.get("currency_credit")?);
    let rate = columns.get("rate")?;
    let set = columns.get("dimension_set_id")?;
    let row = GeneralLedgerRow {
        account,
        key,
        journal,
        number,
        description,
        party,
        reference,
        debit: if foreign { currency_debit } else { debit },
        credit: if foreign { currency_credit } else { credit },
        currency,
        currency_debit,
        currency_credit,
        rate,
        dimensions: BTreeMap::new(),
    };
    Ok((row, set))
}
