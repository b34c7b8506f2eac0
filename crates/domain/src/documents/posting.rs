//! The posting of a trade document (R37, R66, R69): one line for each account, dimension set and tax code, never one for each
//! line of the document, so that an invoice of 10,000 lines is a short entry.

mod released;
#[cfg(test)]
mod tests;

pub use released::Released;

use std::collections::HashMap;

use chrono::NaiveDate;

use super::document_type::{DocumentType, TradeSide};
use crate::accounting::dimension::DimensionCombination;
use crate::accounting::journal_entry::{LineAmount, LineDetails, NewLine};
use crate::ids::{AccountId, DimensionSetId};
use crate::money::{Amount, CurrencyCode, Percentage, Rate};
use crate::settlement::early_discount::EarlyDiscount;
use crate::tax::document::{Calculation, Group};
use crate::tax::tax_entry::TaxSide;
use crate::text::Code;

/// A line or a charge of a document, as it is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub account: AccountId,
    pub dimensions: DimensionCombination,
    pub dimension_set: DimensionSetId,
    /// The index of its group in the calculation.
    pub group: usize,
    /// The index of its tax code.
    pub code: usize,
    /// The amount without VAT, less its share of the document's discount.
    pub net: Amount,
}

/// An account for VAT, and the box of the return that its amounts belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatAccount {
    /// `None` where the code bears no VAT, so that nothing is posted.
    pub account: Option<AccountId>,
    pub return_box: Option<Code>,
}

/// The tax treatment of the lines of one tax code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTax {
    pub code: String,
    pub vat: VatAccount,
    /// The share of input VAT that is recovered; all of it for sales.
    pub recoverable: Percentage,
    /// The account of the irrecoverable rest; `None` adds it to the cost of the line.
    pub irrecoverable: Option<AccountId>,
    /// The VAT that the buyer owes instead of the supplier, with its rate.
    pub reverse_charge: Option<(VatAccount, Percentage)>,
}

/// VAT of a tax code as returns have it, in the currency of the document; negative where a note takes it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeVat {
    pub code: usize,
    pub side: TaxSide,
    pub account: Option<AccountId>,
    pub return_box: Option<Code>,
    pub base: Amount,
    pub vat: Amount,
    /// Base and VAT in the company currency, where they are not those of the document's rate.
    pub company: Option<(Amount, Amount)>,
}

/// An instalment of the amount that the party owes or is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub amount: Amount,
    pub date: NaiveDate,
    /// The discount for paying it early.
    pub discount: Option<EarlyDiscount>,
}

/// Everything that decides what is posted.
#[derive(Debug, Clone)]
pub struct DocumentPosting<'a> {
    pub document_type: DocumentType,
    pub currency: CurrencyCode,
    pub scale: u8,
    /// `None` is the company currency.
    pub rate: Option<Rate>,
    /// The decimals of the company currency.
    pub company_scale: u8,
    pub party: &'a str,
    pub party_account: AccountId,
    pub reference: Option<&'a str>,
    pub dues: &'a [Due],
    pub groups: &'a [Group],
    pub parts: &'a [Part],
    pub codes: &'a [CodeTax],
    pub deductions: &'a [Deduction],
    pub tax_only: &'a [TaxOnly],
}

/// The part that an earlier prepayment invoice has already charged (R83).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deduction {
    /// The account that the prepayment was posted to.
    pub account: AccountId,
    /// The index of the tax code whose VAT is lower by it.
    pub code: usize,
    pub net: Amount,
    pub vat: Amount,
    /// The company amounts at which the prepayment was posted, where it is in a foreign currency.
    pub released: Option<Released>,
}

/// Tax on a base that is not part of the document: import VAT (R69).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxOnly {
    /// The index of its tax code.
    pub code: usize,
    pub base: Amount,
    pub tax: Amount,
    /// Where the part goes that is neither recovered nor has an account of its own.
    pub cost: AccountId,
}

/// The lines of the entry, and the VAT by tax code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLines {
    pub lines: Vec<NewLine>,
    pub vat: Vec<CodeVat>,
}

/// Takes each group's discount off its lines, in proportion to them. `parts` are the lines, then the charges; the first
/// `lines` of them share the discount. `None` on overflow.
pub fn spread_discounts(
    parts: &mut [Part],
    lines: usize,
    calculation: &Calculation,
    scale: u8,
) -> Option<()> {
    for (index, group) in calculation.groups.iter().enumerate().filter(|(_, group)| !group.discount.is_zero())
    {
        let own: Vec<usize> =
            (0..parts.len().min(lines)).filter(|part| parts[*part].group == index).collect();
        let weights: Vec<Amount> = own.iter().map(|part| parts[*part].net).collect();
        for (part, share) in own.iter().zip(group.discount.split(&weights, scale)?) {
            parts[*part].net = parts[*part].net.checked_sub(share)?;
        }
    }
    Some(())
}

