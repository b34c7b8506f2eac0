//! Adjustments to the calculated amounts: the supplier's own figures, and the deduction of prepayments.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::documents::document_type::{DocumentType, InvoiceKind};
use domain::documents::note::DocumentGroup;
use domain::documents::posting::{Deduction, Part};
use domain::error::{Violation, Violations};
use domain::money::{Amount, Currency};
use domain::parties::party::PartyId;
use domain::tax::calculate::totals;
use domain::tax::document::Calculation;

use super::input::Supplier;
use super::original::Original;
use super::parts::PrepaymentBody;
use super::released::CompanyAmounts;
use crate::changes::unknown_reference;
use crate::documents::error::{
    CURRENCY_DIFFERS, NOT_A_PREPAYMENT, PARTY_DIFFERS, PREPAYMENT_EXCEEDED, PREPAYMENT_GROUP_MISSING,
    PREPAYMENT_LATER, PREPAYMENT_NAMED_TWICE, PREPAYMENT_USED_UP, SUPPLIER_TOTAL_DIFFERS,
};
use crate::documents::exchange::DocumentMoney;
use crate::documents::ports::{DocumentId, DocumentStatus, GroupUse};
use crate::documents::views::DocumentPrepaymentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// The difference between the supplier's figures and the computed ones that is taken over, in ten-thousandths.
const SUPPLIER_TOLERANCE: i64 = 500;

/// Compares the supplier's figures with the computed ones. A small difference of VAT is taken over into the largest group that
/// bears VAT, because his rounding decides what may be claimed (R86).
pub fn take_over_supplier(
    calculation: &mut Calculation,
    supplier: &Supplier<'_>,
    currency: Currency,
    violations: &mut Violations,
) {
    let computed = calculation.totals;
    let wanted_vat = match (supplier.vat, supplier.total) {
        (Some(vat), _) => Some((vat, "/supplierVat", computed.vat, vat)),
        (None, Some(total)) => {
            total.checked_sub(computed.net).map(|vat| (vat, "/supplierTotal", computed.total, total))
        }
        (None, None) => None,
    };
    let Some((vat, at, ours, theirs)) = wanted_vat else { return };
    let refuse = |at: &str, ours: Amount, theirs: Amount| {
        Violation::new(&SUPPLIER_TOTAL_DIFFERS)
            .at(at)
            .with("computed", ours.display(currency.scale))
            .with("given", theirs.display(currency.scale))
            .with("tolerance", Amount::from_scaled(SUPPLIER_TOLERANCE).display(2))
    };
    let difference = vat.checked_sub(computed.vat).unwrap_or(Amount::ZERO);
    let largest =
        calculation.groups.iter_mut().filter(|group| !group.rate.is_zero()).max_by_key(|group| group.vat);
    match largest {
        _ if difference.is_zero() => {}
        Some(group) if difference.abs().scaled() <= SUPPLIER_TOLERANCE => {
            group.vat = group.vat.checked_add(difference).unwrap_or(group.vat);
        }
        _ => return violations.push(refuse(at, ours, theirs)),
    }
    if let Some(found) = totals(&calculation.groups) {
        calculation.totals = found;
    }
    if let Some(total) = supplier.total.filter(|total| *total != calculation.totals.total) {
        violations.push(refuse("/supplierTotal", calculation.totals.total, total));
    }
}

/// The amounts deducted for prepayment invoices.
#[derive(Debug, Clone, Default)]
pub struct Deducted {
    pub deductions: Vec<Deduction>,
    pub uses: Vec<GroupUse>,
    pub views: Vec<DocumentPrepaymentView>,
    /// The total of the deductions with VAT.
    pub total: Amount,
}

/// The invoice from which prepayments are deducted.
pub struct Deducting<'a> {
    pub party: PartyId,
    pub date: NaiveDate,
    pub money: DocumentMoney,
    pub calculation: &'a Calculation,
    pub parts: &'a [Part],
}

