//! `POST /opening-balances`: an entry that opens the books, or a part of them.

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal::JournalKind;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, JOURNAL_LINES_MAX, NewEntry};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::accounting::opening::balance_through;
use domain::error::{Violation, Violations};
use domain::ids::{JournalEntryId, JournalId};

use super::{FISCAL_YEARS_MISSING, OPENING_ACCOUNT_MISSING, OPENING_JOURNAL_MISSING};
use crate::accounting::entry_input::{LineInput, resolve_lines};
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The description of an entry that names none.
const DESCRIPTION_DEFAULT: &str = "الأرصدة الافتتاحية / Opening balances";

/// Balances on the day the books begin. Each line of a receivable or payable account is one open item: its document is
/// the line's reference, with its party and due date.
#[derive(Debug, Clone)]
pub struct CreateOpeningBalances {
    /// `None` is the first day of the first fiscal year.
    pub posting_date: Option<NaiveDate>,
    pub description: Option<String>,
    pub reference: Option<String>,
    pub lines: Vec<LineInput>,
}

#[async_trait]
impl Command for CreateOpeningBalances {
    const NAME: &'static str = "create_opening_balances";
    const ACCESS: Access = Access::Permission("accounting.opening_balance.create");
    type Output = JournalEntryView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<JournalEntryView>> {
        let view = post_opening_balances(ctx, uow, self).await?;
        Ok(Done::of(view.id, view.version, view))
    }
}

/// Posts an opening entry in the caller's transaction.
///
/// Violations point into `input` (`/lines/3/accountCode`). The caller has checked the permission.
pub async fn post_opening_balances(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    input: &CreateOpeningBalances,
) -> AppResult<JournalEntryView> {
    let (journal_id, posting_date) = place(uow, input.posting_date).await?;
    let mut violations = Violations::new();
    let mut books = Books::open(ctx, uow).await?;
    let lines = resolve_lines(uow, &mut books, &input.lines, &mut violations).await?;
    if !violations.is_empty() {
        return Err(violations.into_vec().into());
    }
    let account = books.settings.account(LedgerAccountRole::Opening);
    let account = account.ok_or_else(|| AppError::of(&OPENING_ACCOUNT_MISSING))?;
    let rates = books.learn_rates_of(uow, &lines, posting_date).await?;
    let description = input.description.clone().unwrap_or_else(|| DESCRIPTION_DEFAULT.to_owned());
    let entry = NewEntry {
        id: JournalEntryId::new(uow.new_id()),
        journal_id,
        kind: EntryKind::Opening,
        posting_date,
        document_date: None,
        currency: books.company.code,
        // Opening balances are what control accounts are posted to by hand for.
        control_reason: Some(description.clone()),
        description: Some(description),
        reference: input.reference.clone(),
        reverses: None,
        lines: balance_through(lines, account, books.company, &rates)?,
    };
    let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX + 1)?;
    let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
    Ledger::with(ctx, books).post_one(uow, Posting::new(draft, meta)).await
}

/// The journal and the day; everything that is missing for them is said at once.
async fn place(uow: &mut dyn UnitOfWork, date: Option<NaiveDate>) -> AppResult<(JournalId, NaiveDate)> {
    let mut violations = Violations::new();
    let years = uow.fiscal_years().fiscal_years().await?;
    let date = date.or_else(|| years.iter().map(|year| year.start).min());
    let date = violations.check("", date.ok_or_else(|| Violation::new(&FISCAL_YEARS_MISSING)));
    let journal = uow.fiscal_years().journal_of_kind(JournalKind::Opening).await?;
    let journal = violations.check("", journal.ok_or_else(|| Violation::new(&OPENING_JOURNAL_MISSING)));
    match (journal, date) {
        (Some(journal), Some(date)) => Ok((journal, date)),
        _ => Err(violations.into_vec().into()),
    }
}
