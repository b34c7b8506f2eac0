//! [`JournalEntryQueries`]: entries and ledger lines as views, straight from SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::views::NameView;
use application::accounting::views::journal_entry::{
    EntryLineView, JournalEntryView, LINES_INLINE_MAX, LedgerLineView,
};
use application::accounting::views::journal_entry_build::hex;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::journal_entry::{EntryStatus, LineAmount, NewLine, PostedLine};
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, TenantId};
use domain::money::{Amount, Currency, CurrencyCode};
use uuid::Uuid;

use super::draft_document;
use super::facts::{COMPANY, company, no_tenant, read_name};
use super::journal_entry_rows::{HeaderRow, header_columns, line_columns, read_line};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

statements! {
    ENTRY = "accounting.journal_entry.view":
        concat!("SELECT ", header_columns!(), ", t.currency, c.scale, d.document FROM journal_entry e \
         INNER JOIN tenant t ON t.id = e.tenant_id \
         LEFT JOIN currency c ON c.tenant_id = t.id AND c.code = t.currency \
         LEFT JOIN journal_entry_draft d ON d.tenant_id = e.tenant_id AND d.entry_id = e.id \
         WHERE e.tenant_id = ?1 AND e.id = ?2");
    ENTRY_LINES = "accounting.ledger_line.view":
        concat!("SELECT ", line_columns!(), ", a.code, a.name_ar, a.name_en FROM ledger_line l \
         INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         WHERE l.tenant_id = ?1 AND l.entry_id = ?2 ORDER BY l.line_no {page ?3}");
    ACCOUNT = "accounting.account.name": "SELECT code, name_ar, name_en FROM account WHERE tenant_id = ?1 AND id = ?2";
    SET_CODES = "accounting.dimension_set.view":
        "SELECT d.code, v.code FROM dimension_set_value s \
         INNER JOIN dimension d ON d.tenant_id = s.tenant_id AND d.id = s.dimension_id \
         INNER JOIN dimension_value v ON v.tenant_id = s.tenant_id AND v.id = s.value_id \
         WHERE s.tenant_id = ?1 AND s.set_id = ?2";
}

static LIST: ListSql = ListSql {
    select: concat!(
        "SELECT ",
        header_columns!(),
        ", t.currency, c.scale FROM journal_entry e INNER JOIN tenant t ON t.id = e.tenant_id \
         LEFT JOIN currency c ON c.tenant_id = t.id AND c.code = t.currency"
    ),
    tenant: "e.tenant_id",
    key: "e.id",
    columns: &[
        ("id", "e.id"),
        ("status", "e.status"),
        ("kind", "e.kind"),
        ("journalId", "e.journal_id"),
        ("fiscalPeriodId", "e.fiscal_period_id"),
        ("number", "COALESCE(e.number, '')"),
        ("reference", "e.reference"),
        ("description", "e.description"),
        ("currency", "e.currency"),
        ("total", "e.total"),
        ("postingDate", "e.posting_date"),
        ("createdAt", "e.created_at"),
        ("recordedAt", "e.recorded_at"),
        ("recurringEntryId", "e.recurring_entry_id"),
    ],
    folded: &[],
};

static LINE_LIST: ListSql = ListSql {
    select: concat!(
        "SELECT l.entry_id, ",
        line_columns!(),
        ", e.journal_id, e.number, l.posting_date, l.fiscal_period_id, a.code, e.description, l.recorded_at, \
         t.currency, c.scale FROM ledger_line l \
         INNER JOIN journal_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id \
         INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         INNER JOIN tenant t ON t.id = l.tenant_id \
         LEFT JOIN currency c ON c.tenant_id = t.id AND c.code = t.currency"
    ),
    tenant: "l.tenant_id",
    key: "l.line_no",
    columns: &[
        ("accountId", "l.account_id"),
        ("entryId", "l.entry_id"),
        ("journalId", "e.journal_id"),
        ("fiscalPeriodId", "l.fiscal_period_id"),
        ("postingDate", "l.posting_date"),
        ("currency", "l.currency"),
        ("party", "l.party"),
        ("taxCode", "l.tax_code"),
        ("recordedAt", "l.recorded_at"),
    ],
    folded: &[],
};

/// Amounts shown with the company's decimals, or those of the line's own currency.
#[derive(Clone, Copy)]
pub(super) struct Money {
    company: Currency,
}

impl Money {
    fn read(columns: &mut Columns) -> StorageResult<Self> {
        let code: CurrencyCode = columns.get("currency")?;
        let scale: Option<u8> = columns.get("scale")?;
        Ok(Self { company: Currency { code, scale: scale.unwrap_or(Currency::iso(code).scale) } })
    }
    fn company(self, amount: Amount) -> String {
        amount.display(self.company.scale)
    }
    fn of(self, amount: Amount, code: CurrencyCode) -> String {
        let scale = if code == self.company.code { self.company.scale } else { Currency::iso(code).scale };
        amount.display(scale)
    }
    fn sides(self, amount: LineAmount, code: CurrencyCode) -> (Option<String>, Option<String>) {
        match amount {
            LineAmount::Debit(amount) => (Some(self.of(amount, code)), None),
            LineAmount::Credit(amount) => (None, Some(self.of(amount, code))),
        }
    }
}

