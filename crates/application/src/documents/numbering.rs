//! Numbers of documents (R35): each type counts in a series of its own, in that of the branch where there is one, beside the
//! numbers of journals.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::number_series::NumberContext;
use domain::documents::document_type::DocumentType;
use domain::error::Violation;
use domain::ids::NumberSeriesId;

use super::branch::DocumentBranch;
use super::error::DOCUMENT_SERIES_MISSING;
use crate::accounting::ports::books::Books;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Takes the next number of the type's series. It comes after everything that could refuse the document but the ledger's own
/// rules, and a refusal there undoes it with the rest, so numbers have no gaps. The books MUST have learnt the day.
pub async fn take_number(
    uow: &mut dyn UnitOfWork,
    books: &Books,
    (document_type, branch): (DocumentType, Option<&DocumentBranch>),
    date: NaiveDate,
) -> AppResult<(NumberSeriesId, String)> {
    let series = uow.documents().document_series(document_type, branch.map(|branch| branch.id)).await?;
    let series = series
        .ok_or_else(|| AppError::new(Violation::new(&DOCUMENT_SERIES_MISSING).with("type", document_type)))?;
    let year = books.period(FiscalPeriodKind::Regular, date).map_or("", |found| &found.year);
    let counter = (series.id, series.period_key(date, year));
    let counts = BTreeMap::from([(counter.clone(), 1)]);
    let taken = uow.ledger().take_numbers(&counts, &BTreeSet::new()).await?;
    let last =
        taken.last_numbers.get(&counter).ok_or_else(|| AppError::internal("a number was not taken"))?;
    let journal = document_type.journal_code();
    let branch = branch.map(|branch| branch.code.as_str());
    let context = NumberContext { date, fiscal_year_code: year, journal_code: journal, branch };
    Ok((series.id, series.format((last + 1).unsigned_abs(), &context)?))
}
