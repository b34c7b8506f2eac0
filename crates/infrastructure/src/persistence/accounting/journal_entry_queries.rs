//! [`JournalEntryQueries`]: entries and ledger lines as views, straight from SQL.

use std::collections::BTreeMap;

use application::accounting::ports::journal_entries::JournalEntryQueries;
use application::accounting::views::journal_entry::{
    JournalEntryView, LINES_INLINE_MAX, LINES_PAGE_MAX, LedgerLineView,
};
use application::error::AppResult;
use application::paging::{FilterOp, ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::accounting::journal_entry::EntryStatus;
use domain::ids::{DimensionSetId, JournalEntryId, TenantId};
use uuid::Uuid;

use super::company_money::{CompanyMoney, SCALES};
use super::draft_document;
use super::entry_lines::{self, Unposted};
use super::journal_entry_lists::{ACCOUNT_LINE_LIST, LINE_LIST, LIST};
use super::journal_entry_rows::{HeaderRow, copy_columns, header_columns, read_line};
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

statements! {
    ENTRY = "accounting.journal_entry.view":
        concat!("SELECT ", header_columns!(), ", ", copy_columns!(), ", j.code AS journal_code, d.document FROM journal_entry e \
         LEFT JOIN journal j ON j.tenant_id = e.tenant_id AND j.id = e.journal_id \
         LEFT JOIN journal_entry_draft d ON d.tenant_id = e.tenant_id AND d.entry_id = e.id \
         WHERE e.tenant_id = ?1 AND e.id = ?2");
}

/// Fields that name one account.
const OF_ACCOUNT: [&str; 2] = ["accountId", "accountCode"];

fn lines_of(query: &ListQuery) -> &'static ListSql {
    let of_one_account =
        query.filters.iter().any(|filter| OF_ACCOUNT.contains(&filter.field) && filter.op == FilterOp::Eq);
    if of_one_account { &ACCOUNT_LINE_LIST } else { &LINE_LIST }
}

#[async_trait]
impl JournalEntryQueries for Db {
    async fn journal_entry(
        &self,
        tenant: TenantId,
        id: JournalEntryId,
    ) -> AppResult<Option<JournalEntryView>> {
        let (entry, owner) = ([tenant.into(), id.into()], [tenant.into()]);
        let [found, scales] = self.query_all([(&ENTRY, &entry), (&SCALES, &owner)]).await?;
        let Some(row) = found.into_iter().next() else { return Ok(None) };
        let mut columns = row.columns("journal_entry");
        let header = ShownHeader::read(&mut columns)?;
        let document: Option<String> = columns.get("document")?;
        let money = CompanyMoney::of_rows(scales)?;
        let lines = match document {
            Some(document) => {
                let lines = draft_document::read(&document)?;
                let draft = Unposted { currency: header.row.currency, lines };
                entry_lines::unposted(self, tenant, vec![draft], &money).await?.pop()
            }
            None => entry_lines::posted(self, tenant, std::iter::once(id), &money).await?.remove(&id),
        };
        Ok(Some(JournalEntryView { lines: Some(lines.unwrap_or_default()), ..header_view(header, &money) }))
    }

