//! [`CloseChecklistQueries`] in SQL: counts over balances and indexed rows.

use std::collections::BTreeSet;

use application::accounting::ports::close_checklist::{
    ChecklistFacts, ChecklistScope, CloseChecklistQueries,
};
use application::accounting::views::fiscal_year::{FiscalPeriodView, FiscalYearView};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::fiscal_period::{FiscalPeriod, FiscalPeriodKind};
use domain::accounting::fiscal_year::FiscalYear;
use domain::accounting::journal::JournalKind;
use domain::accounting::lock::LockKind;
use domain::ids::{AccountId, FiscalPeriodId, FiscalYearId, TenantId};
use domain::money::{Amount, CurrencyCode};

use super::company_money::company;
use super::fiscal_years::{
    JOURNAL_OF_KIND, OUT_OF_BALANCE, PERIOD, PERIODS, REMAINING, YEAR, count_periods, read_period, read_year,
};
use crate::sql::db::Db;
use crate::sql::statement::Statement;
use crate::sql::value::Value;
use crate::statements;

statements! {
    DRAFTS = "accounting.close_checklist.drafts":
        "SELECT COUNT(*) AS count FROM (SELECT id FROM journal_entry WHERE tenant_id = ?1 AND status = 'draft' \
         AND approval_status IS NULL AND posting_date >= ?2 AND posting_date <= ?3 UNION ALL SELECT id FROM document WHERE tenant_id = ?1 \
         AND status = 'draft' AND posting_date >= ?2 AND posting_date <= ?3 \
         AND document_type NOT IN ('quotation', 'sales_order', 'purchase_order')) x";
    AWAITING_APPROVAL = "accounting.close_checklist.awaiting_approval":
        "SELECT COUNT(*) AS count FROM journal_entry WHERE tenant_id = ?1 AND status = 'draft' \
         AND approval_status IS NOT NULL AND posting_date >= ?2 AND posting_date <= ?3";
    OPEN_PERIODS = "accounting.close_checklist.open_periods":
        "SELECT COUNT(*) AS count FROM fiscal_period WHERE tenant_id = ?1 AND kind = 'regular' AND status = 'open' AND end_date < ?2";
    OPEN_YEARS = "accounting.close_checklist.open_years":
        "SELECT COUNT(*) AS count FROM fiscal_year WHERE tenant_id = ?1 AND status = 'open' AND end_date < ?2";
    SETTINGS = "accounting.close_checklist.settings":
        "SELECT opening_account_id, retained_earnings_account_id FROM ledger_settings WHERE tenant_id = ?1";
    OPENING_BALANCE = "accounting.close_checklist.opening_balance":
        "SELECT SUM(b.debit - b.credit) AS balance FROM fiscal_period p \
         INNER JOIN account_balance b ON b.tenant_id = p.tenant_id AND b.fiscal_period_id = p.id \
         WHERE p.tenant_id = ?1 AND p.start_date <= ?3 AND b.account_id = ?2";
    CURRENCIES = "accounting.close_checklist.currencies":
        "SELECT b.currency FROM account_balance b INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE b.tenant_id = ?1 AND b.fiscal_period_id IN \
         (SELECT p.id FROM fiscal_period p WHERE p.tenant_id = ?1 AND p.start_date <= ?3) \
         AND b.currency <> ?4 AND a.type NOT IN ('income', 'expense') \
         AND NOT EXISTS (SELECT 1 FROM exchange_rate r WHERE r.tenant_id = ?1 AND r.currency = b.currency \
         AND r.rate_date >= ?2 AND r.rate_date <= ?3) \
         GROUP BY b.currency, b.account_id HAVING SUM(b.currency_debit) <> SUM(b.currency_credit) ORDER BY b.currency";
    NOT_REVALUED = "accounting.close_checklist.not_revalued":
        "SELECT b.currency FROM account_balance b INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE b.tenant_id = ?1 AND b.fiscal_period_id IN \
         (SELECT p.id FROM fiscal_period p WHERE p.tenant_id = ?1 AND p.start_date <= ?2) \
         AND b.currency <> ?3 AND a.type IN ('asset', 'liability') AND (a.control IN ('receivable', 'payable') \
         OR (a.control = 'none' AND (a.currency IS NOT NULL OR a.cash_flow = 'cash'))) \
         AND NOT EXISTS (SELECT 1 FROM revaluation_run r WHERE r.tenant_id = ?1 AND r.run_date = ?2 \
         AND r.status = 'posted') \
         GROUP BY b.currency, b.account_id HAVING SUM(b.currency_debit) <> SUM(b.currency_credit) ORDER BY b.currency";
    VAT_UNDECLARED = "accounting.close_checklist.vat_undeclared":
        "SELECT COALESCE(SUM(d.entry_count - d.filed_count), 0) AS count FROM tax_day d WHERE d.tenant_id = ?1 \
         AND d.tax_date >= ?2 AND d.tax_date <= ?3 AND NOT EXISTS (SELECT 1 FROM vat_return r WHERE r.tenant_id = ?1 \
         AND r.earlier_declared = 1 AND r.status = 'filed' AND d.tax_date < r.from_date)";
    SUB_LEDGERS = "accounting.close_checklist.sub_ledgers":
        "SELECT COUNT(*) AS count FROM (SELECT x.account_id FROM (\
         SELECT b.account_id, b.debit - b.credit AS amount FROM account_balance b \
         INNER JOIN account a ON a.tenant_id = b.tenant_id AND a.id = b.account_id \
         WHERE b.tenant_id = ?1 AND a.control IN ('receivable', 'payable') UNION ALL \
         SELECT i.account_id, -i.open_company_amount AS amount FROM open_item i \
         WHERE i.tenant_id = ?1 AND i.control IN ('receivable', 'payable') AND i.settled_on IS NULL) x \
         GROUP BY x.account_id HAVING SUM(x.amount) <> 0) y";
    ADVANCES = "accounting.close_checklist.advances":
        "SELECT COUNT(*) AS count FROM open_item i INNER JOIN journal_entry e ON e.tenant_id = i.tenant_id AND e.id = i.entry_id \
         WHERE i.tenant_id = ?1 AND i.control = 'receivable' AND i.settled_on IS NULL AND i.amount < 0 \
         AND i.posting_date <= ?2 AND e.source_kind = 'receipt'";
    RECURRING_DUE = "accounting.close_checklist.recurring_due":
        "SELECT COUNT(*) AS count FROM recurring_entry r WHERE r.tenant_id = ?1 AND r.active = 1 AND (r.next_date <= ?2 \
         OR EXISTS (SELECT 1 FROM recurring_occurrence o WHERE o.tenant_id = ?1 AND o.recurring_entry_id = r.id \
         AND o.status = 'failed' AND o.occurrence_date <= ?2))";
    RECURRING_INVOICES_DUE = "accounting.close_checklist.recurring_invoices_due":
        "SELECT COUNT(*) AS count FROM recurring_invoice r WHERE r.tenant_id = ?1 AND r.active = 1 AND (r.next_date <= ?2 \
         OR EXISTS (SELECT 1 FROM recurring_run o WHERE o.tenant_id = ?1 AND o.recurring_invoice_id = r.id \
         AND o.status = 'failed' AND o.occurrence_date <= ?2))";
    DEFERRALS_DUE = "accounting.close_checklist.deferrals_due":
        "SELECT COUNT(*) AS count FROM deferral WHERE tenant_id = ?1 AND status = 'active' AND next_date <= ?2";
    DISTRIBUTIONS_DUE = "accounting.close_checklist.distributions_due":
        "SELECT COUNT(*) AS count FROM distribution_key k INNER JOIN fiscal_period p ON p.tenant_id = k.tenant_id \
         WHERE k.tenant_id = ?1 AND k.monthly = 1 AND k.active = 1 AND p.kind = 'regular' AND p.start_date >= ?2 \
         AND p.end_date <= ?3 AND NOT EXISTS (SELECT 1 FROM distribution_run r WHERE r.tenant_id = ?1 AND r.key_id = k.id \
         AND r.fiscal_period_id = p.id AND r.status = 'posted')";
    LOCKS = "accounting.close_checklist.locks":
        "SELECT kind, locked_through FROM ledger_lock \
         WHERE tenant_id = ?1 AND kind IN ('fiscal', 'hard') AND locked_through >= ?2 ORDER BY kind DESC";
}

