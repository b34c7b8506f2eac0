//! The lines of an entry with their tax codes and bases, or everything that is wrong with them.

use std::collections::HashMap;

use super::{
    HandFacts, HandTaxes, ROUNDING_MAX, ROUNDING_SHARE, Row, TAX_BASE_DIFFERS, TAX_BASE_NEGATIVE,
    TAX_BASE_NOT_TAKEN, TAX_BASE_REQUIRED, TAX_CODE_BEARS_NO_VAT, TAX_CODE_REQUIRED, TAX_CODE_SIDE_DIFFERS,
    TAX_CODE_UNKNOWN, VAT_KINDS, VAT_LINE_MISSING, bought, tax_date,
};
use crate::accounting::account::{AccountFacts, ControlKind};
use crate::accounting::journal_entry::{EntryKind, LineAmount, NewEntry, NewLine};
use crate::error::{Violation, Violations};
use crate::money::{Amount, CurrencyCode, Percentage};
use crate::tax::tax_code::TaxCode;
use crate::tax::tax_entry::TaxSide;

struct Reader<'a, 'e> {
    entry: &'e NewEntry,
    facts: HandFacts<'a>,
    violations: Violations,
    rows: Vec<Row<'a>>,
}

pub(super) fn read<'a>(entry: &NewEntry, facts: HandFacts<'a>) -> Result<HandTaxes<'a>, Vec<Violation>> {
    let mut reader = Reader { entry, facts, violations: Violations::new(), rows: Vec::new() };
    for (index, line) in entry.lines.iter().enumerate() {
        // The ledger refuses an unknown account.
        if let Some(account) = facts.accounts.get(&line.account) {
            reader.line(index, line, account);
        }
    }
    let bases = reader.bases();
    reader.every_base_has_its_tax();
    reader.every_tax_is_that_of_its_base(&bases);
    let Reader { violations, rows, .. } = reader;
    violations.into_result(HandTaxes { facts, rows, bases })
}