    async fn journal_entries(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<JournalEntryView>> {
        let mut room = LinesRoom::new(query.expand.contains(&"lines"));
        let fits = |header: &ShownHeader| room.take(header.row.line_count as usize);
        let page = LIST.page_while(self, tenant, query, None, ShownHeader::read, fits).await?;
        let money = CompanyMoney::read(self, tenant).await?;
        if query.expand.contains(&"lines") {
            return self.expanded(tenant, page, &money).await;
        }
        Ok(page.map(|header| header_view(header, &money)))
    }

    async fn ledger_lines(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<LedgerLineView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let mut sets: Vec<DimensionSetId> = Vec::new();
        let mut page = lines_of(query)
            .page(self, tenant, query, None, |columns| {
                let (view, set) = ledger_line(columns, &money)?;
                sets.push(set);
                Ok(view)
            })
            .await?;
        let codes = entry_lines::set_codes(self, tenant, sets.iter().copied()).await?;
        for (line, set) in page.items.iter_mut().zip(sets) {
            line.dimensions = codes.get(&set).cloned().unwrap_or_default();
        }
        Ok(page)
    }
}

impl Db {
    /// The entries with their lines, in the order of the page.
    async fn expanded(
        &self,
        tenant: TenantId,
        page: Page<ShownHeader>,
        money: &CompanyMoney,
    ) -> AppResult<Page<JournalEntryView>> {
        let rows = || page.items.iter().map(|header| &header.row);
        let drafts = rows().filter(|header| header.status == EntryStatus::Draft);
        let mut documents = entry_lines::drafts(self, tenant, drafts.map(|header| header.id)).await?;
        // A draft without a document was posted after its header was read; its lines are the posted ones.
        let posted = rows().map(|header| header.id).filter(|id| !documents.contains_key(id));
        let mut lines = entry_lines::posted(self, tenant, posted, money).await?;
        let (mut drafts, mut templates) = (Vec::new(), Vec::new());
        for header in rows() {
            if let Some(lines) = documents.remove(&header.id) {
                drafts.push(header.id);
                templates.push(Unposted { currency: header.currency, lines });
            }
        }
        let unposted = entry_lines::unposted(self, tenant, templates, money).await?;
        lines.extend(drafts.into_iter().zip(unposted));
        Ok(page.map(|header| {
            let lines = lines.remove(&header.row.id).unwrap_or_default();
            JournalEntryView { lines: Some(lines), ..header_view(header, money) }
        }))
    }
}

/// An entry's row with the code of its journal.
struct ShownHeader {
    row: HeaderRow,
    journal_code: String,
}

impl ShownHeader {
    fn read(columns: &mut Columns) -> StorageResult<Self> {
        let row = HeaderRow::read_linked(columns)?;
        let journal_code: Option<String> = columns.get("journal_code")?;
        Ok(Self { row, journal_code: journal_code.unwrap_or_default() })
    }
}

/// How many lines still fit on a page that shows them.
pub(super) struct LinesRoom(usize);

impl LinesRoom {
    pub(super) fn new(expanded: bool) -> Self {
        Self(if expanded { LINES_PAGE_MAX } else { usize::MAX })
    }

    pub(super) fn take(&mut self, lines: usize) -> bool {
        let left = self.0.checked_sub(lines.min(LINES_INLINE_MAX));
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

fn ledger_line(
    columns: &mut Columns,
    money: &CompanyMoney,
) -> StorageResult<(LedgerLineView, DimensionSetId)> {
    let entry_id: Uuid = columns.get("entry_id")?;
    let line = read_line(columns)?;
    let (journal_id, journal_code, number, posting_date, fiscal_period_id, account_code) = (
        columns.get("journal_id")?,
        columns.get::<Option<String>>("journal_code")?.unwrap_or_default(),
        columns.get::<Option<String>>("number")?.unwrap_or_default(),
        columns.get("posting_date")?,
        columns.get("fiscal_period_id")?,
        columns.get("code")?,
    );
    let entry_description: Option<String> = columns.get("entry_description")?;
    let (posted_by, posted_by_name) = (columns.get("posted_by")?, columns.get("name")?);
    let recorded_at: domain::time::Timestamp = columns.get("recorded_at")?;
    let set = line.dimension_set;
    let view = LedgerLineView {
        entry_id,
        line_no: line.line_no,
        journal_id,
        journal_code,
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
        description: line.details.description.or(entry_description),
        party: line.details.party,
        due_date: line.details.due_date,
        reference: line.details.reference,
        tax_code: line.details.tax_code,
        tax_base: line.details.tax_base.map(|base| money.of(base, line.currency)),
        posted_by,
        posted_by_name,
        recorded_at: recorded_at.to_string(),
    };
    Ok((view, set))
}

fn header_view(shown: ShownHeader, money: &CompanyMoney) -> JournalEntryView {
    shown.row.into_shown().view(shown.journal_code, money.company)
}
