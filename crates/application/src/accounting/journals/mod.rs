//! Journals: the commands that change them.

pub mod create;
pub mod delete;
pub mod update;

use domain::accounting::number_series::NumberContext;
use domain::error::{Violation, Violations};
use domain::ids::NumberSeriesId;

use super::changes::unknown_reference;
use super::entry_input::Reference;
use super::error::{NUMBER_SERIES_INACTIVE, NUMBER_SERIES_NEEDS_BRANCH};
use crate::error::AppResult;
use crate::ports::unit_of_work::UnitOfWork;

/// Entity name in audit log, change feed and cache.
pub const JOURNAL: &str = "journal";

/// The series that is to number a journal's entries: there, active, and content with what an entry can give.
async fn resolve_series(
    uow: &mut dyn UnitOfWork,
    series: &Reference<NumberSeriesId>,
    violations: &mut Violations,
) -> AppResult<Option<NumberSeriesId>> {
    let (id, pointer) = match series {
        Reference::Id(id) => (Some(*id), "/numberSeriesId"),
        Reference::Code(code) => (uow.number_series().id_by_code(code).await?, "/numberSeriesCode"),
    };
    let stored = match id {
        Some(id) => uow.number_series().find(id).await?,
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
    let mut refuse = |def| violations.push(Violation::new(def).at(pointer).with("code", &stored.series.code));
    if !stored.series.active {
        refuse(&NUMBER_SERIES_INACTIVE);
    }
    let entry =
        NumberContext { date: uow.now().date(), fiscal_year_code: "", journal_code: "", branch: None };
    if stored.series.format(1, &entry).is_err() {
        refuse(&NUMBER_SERIES_NEEDS_BRANCH);
    }
    Ok(id)
}
