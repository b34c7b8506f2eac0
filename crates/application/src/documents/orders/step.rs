//! Steps of quotations and orders: accepted, declined, closed, reopened, cancelled.

use std::marker::PhantomData;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::documents::progress::LineProgress;
use domain::documents::status::Step;
use domain::error::Violation;

use super::reopened::check_reopened;
use super::types::Stepping;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::error::{ORDER_HAS_PROGRESS, QUOTATION_EXPIRED, STEP_NOT_POSSIBLE};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::{keep, note, of_type};
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// `POST …/{id}/<step>`
pub struct TakeStep<S> {
    pub id: DocumentId,
    of: PhantomData<fn() -> S>,
}

impl<S> TakeStep<S> {
    pub fn new(id: DocumentId) -> Self {
        Self { id, of: PhantomData }
    }
}

#[async_trait]
impl<S: Stepping> Command for TakeStep<S> {
    const NAME: &'static str = S::NAME;
    const ACCESS: Access = Access::Permission(S::PERMISSION);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let stored = of_type(uow, self.id, S::Body::TYPE).await?;
        check_version(ctx, stored.version)?;
        if S::STEP == Step::Accept {
            check_valid(&stored, ctx.today(uow.now()))?;
        }
        if S::STEP == Step::Reopen {
            let lines = uow.documents().line_progress(stored.id).await?;
            check_reopened(ctx, uow, &stored, lines.iter().map(|line| (*line, line.reopen()))).await?;
        }
        let view = take(uow, &stored, S::STEP).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Whether a quotation is still valid on a day.
pub(super) fn check_valid(quotation: &StoredDocument, today: NaiveDate) -> AppResult<()> {
    match quotation.valid_until.filter(|date| *date < today) {
        None => Ok(()),
        Some(date) => {
            let number = quotation.number.clone().unwrap_or_default();
            Err(Violation::new(&QUOTATION_EXPIRED).with("number", number).with("date", date).into())
        }
    }
}

/// Takes a step, if the document may take it.
pub(super) async fn take(
    uow: &mut dyn UnitOfWork,
    stored: &StoredDocument,
    step: Step,
) -> AppResult<DocumentView> {
    let number = stored.number.clone().unwrap_or_else(|| stored.id.to_string());
    let Some(status) = stored.status.after(step) else {
        let refused = Violation::new(&STEP_NOT_POSSIBLE).with("number", number);
        return Err(refused.with("status", stored.status).with("step", step).into());
    };
    let mut lines = uow.documents().line_progress(stored.id).await?;
    if step == Step::Cancel && lines.iter().any(|line| !line.is_untouched()) {
        return Err(Violation::new(&ORDER_HAS_PROGRESS).with("number", number).into());
    }
    let document = keep(uow, StoredDocument { status, ..stored.clone() }, Some(stored)).await?;
    let scale = uow.ledger().company_currency().await?.scale;
    for line in &mut lines {
        *line = moved(line, step);
    }
    let kept: Vec<_> = lines.iter().map(|line| (*line, document.exposure_of(line, scale))).collect();
    uow.documents().move_line_progress(document.id, &kept).await?;
    let action = if step == Step::Reopen { "reopened" } else { status.as_str() };
    let view = note(uow, &document, (None, scale), Some(&stored.shown(None, scale)), action);
    Ok(view.with_progress(document.document_type, &lines))
}

fn moved(line: &LineProgress, step: Step) -> LineProgress {
    match step {
        Step::Close | Step::Cancel => line.close(),
        Step::Reopen => line.reopen(),
        Step::Accept | Step::Decline | Step::Expire => *line,
    }
}
