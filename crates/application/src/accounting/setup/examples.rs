//! Example books: a few months of a small trading company, posted like any other entries.
//!
//! Every amount follows from the month it lies in, so the same day gives the same books.

mod company;
mod documents;
mod items;
mod parties;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::accounting::dimension::{Dimension, DimensionValue};
use domain::accounting::exchange_rate::ExchangeRate;
use domain::accounting::journal_entry::LineDetails;
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, LocalizedName};

use self::documents::Documents;
use self::plan::{Line, Planned, Side};
use crate::accounting::create_journal_entry::CreateJournalEntry;
use crate::accounting::dimensions::values::NewDimensionValue;
use crate::accounting::entry_input::LineInput;
use crate::accounting::error::EXAMPLE_BOOKS_NEED_TEMPLATE;
use crate::accounting::exchange_rates::NewExchangeRate;
use crate::accounting::fiscal_years::ensure_fiscal_years;
use crate::command::Command;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::master_data::{Create, Records};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::wire::Text;

/// Whole months before the current one.
const MONTHS: u32 = 4;
/// Days until an invoice is due.
const DUE_DAYS: u64 = 30;
const CONTROL_REASON: &str = "بيانات نموذجية للتعريف بالنظام - Example data to look around in";

/// The entries that were posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleBooks {
    /// 0 when the ledger had entries already.
    pub entries: u32,
}

/// Posts the example books into a ledger without entries that was set up with the template `sa-standard`.
pub async fn example_books(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    today: NaiveDate,
) -> AppResult<ExampleBooks> {
    let (first, last) = (day(1900, 1, 1), day(9999, 12, 31));
    if uow.fiscal_years().has_entries_between(first, last).await? {
        return Ok(ExampleBooks { entries: 0 });
    }
    require_template(uow).await?;
    let this_month = today.with_day(1).unwrap_or(today);
    let start = this_month.checked_sub_months(Months::new(MONTHS)).unwrap_or(this_month);
    ensure_fiscal_years(ctx, uow, &BTreeSet::from([start, today])).await?;
    create_values(ctx, uow).await?;
    company::create_profile(uow).await?;
    parties::create_parties(ctx, uow).await?;
    items::create_items(ctx, uow, start).await?;
    let foreign = foreign_currency(ctx, uow, start).await?;
    let (mut entries, mut documents) = (0, Documents::default());
    for month in 0..=MONTHS {
        let first = start.checked_add_months(Months::new(month)).unwrap_or(start);
        for planned in plan::month(month) {
            let date = first.checked_add_days(Days::new(u64::from(planned.day) - 1)).unwrap_or(first);
            if date > today {
                break;
            }
            entries += match documents.post(ctx, uow, (&planned, date), foreign).await? {
                Some(made) => made,
                None => entry(&planned, date)?.run(ctx, uow).await.map(|_| 1)?,
            };
        }
    }
    documents::file_first_return(ctx, uow, start).await?;
    Ok(ExampleBooks { entries })
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

async fn require_template(uow: &mut dyn UnitOfWork) -> AppResult<()> {
    let planned = (0..=MONTHS).flat_map(plan::month);
    let codes: BTreeSet<String> =
        planned.flat_map(|entry| entry.lines).map(|line| line.account.to_owned()).collect();
    let there = uow.ledger().accounts_by_code(&codes).await?;
    if there.len() == codes.len() { Ok(()) } else { Err(AppError::of(&EXAMPLE_BOOKS_NEED_TEMPLATE)) }
}

async fn create_values(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<()> {
    for (dimension, code, ar, en) in plan::VALUES {
        let missing = || AppError::of(&EXAMPLE_BOOKS_NEED_TEMPLATE);
        let dimension = Records::<Dimension>::by_code(uow, (), dimension).await?.ok_or_else(missing)?;
        if Records::<DimensionValue>::by_code(uow, dimension, code).await?.is_some() {
            continue;
        }
        let new = NewDimensionValue {
            code: Code::parse(code)?,
            name: LocalizedName::parse(Some(ar), Some(en))?,
            parent_id: None,
            parent_code: None,
            postable: true,
            active: true,
        };
        Create::<DimensionValue> { parent: dimension, new }.run(ctx, uow).await?;
    }
    Ok(())
}

/// The currency of the foreign bills, with a rate from the first day on.
async fn foreign_currency(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    date: NaiveDate,
) -> AppResult<CurrencyCode> {
    let company = uow.ledger().company_currency().await?.code;
    let (code, rate) = match company.as_str() {
        "SAR" => ("USD", "3.75"),
        "AED" => ("USD", "3.6725"),
        "USD" => ("EUR", "1.1"),
        _ => ("USD", "1.25"),
    };
    let currency = CurrencyCode::parse(code)?;
    if uow.exchange_rates().find_on(currency, date).await?.is_none() {
        let (rate, source) = (Rate::parse(rate)?, Some(Text::of("example")?));
        Create::<ExchangeRate>::of(NewExchangeRate { currency, date, rate, source }).run(ctx, uow).await?;
    }
    Ok(currency)
}

fn entry(planned: &Planned, date: NaiveDate) -> AppResult<CreateJournalEntry> {
    let lines = planned.lines.iter().map(|line| input(line, date)).collect::<AppResult<_>>()?;
    let by_hand = planned.lines.iter().any(|line| plan::CONTROL_ACCOUNTS.contains(&line.account));
    Ok(CreateJournalEntry {
        journal: Some(Reference::Code(planned.journal.to_owned())),
        posting_date: date,
        document_date: Some(date),
        reverse_on: None,
        currency: None,
        description: Some(format!("{} - {}", planned.ar, planned.en)),
        reference: None,
        notes: None,
        control_reason: by_hand.then(|| CONTROL_REASON.to_owned()),
        lines,
        post: true,
    })
}

fn input(line: &Line, date: NaiveDate) -> AppResult<LineInput> {
    let amount = Amount::parse(&line.amount.to_string())?;
    let (debit, credit) = match line.side {
        Side::Debit => (Some(amount), None),
        Side::Credit => (None, Some(amount)),
    };
    let dimensions: BTreeMap<String, String> =
        line.dimensions.iter().map(|(d, v)| ((*d).to_owned(), (*v).to_owned())).collect();
    let due_date = line.invoice.then(|| date.checked_add_days(Days::new(DUE_DAYS))).flatten();
    Ok(LineInput {
        account: Some(Reference::Code(line.account.to_owned())),
        debit,
        credit,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions,
        details: LineDetails { party: line.party.map(str::to_owned), due_date, ..LineDetails::NONE },
    })
}
