//! Dunning (R109): a run proposes a notice for each customer with items that have reached a further level of their profile, and
//! posting it records the levels, charges the fees and blocks customers.

pub mod create;
pub mod delete;
pub mod hold;
mod level;
pub mod ports;
pub mod post;
mod propose;
pub mod undo;
pub mod views;

use domain::error::Violation;
use domain::settlement::dunning::{DUNNING_RUN_NOT_DRAFT, DunningRunId, DunningStatus};

use self::ports::{StoredDunningNotice, StoredDunningRun};
use self::views::{DunningNoticeView, DunningRunView};
use crate::accounting::ports::books::Books;
use crate::changes::record;
use crate::command::check_version;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

pub const READ: &str = "settlement.dunning_run.read";
pub const READ_NOTICE: &str = "settlement.dunning_notice.read";
const RUN: &str = "dunning_run";
const NOTICE: &str = "dunning_notice";

/// The run at the version that the caller knows.
async fn run_at(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DunningRunId,
) -> AppResult<StoredDunningRun> {
    let found = uow.dunning().find_dunning_run(id).await?;
    let run = found.ok_or_else(|| AppError::not_found(RUN))?;
    check_version(ctx, run.version)?;
    Ok(run)
}

/// The run at the expected version, if it is a draft.
async fn draft_at(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    id: DunningRunId,
) -> AppResult<StoredDunningRun> {
    let run = run_at(ctx, uow, id).await?;
    match run.status {
        DunningStatus::Draft => Ok(run),
        status => Err(Violation::new(&DUNNING_RUN_NOT_DRAFT).with("status", status).into()),
    }
}

/// Notes what became of a run, without its notices.
fn note_run(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&DunningRunView>,
    after: Option<&DunningRunView>,
) {
    if let Some(view) = after.or(before) {
        record(uow, RUN, view.id, action, before, after);
    }
}

fn note_notice(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&DunningNoticeView>,
    after: &DunningNoticeView,
) {
    record(uow, NOTICE, after.id, action, before, Some(after));
}

/// A notice with the decimals of its currencies, which the books MUST have learnt.
fn shown(notice: &StoredDunningNotice, books: &Books) -> DunningNoticeView {
    notice.view(scale(notice, books), books.company.scale)
}

fn scale(notice: &StoredDunningNotice, books: &Books) -> u8 {
    books.currencies.get(&notice.currency).map_or(books.company.scale, |currency| currency.scale)
}

async fn learn(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    notices: &[StoredDunningNotice],
) -> AppResult<()> {
    let codes = notices.iter().map(|notice| notice.currency);
    let codes = codes.filter(|code| *code != books.company.code).collect();
    books.learn_currencies(uow, &codes).await
}
