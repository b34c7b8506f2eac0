//! The journal entry of a write-off: the account that bears it against the account of the party.

use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::{
    EntrySource, EntrySourceKind, LineAmount, LineDetails, NewEntry, NewLine,
};
use domain::accounting::posting_rule::PostingKeys;
use domain::ids::{AccountId, JournalEntryId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::settlement::open_item::OpenItem;
use domain::settlement::write_off::{WriteOffId, WriteOffKind};

use super::note;
use super::ports::StoredWriteOff;
use super::views::WriteOffItemView;
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// An item and how much of it is written off; a magnitude.
pub struct Taken {
    pub item: OpenItem,
    pub amount: Amount,
    /// The legal number of the item's entry.
    pub number: String,
}

/// A write-off that is posted. The books MUST have learnt the accounts of the items.
pub struct WriteOffPosting<'a> {
    pub ctx: &'a RequestContext,
    pub books: &'a Books,
    pub kind: WriteOffKind,
    pub date: chrono::NaiveDate,
    pub reason: &'a str,
}

impl WriteOffPosting<'_> {
    /// Posts the entry of items of one party, account, currency and side, keeps the write-off and notes it. Its own items are
    /// open until they are allocated.
    pub async fn post(self, uow: &mut dyn UnitOfWork, taken: &[Taken]) -> AppResult<StoredWriteOff> {
        let first = taken.first().ok_or_else(|| AppError::internal("nothing is written off"))?;
        let item = &first.item;
        let control = self.books.accounts.get(&item.account).map_or(ControlKind::None, |facts| facts.control);
        let keys = PostingKeys { currency: Some(item.currency), ..PostingKeys::default() };
        let profile = uow.posting_rules().posting_profile().await?;
        let account = profile.resolve(self.kind.slot(control), &keys)?;
        let scale = self.scale(item);
        let (lines, amount, company_amount) =
            self.lines(taken, account).ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
        let id = WriteOffId::new(uow.new_id());
        let entry = JournalEntryId::new(uow.new_id());
        let number = self.enter(uow, (id, entry), first, lines).await?;
        let items = taken.iter().map(|one| WriteOffItemView {
            open_item_id: one.item.id.uuid(),
            number: one.number.clone(),
            amount: one.amount.display(scale),
        });
        let write_off = StoredWriteOff {
            id,
            kind: self.kind,
            reversed: false,
            number,
            control,
            party: item.party.clone(),
            account,
            date: self.date,
            currency: item.currency,
            amount,
            company_amount,
            entry,
            reversal_entry: None,
            reason: self.reason.to_owned(),
            vat_relief: None,
            items: items.collect(),
            created_by: self.ctx.actor.user_id(),
            created_at: uow.now(),
            version: 1,
        };
        uow.write_offs().insert_write_off(&write_off).await?;
        note(uow, "posted", None, &write_off.view(scale, self.books.company.scale));
        Ok(write_off)
    }

    fn scale(&self, item: &OpenItem) -> u8 {
        let company = self.books.company;
        let other = || self.books.currencies.get(&item.currency).map_or(2, |currency| currency.scale);
        if item.currency == company.code { company.scale } else { other() }
    }

    /// The lines with their sums. Each item gives up the company amount that is its part, so no exchange difference arises.
    fn lines(&self, taken: &[Taken], account: AccountId) -> Option<(Vec<NewLine>, Amount, Amount)> {
        let foreign = taken.first()?.item.currency != self.books.company.code;
        let (mut sum, mut company_sum) = (Amount::ZERO, Amount::ZERO);
        let side = |debit: bool, amount: Amount| {
            if debit { LineAmount::Debit(amount) } else { LineAmount::Credit(amount) }
        };
        let line = |account, amount, company: Amount, party: Option<&str>, reference: Option<&str>| NewLine {
            company_amount: Some(company).filter(|_| foreign),
            details: LineDetails {
                party: party.map(str::to_owned),
                reference: reference.map(str::to_owned),
                ..LineDetails::NONE
            },
            ..NewLine::new(account, amount)
        };
        let mut lines = Vec::with_capacity(taken.len() + 1);
        for Taken { item, amount, number } in taken {
            let company = item.company_part(*amount, self.books.company.scale)?;
            (sum, company_sum) = (sum.checked_add(*amount)?, company_sum.checked_add(company)?);
            let amount = side(!item.is_debit(), *amount);
            lines.push(line(item.account, amount, company, Some(&item.party), Some(number)));
        }
        let debit = taken.first()?.item.is_debit();
        lines.push(line(account, side(debit, sum), company_sum, None, None));
        Some((lines, sum, company_sum))
    }

    /// Posts the entry and answers its number.
    async fn enter(
        &self,
        uow: &mut dyn UnitOfWork,
        (id, entry): (WriteOffId, JournalEntryId),
        of: &Taken,
        lines: Vec<NewLine>,
    ) -> AppResult<String> {
        let mut books = self.books.clone();
        let journal_id = resolve_journal(uow, &mut books, None).await?.map_err(|refused| refused.at(""))?;
        let new = NewEntry {
            description: Some(format!("شطب / Write-off {}", of.number)),
            reference: Some(of.number.clone()).filter(|number| !number.is_empty()),
            ..NewEntry::new(entry, journal_id, self.date, of.item.currency, lines)
        };
        let source = EntrySource::new(EntrySourceKind::WriteOff, id.uuid());
        let posting = Posting::of(self.ctx, uow, new, source)?;
        let ledger = Ledger::with(self.ctx, books);
        let view = ledger.post_one(uow, posting).await.map_err(|error| error.of_the_whole(""))?;
        Ok(view.number.unwrap_or_default())
    }
}
