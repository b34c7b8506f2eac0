//! `POST /line-matches`: lines of one account that come to nothing together.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{LineDetails, NewLine};
use domain::accounting::line_match::{
    ACCOUNT_NOT_RECONCILABLE, LINE_MATCH_ACCOUNTS_DIFFER, LINE_MATCH_CONTROL_ACCOUNT,
    LINE_MATCH_DIFFERENCE_ACCOUNT, LINE_MATCH_DIFFERENCE_TOO_LARGE, LINE_MATCH_REPEATED,
    LINE_MATCH_UNBALANCED, LineMatchId, MATCHED_LINES_MAX, MATCHED_LINES_MIN, Wanted, take_all,
};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, JournalEntryId};
use domain::money::Amount;
use domain::text::Code;

use super::CREATE;
use super::keep::{Keeping, Planned, PlannedLine, currency, display};
use super::ports::FoundLine;
use super::views::{LineMatchView, MatchKind};
use crate::accounting::entry_input::{LineInput, resolve_known_lines};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::StoredEntry;
use crate::authorize::Access;
use crate::changes::unknown_reference;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::reference::Reference;
use crate::request;
use crate::settlement::entry::check_date;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{DimensionCodes, List};

request! {
    /// A posted line, and how much of it is matched.
    pub struct MatchedLineBody {
        /// The entry of the line.
        entry_id: JournalEntryId,
        /// The number of the line in its entry.
        line_no: u32 = 1,
        /// The amount in the line's currency, whichever side it is on; by default everything that is open.
        amount: Option<Amount>,
    }

    /// Where a difference goes.
    pub struct MatchDifferenceBody {
        /// The code of the account on which the other side is posted.
        account_code: Code = "5990",
        /// Dimensions of that line.
        dimensions: Option<DimensionCodes>,
    }

    /// Lines of one account and currency that come to nothing together.
    pub struct CreateLineMatch as CreateLineMatchBody {
        /// The day from which they count as matched, which is also the posting date of a difference; by default today, or the
        /// date of the latest line if that is later.
        date: Option<NaiveDate> = "2026-03-31",
        /// The lines.
        lines: List<MatchedLineBody, MATCHED_LINES_MAX, MATCHED_LINES_MIN>,
        /// Takes what the lines differ by, as far as `paymentTolerances` of the company profile allow.
        difference: Option<MatchDifferenceBody>,
    }
}

#[async_trait]
impl Command for CreateLineMatch {
    const NAME: &'static str = "create_line_match";
    const ACCESS: Access = Access::Permission(CREATE);
    type Output = LineMatchView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<LineMatchView>> {
        let mut violations = Violations::new();
        let mut books = Books::open(ctx, uow).await?;
        let found = self.found(uow, &mut books, &mut violations).await?;
        let latest = found.iter().map(|found| found.line.posting_date).max();
        let today = ctx.today(uow.now());
        let date = self.date.unwrap_or_else(|| latest.map_or(today, |latest| latest.max(today)));
        violations.check("", check_date(uow, ctx, &mut books, date).await?);
        let difference_line =
            resolve_difference(uow, &mut books, self.difference.as_ref(), &mut violations).await?;
        let found = violations.into_result(found)?;
        let id = LineMatchId::new(uow.new_id());
        let planned = self.planned(&mut books, uow, id, found, date).await?;
        let mut violations = Violations::new();
        check_difference(uow, &books, &planned, difference_line.as_ref(), &mut violations).await?;
        violations.into_result(())?;
        let keeping = Keeping { ctx, date, kind: MatchKind::Manual, difference_line };
        let view = keeping.keep(uow, &mut books, vec![planned]).await?.pop();
        let view = view.ok_or_else(|| AppError::internal("a match was not kept"))?;
        Ok(Done::of(view.id, view.version, view))
    }
}

impl CreateLineMatch {
    /// The lines in the order of the request, all of one account and currency that is matched.
    async fn found(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &mut Books,
        violations: &mut Violations,
    ) -> AppResult<Vec<FoundLine>> {
        let entries: BTreeSet<_> = self.lines.0.iter().map(|line| line.entry_id).collect();
        let open = uow.line_matches().open_lines_of_entries(&entries).await?;
        let mut open: HashMap<_, _> =
            open.into_iter().map(|found| ((found.line.entry, found.line.line_no), found)).collect();
        let mut found: Vec<FoundLine> = Vec::with_capacity(self.lines.0.len());
        let mut seen = BTreeSet::new();
        for (index, wanted) in self.lines.0.iter().enumerate() {
            let at = format!("/lines/{index}");
            if !seen.insert((wanted.entry_id, wanted.line_no)) {
                violations.push(Violation::new(&LINE_MATCH_REPEATED).at(at));
                continue;
            }
            match open.remove(&(wanted.entry_id, wanted.line_no)) {
                Some(line) => {
                    let differs = found.first().is_some_and(|first| {
                        (first.line.account, first.line.currency) != (line.line.account, line.line.currency)
                    });
                    if differs {
                        violations.push(Violation::new(&LINE_MATCH_ACCOUNTS_DIFFER).at(at));
                    }
                    found.push(line);
                }
                None => violations.push(missing(uow, books, (wanted.entry_id, wanted.line_no)).await?.at(at)),
            }
        }
        Ok(found)
    }

