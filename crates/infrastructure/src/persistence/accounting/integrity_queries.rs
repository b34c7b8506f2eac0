//! [`IntegrityQueries`] in SQL: what contradicts a truth, found by the engine in one statement.

use application::accounting::ports::integrity::{
    ChainedHeader, ChainedJournal, ChainedLine, Contradiction, EventSequence, IntegrityQueries,
    IntegrityRule, SeriesDay, SeriesUse,
};
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::number_series::NumberReset;
use domain::ids::{DimensionSetId, JournalId, NumberSeriesId, TenantId};
use domain::money::{Amount, Quantity};
use futures::stream::{BoxStream, StreamExt};

use super::integrity_statements::{
    ACCOUNT_BALANCES, ALLOCATIONS, BALANCE_TOTALS, CHAIN_HEADS, CHAINED_JOURNALS, CHAINED_LINES,
    DAILY_BALANCES, DIMENSION_BALANCES, ENTRIES_BALANCED, EVENTS, FEED_MATCHES, LINE_MATCHES, LINES_MATCH,
    NUMBERS_UNIQUE, OPEN_ITEMS, OPEN_LINES, PROGRESS, RETURN_ENTRIES, REVERSALS, SERIES, TAX_DAYS,
    TAX_ENTRIES,
};
use super::journal_entry_rows::{HeaderRow, read_line};
use crate::persistence::tax::tax_days::NO_ACCOUNT;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row, Value};

#[async_trait]
impl IntegrityQueries for Db {
    async fn balance_totals(&self, tenant: TenantId) -> AppResult<(Amount, Amount)> {
        self.refuse_damaged()?;
        let row = self.find(&BALANCE_TOTALS, &[tenant.into()]).await?;
        let Some(row) = row else { return Ok((Amount::ZERO, Amount::ZERO)) };
        let mut columns = row.columns("account_balance");
        Ok((columns.get("debit")?, columns.get("credit")?))
    }

    async fn contradictions(
        &self,
        tenant: TenantId,
        rule: IntegrityRule,
        limit: u32,
    ) -> AppResult<Vec<Contradiction>> {
        let mut params: Vec<Value> = vec![tenant.into(), limit.into()];
        let (statement, read): (_, fn(&mut Columns) -> StorageResult<Contradiction>) = match rule {
            IntegrityRule::AccountBalances => (&ACCOUNT_BALANCES, balance),
            IntegrityRule::DailyBalances => (&DAILY_BALANCES, balance),
            IntegrityRule::DimensionBalances => {
                params.push(DimensionSetId::EMPTY.into());
                (&DIMENSION_BALANCES, balance)
            }
            IntegrityRule::EntriesBalanced => (&ENTRIES_BALANCED, entry),
            IntegrityRule::LinesMatchEntries => (&LINES_MATCH, line),
            IntegrityRule::ChainHeads => (&CHAIN_HEADS, chain_head),
            IntegrityRule::ReversalsMutual => (&REVERSALS, reversal),
            IntegrityRule::NumbersUnique => (&NUMBERS_UNIQUE, repeated_number),
            IntegrityRule::FeedMatchesLedger => (&FEED_MATCHES, posting),
            IntegrityRule::OpenItemsEqualControl => (&OPEN_ITEMS, party_balance),
            IntegrityRule::AllocationsEqualOpen => (&ALLOCATIONS, open_item),
            IntegrityRule::OpenLinesEqualAccounts => (&OPEN_LINES, account_lines),
            IntegrityRule::LineMatchesEqualOpen => (&LINE_MATCHES, open_line),
            IntegrityRule::TaxEntriesEqualVatAccounts => (&TAX_ENTRIES, tax_entries),
            IntegrityRule::TaxDaysEqualEntries => {
                params.push(NO_ACCOUNT.into());
                (&TAX_DAYS, tax_day)
            }
            IntegrityRule::ReturnEntriesOnce => (&RETURN_ENTRIES, return_entries),
            IntegrityRule::ProgressEqualsLinks => (&PROGRESS, progress),
        };
        let rows = self.query(statement, &params).await?;
        Ok(rows.into_iter().map(|row| read(&mut row.columns("integrity"))).collect::<StorageResult<_>>()?)
    }

    async fn series_use(&self, tenant: TenantId) -> AppResult<Vec<SeriesUse>> {
        let mut series: Vec<SeriesUse> = Vec::new();
        for row in self.query(&SERIES, &[tenant.into()]).await? {
            series_row(row, &mut series)?;
        }
        Ok(series)
    }

    async fn event_sequence(&self, tenant: TenantId) -> AppResult<EventSequence> {
        let row = self.find(&EVENTS, &[tenant.into()]).await?;
        let Some(row) = row else { return Ok(EventSequence::default()) };
        let mut columns = row.columns("outbox_event");
        Ok(EventSequence {
            events: columns.get("count")?,
            first: columns.get("first")?,
            last: columns.get("last")?,
            counter: columns.get::<Option<i64>>("value")?.unwrap_or_default(),
        })
    }