pub(super) async fn company_money(db: &Db, tenant: TenantId) -> StorageResult<Money> {
    let row = db.find(&COMPANY, &[tenant.into()]).await?;
    Ok(Money { company: row.map_or_else(no_tenant, company)? })
}

#[async_trait]
impl JournalEntryQueries for Db {
    async fn journal_entry(
        &self,
        tenant: TenantId,
        id: JournalEntryId,
    ) -> AppResult<Option<JournalEntryView>> {
        let Some(row) = self.find(&ENTRY, &[tenant.into(), id.into()]).await? else { return Ok(None) };
        let mut columns = row.columns("journal_entry");
        let header = HeaderRow::read(&mut columns)?;
        let money = Money::read(&mut columns)?;
        let document: Option<String> = columns.get("document")?;
        let lines = match document {
            Some(document) => {
                let lines = draft_document::read(&document)?;
                template_lines(self, tenant, lines, header.currency, money).await?
            }
            None => posted_lines(self, tenant, id, money).await?,
        };
        Ok(Some(JournalEntryView { lines: Some(lines), ..header_view(header, money) }))
    }

    async fn journal_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<JournalEntryView>> {
        let mut page = LIST
            .page(self, tenant, query, None, |columns| {
                let header = HeaderRow::read(columns)?;
                Ok(header_view(header, Money::read(columns)?))
            })
            .await?;
        if query.expand.contains(&"lines") {
            for entry in &mut page.items {
                let full = self.journal_entry(tenant, JournalEntryId::new(entry.id)).await?;
                entry.lines = full.and_then(|full| full.lines);
            }
        }
        Ok(page)
    }

    async fn ledger_lines(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<LedgerLineView>> {
        let mut query = query.clone();
        // The line number is unique within its entry only.
        if !query.sort.iter().any(|(field, _)| *field == "entryId") {
            let direction = query.sort.last().map_or(application::paging::Direction::Ascending, |(_, d)| *d);
            query.sort.push(("entryId", direction));
        }
        let mut sets: Vec<DimensionSetId> = Vec::new();
        let mut page = LINE_LIST
            .page(self, tenant, &query, None, |columns| {
                let (view, set) = ledger_line(columns)?;
                sets.push(set);
                Ok(view)
            })
            .await?;
        let codes = set_codes(self, tenant, sets.iter().copied()).await?;
        for (line, set) in page.items.iter_mut().zip(sets) {
            line.dimensions = codes.get(&set).cloned().unwrap_or_default();
        }
        Ok(page)
    }
}

fn ledger_line(columns: &mut Columns) -> StorageResult<(LedgerLineView, DimensionSetId)> {
    let entry_id: Uuid = columns.get("entry_id")?;
    let line = read_line(columns)?;
    let (journal_id, number, posting_date, fiscal_period_id, account_code) = (
        columns.get("journal_id")?,
        columns.get::<Option<String>>("number")?.unwrap_or_default(),
        columns.get("posting_date")?,
        columns.get("fiscal_period_id")?,
        columns.get("code")?,
    );
    let entry_description: Option<String> = columns.get("description")?;
    let recorded_at: domain::time::Timestamp = columns.get("recorded_at")?;
    let money = Money::read(columns)?;
    let set = line.dimension_set;
    let view = LedgerLineView {
        entry_id,
        line_no: line.line_no,
        journal_id,
        number,
        posting_date,
        fiscal_period_id,
        account_id: line.account.uuid(),
        account_code,
        debit: money.company(line.debit),
        credit: money.company(line.credit),
        currency: line.currency.to_string(),
        currency_debit: money.of(line.currency_debit, line.currency),
        currency_credit: money.of(line.currency_credit, line.currency),
        rate: line.rate.to_string(),
        dimensions: BTreeMap::new(),
        description: line.description.or(entry_description),
        party: line.party,
        due_date: line.due_date,
        reference: line.reference,
        tax_code: line.tax_code,
        recorded_at: recorded_at.to_string(),
    };
    Ok((view, set))
}

fn header_view(header: HeaderRow, money: Money) -> JournalEntryView {
    let posted = header.status != EntryStatus::Draft;
    JournalEntryView {
        id: header.id.uuid(),
        journal_id: header.journal_id.uuid(),
        kind: header.kind.as_str(),
        status: header.status.as_str(),
        number: header.number,
        posting_date: header.posting_date,
        document_date: header.document_date,
        fiscal_period_id: header.fiscal_period_id.map(|id| id.uuid()),
        currency: header.currency.to_string(),
        description: header.description,
        reference: header.reference,
        notes: header.notes,
        control_reason: header.control_reason,
        total: posted.then(|| money.company(header.total)),
        line_count: header.line_count,
        reverses_id: header.reverses_id.map(|id| id.uuid()),
        reversed_by_id: header.reversed_by_id.map(|id| id.uuid()),
        recurring_entry_id: header.recurring_entry_id.map(|id| id.uuid()),
        created_by: header.created_by.map(|id| id.uuid()),
        created_at: header.created_at.to_string(),
        recorded_at: header.recorded_at.map(|at| at.to_string()),
        chain_sequence: header.chain_sequence,
        hash: header.hash.map(|hash| hex(&hash)),
        version: header.version,
        lines: None,
    }
}

async fn posted_lines(
    db: &Db,
    tenant: TenantId,
    id: JournalEntryId,
    money: Money,
) -> AppResult<Vec<EntryLineView>> {
    let limit = Value::Int(LINES_INLINE_MAX as i64);
    let rows = db.query(&ENTRY_LINES, &[tenant.into(), id.into(), limit]).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let mut columns = row.columns("ledger_line");
        let line = read_line(&mut columns)?;
        let code = columns.get("code")?;
        let name = NameView::from(&read_name(&mut columns)?);
        lines.push((line, code, name));
    }
    let codes = set_codes(db, tenant, lines.iter().map(|(line, ..)| line.dimension_set)).await?;
    Ok(lines.into_iter().map(|(line, code, name)| posted_line(line, code, name, &codes, money)).collect())
}

