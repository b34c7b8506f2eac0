//! `POST /opening-balances`: the first entry of a tenant's books.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal::JournalKind;
use domain::accounting::journal_entry::{DraftEntry, EntryKind, JOURNAL_LINES_MAX, NewEntry};
use domain::accounting::opening::balance_through;
use domain::error::{Violation, Violations};
use domain::ids::{JournalEntryId, JournalId};

use super::{FISCAL_YEARS_MISSING, OPENING_ACCOUNT_MISSING, OPENING_JOURNAL_MISSING};
use crate::accounting::entry_input::{LineInput, resolve_lines};
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::accounting::ports::ledger::FactsRequest;
use crate::accounting::posting;
use crate::accounting::views::journal_entry::JournalEntryView;
use crate::accounting::views::journal_entry_build::{posted_view, record_entry};
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

/// Posts the tenant's opening entry in the caller's transaction; refused while there is one that is not reversed.
///
/// Violations point into `input` (`/lines/3/accountCode`). The caller has checked the permission.
pub async fn post_opening_balances(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    input: &CreateOpeningBalances,
) -> AppResult<JournalEntryView> {
    super::refuse_second(uow).await?;
    let (journal_id, posting_date) = place(uow, input.posting_date).await?;
    let mut violations = Violations::new();
    let lines = resolve_lines(uow, &input.lines, &mut violations).await?;
    if !violations.is_empty() {
        return Err(violations.into_vec().into());
    }
    let request = FactsRequest {
        journal_id,
        posting_date,
        closing: false,
        accounts: BTreeSet::new(),
        currencies: lines.iter().filter_map(|line| line.currency).collect(),
        dimension_values: BTreeSet::new(),
        user: ctx.actor.user_id(),
    };
    let facts = uow.ledger().posting_facts(&request).await?;
    let account = facts.settings.opening_account_id;
    let account = account.ok_or_else(|| AppError::of(&OPENING_ACCOUNT_MISSING))?;
    let description = input.description.clone().unwrap_or_else(|| DESCRIPTION_DEFAULT.to_owned());
    let entry = NewEntry {
        id: JournalEntryId::new(uow.new_id()),
        journal_id,
        kind: EntryKind::Opening,
        posting_date,
        document_date: None,
        currency: facts.company.code,
        // Opening balances are what control accounts are posted to by hand for.
        control_reason: Some(description.clone()),
        description: Some(description),
        reference: input.reference.clone(),
        reverses: None,
        lines: balance_through(lines, account, facts.company, &facts.rates)?,
    };
    let draft = DraftEntry::new(entry, JOURNAL_LINES_MAX + 1)?;
    let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
    let posting = posting::post(ctx, uow, draft, meta, None).await?;
    let view = posted_view(uow, &posting).await?;
    record_entry(uow, "posted", None, Some(&view));
    Ok(view)
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