    async fn chained_journals(&self, tenant: TenantId) -> AppResult<Vec<ChainedJournal>> {
        self.refuse_damaged()?;
        let read = |row: Row| {
            let mut columns = row.columns("journal_chain");
            Ok(ChainedJournal { id: columns.get("id")?, code: columns.get("code")? })
        };
        let rows = self.query(&CHAINED_JOURNALS, &[tenant.into()]).await?;
        Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
    }

    fn chained_lines(
        &self,
        tenant: TenantId,
        journal: JournalId,
    ) -> BoxStream<'static, AppResult<ChainedLine>> {
        let batches = self.stream_batches(CHAINED_LINES, vec![tenant.into(), journal.into()]);
        let lines = batches.flat_map(move |batch| {
            let lines: Vec<AppResult<ChainedLine>> = match batch {
                Ok(rows) => rows.into_iter().map(|row| Ok(chained_line(tenant, row)?)).collect(),
                Err(error) => vec![Err(error.into())],
            };
            futures::stream::iter(lines)
        });
        lines.boxed()
    }
}

fn amount(amount: Amount) -> rust_decimal::Decimal {
    amount.to_decimal().normalize()
}

/// Period, account, currency, day, and by how much the maintained balance is larger than its lines.
fn balance(columns: &mut Columns) -> StorageResult<Contradiction> {
    let period: Option<String> = columns.get("period")?;
    let account: Option<String> = columns.get("account")?;
    let currency: String = columns.get("currency")?;
    let day: Option<NaiveDate> = columns.get("posting_date")?;
    let (debit, credit): (Amount, Amount) = (columns.get("debit")?, columns.get("credit")?);
    let when = day.map(|day| day.to_string()).or(period).unwrap_or_default();
    Ok(Contradiction {
        subject: format!("{} {when} {currency}", account.unwrap_or_default()),
        detail: format!("debits differ by {}, credits by {}", amount(debit), amount(credit)),
    })
}

/// Order, line, and by how much each quantity is more than its links.
fn progress(columns: &mut Columns) -> StorageResult<Contradiction> {
    let (number, line): (Option<String>, i64) = (columns.get("number")?, columns.get("line_no")?);
    let [delivered, invoiced, credited]: [Quantity; 3] =
        [columns.get("delivered")?, columns.get("invoiced")?, columns.get("credited")?];
    Ok(Contradiction {
        subject: format!("{} {line}", number.unwrap_or_default()),
        detail: format!("delivered differs by {delivered}, invoiced by {invoiced}, credited by {credited}"),
    })
}

fn entry(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = entry_name(columns)?;
    let (debit, credit, total): (Amount, Amount, Amount) =
        (columns.get("debit")?, columns.get("credit")?, columns.get("total")?);
    let (lines, line_count): (i64, i64) = (columns.get("lines")?, columns.get("line_count")?);
    let (debit, credit, total) = (amount(debit), amount(credit), amount(total));
    let detail = format!("debits {debit}, credits {credit}, total {total}, {lines} of {line_count} lines");
    Ok(Contradiction { subject, detail })
}

fn line(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = entry_name(columns)?;
    let line_no: i64 = columns.get("line_no")?;
    Ok(Contradiction { subject, detail: format!("line {line_no} has another date, period or moment") })
}

fn chain_head(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = columns.get("code")?;
    let (head, last): (Option<i64>, Option<i64>) = (columns.get("sequence")?, columns.get("last")?);
    let entries: i64 = columns.get("entries")?;
    let (head, last) = (head.unwrap_or_default(), last.unwrap_or_default());
    Ok(Contradiction { subject, detail: format!("head {head}, last entry {last}, {entries} entries") })
}

fn reversal(columns: &mut Columns) -> StorageResult<Contradiction> {
    Ok(Contradiction { subject: entry_name(columns)?, detail: "the other side does not name it".to_owned() })
}

fn repeated_number(columns: &mut Columns) -> StorageResult<Contradiction> {
    let (subject, entries): (String, i64) = (columns.get("number")?, columns.get("count")?);
    Ok(Contradiction { subject, detail: format!("{entries} entries have this number") })
}

/// `id, number`, and the position of the event if there is one and no entry.
fn posting(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = entry_name(columns)?;
    let position: Option<i64> = columns.get("sequence")?;
    let detail = match position {
        Some(position) => format!("posted by the event {position}, not in the ledger"),
        None => "no audit row says that it was posted".to_owned(),
    };
    Ok(Contradiction { subject, detail })
}

fn party_balance(columns: &mut Columns) -> StorageResult<Contradiction> {
    let (account, party): (Option<String>, Option<String>) = (columns.get("account")?, columns.get("party")?);
    let difference: Amount = columns.get("difference")?;
    let subject = format!("{} {}", account.unwrap_or_default(), party.unwrap_or_default());
    let detail = format!("open items differ from the ledger by {}", amount(difference));
    Ok(Contradiction { subject: subject.trim_end().to_owned(), detail })
}

fn account_lines(columns: &mut Columns) -> StorageResult<Contradiction> {
    let (account, difference): (Option<String>, Amount) =
        (columns.get("account")?, columns.get("difference")?);
    let detail = format!("open lines differ from the ledger by {}", amount(difference));
    Ok(Contradiction { subject: account.unwrap_or_default(), detail })
}