fn posted_line(
    line: PostedLine,
    account_code: String,
    account_name: NameView,
    codes: &HashMap<DimensionSetId, BTreeMap<String, String>>,
    money: Money,
) -> EntryLineView {
    let (debit, credit) = money.sides(line.currency_amount(), line.currency);
    let (company_debit, company_credit) = money.sides(line.company_amount(), money.company.code);
    EntryLineView {
        line_no: line.line_no,
        account_id: line.account.uuid(),
        account_code,
        account_name: Some(account_name),
        debit,
        credit,
        currency: line.currency.to_string(),
        rate: Some(line.rate.to_string()),
        company_debit,
        company_credit,
        dimensions: codes.get(&line.dimension_set).cloned().unwrap_or_default(),
        description: line.description,
        party: line.party,
        due_date: line.due_date,
        reference: line.reference,
        tax_code: line.tax_code,
        rounding: line.rounding,
    }
}

/// Lines that are not posted, of a draft or of a template.
pub(super) async fn template_lines(
    db: &Db,
    tenant: TenantId,
    mut lines: Vec<NewLine>,
    currency: CurrencyCode,
    money: Money,
) -> AppResult<Vec<EntryLineView>> {
    lines.truncate(LINES_INLINE_MAX);
    let mut accounts: HashMap<AccountId, (String, NameView)> = HashMap::new();
    for id in lines.iter().map(|line| line.account).collect::<BTreeSet<_>>() {
        if let Some(row) = db.find(&ACCOUNT, &[tenant.into(), id.into()]).await? {
            let mut columns = row.columns("account");
            accounts.insert(id, (columns.get("code")?, NameView::from(&read_name(&mut columns)?)));
        }
    }
    let codes = set_codes(db, tenant, lines.iter().map(|line| line.dimension_set)).await?;
    let view = |(index, line): (usize, NewLine)| {
        let code = line.currency.unwrap_or(currency);
        let (debit, credit) = money.sides(line.amount, code);
        let company =
            line.company_amount.map(|amount| money.sides(line.amount.with(amount), money.company.code));
        let (company_debit, company_credit) = company.unwrap_or_default();
        let account = accounts.get(&line.account);
        EntryLineView {
            line_no: u32::try_from(index + 1).unwrap_or(u32::MAX),
            account_id: line.account.uuid(),
            account_code: account.map(|(code, _)| code.clone()).unwrap_or_default(),
            account_name: account.map(|(_, name)| name.clone()),
            debit,
            credit,
            currency: code.to_string(),
            rate: line.rate.map(|rate| rate.to_string()),
            company_debit,
            company_credit,
            dimensions: codes.get(&line.dimension_set).cloned().unwrap_or_default(),
            description: line.description,
            party: line.party,
            due_date: line.due_date,
            reference: line.reference,
            tax_code: line.tax_code,
            rounding: false,
        }
    };
    Ok(lines.into_iter().enumerate().map(view).collect())
}

pub(super) async fn set_codes(
    db: &Db,
    tenant: TenantId,
    sets: impl Iterator<Item = DimensionSetId>,
) -> AppResult<HashMap<DimensionSetId, BTreeMap<String, String>>> {
    let mut codes = HashMap::new();
    for set in sets.filter(|set| !set.is_empty()).collect::<BTreeSet<_>>() {
        let mut of_set = BTreeMap::new();
        for row in db.query(&SET_CODES, &[tenant.into(), set.into()]).await? {
            let mut columns = row.columns("dimension_set_value");
            of_set.insert(columns.get("dimension_code")?, columns.get("value_code")?);
        }
        codes.insert(set, of_set);
    }
    Ok(codes)
}