#[async_trait]
impl CloseChecklistQueries for Db {
    async fn close_checklist_facts(
        &self,
        tenant: TenantId,
        scope: ChecklistScope,
    ) -> AppResult<Option<ChecklistFacts>> {
        let period = match scope {
            ChecklistScope::Year(_) => None,
            ChecklistScope::Period(id) => match find_period(self, tenant, id).await? {
                Some(period) => Some(period),
                None => return Ok(None),
            },
        };
        let year = match (scope, &period) {
            (ChecklistScope::Year(id), _) => find_year(self, tenant, id).await?,
            (_, Some(period)) => find_year(self, tenant, period.fiscal_year_id).await?,
            _ => None,
        };
        let Some(year) = year else { return Ok(None) };
        Ok(Some(facts(&Reader { db: self, tenant }, &year, period.as_ref()).await?))
    }
}

async fn find_year(db: &Db, tenant: TenantId, id: FiscalYearId) -> StorageResult<Option<FiscalYear>> {
    let row = db.find(&YEAR, &[tenant.into(), id.into()]).await?;
    row.map(|row| read_year(&mut row.columns("fiscal_year"))).transpose()
}

async fn find_period(db: &Db, tenant: TenantId, id: FiscalPeriodId) -> StorageResult<Option<FiscalPeriod>> {
    let row = db.find(&PERIOD, &[tenant.into(), id.into()]).await?;
    row.map(|row| read_period(&mut row.columns("fiscal_period"))).transpose()
}

