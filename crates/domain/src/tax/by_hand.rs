//! VAT of journal entries by hand (R31): what their lines say, so that returns declare it like that of documents.
//!
//! A line on a VAT account is tax: it names its tax code and the base that the tax belongs to. The base may be left out where the
//! other lines of the entry that name the code tell it. Lines that name a code without tax are a base themselves.

mod check;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::NaiveDate;

use super::category::TaxCategory;
use super::tax_code::{TaxCode, TaxKind};
use super::tax_entry::TaxSide;
use crate::accounting::account::AccountFacts;
use crate::accounting::journal_entry::{EntryKind, NewEntry, PostedLine, ValidatedEntry};
use crate::accounting::posting_rule::{PostingProfile, PostingSlot};
use crate::error::Violation;
use crate::ids::AccountId;
use crate::money::{Amount, Currency, CurrencyCode, Percentage};
use crate::text::Code;

crate::errors! {
    TAX_CODE_REQUIRED = "tax_code_required", Rule, User,
        "Account {account} is a VAT account: name the tax code, so that a return declares the amount. What is settled with the authority belongs on the accounts of the posting rules vat_settlement and vat_credit.",
        "الحساب {account} حساب ضريبة قيمة مضافة: اذكر رمز الضريبة ليُقر بالمبلغ في إقرار. أما ما يُسوّى مع الهيئة فمكانه حسابا قاعدتي الترحيل vat_settlement وvat_credit.";
    TAX_CODE_UNKNOWN = "tax_code_unknown", Rule, User,
        "There is no tax code {code}.", "لا يوجد رمز ضريبة {code}.";
    TAX_CODE_BEARS_NO_VAT = "tax_code_bears_no_vat", Rule, User,
        "Supplies with tax code {code} bear no VAT, so no line on a VAT account names it.",
        "التوريدات برمز الضريبة {code} لا ضريبة عليها، فلا يذكره سطر على حساب ضريبة.";
    TAX_BASE_REQUIRED = "tax_base_required", Rule, User,
        "Give the taxBase of the line, the amount before VAT: no other lines with tax code {code} tell it.",
        "اذكر taxBase للسطر، وهو المبلغ قبل الضريبة: لا تدل عليه أسطر أخرى برمز الضريبة {code}.";
    TAX_BASE_NEGATIVE = "tax_base_negative", Rule, User,
        "The taxBase is not negative: it has the side of its line.", "لا يكون taxBase سالبًا، فجانبه جانب سطره.";
    TAX_BASE_NOT_TAKEN = "tax_base_not_taken", Rule, User,
        "Only a line on a VAT account that names a tax code has a taxBase.",
        "لا يكون taxBase إلا لسطر على حساب ضريبة قيمة مضافة يذكر رمز ضريبة.";
    TAX_CODE_SIDE_DIFFERS = "tax_code_side_differs", Rule, User,
        "Account {account} is not where the VAT of tax code {code} is posted: a return would declare it in a box that the account does not tie to. Give the account of the code, or a code of the account.",
        "الحساب {account} ليس الحساب الذي تُرحّل إليه ضريبة الرمز {code}: سيظهر المبلغ في الإقرار في خانة لا تطابق الحساب. اذكر حساب الرمز أو رمزًا يخص الحساب.";
    TAX_BASE_DIFFERS = "tax_base_differs", Rule, User,
        "Tax code {code} has a rate of {rate} %, which on a base of {base} comes to {computed}, not to {tax}. Differences beyond {tolerance} are not taken for rounding.",
        "نسبة رمز الضريبة {code} هي {rate} %، وضريبتها على وعاء {base} هي {computed} لا {tax}. لا تُعد الفروق التي تتجاوز {tolerance} تقريبًا.";
    VAT_LINE_MISSING = "vat_line_missing", Rule, User,
        "Lines with tax code {code} come to {base} before VAT, but no line on a VAT account names the code. Post the VAT, or leave the code out.",
        "مجموع الأسطر برمز الضريبة {code} هو {base} قبل الضريبة، ولا يذكر الرمزَ سطرٌ على حساب ضريبة. رحّل الضريبة أو احذف الرمز.";
}

/// The difference between tax and base times rate that may always come from rounding, in units of the currency.
const ROUNDING_MAX: Amount = Amount::from_scaled(500);
/// The same of many supplies in one line, each rounded by itself: a tenth of a per cent of the tax, in ten-thousandths of a per cent.
const ROUNDING_SHARE: i64 = 1_000;

const VAT_KINDS: &[TaxKind] = &[TaxKind::Sale, TaxKind::Purchase, TaxKind::ReverseCharge, TaxKind::Import];

/// The records that the lines of an entry refer to.
#[derive(Debug, Clone, Copy)]
pub struct HandFacts<'a> {
    pub company: Currency,
    pub currencies: &'a HashMap<CurrencyCode, Currency>,
    pub accounts: &'a HashMap<AccountId, AccountFacts>,
    /// The tax codes there are among the texts of the lines.
    pub codes: &'a HashMap<String, TaxCode>,
    /// The accounts of documents; those of settled VAT are told by it.
    pub profile: &'a PostingProfile,
}