fn open_line(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = entry_name(columns)?;
    let line_no: i64 = columns.get("line_no")?;
    Ok(Contradiction {
        subject,
        detail: format!("what is open of line {line_no} is not what its matches left"),
    })
}

fn open_item(columns: &mut Columns) -> StorageResult<Contradiction> {
    let subject = entry_name(columns)?;
    let line_no: i64 = columns.get("line_no")?;
    Ok(Contradiction {
        subject,
        detail: format!("what is open of line {line_no} is not what its allocations left"),
    })
}

/// The amount by which the sums of a day and box exceed their entries.
fn tax_day(columns: &mut Columns) -> StorageResult<Contradiction> {
    let date: NaiveDate = columns.get("tax_date")?;
    let (return_box, side): (String, String) = (columns.get("return_box")?, columns.get("side")?);
    let account: Option<String> = columns.get("account")?;
    let (base, tax): (Amount, Amount) = (columns.get("base")?, columns.get("tax")?);
    let (count, filed): (i64, i64) = (columns.get("count")?, columns.get("filed")?);
    let subject = format!("{date} {return_box} {side} {}", account.unwrap_or_default());
    let (base, tax) = (amount(base), amount(tax));
    let detail = format!(
        "bases differ by {base}, taxes by {tax}, entries by {count}, those of filed returns by {filed}"
    );
    Ok(Contradiction { subject: subject.trim_end().to_owned(), detail })
}

fn tax_entries(columns: &mut Columns) -> StorageResult<Contradiction> {
    // An entry that is gone has neither id nor number.
    let id: Option<domain::ids::JournalEntryId> = columns.get("id")?;
    let number: Option<String> = columns.get("number")?;
    let account: Option<String> = columns.get("account")?;
    let difference: Amount = columns.get("difference")?;
    let subject = number.or_else(|| id.map(|id| id.to_string())).unwrap_or_default();
    let account = account.unwrap_or_default();
    let detail = format!("tax entries differ from the lines of account {account} by {}", amount(difference));
    Ok(Contradiction { subject, detail })
}

fn return_entries(columns: &mut Columns) -> StorageResult<Contradiction> {
    let id: domain::tax::vat_return::VatReturnId = columns.get("id")?;
    let reference: Option<String> = columns.get("reference")?;
    let declared: i64 = columns.get("entry_count")?;
    let due: Amount = columns.get("due")?;
    let found: i64 = columns.get("count")?;
    let owed: Amount = columns.get("owed")?;
    let (due, owed) = (amount(due), amount(owed));
    Ok(Contradiction {
        subject: reference.map_or_else(|| id.to_string(), |reference| format!("{reference} ({id})")),
        detail: format!("VAT {due} of {declared} entries is declared; {found} entries with {owed} are there"),
    })
}

/// `id, number`
fn entry_name(columns: &mut Columns) -> StorageResult<String> {
    let id: domain::ids::JournalEntryId = columns.get("id")?;
    let number: Option<String> = columns.get("number")?;
    Ok(number.map_or_else(|| id.to_string(), |number| format!("{number} ({id})")))
}

fn series_row(row: Row, series: &mut Vec<SeriesUse>) -> StorageResult<()> {
    let mut columns = row.columns("number_series");
    let id: NumberSeriesId = columns.get("id")?;
    let code: String = columns.get("code")?;
    let reset = columns.parse("reset", |text| NumberReset::parse(text).ok())?;
    let period_key: Option<String> = columns.get("period_key")?;
    let posting_date: Option<NaiveDate> = columns.get("posting_date")?;
    let fiscal_year: Option<String> = columns.get("fiscal_year")?;
    let count: i64 = columns.get("count")?;
    let place = match series.iter().position(|known| known.id == id) {
        Some(place) => place,
        None => {
            series.push(SeriesUse { id, code, reset, counters: Vec::new(), days: Vec::new() });
            series.len() - 1
        }
    };
    match posting_date {
        Some(posting_date) => {
            let fiscal_year = fiscal_year.unwrap_or_default();
            series[place].days.push(SeriesDay { posting_date, fiscal_year, entries: count });
        }
        None => series[place].counters.push((period_key.unwrap_or_default(), count)),
    }
    Ok(())
}

fn chained_line(tenant: TenantId, row: Row) -> StorageResult<ChainedLine> {
    let mut columns = row.columns("ledger_line");
    let header = HeaderRow::read(&mut columns)?;
    let head_sequence: Option<i64> = columns.get("head_sequence")?;
    let head_hash: Option<[u8; 32]> = columns.get("head_hash")?;
    let line_matches = columns.get("line_matches")?;
    let has_line: bool = columns.get("has_line")?;
    let line = if has_line { Some(read_line(&mut columns)?) } else { None };
    let header = ChainedHeader {
        entry: header.posted_header(tenant)?,
        previous_hash: header.previous_hash.unwrap_or_default(),
        hash: header.hash.unwrap_or_default(),
        line_count: header.line_count,
        total: header.total,
        head: head_sequence.zip(head_hash),
    };
    Ok(ChainedLine { header, line, line_matches })
}
