//! [`DeferralRepository`] and [`DeferralQueries`] in SQL. The lines of a deferral are a document in its row.

use std::collections::HashMap;

use application::accounting::deferrals::ports::{
    DEFERRAL_LIST, DeferralId, DeferralLegend, DeferralLine, DeferralQueries, DeferralRepository,
    StoredDeferral,
};
use application::accounting::deferrals::views::DeferralView;
use application::accounting::ports::ledger::{AccountName, SetCodes};
use application::accounting::views::recurring::RecurringProblemView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::deferral::{DeferralLineStatus, DeferralMethod, DeferralStatus};
use domain::accounting::recurring::Orderer;
use domain::ids::{AccountId, DimensionSetId, TenantId, UserId};
use domain::money::Amount;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::{read_code, read_name};
use super::company_money::CompanyMoney;
use super::entry_lines::{account_names, set_codes};
use crate::persistence::SqlUnitOfWork;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

macro_rules! deferral_columns {
    () => {
        "d.id, d.code, d.name_ar, d.name_en, d.status, d.source_account_id, d.target_account_id, d.source_set, d.target_set, \
         d.journal_id, d.amount, d.currency, d.rate, d.method, d.start_date, d.end_date, d.reference, d.ordered_by, \
         d.ordered_by_key, d.lines, d.version"
    };
}

statements! {
    FIND = "accounting.deferral.find":
        concat!("SELECT ", deferral_columns!(), " FROM deferral d WHERE d.tenant_id = ?1 AND d.id = ?2");
    INSERT = "accounting.deferral.insert":
        "INSERT INTO deferral (tenant_id, id, code, name_ar, name_en, status, source_account_id, target_account_id, source_set, \
         target_set, journal_id, amount, currency, rate, method, start_date, end_date, reference, ordered_by, ordered_by_key, \
         next_date, next_attempt, failed_count, lines, created_at, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?25, ?26)";
    SAVE = "accounting.deferral.save":
        "UPDATE deferral SET status = ?3, next_date = ?4, next_attempt = ?5, failed_count = ?6, lines = ?7, updated_at = ?8, \
         version = ?9, name_ar = ?10, name_en = ?11, journal_id = ?12, amount = ?13, method = ?14, start_date = ?15, \
         end_date = ?16, reference = ?17 WHERE tenant_id = ?1 AND id = ?2 AND version = ?9 - 1";
    TO_TRY = "accounting.deferral.to_try":
        "SELECT d.id FROM deferral d WHERE d.tenant_id = ?1 AND d.next_attempt <= ?2 AND d.id > ?3 ORDER BY d.id {page ?4}";
}

pub static LIST: ListSql = ListSql {
    spec: &DEFERRAL_LIST,
    select: concat!("SELECT ", deferral_columns!(), " FROM deferral d"),
    tenant: "d.tenant_id",
    key: &["d.id"],
    columns: &[
        ("id", "d.id"),
        ("code", "d.code"),
        ("status", "d.status"),
        ("sourceAccountId", "d.source_account_id"),
        ("targetAccountId", "d.target_account_id"),
        ("start", "d.start_date"),
        ("end", "d.end_date"),
        ("nextDate", "d.next_date"),
        ("failedCount", "d.failed_count"),
    ],
    sorted_as: &[],
};

/// A line as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredLine {
    date: NaiveDate,
    /// In ten-thousandths.
    amount: i64,
    company_amount: i64,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempted_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    problems: Vec<RecurringProblemView>,
}

fn write_lines(lines: &[DeferralLine]) -> StorageResult<String> {
    let stored = |line: &DeferralLine| StoredLine {
        date: line.date,
        amount: line.amount.scaled(),
        company_amount: line.company_amount.scaled(),
        status: line.status.as_str().to_owned(),
        entry: line.entry.map(|id| id.uuid()),
        attempted_on: line.attempted_on,
        problems: line.problems.clone(),
    };
    serde_json::to_string(&lines.iter().map(stored).collect::<Vec<_>>())
        .map_err(|error| StorageError::Internal(format!("lines of a deferral: {error}")))
}

fn read_lines(text: &str) -> Option<Vec<DeferralLine>> {
    let stored: Vec<StoredLine> = serde_json::from_str(text).ok()?;
    let line = |line: StoredLine| {
        Some(DeferralLine {
            date: line.date,
            amount: Amount::from_scaled(line.amount),
            company_amount: Amount::from_scaled(line.company_amount),
            status: DeferralLineStatus::parse(&line.status).ok()?,
            entry: line.entry.map(Into::into),
            attempted_on: line.attempted_on,
            problems: line.problems,
        })
    };
    stored.into_iter().map(line).collect()
}