impl HandFacts<'_> {
    fn has_slot(&self, slot: PostingSlot, account: AccountId) -> bool {
        self.profile.naming(account).any(|rule| rule.slot == slot)
    }

    /// Whether the account holds VAT owed to the authority or carried forward, which returns have declared already.
    fn is_settled(&self, account: AccountId) -> bool {
        self.has_slot(PostingSlot::VatSettlement, account) || self.has_slot(PostingSlot::VatCredit, account)
    }

    /// The side whose tax documents post on the account. `None` where no rule tells it, and where a chart keeps both in one account.
    fn side_of(&self, account: AccountId) -> Option<TaxSide> {
        use PostingSlot::{
            InputVat, InputVatCustoms, InputVatReverseCharge, OutputVat, OutputVatReverseCharge,
        };
        let any = |slots: &[PostingSlot]| slots.iter().any(|slot| self.has_slot(*slot, account));
        let output = any(&[OutputVat, OutputVatReverseCharge]);
        match (output, any(&[InputVat, InputVatCustoms, InputVatReverseCharge])) {
            (true, false) => Some(TaxSide::Output),
            (false, true) => Some(TaxSide::Input),
            _ => None,
        }
    }

    /// Whether tax on the account is owed or recovered. Both of a reverse charge stand in one entry, so the account tells them
    /// apart, or else the side of the line.
    fn side(&self, code: &TaxCode, account: AccountId, debit: bool) -> TaxSide {
        match code.kind {
            TaxKind::ReverseCharge => {
                let output = self.has_slot(PostingSlot::OutputVatReverseCharge, account);
                let input = self.has_slot(PostingSlot::InputVatReverseCharge, account);
                let is_output = if output == input { !debit } else { output };
                if is_output { TaxSide::Output } else { TaxSide::Input }
            }
            TaxKind::Sale => TaxSide::Output,
            _ => TaxSide::Input,
        }
    }
}

/// A line that names a tax code.
#[derive(Debug, Clone, Copy)]
struct Row<'a> {
    index: usize,
    code: &'a TaxCode,
    category: TaxCategory,
    rate: Percentage,
    /// The side of a tax line; `None` for a line of the base.
    tax: Option<TaxSide>,
}

/// The VAT of a manual journal entry, as its lines state it.
#[derive(Debug, Clone)]
pub struct HandTaxes<'a> {
    facts: HandFacts<'a>,
    rows: Vec<Row<'a>>,
    /// The base of each tax line that is derived from other lines, in the currency of the line.
    bases: Vec<(usize, Amount)>,
}

/// The base and the tax at one tax code, as a return will have them; negative where the lines take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandTax {
    pub code: Code,
    pub category: TaxCategory,
    pub rate: Percentage,
    pub side: TaxSide,
    pub account: Option<AccountId>,
    pub return_box: Option<Code>,
    pub currency: CurrencyCode,
    pub currency_base: Amount,
    pub currency_tax: Amount,
    /// The base in the company currency, like the tax.
    pub base: Amount,
    pub tax: Amount,
}

impl<'a> HandTaxes<'a> {
    /// Reads the lines of an entry; everything that is wrong with them at once.
    pub fn of(entry: &NewEntry, facts: HandFacts<'a>) -> Result<Self, Vec<Violation>> {
        if entry.kind == EntryKind::Closing || entry.reverses.is_some() {
            return Ok(Self { facts, rows: Vec::new(), bases: Vec::new() });
        }
        check::read(entry, facts)
    }

    /// The base of each tax line that was not given and is derived from other lines.
    pub fn bases(&self) -> &[(usize, Amount)] {
        &self.bases
    }

    /// The VAT that the entry declares, once it has been checked. `None` on overflow.
    pub fn taxes(&self, entry: &ValidatedEntry) -> Option<Vec<HandTax>> {
        sums::taxes(self, entry.lines())
    }
}

/// The box of the return for one side of a tax code.
fn return_box(code: &TaxCode, side: TaxSide) -> Option<Code> {
    match side {
        TaxSide::Output => code.output_box.clone(),
        TaxSide::Input => code.input_box.clone(),
    }
}

/// A line's amounts with the sign of a side: output is earned in credit, input is paid in debit. Currency, then company.
fn signed(line: &PostedLine, debit_counts: bool) -> Option<(Amount, Amount)> {
    let currency = line.currency_debit.checked_sub(line.currency_credit)?;
    let company = line.debit.checked_sub(line.credit)?;
    if debit_counts {
        return Some((currency, company));
    }
    Some((currency.checked_neg()?, company.checked_neg()?))
}

/// Whether the base of the code is a debit, as it is for purchases.
const fn bought(kind: TaxKind) -> bool {
    !matches!(kind, TaxKind::Sale)
}

/// The day of the tax: that of the posting, which the tax lock looks at, too.
const fn tax_date(entry: &NewEntry) -> NaiveDate {
    entry.posting_date
}
