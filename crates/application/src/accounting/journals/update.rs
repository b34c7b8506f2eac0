//! `PATCH /journals/{id}`: a journal changes within what its entries allow.

use async_trait::async_trait;
use domain::accounting::journal::{JournalKind, JournalPatch};
use domain::error::{Violation, Violations};
use domain::ids::{JournalId, NumberSeriesId};
use domain::text::{Code, LocalizedName};

use super::{JOURNAL, resolve_series, series_after, series_pointer};
use crate::accounting::changes::{already_exists, record, stale};
use crate::accounting::entry_input::Reference;
use crate::accounting::error::JOURNAL_SERIES_FIXED;
use crate::accounting::ports::codes::Coded;
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::journal::JournalView;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

/// `None` leaves a field as it is.
#[derive(Debug, Clone)]
pub struct UpdateJournal {
    pub id: JournalId,
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub kind: Option<JournalKind>,
    pub number_series: Option<Reference<NumberSeriesId>>,
    pub active: Option<bool>,
}

#[async_trait]
impl Command for UpdateJournal {
    const NAME: &'static str = "update_journal";
    const ACCESS: Access = Access::Permission("accounting.journal.update");
    type Output = JournalView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalView>> {
        let stored = uow.journals().find(self.id).await?.ok_or_else(|| AppError::not_found(JOURNAL))?;
        let before = JournalView::from(&stored);
        let old = stored.value;
        check_version(ctx, old.version)?;
        let mut violations = Violations::new();
        if let Some(code) = self.code.as_ref().filter(|code| **code != old.code)
            && uow.codes().code_taken(Coded::Journal, code, Some(self.id.uuid())).await?
        {
            violations.push(already_exists("code", code));
        }
        let number_series_id = match &self.number_series {
            Some(series) => resolve_series(uow, series, &mut violations).await?,
            None => None,
        };
        let renamed = self.code.as_ref().filter(|code| **code != old.code);
        let other_series = number_series_id.filter(|id| *id != old.number_series_id);
        let mut numbers = None;
        if renamed.is_some() || other_series.is_some() {
            let pointer = match &self.number_series {
                Some(series) if other_series.is_some() => series_pointer(series),
                _ => "/code",
            };
            let series = other_series.unwrap_or(old.number_series_id);
            let journal = (self.id, renamed.unwrap_or(&old.code));
            let series = (series, other_series.is_some());
            numbers = series_after(uow, series, journal, pointer, &mut violations).await?;
        }
        let has_entries = uow.journal_entries().journal_has_entries(self.id).await?;
        if has_entries && number_series_id.is_some_and(|id| id != old.number_series_id) {
            let fixed = Violation::new(&JOURNAL_SERIES_FIXED).at("/numberSeriesId").with("code", &old.code);
            violations.push(fixed);
        }
        let patch = JournalPatch {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            number_series_id,
            active: self.active,
        };
        let current = old.version;
        let journal = violations.check("", old.update(patch, has_entries));
        let Some(journal) = journal.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec().into());
        };
        if !uow.journals().update(&journal).await? {
            return Err(stale(current));
        }
        if let Some(numbers) = numbers {
            uow.number_series().save_earlier(numbers.id, &numbers.earlier).await?;
        }
        let view = JournalView::from(&Stored { value: journal, updated_at: uow.now() });
        record(uow, JOURNAL, view.id, "updated", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
