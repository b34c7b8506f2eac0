//! Prepayments in a foreign currency (R83): the advance and its VAT leave at the company amounts at which the prepayment invoice
//! posted them, so that nothing stays on its accounts, and what another rate makes of them is revenue.

use super::{CodeTax, CodeVat, Deduction, Made, Row};
use crate::accounting::dimension::DimensionCombination;
use crate::ids::{AccountId, DimensionSetId};
use crate::money::{Amount, Rate};
use crate::tax::tax_entry::TaxSide;

/// The company amounts of a deduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    pub net: Amount,
    pub vat: Amount,
}

impl Made<'_> {
    /// Adds the lines of a deduction. Deductions of one account and tax code share a line.
    pub(super) fn release(&mut self, deduction: &Deduction, released: Released) -> Option<()> {
        let vat = self.posting.codes.get(deduction.code).and_then(|tax| tax.vat.account);
        self.release_from(deduction.account, deduction.code, (deduction.net, released.net))?;
        if let Some(account) = vat {
            self.release_from(account, deduction.code, (deduction.vat, released.vat))?;
        }
        Some(())
    }

    fn release_from(
        &mut self,
        account: AccountId,
        code: usize,
        (amount, company): (Amount, Amount),
    ) -> Option<()> {
        let own = |row: &&mut Row| row.released && row.account == account && row.code == Some(code);
        let (amount, negative) = (amount.checked_neg()?, company.checked_neg()?);
        match self.rows.iter_mut().find(own) {
            Some(row) => {
                row.amount = row.amount.checked_add(amount)?;
                row.company = Some(row.company.unwrap_or_default().checked_add(negative)?);
            }
            None => self.rows.push(Row {
                account,
                dimensions: DimensionCombination::EMPTY,
                dimension_set: DimensionSetId::EMPTY,
                code: Some(code),
                amount,
                company: Some(negative),
                released: true,
            }),
        }
        Some(())
    }

    /// Gives the first `rows`, which are those of the document's own lines, what the rate of the document makes of the
    /// deductions. They are not negative.
    pub(super) fn take_difference(&mut self, rows: usize) -> Option<()> {
        let (posting, mut difference) = (self.posting, Amount::ZERO);
        let (rate, scale) = (posting.rate.unwrap_or(Rate::ONE), posting.company_scale);
        for deduction in posting.deductions {
            let Some(released) = deduction.released else { continue };
            for (amount, company) in [(deduction.net, released.net), (deduction.vat, released.vat)] {
                let now = amount.convert(rate, scale)?;
                difference = difference.checked_add(company.checked_sub(now)?)?;
            }
        }
        if difference.is_zero() {
            return Some(());
        }
        let own = self.rows.get_mut(..rows)?;
        let weights: Vec<Amount> = own.iter().map(|row| row.amount).collect();
        for (row, share) in own.iter_mut().zip(difference.split(&weights, scale)?) {
            row.company = Some(row.amount.convert(rate, scale)?.checked_add(share)?);
        }
        Some(())
    }

    /// Adds the whole VAT of a code, and what returns count of it: without that of the deductions, which have lines of their own.
    pub(super) fn less_released(
        &mut self,
        code: usize,
        tax: &CodeTax,
        (mut base, mut vat): (Amount, Amount),
    ) -> Option<()> {
        self.add_vat(tax.vat.account, code, vat)?;
        let (rate, scale) = (self.posting.rate.unwrap_or(Rate::ONE), self.posting.company_scale);
        let mut company = (base.convert(rate, scale)?, vat.convert(rate, scale)?);
        for deduction in self.posting.deductions.iter().filter(|deduction| deduction.code == code) {
            let released = deduction.released?;
            (base, vat) = (base.checked_sub(deduction.net)?, vat.checked_sub(deduction.vat)?);
            company = (company.0.checked_sub(released.net)?, company.1.checked_sub(released.vat)?);
        }
        if [base, vat, company.0, company.1].iter().all(|amount| amount.is_zero()) {
            return Some(());
        }
        let (account, return_box) = (tax.vat.account, tax.vat.return_box.clone());
        self.vat.push(CodeVat {
            code,
            side: TaxSide::Output,
            account,
            return_box,
            base,
            vat,
            company: Some(company),
        });
        Some(())
    }
}
