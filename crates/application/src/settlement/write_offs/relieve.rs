//! `POST /write-offs/{id}/vat-relief`: takes back the output VAT of a bad debt (R110).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::journal_entry::{
    DraftEntry, EntryKind, EntrySource, EntrySourceKind, JOURNAL_LINES_MAX, LineAmount, LineDetails,
    NewEntry, NewLine,
};
use domain::error::{Violation, Violations};
use domain::ids::{AccountId, JournalEntryId};
use domain::money::{AMOUNT_OUT_OF_RANGE, Amount};
use domain::settlement::bad_debt::{
    RELIEF_BEFORE_WRITE_OFF, RELIEF_INFORMED_LATE, RELIEF_NO_VAT, RELIEF_NOT_BAD_DEBT, RELIEF_TAKEN,
};
use domain::settlement::open_item::OpenItemId;
use domain::settlement::write_off::{WRITE_OFF_REVERSED, WriteOffId, WriteOffKind};
use domain::tax::tax_entry::{TaxEntry, TaxEntryId, TaxSide};
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::note;
use super::ports::StoredWriteOff;
use super::views::{VatReliefView, WriteOffView};
use crate::accounting::entry_input::resolve_journal;
use crate::accounting::ledger::{Ledger, Posting};
use crate::accounting::ports::books::Books;
use crate::accounting::ports::journal_entries::EntryMeta;
use crate::authorize::Access;
use crate::changes::stale;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::ports::StoredDocument;
use crate::error::{AppError, AppResult};
use crate::request;
use crate::settlement::entry::{check_date, of_the_whole};
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

/// The number of the write-off's entry that relieves it.
const RELIEF_PART: u32 = 2;

request! {
    /// Takes back the VAT of a bad debt.
    pub struct RelieveVatBody {
        /// The day, which decides the VAT return; today by default.
        date: Option<NaiveDate> = "2027-03-31",
        /// The day on which the customer was told in writing that the debt is written off.
        customer_informed_on: NaiveDate = "2027-03-15",
        /// The proof of the claim, such as the number of a judgment; required beyond `badDebtProofAbove` of the company
        /// profile.
        proof_reference: Option<RequiredText<DESCRIPTION_LENGTH_MAX>> = "Judgment 4471/1448",
    }
}

pub struct RelieveVat {
    pub id: WriteOffId,
    pub body: RelieveVatBody,
}

#[async_trait]
impl Command for RelieveVat {
    const NAME: &'static str = "relieve_write_off_vat";
    const ACCESS: Access = Access::Permission("settlement.write_off.relieve_vat");
    type Output = WriteOffView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<WriteOffView>> {
        let found = uow.write_offs().find_write_off(self.id).await?;
        let write_off = found.ok_or_else(|| AppError::not_found("write_off"))?;
        check_version(ctx, write_off.version)?;
        refuse_state(&write_off)?;
        let date = self.body.date.unwrap_or_else(|| ctx.today(uow.now()));
        let mut books = Books::open(ctx, uow).await?;
        books.learn_currencies(uow, &BTreeSet::from([write_off.currency])).await?;
        let taken = self.taken_back(uow, &books, &write_off, date).await?;
        let mut violations = Violations::new();
        violations.check("", check_date(uow, ctx, &mut books, date).await?);
        self.check_conditions(uow, &books, &write_off, (date, &taken), &mut violations).await?;
        violations.into_result(())?;
        if taken.is_empty() {
            return Err(AppError::of(&RELIEF_NO_VAT));
        }
        let company = books.company.scale;
        let scale = books.currencies.get(&write_off.currency).map_or(company, |currency| currency.scale);
        let relief = self.post(ctx, uow, books, &write_off, (date, taken)).await?;
        let before = write_off.view(scale, company);
        let version = write_off.version;
        let relieved = StoredWriteOff { vat_relief: Some(relief), version: version + 1, ..write_off };
        if !uow.write_offs().save_relief(&relieved).await? {
            return Err(stale(version));
        }
        let view = relieved.view(scale, company);
        note(uow, "vat_relieved", Some(&before), &view);
        Ok(Done::of(view.id, view.version, view))
    }
}

