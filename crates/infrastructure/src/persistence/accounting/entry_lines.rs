//! The lines of entries and templates as views. They cost the same few statements for any number of entries.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use application::accounting::ports::ledger::{AccountName, SetCodes};
use application::accounting::views::entry_legend::Legend;
use application::accounting::views::journal_entry::{EntryLineView, LINES_INLINE_MAX};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use domain::accounting::journal_entry::NewLine;
use domain::ids::{AccountId, DimensionSetId, JournalEntryId, TenantId};
use domain::money::CurrencyCode;

use super::columns::read_name;
use super::company_money::CompanyMoney;
use super::dimension_sets::SET_CODES;
use super::draft_document;
use super::journal_entry_rows::{line_columns, read_line};
use crate::sql::db::Db;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Value};

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
pub static ACCOUNT_NAMES: Lookup = Lookup::new(
    "accounting.account.names",
    "SELECT id, code, name_ar, name_en FROM account WHERE tenant_id = ?1",
    ("id", Kind::Id),
);
pub static LOOKUPS: &[&Lookup] = &[&LINES, &DRAFTS, &ACCOUNT_NAMES];

/// Lines that are not posted, with the currency of those that name none.
pub struct Unposted {
    pub currency: CurrencyCode,
    pub lines: Vec<NewLine>,
}

pub async fn set_codes(
    db: &Db,
    tenant: TenantId,
    sets: impl Iterator<Item = DimensionSetId>,
) -> AppResult<HashMap<DimensionSetId, SetCodes>> {
    let sets: BTreeSet<_> = sets.filter(|set| !set.is_empty()).collect();
    let mut codes: HashMap<_, SetCodes> = HashMap::new();
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
    let (mut read, mut accounts) = (Vec::new(), HashMap::new());
    for row in db.lookup(&LINES, tenant, ids.map(Value::from)).await? {
        let mut columns = row.columns("ledger_line");
        let entry: JournalEntryId = columns.get("entry_id")?;
        let line = read_line(&mut columns)?;
        if let Entry::Vacant(unnamed) = accounts.entry(line.account) {
            unnamed.insert(read_account_name(&mut columns)?);
        }
        read.push((entry, line));
    }
    read.sort_unstable_by_key(|(entry, line)| (*entry, line.line_no));
    let sets = set_codes(db, tenant, read.iter().map(|(_, line)| line.dimension_set)).await?;
    let currencies = money.currencies().into_iter().collect();
    let legend = Legend { company: money.company, currencies: &currencies, accounts: &accounts, sets: &sets };
    let mut lines: HashMap<_, Vec<_>> = HashMap::new();
    for (entry, line) in read {
        lines.entry(entry).or_default().push(legend.posted_line(line));
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
    let sets = set_codes(db, tenant, lines().map(|line| line.dimension_set)).await?;
    let currencies = money.currencies().into_iter().collect();
    let legend = Legend { company: money.company, currencies: &currencies, accounts: &accounts, sets: &sets };
    let view = |Unposted { currency, lines }| legend.draft_lines(lines, currency);
    Ok(templates.into_iter().map(view).collect())
}

pub async fn account_names(
    db: &Db,
    tenant: TenantId,
    ids: BTreeSet<AccountId>,
) -> StorageResult<HashMap<AccountId, AccountName>> {
    let mut names = HashMap::with_capacity(ids.len());
    for row in db.lookup(&ACCOUNT_NAMES, tenant, ids.into_iter().map(Value::from)).await? {
        let mut columns = row.columns("account");
        names.insert(columns.get("id")?, read_account_name(&mut columns)?);
    }
    Ok(names)
}

/// `code, name_ar, name_en`
fn read_account_name(columns: &mut Columns) -> StorageResult<AccountName> {
    Ok(AccountName { code: columns.get("code")?, name: read_name(columns)? })
}
