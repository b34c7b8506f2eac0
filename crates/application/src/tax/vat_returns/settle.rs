//! The entry that a filed return posts: the VAT accounts give up what was declared.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::accounting::journal_entry::{EntrySource, EntrySourceKind, NewEntry, NewLine};
use domain::accounting::lock::LockKind;
use domain::accounting::posting_rule::{PostingKeys, PostingSlot};
use domain::error::Violation;
use domain::ids::{AccountId, JournalEntryId};
use domain::money::Amount;
use domain::tax::vat_return::{
    Figures, SettlementAccounts, VAT_ACCOUNT_UNKNOWN, VAT_SETTLEMENT_TOO_EARLY, settlement_lines,
};

use super::ports::StoredReturn;
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// The accounts of the settlement, by the posting rules.
async fn settlement_accounts(uow: &mut dyn UnitOfWork) -> AppResult<SettlementAccounts> {
    let profile = uow.posting_rules().posting_profile().await?;
    let account = |slot| profile.resolve(slot, &PostingKeys::default());
    Ok(SettlementAccounts {
        settlement: account(PostingSlot::VatSettlement)?,
        credit: account(PostingSlot::VatCredit)?,
    })
}

/// Posts the entry, unless there is nothing to settle.
pub(super) async fn settle(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    (stored, figures): (&StoredReturn, &Figures),
    posting_date: Option<NaiveDate>,
) -> AppResult<Option<JournalEntryId>> {
    let owed = owed(uow, stored).await?;
    if owed.is_empty() && figures.net.is_zero() && figures.credit.is_zero() {
        return Ok(None);
    }
    let mut books = Books::open(ctx, uow).await?;
    let accounts = settlement_accounts(uow).await?;
    let lines = settlement_lines(&owed, figures, accounts);
    let lines = lines.ok_or_else(|| AppError::internal("the VAT of the entries is not that of the boxes"))?;
    if lines.is_empty() {
        return Ok(None);
    }
    let date = settlement_date(&books, stored, posting_date)?;
    let entry = entry(uow, &mut books, (stored, date), lines).await?;
    let id = entry.id;
    let source = EntrySource::new(EntrySourceKind::VatReturn, stored.id.uuid());
    let posting = Posting::of(ctx, uow, entry, source)?;
    Ledger::with(ctx, books)
        .post_noted(uow, vec![posting])
        .await
        .map_err(|error| error.of_the_whole("/postingDate"))?;
    Ok(Some(id))
}

/// The VAT accounts of the entries with what each has.
async fn owed(uow: &mut dyn UnitOfWork, stored: &StoredReturn) -> AppResult<BTreeMap<AccountId, Amount>> {
    let mut owed = BTreeMap::new();
    for (account, amount) in uow.vat_returns().owed_by_account(stored.scope()).await? {
        match account {
            Some(account) => drop(owed.insert(account, amount)),
            None if amount.is_zero() => {}
            None => {
                let unknown = Violation::new(&VAT_ACCOUNT_UNKNOWN);
                return Err(unknown.with("amount", amount.to_decimal()).into());
            }
        }
    }
    Ok(owed)
}

/// The day that the caller gives, or else the end of the period: the first day that the tax lock leaves open after it.
fn settlement_date(
    books: &Books,
    stored: &StoredReturn,
    given: Option<NaiveDate>,
) -> Result<NaiveDate, Violation> {
    let end = stored.period.to();
    match given {
        Some(date) if date < end => {
            Err(Violation::new(&VAT_SETTLEMENT_TOO_EARLY).at("/postingDate").with("date", end))
        }
        Some(date) => Ok(date),
        None => {
            let locked = books.locks.through(LockKind::Tax).filter(|through| *through >= end);
            Ok(locked.and_then(|through| through.succ_opt()).unwrap_or(end))
        }
    }
}

async fn entry(
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (stored, posting_date): (&StoredReturn, NaiveDate),
    lines: Vec<NewLine>,
) -> AppResult<NewEntry> {
    let journal_id = resolve_journal(uow, books, None).await?.map_err(|violation| violation.at(""))?;
    let period = stored.period;
    Ok(NewEntry {
        description: Some(format!("تسوية ضريبة القيمة المضافة {period} / VAT settlement {period}")),
        reference: stored.reference.clone(),
        ..NewEntry::new(
            JournalEntryId::new(uow.new_id()),
            journal_id,
            posting_date,
            books.company.code,
            lines,
        )
    })
}