fn refuse_state(write_off: &StoredWriteOff) -> AppResult<()> {
    match () {
        () if write_off.reversed => Err(AppError::of(&WRITE_OFF_REVERSED)),
        () if write_off.kind != WriteOffKind::BadDebt => Err(AppError::of(&RELIEF_NOT_BAD_DEBT)),
        () if write_off.vat_relief.is_some() => Err(AppError::of(&RELIEF_TAKEN)),
        () => Ok(()),
    }
}

impl RelieveVat {
    /// The VAT of each document that the write-off takes back: opposite tax entries with its share of base and tax.
    async fn taken_back(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &Books,
        write_off: &StoredWriteOff,
        date: NaiveDate,
    ) -> AppResult<Vec<(TaxEntry, NaiveDate)>> {
        let mut taken = Vec::new();
        for (document, amount) in written_off_documents(uow, write_off).await? {
            let Ok(payable) = Amount::parse(&document.view.totals.payable) else { continue };
            for entry in uow.tax_entries().entries_of(document.id.uuid()).await? {
                if entry.side != TaxSide::Output || entry.account.is_none() || entry.tax.is_zero() {
                    continue;
                }
                let scale =
                    books.currencies.get(&entry.currency).map_or(books.company.scale, |one| one.scale);
                let share =
                    |whole: Amount, scale| whole.share(amount, payable, scale).and_then(Amount::checked_neg);
                let company = books.company.scale;
                let amounts = (
                    share(entry.currency_base, scale),
                    share(entry.currency_tax, scale),
                    share(entry.base, company),
                    share(entry.tax, company),
                );
                let (Some(currency_base), Some(currency_tax), Some(base), Some(tax)) = amounts else {
                    return Err(AppError::of(&AMOUNT_OUT_OF_RANGE));
                };
                if tax.is_zero() {
                    continue;
                }
                let supplied = entry.tax_date;
                let relief = TaxEntry {
                    id: TaxEntryId::new(uow.new_id()),
                    source_kind: EntrySourceKind::WriteOff,
                    source_id: write_off.id.uuid(),
                    currency_base,
                    currency_tax,
                    base,
                    tax,
                    tax_date: date,
                    due_date: None,
                    posting_date: date,
                    corrects: Some(document.id.uuid()),
                    ..entry
                };
                taken.push((relief, supplied));
            }
        }
        Ok(taken)
    }

    async fn check_conditions(
        &self,
        uow: &mut dyn UnitOfWork,
        books: &Books,
        write_off: &StoredWriteOff,
        (date, taken): (NaiveDate, &[(TaxEntry, NaiveDate)]),
        violations: &mut Violations,
    ) -> AppResult<()> {
        let conditions = uow.company().profile().await?.bad_debt_relief;
        if date < write_off.date {
            let before = Violation::new(&RELIEF_BEFORE_WRITE_OFF).at("/date");
            violations.push(before.with("date", write_off.date));
        }
        let latest = taken.iter().max_by_key(|(_, supplied)| *supplied);
        if let Some((entry, supplied)) = latest {
            violations.check("", conditions.check_date(*supplied, date, &entry.document_number));
        }
        if self.body.customer_informed_on > date {
            let late = Violation::new(&RELIEF_INFORMED_LATE).at("/customerInformedOn");
            violations.push(late.with("date", date));
        }
        let proof = self.body.proof_reference.as_deref();
        violations.check("", conditions.check_proof(write_off.company_amount, proof, books.company.scale));
        Ok(())
    }