/// `deferral_columns!`
fn read_deferral(columns: &mut Columns) -> StorageResult<StoredDeferral> {
    let (id, code, name) = (columns.get("id")?, read_code(columns)?, read_name(columns)?);
    let status = columns.parse("status", |text| DeferralStatus::parse(text).ok())?;
    let (source, target) = (columns.get("source_account_id")?, columns.get("target_account_id")?);
    let (source_set, target_set) = (columns.get("source_set")?, columns.get("target_set")?);
    let (journal, amount, currency) =
        (columns.get("journal_id")?, columns.get("amount")?, columns.get("currency")?);
    let rate = columns.get("rate")?;
    let method = columns.parse("method", |text| DeferralMethod::parse(text).ok())?;
    let (start, end, reference) =
        (columns.get("start_date")?, columns.get("end_date")?, columns.get("reference")?);
    let user: Option<UserId> = columns.get("ordered_by")?;
    let key = columns.get("ordered_by_key")?;
    let lines = columns.parse("lines", read_lines)?;
    Ok(StoredDeferral {
        id,
        code,
        name,
        status,
        source,
        target,
        source_set,
        target_set,
        journal,
        amount,
        currency,
        rate,
        method,
        start,
        end,
        reference,
        ordered_by: user.map(|user| Orderer { user, key }),
        version: columns.get("version")?,
        lines,
    })
}

#[async_trait]
impl DeferralRepository for SqlUnitOfWork {
    async fn find_deferral(&mut self, id: DeferralId) -> StorageResult<Option<StoredDeferral>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_deferral(&mut row.columns("deferral"))).transpose()
    }

    async fn insert_deferral(&mut self, deferral: &StoredDeferral) -> StorageResult<()> {
        let params: [Value; 26] = [
            self.tenant.into(),
            deferral.id.into(),
            deferral.code.as_str().into(),
            deferral.name.ar().into(),
            deferral.name.en().into(),
            deferral.status.as_str().into(),
            deferral.source.into(),
            deferral.target.into(),
            deferral.source_set.into(),
            deferral.target_set.into(),
            deferral.journal.into(),
            deferral.amount.into(),
            deferral.currency.into(),
            deferral.rate.into(),
            deferral.method.as_str().into(),
            deferral.start.into(),
            deferral.end.into(),
            deferral.reference.as_deref().into(),
            deferral.ordered_by.map(|by| by.user).into(),
            deferral.ordered_by.and_then(|by| by.key).into(),
            deferral.next_date().into(),
            deferral.next_attempt().into(),
            deferral.failed_count().into(),
            write_lines(&deferral.lines)?.into(),
            self.now.into(),
            deferral.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn save_deferral(&mut self, deferral: &StoredDeferral) -> StorageResult<bool> {
        let params: [Value; 17] = [
            self.tenant.into(),
            deferral.id.into(),
            deferral.status.as_str().into(),
            deferral.next_date().into(),
            deferral.next_attempt().into(),
            deferral.failed_count().into(),
            write_lines(&deferral.lines)?.into(),
            self.now.into(),
            deferral.version.into(),
            deferral.name.ar().into(),
            deferral.name.en().into(),
            deferral.journal.into(),
            deferral.amount.into(),
            deferral.method.as_str().into(),
            deferral.start.into(),
            deferral.end.into(),
            deferral.reference.as_deref().into(),
        ];
        Ok(self.tx.execute(&SAVE, &params).await? == 1)
    }

    async fn deferrals_to_try(
        &mut self,
        through: NaiveDate,
        after: Uuid,
        limit: u32,
    ) -> StorageResult<Vec<Uuid>> {
        let params = [self.tenant.into(), through.into(), after.into(), limit.into()];
        let rows = self.tx.query(&TO_TRY, &params).await?;
        rows.into_iter().map(|row| row.single("deferral", "id")).collect()
    }
}

#[async_trait]
impl DeferralQueries for Db {
    async fn deferral(&self, tenant: TenantId, id: DeferralId) -> AppResult<Option<DeferralView>> {
        let Some(row) = self.find(&FIND, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let found = [read_deferral(&mut row.columns("deferral"))?];
        let legends = Legends::read(self, tenant, &found).await?;
        let [deferral] = found;
        Ok(Some(deferral.full_view(&legends.of(&deferral))))
    }

    async fn deferrals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<DeferralView>> {
        let page = LIST.page(self, tenant, query, None, read_deferral).await?;
        let legends = Legends::read(self, tenant, &page.items).await?;
        Ok(page.map(|deferral| deferral.view(&legends.of(&deferral))))
    }
}

/// What the views of several deferrals show beside them.
struct Legends {
    money: CompanyMoney,
    accounts: HashMap<AccountId, AccountName>,
    sets: HashMap<DimensionSetId, SetCodes>,
}

impl Legends {
    async fn read(db: &Db, tenant: TenantId, deferrals: &[StoredDeferral]) -> AppResult<Self> {
        let accounts = deferrals.iter().flat_map(|deferral| [deferral.source, deferral.target]).collect();
        let sets = deferrals.iter().flat_map(|deferral| [deferral.source_set, deferral.target_set]);
        Ok(Self {
            money: CompanyMoney::read(db, tenant).await?,
            accounts: account_names(db, tenant, accounts).await?,
            sets: set_codes(db, tenant, sets).await?,
        })
    }

    fn of(&self, deferral: &StoredDeferral) -> DeferralLegend {
        let code = |id: &AccountId| self.accounts.get(id).map(|name| name.code.clone()).unwrap_or_default();
        let codes = |set: &DimensionSetId| self.sets.get(set).cloned().unwrap_or_default();
        DeferralLegend {
            source_code: code(&deferral.source),
            target_code: code(&deferral.target),
            source_dimensions: codes(&deferral.source_set),
            target_dimensions: codes(&deferral.target_set),
            scale: self.money.scale(deferral.currency),
            company_scale: self.money.company.scale,
        }
    }
}
