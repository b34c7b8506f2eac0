//! The lines of entries and templates as views. They cost the same few statements for any number of entries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use application::accounting::views::NameView;
use application::accounting::views::journal_entry::{EntryLineView, LINES_INLINE_MAX};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use domain::accounting::journal_entry::{LineAmount, NewLine, PostedLine};
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, TenantId};
use domain::money::CurrencyCode;

use super::columns::read_name;
use super::company_money::CompanyMoney;
use super::dimension_sets::SET_CODES;
use super::draft_document;
use super::journal_entry_rows::{line_columns, read_line};
use super::ledger::ACCOUNT_NAMES;
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Value};

pub static LINES: Lookup = Lookup::new(
    "accounting.ledger_line.of_entries",
    concat!(
        "SELECT l.entry_id, ",
        line_columns!(),
        ", a.code, a.name_ar, a.name_en FROM ledger_line l \
         INNER JOIN account a ON a.tenant_id = l.tenant_id AND a.id = l.account_id \
         WHERE l.tenant_id = ?1 AND l.line_no <= 1000"
    ),
    ("l.entry_id", Kind::Id),
);
/// The text above can only have the number itself.
const _: () = assert!(LINES_INLINE_MAX == 1_000);

pub static DRAFTS: Lookup = Lookup::new(
    "accounting.journal_entry_draft.of_entries",
    "SELECT d.entry_id, d.document FROM journal_entry_draft d WHERE d.tenant_id = ?1",
    ("d.entry_id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&LINES, &DRAFTS];

/// Codes of dimension values by the code of their dimension.
pub type SetCodes = HashMap<DimensionSetId, BTreeMap<String, String>>;

/// Lines that are not posted, with the currency of those that name none.
pub struct Unposted {
    pub currency: CurrencyCode,
    pub lines: Vec<NewLine>,
}

pub async fn set_codes(
    db: &Db,
    tenant: TenantId,
    sets: impl Iterator<Item = DimensionSetId>,
) -> AppResult<SetCodes> {
    let sets: BTreeSet<_> = sets.filter(|set| !set.is_empty()).collect();
    let mut codes = SetCodes::new();
    for row in db.lookup(&SET_CODES, tenant, sets.into_iter().map(Value::from)).await? {
        let mut columns = row.columns("dimension_set_value");
        let set = columns.get("set_id")?;
        codes.entry(set).or_default().insert(columns.get("dimension_code")?, columns.get("value_code")?);
    }
    Ok(codes)
}

/// The stored lines of those entries that are drafts now.
pub async fn drafts(
    db: &Db,
    tenant: TenantId,
    ids: impl Iterator<Item = JournalEntryId>,
) -> AppResult<HashMap<JournalEntryId, Vec<NewLine>>> {
    let mut found = HashMap::new();
    for row in db.lookup(&DRAFTS, tenant, ids.map(Value::from)).await? {
        let mut columns = row.columns("journal_entry_draft");
        let id = columns.get("entry_id")?;
        found.insert(id, draft_document::read(&columns.get::<String>("document")?)?);
    }
    Ok(found)
}

/// The first [`LINES_INLINE_MAX`] lines of each entry that is posted.
pub async fn posted(
    db: &Db,
    tenant: TenantId,
    ids: impl Iterator<Item = JournalEntryId>,
    money: &CompanyMoney,
) -> AppResult<HashMap<JournalEntryId, Vec<EntryLineView>>> {
    let mut read = Vec::new();
    for row in db.lookup(&LINES, tenant, ids.map(Value::from)).await? {
        let mut columns = row.columns("ledger_line");
        let entry: JournalEntryId = columns.get("entry_id")?;
        let line = read_line(&mut columns)?;
        let account =
            AccountName { code: columns.get("code")?, name: NameView::from(&read_name(&mut columns)?) };
        read.push((entry, line, account));
    }
    read.sort_unstable_by_key(|(entry, line, _)| (*entry, line.line_no));
    let codes = set_codes(db, tenant, read.iter().map(|(_, line, _)| line.dimension_set)).await?;
    let mut lines: HashMap<_, Vec<_>> = HashMap::new();
    for (entry, line, account) in read {
        lines.entry(entry).or_default().push(posted_line(line, account, &codes, money));
    }
    Ok(lines)
}

/// The lines of drafts or templates, in the order given.
pub async fn unposted(
    db: &Db,
    tenant: TenantId,
    mut templates: Vec<Unposted>,
    money: &CompanyMoney,
) -> AppResult<Vec<Vec<EntryLineView>>> {
    for template in &mut templates {
        template.lines.truncate(LINES_INLINE_MAX);
    }
    let lines = || templates.iter().flat_map(|template| &template.lines);
    let accounts = account_names(db, tenant, lines().map(|line| line.account).collect()).await?;
    let codes = set_codes(db, tenant, lines().map(|line| line.dimension_set)).await?;
    let view = |Unposted { currency, lines }| {
        let numbered = (1..).zip(lines);
        numbered
            .map(|(number, line)| unposted_line(number, line, currency, &accounts, &codes, money))
            .collect()
    };
    Ok(templates.into_iter().map(view).collect())
}

#[derive(Clone)]
struct AccountName {
    code: String,
    name: NameView,
}

async fn account_names(
    db: &Db,
    tenant: TenantId,
    ids: BTreeSet<AccountId>,
) -> StorageResult<HashMap<AccountId, AccountName>> {
    let mut names = HashMap::with_capacity(ids.len());
    for row in db.lookup(&ACCOUNT_NAMES, tenant, ids.into_iter().map(Value::from)).await? {
        let mut columns = row.columns("account");
        let id = columns.get("id")?;
        let (code, name) = (columns.get("code")?, NameView::from(&read_name(&mut columns)?));
        names.insert(id, AccountName { code, name });
    }
    Ok(names)
}

fn posted_line(
    line: PostedLine,
    account: AccountName,
    codes: &SetCodes,
    money: &CompanyMoney,
) -> EntryLineView {
    let (debit, credit) = sides(money, line.currency_amount(), line.currency);
    let (company_debit, company_credit) = sides(money, line.company_amount(), money.company.code);
    EntryLineView {
        line_no: line.line_no,
        account_id: line.account.uuid(),
        account_code: account.code,
        account_name: Some(account.name),
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

fn unposted_line(
    line_no: u32,
    line: NewLine,
    currency: CurrencyCode,
    accounts: &HashMap<AccountId, AccountName>,
    codes: &SetCodes,
    money: &CompanyMoney,
) -> EntryLineView {
    let code = line.currency.unwrap_or(currency);
    let (debit, credit) = sides(money, line.amount, code);
    let company =
        line.company_amount.map(|amount| sides(money, line.amount.with(amount), money.company.code));
    let (company_debit, company_credit) = company.unwrap_or_default();
    let account = accounts.get(&line.account).cloned();
    let (account_code, account_name) = account.map(|account| (account.code, account.name)).unzip();
    EntryLineView {
        line_no,
        account_id: line.account.uuid(),
        account_code: account_code.unwrap_or_default(),
        account_name,
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
}

fn sides(money: &CompanyMoney, amount: LineAmount, code: CurrencyCode) -> (Option<String>, Option<String>) {
    match amount {
        LineAmount::Debit(amount) => (Some(money.of(amount, code)), None),
        LineAmount::Credit(amount) => (None, Some(money.of(amount, code))),
    }
}