impl DocumentPosting<'_> {
    /// `None` when an amount does not fit.
    pub fn lines(&self) -> Option<DocumentLines> {
        let mut made = Made { posting: self, at: HashMap::new(), rows: Vec::new(), vat: Vec::new() };
        for part in self.parts {
            made.add(part.account, &part.dimensions, part.dimension_set, Some(part.code), part.net)?;
        }
        let own = made.rows.len();
        made.take_difference(own)?;
        for deduction in self.deductions {
            if let Some(released) = deduction.released {
                made.release(deduction, released)?;
                continue;
            }
            let (none, set) = (&DimensionCombination::EMPTY, DimensionSetId::EMPTY);
            made.add(deduction.account, none, set, Some(deduction.code), deduction.net.checked_neg()?)?;
        }
        for (code, tax) in self.codes.iter().enumerate() {
            made.code(code, tax)?;
        }
        for one in self.tax_only {
            made.tax_only(one)?;
        }
        let mut lines: Vec<NewLine> = self.dues.iter().filter_map(|due| self.due(due)).collect();
        lines.extend(made.rows.into_iter().filter_map(|row| row.line(self)));
        Some(DocumentLines { lines, vat: made.vat })
    }

    /// The line of the party's account.
    fn due(&self, due: &Due) -> Option<NewLine> {
        let amount = self.on_party_side(due.amount)?;
        let details = LineDetails {
            party: Some(self.party.to_owned()),
            due_date: Some(due.date),
            reference: self.reference.map(str::to_owned),
            ..LineDetails::NONE
        };
        Some(self.in_currency(NewLine { details, ..NewLine::new(self.party_account, amount) }))
    }

    fn on_party_side(&self, amount: Amount) -> Option<LineAmount> {
        let debit = if self.document_type.debits_party() { Some(amount) } else { amount.checked_neg() };
        LineAmount::from_balance(debit?)
    }

    fn in_currency(&self, line: NewLine) -> NewLine {
        NewLine { currency: Some(self.currency), rate: self.rate, ..line }
    }

    /// The sign with which returns count the document.
    fn counted(&self, amount: Amount) -> Option<Amount> {
        if self.document_type.reduces() { amount.checked_neg() } else { Some(amount) }
    }

    /// Per group with lines of the code, their sum and the code's share of the group's VAT.
    fn of_code(&self, code: usize) -> Option<(Amount, Amount)> {
        let (mut base, mut vat) = (Amount::ZERO, Amount::ZERO);
        for (index, group) in self.groups.iter().enumerate() {
            let mut codes: Vec<(usize, Amount)> = Vec::new();
            for part in self.parts.iter().filter(|part| part.group == index) {
                match codes.iter_mut().find(|(known, _)| *known == part.code) {
                    Some((_, sum)) => *sum = sum.checked_add(part.net)?,
                    None => codes.push((part.code, part.net)),
                }
            }
            let Some(own) = codes.iter().position(|(known, _)| *known == code) else { continue };
            base = base.checked_add(codes[own].1)?;
            if group.vat.is_zero() {
                continue;
            }
            let weights: Vec<Amount> = codes.iter().map(|(_, sum)| *sum).collect();
            // Only one code can have a whole group; a group of nothing has no VAT to share.
            let shares =
                if weights.len() == 1 { vec![group.vat] } else { group.vat.split(&weights, self.scale)? };
            vat = vat.checked_add(shares[own])?;
        }
        Some((base, vat))
    }
}

/// The entry lines gathered so far.
struct Made<'a> {
    posting: &'a DocumentPosting<'a>,
    at: HashMap<(AccountId, DimensionSetId, Option<usize>), usize>,
    rows: Vec<Row>,
    vat: Vec<CodeVat>,
}

/// A line of the entry: positive on the side opposite to the party.
struct Row {
    account: AccountId,
    dimensions: DimensionCombination,
    dimension_set: DimensionSetId,
    code: Option<usize>,
    amount: Amount,
    /// The company amount, where it is not that of the document's rate.
    company: Option<Amount>,
    /// Whether it takes something off that a prepayment invoice had posted.
    released: bool,
}

impl Row {
    fn line(self, posting: &DocumentPosting<'_>) -> Option<NewLine> {
        let amount = posting.on_party_side(self.amount)?.opposite();
        let tax_code = self.code.and_then(|code| posting.codes.get(code)).map(|tax| tax.code.clone());
        let line = NewLine {
            dimensions: self.dimensions,
            dimension_set: self.dimension_set,
            details: LineDetails {
                tax_code,
                reference: posting.reference.map(str::to_owned),
                ..LineDetails::NONE
            },
            ..NewLine::new(self.account, amount)
        };
        let line = posting.in_currency(line);
        // A company amount on the other side would be another line.
        if self.company.is_some_and(|company| company.is_negative() != self.amount.is_negative()) {
            return None;
        }
        Some(match self.company {
            Some(company) => NewLine { company_amount: Some(company.abs()), rate: None, ..line },
            None => line,
        })
    }
}

