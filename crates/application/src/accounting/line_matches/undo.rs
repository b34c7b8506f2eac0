//! `POST /line-matches/{id}/undo`: the lines are open again, as if they had never been matched.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind};
use domain::accounting::line_match::{LINE_MATCH_UNDONE, LineMatchId};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::ENTITY;
use super::keep::{display, save};
use super::ports::{MatchedLine, StoredMatch, Undone};
use super::views::LineMatchView;
use crate::accounting::ledger::{Ledger, reversal_of};
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::settlement::entry::check_date;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

request! {
    /// Undoes a match.
    pub struct UndoLineMatchBody {
        /// The reason, which stays on record and describes the reversals of the match's entries.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Another deposit",
    }
}

pub struct UndoLineMatch {
    pub id: LineMatchId,
    pub reason: String,
}

#[async_trait]
impl Command for UndoLineMatch {
    const NAME: &'static str = "undo_line_match";
    const ACCESS: Access = Access::Permission("accounting.line_match.undo");
    type Output = LineMatchView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<LineMatchView>> {
        let found = uow.line_matches().find_match(self.id).await?;
        let (found, lines) = found.ok_or_else(|| AppError::not_found(ENTITY))?;
        check_version(ctx, found.version)?;
        if found.undone.is_some() {
            return Err(AppError::of(&LINE_MATCH_UNDONE));
        }
        let mut ledger = Ledger::open(ctx, uow).await?;
        // What was open on that day changes.
        let allowed = check_date(uow, ctx, &mut ledger.books, found.date).await?;
        allowed.map_err(|violation| violation.at(""))?;
        give_back(uow, &lines).await?;
        let mut postings = Vec::new();
        for (part, entry) in (2..).zip([found.difference_entry, found.exchange_entry].into_iter().flatten()) {
            let source = EntrySource::part(EntrySourceKind::LineMatch, found.id.uuid(), part);
            postings.push(reversal_of(ctx, uow, entry, source, &self.reason, None).await?);
        }
        if !postings.is_empty() {
            ledger.post_noted(uow, postings).await.map_err(|error| error.of_the_whole("/date"))?;
        }
        let undone = Undone { by: ctx.actor.user_id(), at: uow.now(), reason: self.reason.clone() };
        if !uow.line_matches().mark_match_undone(found.id, found.version, &undone).await? {
            return Err(stale(found.version));
        }
        let books = &mut ledger.books;
        books.learn_currencies(uow, &[found.currency].into()).await?;
        let (company, text) = (books.company.code, |amount, code| display(books, amount, code));
        let before = found.view(None, company, &text);
        let after = StoredMatch { undone: Some(undone), version: found.version + 1, ..found };
        let view = after.view(Some(&lines), company, &text);
        record(uow, ENTITY, view.id, "undone", Some(&before), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Gives back what the match took of each line.
async fn give_back(uow: &mut dyn UnitOfWork, lines: &[MatchedLine]) -> AppResult<()> {
    let entries: BTreeSet<_> = lines.iter().map(|line| line.entry).collect();
    let open = uow.line_matches().open_lines_of_entries(&entries).await?;
    let mut open: HashMap<_, _> =
        open.into_iter().map(|found| ((found.line.entry, found.line.line_no), found.line)).collect();
    let mut changed = Vec::with_capacity(lines.len());
    for MatchedLine { entry, line_no, taken, .. } in lines {
        let line = open.remove(&(*entry, *line_no));
        let mut line =
            line.ok_or_else(|| AppError::internal("a matched line is not among the open lines"))?;
        let before = line.open_amount;
        line.restore(*taken).ok_or_else(|| AppError::internal("a match cannot be given back"))?;
        changed.push((line, before));
    }
    save(uow, changed).await
}
