//! The company amounts at which prepayment invoices in a foreign currency were posted, which deductions release (R83).

use std::collections::{BTreeMap, BTreeSet};

use domain::accounting::journal_entry::PostedLine;
use domain::documents::next_share::next_share;
use domain::documents::note::DocumentGroup;
use domain::documents::posting::Released;
use domain::money::Amount;

use super::original::Original;
use crate::accounting::ports::journal_entries::StoredEntry;
use crate::documents::exchange::DocumentMoney;
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Per prepayment invoice and group of it the company amounts of its advance and its VAT; empty in the company currency.
#[derive(Default)]
pub(super) struct CompanyAmounts {
    of: BTreeMap<(DocumentId, u32), Released>,
    scale: u8,
}

impl CompanyAmounts {
    pub async fn of(
        uow: &mut dyn UnitOfWork,
        money: DocumentMoney,
        invoices: &BTreeMap<DocumentId, Original>,
    ) -> AppResult<Self> {
        let mut amounts = Self { scale: money.company.scale, ..Self::default() };
        if money.rate.is_none() {
            return Ok(amounts);
        }
        let posted = invoices.values().filter(|invoice| invoice.document.status == DocumentStatus::Posted);
        for (invoice, entry) in posted.filter_map(|invoice| Some((invoice, invoice.document.entry?))) {
            let Some(StoredEntry::Posted { entry, .. }) = uow.journal_entries().find(entry).await? else {
                return Err(AppError::internal("the entry of a prepayment invoice is not in the ledger"));
            };
            for group in &invoice.groups {
                let found = of_group(&invoice.document, group, entry.lines());
                let found = found.ok_or_else(|| AppError::internal("a prepayment does not fit"))?;
                amounts.of.insert((invoice.document.id, group.number), found);
            }
        }
        Ok(amounts)
    }

    /// The company amounts of a part of a group; the last part takes all that is left of them.
    pub fn released(
        &self,
        invoice: DocumentId,
        group: &DocumentGroup,
        (net, vat): (Amount, Amount),
    ) -> Option<Released> {
        let whole = self.of.get(&(invoice, group.number))?;
        Some(Released {
            net: next_share(whole.net, group.taxable, group.used_taxable, net, self.scale)?,
            vat: next_share(whole.vat, group.vat, group.used_vat, vat, self.scale)?,
        })
    }
}

/// What lines of the entry with the tax codes of the group came to: on accounts of the document's own lines, and on those of VAT.
fn of_group(document: &StoredDocument, group: &DocumentGroup, lines: &[PostedLine]) -> Option<Released> {
    let rate = group.rate.to_string();
    let of_lines = document.lines.iter().map(|line| {
        (line.tax_category.as_str(), line.tax_rate.as_str(), line.tax_code.as_str(), line.account_id)
    });
    let of_charges = document.view.charges.iter().map(|charge| {
        (charge.tax_category.as_str(), charge.tax_rate.as_str(), charge.tax_code.as_str(), charge.account_id)
    });
    let (mut codes, mut accounts) = (BTreeSet::new(), BTreeSet::new());
    for (category, of_rate, code, account) in of_lines.chain(of_charges) {
        if category == group.category.as_str() && of_rate == rate {
            codes.insert(code);
            accounts.insert(account);
        }
    }
    let (mut net, mut vat) = (Amount::ZERO, Amount::ZERO);
    let own = |line: &&PostedLine| line.details.tax_code.as_deref().is_some_and(|code| codes.contains(code));
    for line in lines.iter().filter(own) {
        let amount = line.credit.checked_sub(line.debit)?;
        let sum = if accounts.contains(&line.account.uuid()) { &mut net } else { &mut vat };
        *sum = sum.checked_add(amount)?;
    }
    Some(Released { net, vat })
}