impl Made<'_> {
    fn add(
        &mut self,
        account: AccountId,
        dimensions: &DimensionCombination,
        dimension_set: DimensionSetId,
        code: Option<usize>,
        amount: Amount,
    ) -> Option<()> {
        let next = self.rows.len();
        let index = *self.at.entry((account, dimension_set, code)).or_insert(next);
        if index == next {
            let dimensions = dimensions.clone();
            let (amount, company, released) = (Amount::ZERO, None, false);
            self.rows.push(Row { account, dimensions, dimension_set, code, amount, company, released });
        }
        self.rows[index].amount = self.rows[index].amount.checked_add(amount)?;
        Some(())
    }

    /// A line for VAT, which has no dimensions.
    fn add_vat(&mut self, account: Option<AccountId>, code: usize, amount: Amount) -> Option<()> {
        match account {
            Some(account) => {
                self.add(account, &DimensionCombination::EMPTY, DimensionSetId::EMPTY, Some(code), amount)
            }
            None => Some(()),
        }
    }

    fn entry(
        &mut self,
        code: usize,
        side: TaxSide,
        vat: &VatAccount,
        amounts: (Amount, Amount),
    ) -> Option<()> {
        let (base, tax) = (self.posting.counted(amounts.0)?, self.posting.counted(amounts.1)?);
        if !(base.is_zero() && tax.is_zero()) {
            let (account, return_box) = (vat.account, vat.return_box.clone());
            self.vat.push(CodeVat { code, side, account, return_box, base, vat: tax, company: None });
        }
        Some(())
    }

    /// The VAT of one tax code.
    fn code(&mut self, code: usize, tax: &CodeTax) -> Option<()> {
        let (mut base, mut charged) = self.posting.of_code(code)?;
        let own = self.posting.deductions.iter().filter(|deduction| deduction.code == code);
        if own.clone().any(|deduction| deduction.released.is_some()) {
            return self.less_released(code, tax, (base, charged));
        }
        for deduction in own {
            base = base.checked_sub(deduction.net)?;
            charged = charged.checked_sub(deduction.vat)?;
        }
        if self.posting.document_type.side() == TradeSide::Sale {
            self.add_vat(tax.vat.account, code, charged)?;
            return self.entry(code, TaxSide::Output, &tax.vat, (base, charged));
        }
        let mut vat = charged;
        if let Some((output, rate)) = &tax.reverse_charge {
            vat = rate.of(base, self.posting.scale)?;
            self.add_vat(output.account, code, vat.checked_neg()?)?;
            self.entry(code, TaxSide::Output, output, (base, vat))?;
        }
        self.input(code, tax, base, vat)
    }

    /// Adds input VAT: the recoverable and the irrecoverable part (R69).
    fn input(&mut self, code: usize, tax: &CodeTax, base: Amount, vat: Amount) -> Option<()> {
        let scale = self.posting.scale;
        let recovered = (tax.recoverable.of(base, scale)?, tax.recoverable.of(vat, scale)?);
        let rest = (base.checked_sub(recovered.0)?, vat.checked_sub(recovered.1)?);
        self.add_vat(tax.vat.account, code, recovered.1)?;
        self.entry(code, TaxSide::Input, &tax.vat, recovered)?;
        if !rest.1.is_zero() {
            match tax.irrecoverable {
                Some(account) => self.add_vat(Some(account), code, rest.1)?,
                None => self.add_to_cost(code, rest.1)?,
            }
        }
        let nowhere = VatAccount { account: None, return_box: None };
        if rest.1.is_zero() && tax.recoverable == Percentage::HUNDRED {
            return Some(());
        }
        self.entry(code, TaxSide::Input, &nowhere, rest)
    }

    /// Adds import VAT: the recoverable and the irrecoverable part.
    fn tax_only(&mut self, one: &TaxOnly) -> Option<()> {
        let (scale, tax) = (self.posting.scale, self.posting.codes.get(one.code)?);
        let recovered = (tax.recoverable.of(one.base, scale)?, tax.recoverable.of(one.tax, scale)?);
        let rest = (one.base.checked_sub(recovered.0)?, one.tax.checked_sub(recovered.1)?);
        self.add_vat(tax.vat.account, one.code, recovered.1)?;
        self.entry(one.code, TaxSide::Input, &tax.vat, recovered)?;
        if !rest.1.is_zero() {
            self.add_vat(Some(tax.irrecoverable.unwrap_or(one.cost)), one.code, rest.1)?;
        }
        self.entry(one.code, TaxSide::Input, &VatAccount { account: None, return_box: None }, rest)
    }

    /// Adds irrecoverable VAT to the cost of the purchase.
    fn add_to_cost(&mut self, code: usize, vat: Amount) -> Option<()> {
        let posting = self.posting;
        let own: Vec<&Part> = posting.parts.iter().filter(|part| part.code == code).collect();
        let weights: Vec<Amount> = own.iter().map(|part| part.net).collect();
        for (part, share) in own.iter().zip(vat.split(&weights, posting.scale)?) {
            self.add(part.account, &part.dimensions, part.dimension_set, Some(code), share)?;
        }
        Some(())
    }
}
