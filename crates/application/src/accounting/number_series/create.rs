//! `POST /number-series`: a new series of document numbers.

use async_trait::async_trait;
use domain::accounting::number_series::{NumberPattern, NumberReset, NumberSeries};
use domain::error::Violations;
use domain::ids::NumberSeriesId;
use domain::text::{Code, LocalizedName};

use super::NUMBER_SERIES;
use super::overlap::{SeriesNumbers, overlap};
use super::year_codes;
use crate::accounting::ports::number_series::StoredSeries;
use crate::accounting::views::journal::NumberSeriesView;
use crate::authorize::Access;
use crate::changes::{already_exists, record};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::codes::Coded;
use crate::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateNumberSeries {
    pub code: Code,
    pub name: LocalizedName,
    pub document_type: Code,
    pub pattern: String,
    pub reset: NumberReset,
    pub gapless: bool,
    pub active: bool,
}

#[async_trait]
impl Command for CreateNumberSeries {
    const NAME: &'static str = "create_number_series";
    const ACCESS: Access = Access::Permission("accounting.number_series.create");
    type Output = NumberSeriesView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<NumberSeriesView>> {
        let mut violations = Violations::new();
        if uow.codes().code_taken(Coded::NumberSeries, &self.code, None).await? {
            violations.push(already_exists("code", &self.code));
        }
        let pattern = parse_pattern(&self.pattern, self.reset, &mut violations);
        let Some(pattern) = pattern.filter(|_| violations.is_empty()) else {
            return Err(AppError::from(violations.into_vec()));
        };
        let series = NumberSeries {
            id: NumberSeriesId::new(uow.new_id()),
            code: self.code.clone(),
            name: self.name.clone(),
            pattern,
            gapless: self.gapless,
            active: self.active,
            version: 1,
        };
        let numbers = SeriesNumbers {
            id: series.id,
            code: series.code.to_string(),
            pattern: series.pattern.clone(),
            active: series.active,
            has_numbers: false,
            earlier: Vec::new(),
            journals: Vec::new(),
        };
        let all = uow.number_series().all_numbers().await?;
        if let Some(violation) = overlap(&all, &numbers, &year_codes(uow).await?) {
            return Err(violation.at("/pattern").into());
        }
        let document_type = self.document_type.to_string();
        let stored = StoredSeries { series, document_type, updated_at: uow.now() };
        uow.number_series().insert(&stored).await?;
        let view = NumberSeriesView::from(&stored);
        record(uow, NUMBER_SERIES, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Every fault of a pattern, at the member it is in.
pub(super) fn parse_pattern(
    text: &str,
    reset: NumberReset,
    violations: &mut Violations,
) -> Option<NumberPattern> {
    let new = NumberPattern::parse(text, reset).and_then(|pattern| match pattern.check_new() {
        broken if broken.is_empty() => Ok(pattern),
        broken => Err(broken),
    });
    match new {
        Ok(pattern) => Some(pattern),
        Err(broken) => {
            violations.extend(broken.into_iter().map(|violation| violation.at("/pattern")));
            None
        }
    }
}