async fn facts(
    reader: &Reader<'_>,
    year: &FiscalYear,
    period: Option<&FiscalPeriod>,
) -> StorageResult<ChecklistFacts> {
    let (start, end) = period.map_or((year.start, year.end), |period| (period.start, period.end));
    let company = company(reader.db, reader.tenant).await?;
    let (opening_account, retained_earnings) = reader.accounts().await?;
    let last_period_start = match period {
        Some(period) => period.start,
        None => reader.last_period_start(year).await?,
    };
    let open = if period.is_some() { &OPEN_PERIODS } else { &OPEN_YEARS };
    Ok(ChecklistFacts {
        fiscal_year: FiscalYearView::from(year),
        period: period.map(FiscalPeriodView::from),
        company,
        drafts: reader.count(&DRAFTS, &[start.into(), end.into()]).await?,
        awaiting_approval: reader.count(&AWAITING_APPROVAL, &[start.into(), end.into()]).await?,
        opening_account,
        opening_balance: reader.opening_balance(opening_account, end).await?,
        earlier_open: reader.count(open, &[start.into()]).await?,
        currencies_without_rate: reader
            .currencies(&CURRENCIES, &[last_period_start.into(), end.into(), company.code.into()])
            .await?,
        currencies_not_revalued: reader.currencies(&NOT_REVALUED, &[end.into(), company.code.into()]).await?,
        vat_undeclared: reader.count(&VAT_UNDECLARED, &[start.into(), end.into()]).await?,
        sub_ledgers_apart: reader.count(&SUB_LEDGERS, &[]).await?,
        advances: reader.count(&ADVANCES, &[end.into()]).await?,
        recurring_due: reader.count(&RECURRING_DUE, &[end.into()]).await?,
        recurring_invoices_due: reader.count(&RECURRING_INVOICES_DUE, &[end.into()]).await?,
        deferrals_due: reader.count(&DEFERRALS_DUE, &[end.into()]).await?,
        distributions_due: reader.count(&DISTRIBUTIONS_DUE, &[start.into(), end.into()]).await?,
        out_of_balance: reader.out_of_balance(year.id, period.map(|period| period.id)).await?,
        accounts_to_close: if period.is_some() { 0 } else { reader.to_close(year.id).await? },
        retained_earnings_set: retained_earnings.is_some(),
        closing_journal_there: reader.has_closing_journal().await?,
        locks: reader.locks(end).await?,
    })
}