    /// Posts what the VAT accounts give up against the account that bore the write-off, with the tax entries.
    async fn post(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
        mut books: Books,
        write_off: &StoredWriteOff,
        (date, taken): (NaiveDate, Vec<(TaxEntry, NaiveDate)>),
    ) -> AppResult<VatReliefView> {
        let lines = lines(write_off, &taken).ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
        let sum =
            |part: fn(&TaxEntry) -> Amount| Amount::sum(taken.iter().map(|(entry, _)| part(entry).abs()));
        let sums = sum(|entry| entry.base).zip(sum(|entry| entry.tax));
        let (base, tax) = sums.ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
        let scale = books.company.scale;
        let journal_id = resolve_journal(uow, &mut books, None).await?.map_err(|refused| refused.at(""))?;
        let id = JournalEntryId::new(uow.new_id());
        let number = &write_off.number;
        let new = NewEntry {
            id,
            journal_id,
            kind: EntryKind::Standard,
            posting_date: date,
            document_date: None,
            currency: books.company.code,
            description: Some(format!("استرداد ضريبة دين معدوم / VAT relief on a bad debt {number}")),
            reference: Some(number.clone()),
            control_reason: None,
            reverses: None,
            lines,
        };
        let source = EntrySource::part(EntrySourceKind::WriteOff, write_off.id.uuid(), RELIEF_PART);
        let draft = DraftEntry::new(new, JOURNAL_LINES_MAX)?.of(source);
        let meta = EntryMeta::new(ctx.actor.user_id(), uow.now());
        Ledger::with(ctx, books).post_one(uow, Posting::new(draft, meta)).await.map_err(of_the_whole)?;
        let entries: Vec<_> = taken.into_iter().map(|(one, _)| TaxEntry { entry: id, ..one }).collect();
        uow.tax_entries().insert_tax_entries(&entries).await?;
        Ok(VatReliefView {
            date,
            customer_informed_on: self.body.customer_informed_on,
            proof_reference: self.body.proof_reference.as_deref().map(str::to_owned),
            base: base.display(scale),
            tax: tax.display(scale),
            entry_id: id.uuid(),
            reversal_entry_id: None,
        })
    }
}

/// The invoices and debit notes whose items were written off, with how much of each.
async fn written_off_documents(
    uow: &mut dyn UnitOfWork,
    write_off: &StoredWriteOff,
) -> AppResult<Vec<(StoredDocument, Amount)>> {
    let parsed = write_off.items.iter().map(|item| {
        let amount = Amount::parse(&item.amount).unwrap_or_default();
        (OpenItemId::new(item.open_item_id), amount)
    });
    let amounts: BTreeMap<OpenItemId, Amount> = parsed.collect();
    let found = uow.open_items().open_items(&amounts.keys().copied().collect()).await?;
    let mut by_entry: BTreeMap<JournalEntryId, Amount> = BTreeMap::new();
    for found in found {
        let amount = amounts.get(&found.item.id).copied().unwrap_or_default();
        let sum = by_entry.entry(found.item.entry).or_default();
        *sum = sum.checked_add(amount).ok_or_else(|| AppError::of(&AMOUNT_OUT_OF_RANGE))?;
    }
    let mut documents = Vec::with_capacity(by_entry.len());
    for (entry, amount) in by_entry {
        let Some(id) = uow.documents().document_of_entry(entry).await? else { continue };
        if let Some(document) = uow.documents().find_document(id).await? {
            documents.push((document, amount));
        }
    }
    Ok(documents)
}

/// A line for each VAT account and tax code, and the account that bore the write-off on the other side.
fn lines(write_off: &StoredWriteOff, taken: &[(TaxEntry, NaiveDate)]) -> Option<Vec<NewLine>> {
    let mut by_account: BTreeMap<(AccountId, &str), Amount> = BTreeMap::new();
    let mut sum = Amount::ZERO;
    for (entry, _) in taken {
        let tax = entry.tax.abs();
        let of_account = by_account.entry((entry.account?, entry.tax_code.as_str())).or_default();
        *of_account = of_account.checked_add(tax)?;
        sum = sum.checked_add(tax)?;
    }
    let vat = |((account, code), amount): ((AccountId, &str), Amount)| NewLine {
        details: LineDetails { tax_code: Some(code.to_owned()), ..LineDetails::NONE },
        ..NewLine::new(account, LineAmount::Debit(amount))
    };
    let mut lines: Vec<_> = by_account.into_iter().map(vat).collect();
    lines.push(NewLine::new(write_off.account, LineAmount::Credit(sum)));
    Some(lines)
}
