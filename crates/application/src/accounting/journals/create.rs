//! `POST /journals`: a new book of entries.

use async_trait::async_trait;
use domain::accounting::journal::{Journal, JournalKind};
use domain::error::Violations;
use domain::ids::{JournalId, NumberSeriesId};
use domain::text::{Code, LocalizedName};

use super::{JOURNAL, resolve_series, series_after, series_pointer};
use crate::accounting::changes::{already_exists, record};
use crate::accounting::entry_input::Reference;
use crate::accounting::ports::codes::Coded;
use crate::accounting::ports::stored::Stored;
use crate::accounting::views::journal::JournalView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::unit_of_work::UnitOfWork;

#[derive(Debug, Clone)]
pub struct CreateJournal {
    pub code: Code,
    pub name: LocalizedName,
    pub kind: JournalKind,
    pub number_series: Reference<NumberSeriesId>,
    pub active: bool,
}

#[async_trait]
impl Command for CreateJournal {
    const NAME: &'static str = "create_journal";
    const ACCESS: Access = Access::Permission("accounting.journal.create");
    type Output = JournalView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalView>> {
        let mut violations = Violations::new();
        if uow.codes().code_taken(Coded::Journal, &self.code, None).await? {
            violations.push(already_exists("code", &self.code));
        }
        let series = resolve_series(uow, &self.number_series, &mut violations).await?;
        let id = JournalId::new(uow.new_id());
        if let Some(series) = series {
            let pointer = series_pointer(&self.number_series);
            series_after(uow, (series, true), (id, &self.code), pointer, &mut violations).await?;
        }
        let Some(number_series_id) = series.filter(|_| violations.is_empty()) else {
            return Err(AppError::from(violations.into_vec()));
        };
        let journal = Journal {
            id,
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            number_series_id,
            active: self.active,
            version: 1,
        };
        uow.journals().insert(&journal).await?;
        let view = JournalView::from(&Stored { value: journal, updated_at: uow.now() });
        record(uow, JOURNAL, view.id, "created", None, Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}