struct Reader<'a> {
    db: &'a Db,
    tenant: TenantId,
}

impl Reader<'_> {
    fn params(&self, rest: &[Value]) -> Vec<Value> {
        std::iter::once(self.tenant.into()).chain(rest.iter().cloned()).collect()
    }

    async fn count(&self, statement: &Statement, rest: &[Value]) -> StorageResult<u64> {
        let row = self.db.find(statement, &self.params(rest)).await?;
        row.map_or(Ok(0), |row| row.single("close_checklist", "count"))
    }

    async fn accounts(&self) -> StorageResult<(Option<AccountId>, Option<AccountId>)> {
        let Some(row) = self.db.find(&SETTINGS, &self.params(&[])).await? else { return Ok((None, None)) };
        let mut columns = row.columns("ledger_settings");
        Ok((columns.get("opening_account_id")?, columns.get("retained_earnings_account_id")?))
    }

    async fn last_period_start(&self, year: &FiscalYear) -> StorageResult<NaiveDate> {
        let mut start = year.start;
        for row in self.db.query(&PERIODS, &self.params(&[year.id.into()])).await? {
            let period = read_period(&mut row.columns("fiscal_period"))?;
            if period.kind == FiscalPeriodKind::Regular {
                start = start.max(period.start);
            }
        }
        Ok(start)
    }

    async fn opening_balance(&self, account: Option<AccountId>, end: NaiveDate) -> StorageResult<Amount> {
        let Some(account) = account else { return Ok(Amount::ZERO) };
        let row = self.db.find(&OPENING_BALANCE, &self.params(&[account.into(), end.into()])).await?;
        row.map_or(Ok(Amount::ZERO), |row| row.single("account_balance", "balance"))
    }

    async fn currencies(&self, statement: &Statement, rest: &[Value]) -> StorageResult<Vec<String>> {
        let rows = self.db.query(statement, &self.params(rest)).await?;
        let codes = rows.into_iter().map(|row| row.single::<String>("account_balance", "currency"));
        let mut codes = codes.collect::<StorageResult<Vec<_>>>()?;
        codes.dedup();
        Ok(codes)
    }

    async fn out_of_balance(&self, year: FiscalYearId, period: Option<FiscalPeriodId>) -> StorageResult<u64> {
        let rows = self.db.query(&OUT_OF_BALANCE, &self.params(&[year.into()])).await?;
        count_periods(rows, period).map(u64::from)
    }

    /// Accounts whose total is not zero. Dimension sets that cancel out are seen by the close itself.
    async fn to_close(&self, year: FiscalYearId) -> StorageResult<u64> {
        let mut accounts: BTreeSet<AccountId> = BTreeSet::new();
        for row in self.db.query(&REMAINING, &self.params(&[year.into()])).await? {
            let mut columns = row.columns("account_balance");
            let (account, _currency): (AccountId, CurrencyCode) =
                (columns.get("account_id")?, columns.get("currency")?);
            let (balance, own): (Amount, Amount) =
                (columns.get("balance")?, columns.get("currency_balance")?);
            if !balance.is_zero() || !own.is_zero() {
                accounts.insert(account);
            }
        }
        Ok(accounts.len() as u64)
    }

    async fn has_closing_journal(&self) -> StorageResult<bool> {
        let params = self.params(&[JournalKind::Closing.as_str().into()]);
        Ok(self.db.find(&JOURNAL_OF_KIND, &params).await?.is_some())
    }

    async fn locks(&self, end: NaiveDate) -> StorageResult<Vec<(LockKind, NaiveDate)>> {
        let mut locks = Vec::new();
        for row in self.db.query(&LOCKS, &self.params(&[end.into()])).await? {
            let mut columns = row.columns("ledger_lock");
            let kind = columns.parse("kind", |text| LockKind::parse(text).ok())?;
            locks.push((kind, columns.get("locked_through")?));
        }
        Ok(locks)
    }
}
