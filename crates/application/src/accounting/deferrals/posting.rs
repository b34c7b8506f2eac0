//! The entries of a deferral.

use chrono::NaiveDate;
use domain::accounting::account::AccountType;
use domain::accounting::approval::APPROVAL_REQUIRED;
use domain::accounting::deferral::{DEFERRAL_REST_NEEDS_APPROVAL, DeferralLineStatus, DeferralStatus};
use domain::accounting::journal_entry::{
    DraftEntry, EntrySource, EntrySourceKind, JOURNAL_LINES_MAX, LineAmount, NewEntry, NewLine,
};
use domain::ids::{AccountId, DimensionSetId, JournalEntryId};
use domain::money::Amount;

use super::ports::{DeferralLegend, StoredDeferral};
use crate::accounting::approvals::submit::post_or_submit;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::views::recurring::RecurringFailureView;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Most lines that one run posts; the others stay due.
const RUN_LINES_MAX: usize = 100;

/// An entry to be posted for a deferral.
pub(super) struct Part {
    /// The number of the line, from 1; 0 is the rest that is posted when the deferral is cancelled.
    pub number: u32,
    pub date: NaiveDate,
    pub amount: Amount,
    pub company_amount: Amount,
}

/// The lines that a run posts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    pub through: NaiveDate,
    /// The date of lines that lie before it; `None` posts each on its own.
    pub posting_date: Option<NaiveDate>,
    pub today: NaiveDate,
    /// Tries again what failed today, too.
    pub retry_today: bool,
}

impl StoredDeferral {
    /// The books MUST know both accounts and dimension sets.
    fn new_entry(&self, books: &Books, id: JournalEntryId, part: &Part) -> NewEntry {
        let income =
            books.accounts.get(&self.target).map(|account| account.account_type) == Some(AccountType::Income);
        let (source, target) = match income {
            true => (LineAmount::Debit(part.amount), LineAmount::Credit(part.amount)),
            false => (LineAmount::Credit(part.amount), LineAmount::Debit(part.amount)),
        };
        let foreign = self.currency != books.company.code;
        let line = |account: AccountId, set: DimensionSetId, amount: LineAmount| NewLine {
            rate: foreign.then_some(self.rate),
            company_amount: foreign.then_some(part.company_amount),
            dimensions: books.sets.get(&set).cloned().unwrap_or_default(),
            dimension_set: set,
            ..NewLine::new(account, amount)
        };
        NewEntry {
            description: Some(self.description(part.number)),
            reference: self.reference.clone(),
            ..NewEntry::new(
                id,
                self.journal,
                part.date,
                self.currency,
                vec![line(self.source, self.source_set, source), line(self.target, self.target_set, target)],
            )
        }
    }

    fn description(&self, number: u32) -> String {
        let names: Vec<_> = [self.name.ar(), self.name.en()].into_iter().flatten().collect();
        let names = names.join(" / ");
        match number {
            0 => names,
            number => format!("{names} ({number}/{})", self.lines.len()),
        }
    }

    /// The entry of a part, which nothing has checked yet.
    pub(super) async fn draft(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        part: &Part,
    ) -> AppResult<DraftEntry> {
        books.learn_accounts(uow, [self.source, self.target].into()).await?;
        books.learn_sets(uow, [self.source_set, self.target_set].into()).await?;
        let id = JournalEntryId::new(uow.new_id());
        let draft = DraftEntry::new(self.new_entry(books, id, part), JOURNAL_LINES_MAX)?;
        Ok(draft.of(EntrySource::part(EntrySourceKind::Deferral, self.id.uuid(), part.number)))
    }

    /// Posts a part, or lets it wait for approval. What is posted when the deferral is cancelled does not wait.
    pub(super) async fn post(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        part: &Part,
    ) -> AppResult<(JournalEntryId, DeferralLineStatus)> {
        // Each with books of its own: those of a part that was undone may know a fiscal year that went with it.
        let mut books = Books::open(ctx, uow).await?;
        let draft = self.draft(uow, &mut books, part).await?;
        let mut meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
        meta.note_maker(self.ordered_by.map(|orderer| orderer.user));
        // Many small parts are one decision about all of them.
        meta.whole = Amount::sum(self.lines.iter().map(|line| line.company_amount));
        if part.number == 0 {
            let posting = Posting::new(draft, meta);
            let posted = Ledger::with(ctx, books).post_one(uow, posting).await.map_err(rest_refused)?;
            return Ok((JournalEntryId::new(posted.id), DeferralLineStatus::Posted));
        }
        let view = post_or_submit(ctx, uow, books, (draft, meta)).await?;
        let status = match view.approval_status {
            Some(_) => DeferralLineStatus::Waiting,
            None => DeferralLineStatus::Posted,
        };
        Ok((JournalEntryId::new(view.id), status))
    }

