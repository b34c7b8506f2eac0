//! `PATCH /number-series/{id}`: a series changes within what the numbers it gave allow.

use async_trait::async_trait;
use domain::accounting::number_series::{NUMBER_SERIES_USED, NumberReset, NumberSeries, NumberSeriesPatch};
use domain::error::{Violation, Violations};
use domain::ids::NumberSeriesId;
use domain::text::{Code, LocalizedName};

use super::NUMBER_SERIES;
use super::create::parse_pattern;
use super::overlap::{SeriesNumbers, overlap};
use super::year_codes;
use crate::accounting::ports::number_series::StoredSeries;
use crate::accounting::views::journal::NumberSeriesView;
use crate::authorize::Access;
use crate::changes::{already_exists, record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::codes::Coded;
use crate::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is.
#[derive(Debug, Clone)]
pub struct UpdateNumberSeries {
    pub id: NumberSeriesId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub document_type: Option<Code>,
    pub pattern: Option<String>,
    pub reset: Option<NumberReset>,
    pub gapless: Option<bool>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateNumberSeries {
    const NAME: &'static str = "update_number_series";
    const ACCESS: Access = Access::Permission("accounting.number_series.update");
    type Output = NumberSeriesView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<NumberSeriesView>> {
        let stored = uow.number_series().find(self.id).await?;
        let stored = stored.ok_or_else(|| AppError::not_found(NUMBER_SERIES))?;
        let before = NumberSeriesView::from(&stored);
        let old = stored.series;
        check_version(ctx, old.version)?;
        let all = uow.number_series().all_numbers().await?;
        let numbers = all.iter().find(|numbers| numbers.id == self.id);
        let numbers = numbers.ok_or_else(|| AppError::not_found(NUMBER_SERIES))?;
        let mut violations = Violations::new();
        if old.active && self.active == Some(false) && !numbers.journals.is_empty() {
            // They could no longer post.
            violations.push(still_used(numbers));
        }
        if let Some(code) = self.code.as_ref().filter(|code| **code != old.code)
            && uow.codes().code_taken(Coded::NumberSeries, code, Some(self.id.uuid())).await?
        {
            violations.push(already_exists("code", code));
        }
        let pattern = match (&self.pattern, self.reset) {
            (None, None) => None,
            (pattern, reset) => {
                let text = pattern.as_deref().unwrap_or(old.pattern.as_str());
                parse_pattern(text, reset.unwrap_or(old.pattern.reset()), &mut violations)
            }
        };
        let patch = NumberSeriesPatch {
            code: self.code.clone(),
            name: self.name.clone(),
            pattern,
            gapless: self.gapless,
            active: self.active,
        };
        let current = old.version;
        let series = violations.check("", old.clone().update(patch, numbers.has_numbers));
        let mut earlier = numbers.earlier.clone();
        if let Some(series) = series.as_ref().filter(|series| gives_others(&old, series)) {
            let mut after =
                SeriesNumbers { pattern: series.pattern.clone(), active: series.active, ..numbers.clone() };
            violations.check("/pattern", numbers.keep_earlier(&mut after));
            let pointer = if series.pattern == old.pattern { "/active" } else { "/pattern" };
            violations.extend(overlap(&all, &after, &year_codes(uow).await?).map(|found| found.at(pointer)));
            earlier = after.earlier;
        }
        let Some(series) = series.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let document_type = self.document_type.as_ref().map_or(stored.document_type, ToString::to_string);
        let stored = StoredSeries { series, document_type, updated_at: uow.now() };
        if !uow.number_series().update(&stored).await? {
            return Err(stale(current));
        }
        if earlier != numbers.earlier {
            uow.number_series().save_earlier(self.id, &earlier).await?;
        }
        let view = NumberSeriesView::from(&stored);
        record(uow, NUMBER_SERIES, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Whether the series gives other numbers than before, or any at all again.
fn gives_others(old: &NumberSeries, new: &NumberSeries) -> bool {
    new.pattern != old.pattern || (new.active && !old.active)
}

fn still_used(numbers: &SeriesNumbers) -> Violation {
    let journals: Vec<&str> = numbers.journals.iter().map(|(_, code)| code.as_str()).collect();
    let used = Violation::new(&NUMBER_SERIES_USED).at("/active").with("code", &numbers.code);
    used.with("journals", journals.join(", "))
}
