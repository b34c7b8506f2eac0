//! The journal entry behind an allocation: realised exchange differences, and what netting moves between accounts.

use chrono::NaiveDate;
use domain::accounting::fiscal_period::FiscalPeriodKind;
use domain::accounting::journal_entry::{
    EntryKind, EntrySource, EntrySourceKind, LineAmount, LineDetails, NewEntry, NewLine,
};
use domain::accounting::ledger_settings::LedgerAccountRole;
use domain::error::Violation;
use domain::ids::{AccountId, JournalEntryId};
use domain::money::Amount;
use domain::settlement::allocation::Movements;
use uuid::Uuid;

use crate::accounting::entry_input::resolve_journal;
use crate::accounting::fiscal_years::ensure_next_year;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

domain::errors! {
    EXCHANGE_ACCOUNT_MISSING = "exchange_account_missing", Rule, Administrator,
        "The allocation has an exchange difference, and the ledger settings name no account for it (exchangeDifferencesAccountId).",
        "ينتج عن التخصيص فرق صرف، ولا تحدد إعدادات الدفتر حسابًا له (exchangeDifferencesAccountId).";
}

/// The journal entry for the allocations of one request.
pub(super) struct SettlementEntry {
    pub(super) date: NaiveDate,
    /// The batch, or the allocation that undoes another.
    pub(super) source: Uuid,
    pub(super) movements: Movements,
}

impl SettlementEntry {
    /// Posts the entry, unless no account moves. Nothing of it is the caller's to mend line by line, so faults point at the
    /// request as a whole.
    pub(super) async fn post(
        self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        mut books: Books,
    ) -> AppResult<Option<JournalEntryId>> {
        let lines = self.lines(&books)?;
        if lines.is_empty() {
            return Ok(None);
        }
        let journal_id = resolve_journal(uow, &mut books, None).await?.map_err(whole)?;
        let id = JournalEntryId::new(uow.new_id());
        let entry = NewEntry {
            kind: EntryKind::Revaluation,
            description: Some("تسوية بنود مفتوحة / Settlement of open items".to_owned()),
            ..NewEntry::new(id, journal_id, self.date, books.company.code, lines)
        };
        let source = EntrySource::new(EntrySourceKind::Allocation, self.source);
        let posting = Posting::of(ctx, uow, entry, source)?;
        match Ledger::with(ctx, books).post_one(uow, posting).await {
            Ok(_) => Ok(Some(id)),
            Err(error) => Err(error.of_the_whole("")),
        }
    }

    /// One line for each account and party that moves, and the other side of their sum.
    fn lines(&self, books: &Books) -> AppResult<Vec<NewLine>> {
        let sum = Amount::sum(self.movements.values().copied());
        let sum = sum
            .and_then(Amount::checked_neg)
            .ok_or_else(|| AppError::internal("a settlement does not fit"))?;
        let line = |account: AccountId, amount: Amount, party: Option<&String>| {
            let amount = LineAmount::from_balance(amount)?;
            let details = LineDetails { party: party.cloned(), ..LineDetails::NONE };
            Some(NewLine { details, ..NewLine::new(account, amount) })
        };
        let mut lines: Vec<_> = self
            .movements
            .iter()
            .filter_map(|((account, party), amount)| line(*account, *amount, Some(party)))
            .collect();
        if !sum.is_zero() {
            let account = books.settings.account(LedgerAccountRole::ExchangeDifferences);
            let account = account.ok_or_else(|| AppError::of(&EXCHANGE_ACCOUNT_MISSING))?;
            lines.extend(line(account, sum, None));
        }
        Ok(lines)
    }
}

fn whole(violation: Violation) -> Violation {
    violation.at("")
}

/// Whether items may be settled on a day: in an open period that no lock covers, as for a general journal. At `/date`.
pub(crate) async fn check_date(
    uow: &mut dyn UnitOfWork,
    ctx: &RequestContext,
    books: &mut Books,
    date: NaiveDate,
) -> AppResult<Result<(), Violation>> {
    books.learn_date(uow, date).await?;
    if books.period(FiscalPeriodKind::Regular, date).is_none() && ensure_next_year(ctx, uow, date).await? {
        books.periods.clear();
        books.learn_date(uow, date).await?;
    }
    Ok(books.check_date(uow.now(), date).map_err(|violation| violation.at("/date")))
}