    /// Posts the lines that are due, in their order; a line that is refused is noted as failed and holds up no other.
    pub(super) async fn post_due(
        &mut self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        due: Due,
    ) -> AppResult<Outcome> {
        let mut outcome = Outcome::default();
        for (index, number) in (0..self.lines.len()).zip(1..) {
            if outcome.lines() >= RUN_LINES_MAX {
                break;
            }
            let line = &self.lines[index];
            if !due.covers(self, index) {
                continue;
            }
            let date = due.posting_date.map_or(line.date, |date| date.max(line.date));
            let part = Part { number, date, amount: line.amount, company_amount: line.company_amount };
            let warned = uow.warnings().len();
            let begun_at = uow.bookkeeping().begin_part().await?;
            let posted = self.post(ctx, uow, &part).await;
            uow.bookkeeping().end_part(begun_at, posted.is_ok()).await?;
            if posted.is_err() {
                uow.warnings().truncate(warned);
            }
            match posted {
                Ok((entry, status)) => {
                    match status {
                        DeferralLineStatus::Waiting => outcome.waiting += 1,
                        _ => outcome.posted += 1,
                    }
                    self.done(index, entry, status);
                }
                Err(error) if error.is_refusal() => {
                    outcome.failed += 1;
                    self.failed(index, due.today, &error);
                }
                Err(error) => return Err(error),
            }
        }
        self.settle();
        Ok(outcome)
    }

    /// Notes the same failure for everything that is due.
    pub(super) fn fail_due(&mut self, due: Due, error: &AppError) -> Outcome {
        let mut outcome = Outcome::default();
        for index in 0..self.lines.len() {
            if due.covers(self, index) {
                outcome.failed += 1;
                self.failed(index, due.today, error);
            }
        }
        outcome
    }

    pub(super) fn done(&mut self, index: usize, entry: JournalEntryId, status: DeferralLineStatus) {
        let line = &mut self.lines[index];
        line.status = status;
        line.entry = Some(entry);
        line.attempted_on = None;
        line.problems.clear();
    }

    fn failed(&mut self, index: usize, today: NaiveDate, error: &AppError) {
        let line = &mut self.lines[index];
        line.status = DeferralLineStatus::Failed;
        line.attempted_on = Some(today);
        line.problems = RecurringFailureView::new(line.date, today, &error.violations).errors;
    }

    /// It is completed when nothing of it is left to post.
    pub(super) fn settle(&mut self) {
        if self.status == DeferralStatus::Active && self.next_date().is_none() {
            self.status = DeferralStatus::Completed;
        }
    }

    pub(super) async fn legend(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
    ) -> AppResult<DeferralLegend> {
        books.learn_accounts(uow, [self.source, self.target].into()).await?;
        books.learn_sets(uow, [self.source_set, self.target_set].into()).await?;
        books.learn_currencies(uow, &[self.currency].into()).await?;
        let code = |id: &AccountId| books.account_names.get(id).map(|name| name.code.clone());
        let codes = |set: &DimensionSetId| books.set_codes.get(set).cloned().unwrap_or_default();
        let company_scale = books.company.scale;
        Ok(DeferralLegend {
            source_code: code(&self.source).unwrap_or_default(),
            target_code: code(&self.target).unwrap_or_default(),
            source_dimensions: codes(&self.source_set),
            target_dimensions: codes(&self.target_set),
            scale: books.currencies.get(&self.currency).map_or(company_scale, |currency| currency.scale),
            company_scale,
        })
    }
}

impl Due {
    fn covers(&self, deferral: &StoredDeferral, index: usize) -> bool {
        let line = &deferral.lines[index];
        let tried_today = line.attempted_on.is_some_and(|day| day >= self.today);
        let wanted = match line.status {
            // What an approver refused is not asked again every day.
            DeferralLineStatus::Rejected => self.retry_today,
            status => status.is_scheduled() && (self.retry_today || !tried_today),
        };
        wanted && line.date <= self.through
    }
}

/// How many lines were posted, wait for approval, and were refused.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    pub posted: usize,
    pub waiting: usize,
    pub failed: usize,
}

impl Outcome {
    pub fn lines(self) -> usize {
        self.posted + self.waiting + self.failed
    }
}

/// A rest that needs approval is not submitted, because the deferral ends now.
fn rest_refused(error: AppError) -> AppError {
    match error.is(&APPROVAL_REQUIRED) {
        true => AppError::of(&DEFERRAL_REST_NEEDS_APPROVAL),
        false => error,
    }
}