    async fn planned(
        &self,
        books: &mut Books,
        uow: &mut dyn UnitOfWork,
        id: LineMatchId,
        found: Vec<FoundLine>,
        date: NaiveDate,
    ) -> AppResult<Planned> {
        let none = || AppError::internal("a match has no lines");
        let code = found.first().ok_or_else(none)?.line.currency;
        books.learn_currencies(uow, &[code].into()).await?;
        let wanted = found.iter().zip(&self.lines.0).map(|(found, wanted)| Wanted {
            line: found.line.clone(),
            number: &found.number,
            amount: wanted.amount,
        });
        let taken = take_all(wanted.collect(), date, currency(books, code), books.company.scale)?;
        let lines = found.into_iter().zip(taken).map(|(found, (line, taken))| PlannedLine {
            number: found.number,
            open_before: found.line.open_amount,
            line,
            taken,
        });
        Planned::new(id, lines.collect())?.ok_or_else(none)
    }
}

/// Why a line is not open: there is none, or its account is not one whose lines are matched.
async fn missing(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (entry, line_no): (JournalEntryId, u32),
) -> AppResult<Violation> {
    let unknown = unknown_reference("", "ledger_line", format!("{entry}/{line_no}"));
    let Some(StoredEntry::Posted { entry, .. }) = uow.journal_entries().find(entry).await? else {
        return Ok(unknown);
    };
    let line = entry.lines().iter().find(|line| line.line_no == line_no);
    let Some(account) = line.map(|line| line.account) else { return Ok(unknown) };
    books.learn_accounts(uow, [account].into()).await?;
    Ok(refused_account(books, account).unwrap_or(unknown))
}

/// Why lines of an account are not matched.
pub(super) fn refused_account(books: &Books, account: AccountId) -> Option<Violation> {
    let facts = books.accounts.get(&account)?;
    let refused = match () {
        () if facts.requires_party => Violation::new(&LINE_MATCH_CONTROL_ACCOUNT),
        () if !facts.opens_lines => Violation::new(&ACCOUNT_NOT_RECONCILABLE),
        () => return None,
    };
    Some(refused.with("account", &facts.code))
}

/// The other side of differences, of any amount. Violations are below `/difference`.
pub(super) async fn resolve_difference(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    difference: Option<&MatchDifferenceBody>,
    violations: &mut Violations,
) -> AppResult<Option<NewLine>> {
    let Some(difference) = difference else { return Ok(None) };
    let line = LineInput {
        account: Some(Reference::Code(difference.account_code.to_string())),
        debit: Some(Amount::from_scaled(1)),
        credit: None,
        currency: None,
        rate: None,
        company_amount: None,
        dimensions: difference.dimensions.as_ref().map(|codes| codes.0.clone()).unwrap_or_default(),
        details: LineDetails::NONE,
    };
    let mut refused = Violations::new();
    let line = resolve_known_lines(uow, books, &[line], &mut refused).await?.pop();
    for violation in refused.into_vec() {
        let pointer = format!("/difference{}", violation.pointer.trim_start_matches("/lines/0"));
        violations.push(violation.at(pointer));
    }
    Ok(line)
}

/// Whether lines that do not come to nothing may be matched all the same.
pub(super) async fn check_difference(
    uow: &mut dyn UnitOfWork,
    books: &Books,
    planned: &Planned,
    other: Option<&NewLine>,
    violations: &mut Violations,
) -> AppResult<()> {
    if planned.difference.is_zero() {
        return Ok(());
    }
    let text = |amount: Amount| display(books, amount, planned.currency);
    let of_match = |def| Violation::new(def).with("currency", planned.currency);
    let Some(other) = other else {
        let unbalanced = of_match(&LINE_MATCH_UNBALANCED).at("/lines");
        violations.push(unbalanced.with("difference", text(planned.difference)));
        return Ok(());
    };
    if other.account == planned.account {
        violations.push(Violation::new(&LINE_MATCH_DIFFERENCE_ACCOUNT).at("/difference/accountCode"));
    }
    let larger = planned.larger_side().unwrap_or_default();
    let tolerances = uow.company().profile().await?.payment_tolerances.clone();
    let limit = tolerances.limit(currency(books, planned.currency), larger);
    if planned.difference.abs() > limit {
        let exceeds = of_match(&LINE_MATCH_DIFFERENCE_TOO_LARGE).at("/difference");
        let exceeds = exceeds.with("difference", text(planned.difference.abs()));
        violations.push(exceeds.with("limit", text(limit)));
    }
    Ok(())
}
