//! `PATCH /number-series/{id}`: a series changes within what the numbers it gave allow.

use async_trait::async_trait;
use domain::accounting::number_series::{NumberReset, NumberSeriesPatch};
use domain::error::Violations;
use domain::ids::NumberSeriesId;
use domain::text::{Code, LocalizedName};

use super::NUMBER_SERIES;
use super::create::parse_pattern;
use crate::accounting::changes::{already_exists, record, refuse_used, stale};
use crate::accounting::ports::number_series::StoredSeries;
use crate::accounting::views::journal::NumberSeriesView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

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
        if old.active && self.active == Some(false) {
            // Its journals could no longer post.
            refuse_used(&uow.number_series().users(self.id).await?)?;
        }
        let mut violations = Violations::new();
        if let Some(code) = self.code.as_ref().filter(|code| **code != old.code)
            && uow.number_series().id_by_code(code.as_str()).await?.is_some()
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
        let has_numbers = uow.number_series().has_numbers(self.id).await?;
        let current = old.version;
        let series = violations.check("", old.update(patch, has_numbers));
        let Some(series) = series.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        let document_type = self.document_type.as_ref().map_or(stored.document_type, ToString::to_string);
        let stored = StoredSeries { series, document_type, updated_at: uow.now() };
        if !uow.number_series().update(&stored).await? {
            return Err(stale(current));
        }
        let view = NumberSeriesView::from(&stored);
        record(uow, NUMBER_SERIES, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