impl<'a> Reader<'a, '_> {
    fn refuse(&mut self, index: usize, member: &str, violation: Violation) {
        self.violations.push(violation.at(format!("/lines/{index}/{member}")));
    }

    fn line(&mut self, index: usize, line: &NewLine, account: &AccountFacts) {
        let (text, base) = (line.details.tax_code.as_deref(), line.details.tax_base);
        if account.control == ControlKind::Vat {
            return self.vat_line(index, line, account);
        }
        if base.is_some() {
            self.refuse(index, "taxBase", Violation::new(&TAX_BASE_NOT_TAKEN));
        }
        // A text that no VAT code has says nothing to a return, and balances that were there before the books are in none.
        let takes = matches!(account.control, ControlKind::None | ControlKind::Inventory);
        let code = text.and_then(|text| self.facts.codes.get(text)).filter(|code| code.kind.is_vat());
        if let Some(code) = code.filter(|_| takes && self.entry.kind != EntryKind::Opening) {
            self.row(index, code, None);
        }
    }

    fn vat_line(&mut self, index: usize, line: &NewLine, account: &AccountFacts) {
        let base = line.details.tax_base;
        let opening = self.entry.kind == EntryKind::Opening;
        let Some(text) = line.details.tax_code.as_deref() else {
            if base.is_some() {
                self.refuse(index, "taxBase", Violation::new(&TAX_BASE_NOT_TAKEN));
            } else if !opening && !self.facts.is_settled(account.id) {
                let required = Violation::new(&TAX_CODE_REQUIRED).with("account", &account.code);
                self.refuse(index, "taxCode", required);
            }
            return;
        };
        // An opening balance without a base was declared before the books began.
        if opening && base.is_none() {
            return;
        }
        let Some(code) = self.facts.codes.get(text) else {
            let unknown = Violation::new(&TAX_CODE_UNKNOWN).with("code", text);
            return self.refuse(index, "taxCode", unknown);
        };
        let debit = matches!(line.amount, LineAmount::Debit(_));
        let side = self.facts.side(code, account.id, debit);
        if code.kind.is_vat() && self.facts.side_of(account.id).is_some_and(|posted| posted != side) {
            let differs = Violation::new(&TAX_CODE_SIDE_DIFFERS).with("account", &account.code);
            self.refuse(index, "taxCode", differs.with("code", &code.code));
        } else {
            self.row(index, code, Some(side));
        }
        if let Some(base) = base {
            self.check_base(index, line, base);
        }
    }

    fn check_base(&mut self, index: usize, line: &NewLine, base: Amount) {
        if base.is_negative() {
            return self.refuse(index, "taxBase", Violation::new(&TAX_BASE_NEGATIVE));
        }
        let code = self.currency(line);
        let company = self.facts.company;
        let currency = if code == company.code { Some(&company) } else { self.facts.currencies.get(&code) };
        if let Some(Err(violation)) = currency.map(|currency| base.check_in(*currency)) {
            self.refuse(index, "taxBase", violation);
        }
    }

    fn row(&mut self, index: usize, code: &'a TaxCode, tax: Option<TaxSide>) {
        let treatment = match code.treatment(tax_date(self.entry), VAT_KINDS) {
            Ok(treatment) => treatment,
            Err(refused) => {
                for violation in refused {
                    self.refuse(index, "taxCode", violation);
                }
                return;
            }
        };
        let (category, rate) = (treatment.category(), treatment.rate());
        if tax.is_some() && rate.is_zero() {
            let bears_none = Violation::new(&TAX_CODE_BEARS_NO_VAT).with("code", &code.code);
            return self.refuse(index, "taxCode", bears_none);
        }
        self.rows.push(Row { index, code, category, rate, tax });
    }

    fn currency(&self, line: &NewLine) -> CurrencyCode {
        line.currency.unwrap_or(self.entry.currency)
    }

    /// The bases that are not given. A base that is told belongs to one line of tax only.
    fn bases(&mut self) -> Vec<(usize, Amount)> {
        let mut bases = Vec::new();
        let of_tax: Vec<Row<'a>> = self.rows.iter().filter(|row| row.tax.is_some()).copied().collect();
        let mut twins: HashMap<_, usize> = HashMap::new();
        for row in &of_tax {
            *twins.entry((row.code.id, row.tax)).or_default() += 1;
        }
        for row in &of_tax {
            if self.entry.lines[row.index].details.tax_base.is_some() {
                continue;
            }
            let alone = twins.get(&(row.code.id, row.tax)) == Some(&1);
            match alone.then(|| self.told(row)).flatten() {
                Some(base) => bases.push((row.index, base)),
                None => {
                    let required = Violation::new(&TAX_BASE_REQUIRED).with("code", &row.code.code);
                    self.refuse(row.index, "taxBase", required);
                }
            }
        }
        bases
    }

    /// The base that the other lines tell: their sum, if it is in the currency of the tax and on its side.
    fn told(&self, row: &Row<'_>) -> Option<Amount> {
        let line = &self.entry.lines[row.index];
        let sums = self.base_sums(row.code);
        let [(currency, sum)] = sums.as_slice() else { return None };
        let debit = matches!(line.amount, LineAmount::Debit(_));
        // Tax that is owed stands in credit, also where the base was bought.
        let taken_back = debit == (row.tax == Some(TaxSide::Output));
        let base = if taken_back { sum.checked_neg()? } else { *sum };
        (*currency == self.currency(line) && base.is_positive()).then_some(base)
    }

    /// The lines of the base of a code by currency, positive as the code is for.
    fn base_sums(&self, code: &TaxCode) -> Vec<(CurrencyCode, Amount)> {
        let mut sums: Vec<(CurrencyCode, Amount)> = Vec::new();
        for row in self.rows.iter().filter(|row| row.tax.is_none() && row.code.id == code.id) {
            let line = &self.entry.lines[row.index];
            let (debit, credit) = line.amount.columns();
            let (plus, minus) = if bought(code.kind) { (debit, credit) } else { (credit, debit) };
            let currency = self.currency(line);
            let at = sums.iter().position(|(known, _)| *known == currency).unwrap_or_else(|| {
                sums.push((currency, Amount::ZERO));
                sums.len() - 1
            });
            let sum = sums[at].1.checked_add(plus).and_then(|sum| sum.checked_sub(minus));
            // A sum that overflows is refused with the totals of the entry.
            sums[at].1 = sum.unwrap_or_default();
        }
        sums
    }

    /// A base without its tax would be declared as if the supply bore none.
    fn every_base_has_its_tax(&mut self) {
        let mut seen = Vec::new();
        for row in self.rows.clone() {
            let recovers = row.code.kind.has_output() || !row.code.recoverable_percent.is_zero();
            if row.tax.is_some() || row.rate.is_zero() || !recovers || seen.contains(&row.code.id) {
                continue;
            }
            seen.push(row.code.id);
            let taxed = self.rows.iter().any(|other| other.tax.is_some() && other.code.id == row.code.id);
            let sums = self.base_sums(row.code);
            if let Some((currency, sum)) = sums.iter().find(|(_, sum)| !taxed && !sum.is_zero()) {
                let missing = Violation::new(&VAT_LINE_MISSING).with("code", &row.code.code);
                let base = format!("{} {currency}", sum.abs().display(self.scale(*currency)));
                self.refuse(row.index, "taxCode", missing.with("base", base));
            }
        }
    }

    /// A return would declare a base that its tax does not belong to.
    fn every_tax_is_that_of_its_base(&mut self, told: &[(usize, Amount)]) {
        for row in self.rows.clone().into_iter().filter(|row| row.tax.is_some()) {
            let line = &self.entry.lines[row.index];
            let (given, told) = (line.details.tax_base, told.iter().find(|(index, _)| *index == row.index));
            let Some(base) = given.or(told.map(|(_, base)| *base)).filter(|base| !base.is_negative()) else {
                continue;
            };
            let debit = matches!(line.amount, LineAmount::Debit(_));
            let member = match (given.is_some(), debit) {
                (true, _) => "taxBase",
                (false, true) => "debit",
                (false, false) => "credit",
            };
            if let Some(differs) = self.difference(&row, base) {
                self.refuse(row.index, member, differs);
            }
        }
    }

    /// Says so where the tax of a row is not what its rate makes of the base, or the recoverable share of that.
    fn difference(&self, row: &Row<'_>, base: Amount) -> Option<Violation> {
        let line = &self.entry.lines[row.index];
        let (debit, credit) = line.amount.columns();
        let tax = debit.max(credit);
        let currency = self.currency(line);
        let known =
            if currency == self.facts.company.code { None } else { self.facts.currencies.get(&currency) };
        let currency = known.copied().unwrap_or(self.facts.company);
        let scale = currency.scale;
        let computed = row.rate.of(base, scale)?;
        let recovered = match row.tax {
            Some(TaxSide::Input) => row.code.recoverable_percent.of(computed, scale)?,
            _ => computed,
        };
        let share = Percentage::from_scaled(ROUNDING_SHARE)?.of(tax, scale)?;
        let tolerance = ROUNDING_MAX.max(share).max(currency.minor_unit());
        let fits = |wanted: Amount| tax.checked_sub(wanted).is_some_and(|gap| gap.abs() <= tolerance);
        if fits(computed) || fits(recovered) {
            return None;
        }
        let differs = Violation::new(&TAX_BASE_DIFFERS).with("code", &row.code.code).with("rate", row.rate);
        let differs = differs.with("base", base.display(scale)).with("computed", computed.display(scale));
        Some(differs.with("tax", tax.display(scale)).with("tolerance", tolerance.display(scale)))
    }

    fn scale(&self, currency: CurrencyCode) -> u8 {
        let known = self.facts.currencies.get(&currency);
        known.map_or(self.facts.company.scale, |currency| currency.scale)
    }
}
