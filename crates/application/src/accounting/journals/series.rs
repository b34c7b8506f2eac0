//! Which series numbers a journal's entries, and what that means for the other series.

use chrono::NaiveDate;
use domain::accounting::number_series::{NumberContext, NumberSeriesRecord};
use domain::error::{Violation, Violations};
use domain::ids::{JournalId, NumberSeriesId};
use domain::text::Code;

use crate::accounting::error::{NUMBER_SERIES_INACTIVE, NUMBER_SERIES_NEEDS_BRANCH};
use crate::accounting::number_series::overlap::{SeriesNumbers, overlap};
use crate::accounting::number_series::year_codes;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The member that names the series.
pub(super) fn pointer(series: &Reference<NumberSeriesId>) -> &'static str {
    match series {
        Reference::Id(_) => "/numberSeriesId",
        Reference::Code(_) => "/numberSeriesCode",
    }
}

/// The numbers of the series once the journal has the code. An overlap with another series is refused at `pointer`.
/// `None` when the series gives the same as before.
pub(super) async fn series_after(
    uow: &mut dyn UnitOfWork,
    (series, assigned): (NumberSeriesId, bool),
    (journal, code): (JournalId, &Code),
    pointer: &str,
    violations: &mut Violations,
) -> AppResult<Option<SeriesNumbers>> {
    let all = uow.number_series().all_numbers().await?;
    let Some(before) = all.iter().find(|numbers| numbers.id == series) else { return Ok(None) };
    if !assigned && !before.pattern.names_journal() {
        return Ok(None);
    }
    let mut after = before.clone();
    after.name_journal(journal, code.as_str());
    violations.check(pointer, before.keep_earlier(&mut after));
    violations.extend(overlap(&all, &after, &year_codes(uow).await?).map(|found| found.at(pointer)));
    Ok(Some(after))
}

/// The series that is to number a journal's entries: there, active, and content with what an entry can give.
pub(super) async fn resolve(
    uow: &mut dyn UnitOfWork,
    series: &Reference<NumberSeriesId>,
    violations: &mut Violations,
) -> AppResult<Option<NumberSeriesId>> {
    let pointer = pointer(series);
    let id = match series {
        Reference::Id(id) => Some(*id),
        Reference::Code(code) => Records::<NumberSeriesRecord>::by_code(uow, (), code).await?,
    };
    let stored = match id {
        Some(id) => Records::<NumberSeriesRecord>::find(uow, id).await?,
        None => None,
    };
    let Some(stored) = stored else {
        let value = match series {
            Reference::Id(id) => id.to_string(),
            Reference::Code(code) => code.clone(),
        };
        violations.push(unknown_reference(pointer, "number_series", value));
        return Ok(None);
    };
    let mut refuse = |def| violations.push(Violation::new(def).at(pointer).with("code", &stored.value.code));
    if !stored.value.active {
        refuse(&NUMBER_SERIES_INACTIVE);
    }
    // Any day shows whether the pattern needs more than a journal knows.
    let date = NaiveDate::default();
    let entry = NumberContext { date, fiscal_year_code: "", journal_code: "", branch: None };
    if stored.value.branch_id.is_some() || stored.value.pattern.format(1, &entry).is_err() {
        refuse(&NUMBER_SERIES_NEEDS_BRANCH);
    }
    Ok(id)
}