impl Deducting<'_> {
    /// Deducts each prepayment invoice by group: as much as is left of it and fits, or the amount that is named. The last part
    /// takes the VAT that is left, so that the parts add up (R83).
    pub async fn of(
        self,
        uow: &mut dyn UnitOfWork,
        prepayments: &[PrepaymentBody],
        violations: &mut Violations,
    ) -> AppResult<Deducted> {
        let mut left: Vec<Amount> = self.calculation.groups.iter().map(|group| group.taxable).collect();
        let mut deducted = Deducted::default();
        let ids = prepayments.iter().map(|body| body.invoice_id).collect();
        let invoices = Original::find_all(uow, &ids, DocumentType::SalesInvoice).await?;
        let posted = CompanyAmounts::of(uow, self.money, &invoices).await?;
        for (index, body) in prepayments.iter().enumerate() {
            let at = format!("/prepayments/{index}");
            let Some(invoice) = self.invoice(&invoices, body.invoice_id, &at, violations) else { continue };
            if prepayments[..index].iter().any(|before| before.invoice_id == body.invoice_id) {
                let twice = Violation::new(&PREPAYMENT_NAMED_TWICE).at(at);
                violations.push(twice.with("number", invoice.number()));
                continue;
            }
            if self.deduct((invoice, &posted), body.net, &mut left, &mut deducted).is_none() {
                violations.push(not_deducted(invoice, body.net, &at, self.money.currency.scale));
            }
        }
        Ok(deducted)
    }

    /// The prepayment invoice, if it is one that this document may deduct.
    fn invoice<'o>(
        &self,
        invoices: &'o BTreeMap<DocumentId, Original>,
        id: DocumentId,
        at: &str,
        violations: &mut Violations,
    ) -> Option<&'o Original> {
        let at = format!("{at}/invoiceId");
        let Some(invoice) = invoices.get(&id) else {
            violations.push(unknown_reference(&at, DocumentType::SalesInvoice.as_str(), id));
            return None;
        };
        let document = &invoice.document;
        let is_prepayment = document.kind.as_deref() == Some(InvoiceKind::Prepayment.as_str());
        let number = document.number.clone().unwrap_or_else(|| id.to_string());
        let refused = match () {
            () if !is_prepayment || document.status != DocumentStatus::Posted => {
                Violation::new(&NOT_A_PREPAYMENT)
            }
            () if document.party != self.party => Violation::new(&PARTY_DIFFERS),
            () if document.currency != self.money.currency.code => {
                Violation::new(&CURRENCY_DIFFERS).with("currency", document.currency)
            }
            () if document.document_date > self.date => {
                Violation::new(&PREPAYMENT_LATER).with("date", document.document_date)
            }
            () => return Some(invoice),
        };
        violations.push(refused.at(at).with("number", number));
        None
    }

    /// `None` when the named amount does not fit.
    fn deduct(
        &self,
        (invoice, posted): (&Original, &CompanyAmounts),
        named: Option<Amount>,
        left: &mut [Amount],
        deducted: &mut Deducted,
    ) -> Option<()> {
        let account = invoice.document.lines.first()?.account_id;
        let mut wanted = named;
        let (mut net_sum, mut vat_sum) = (Amount::ZERO, Amount::ZERO);
        for group in &invoice.groups {
            let fits =
                |one: &domain::tax::document::Group| one.category == group.category && one.rate == group.rate;
            let Some(index) = self.calculation.groups.iter().position(fits) else { continue };
            let (taxable, vat_left) = rest(group);
            let mut net = taxable.min(left[index]);
            if let Some(wanted) = &mut wanted {
                net = net.min(*wanted);
                *wanted = wanted.checked_sub(net)?;
            }
            if !net.is_positive() {
                continue;
            }
            let vat = if net == taxable {
                vat_left
            } else {
                vat_left.share(net, taxable, self.money.currency.scale)?
            };
            left[index] = left[index].checked_sub(net)?;
            let code = self.parts.iter().find(|part| part.group == index)?.code;
            let account = domain::ids::AccountId::new(account);
            let document = invoice.document.id;
            let released = posted.released(document, group, (net, vat));
            deducted.deductions.push(Deduction { account, code, net, vat, released });
            deducted.uses.push(GroupUse { document, number: group.number, taxable: net, vat });
            (net_sum, vat_sum) = (net_sum.checked_add(net)?, vat_sum.checked_add(vat)?);
        }
        if wanted.is_some_and(|rest| !rest.is_zero()) || net_sum.is_zero() {
            return None;
        }
        deducted.total = deducted.total.checked_add(net_sum)?.checked_add(vat_sum)?;
        deducted.views.push(DocumentPrepaymentView {
            invoice_id: invoice.document.id.uuid(),
            number: invoice.number().to_owned(),
            net: net_sum.display(self.money.currency.scale),
            vat: vat_sum.display(self.money.currency.scale),
        });
        Some(())
    }
}

/// Why nothing, or less than was asked for, is deducted of a prepayment invoice.
fn not_deducted(invoice: &Original, wanted: Option<Amount>, at: &str, scale: u8) -> Violation {
    let all = Amount::sum(invoice.groups.iter().map(|group| rest(group).0)).unwrap_or_default();
    let refused = match wanted {
        _ if all.is_zero() => Violation::new(&PREPAYMENT_USED_UP),
        Some(wanted) if wanted > all => {
            Violation::new(&PREPAYMENT_EXCEEDED).with("amount", wanted.display(scale))
        }
        _ => {
            let left = invoice.groups.iter().filter(|group| rest(group).0.is_positive());
            let groups: Vec<_> = left.map(|group| format!("{} {} %", group.category, group.rate)).collect();
            Violation::new(&PREPAYMENT_GROUP_MISSING).with("groups", groups.join(", "))
        }
    };
    let at = if wanted.is_some() { format!("{at}/net") } else { at.to_owned() };
    refused.at(at).with("number", invoice.number()).with("left", all.display(scale))
}

/// The taxable amount and VAT of a group that are not used yet.
fn rest(group: &DocumentGroup) -> (Amount, Amount) {
    let left = |whole: Amount, used: Amount| whole.checked_sub(used).unwrap_or_default();
    (left(group.taxable, group.used_taxable), left(group.vat, group.used_vat))
}
