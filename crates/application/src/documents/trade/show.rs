//! A prepared document as it is kept and shown.

use domain::documents::supplier_number::supplier_number_key;
use domain::money::{Amount, Rate};
use domain::parties::party::Party;
use domain::tax::document::{Calculation, Discount, Group};

use super::adjust::Deducted;
use super::dues::Dues;
use super::header::Dates;
use super::line::{ChargeLine, Line};
use super::original::Original;
use super::prepare::Preparing;
use super::resolve::{Codes, Resolved};
use crate::documents::branch::DocumentBranch;
use crate::documents::exchange::DocumentMoney;
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::documents::views::{
    DocumentChargeView, DocumentGroupView, DocumentLineView, DocumentNameView, DocumentTotalsView,
    DocumentView,
};
use crate::unit_of_work::UnitOfWork;

/// Everything that is shown.
pub(super) struct Shown<'a> {
    pub preparing: &'a Preparing<'a>,
    pub kind: Option<String>,
    pub party: &'a Party,
    pub dates: Dates,
    pub money: DocumentMoney,
    pub include_vat: bool,
    pub original: Option<&'a Original>,
    pub branch: Option<&'a DocumentBranch>,
    pub calculation: &'a Calculation,
    pub deducted: &'a Deducted,
    pub dues: &'a Dues,
    /// The amount left to pay.
    pub payable: Amount,
    /// The only order that is billed.
    pub order: Option<DocumentId>,
}

/// Lines, charges and tax codes.
type Content<'a> = (&'a [(Line, Resolved)], &'a [(ChargeLine, Resolved)], &'a Codes);

impl Shown<'_> {
    /// A draft of version 1.
    pub fn document(&self, uow: &dyn UnitOfWork, (lines, charges, codes): Content<'_>) -> StoredDocument {
        let input = &self.preparing.input;
        let line =
            |(index, (line, resolved)): (usize, &(Line, Resolved))| self.line(index, line, resolved, codes);
        let lines: Vec<_> = lines.iter().enumerate().map(line).collect();
        let supplier_number = input.supplier.and_then(|supplier| supplier.number);
        let supplier_number = supplier_number.filter(|number| !number.is_empty());
        StoredDocument {
            id: self.preparing.id,
            document_type: self.preparing.document_type,
            kind: self.kind.clone(),
            status: DocumentStatus::Draft,
            number: None,
            series: None,
            party: self.party.id,
            party_code: self.party.code.to_string(),
            branch: self.branch.cloned(),
            document_date: self.dates.document,
            posting_date: self.dates.posting,
            currency: self.money.currency.code,
            total: self.calculation.totals.total,
            reference: input.reference.filter(|text| !text.is_empty()).map(str::to_owned),
            supplier_key: supplier_number.map(supplier_number_key).filter(|key| !key.is_empty()),
            corrects: input.note.and_then(|note| note.corrects),
            order: self.order,
            valid_until: input.valid_until,
            entry: None,
            reversal_entry: None,
            body: self.preparing.body.to_owned(),
            view: self.view(charges, codes, u32::try_from(lines.len()).unwrap_or(u32::MAX)),
            lines,
            created_by: self.preparing.ctx.actor.user_id(),
            created_at: uow.now(),
            posted_at: None,
            version: 1,
        }
    }

    fn text(&self, amount: Amount) -> String {
        amount.display(self.money.currency.scale)
    }

    fn view(&self, charges: &[(ChargeLine, Resolved)], codes: &Codes, line_count: u32) -> DocumentView {
        let input = &self.preparing.input;
        let charge = |(index, charge): (usize, &(ChargeLine, Resolved))| self.charge(index, charge, codes);
        let corrects = input.note.and_then(|note| note.corrects);
        let number = self.original.map(|original| original.number().to_owned());
        DocumentView {
            kind: self.kind.clone(),
            party_id: self.party.id.uuid(),
            party_code: self.party.code.to_string(),
            party_name: DocumentNameView::of(&self.party.name),
            document_date: self.dates.document,
            posting_date: self.dates.posting,
            supply_date: Some(self.dates.supply),
            tax_date: Some(self.dates.tax),
            currency: self.money.currency.code.to_string(),
            rate: self.money.rate.unwrap_or(Rate::ONE).to_string(),
            prices_include_vat: Some(self.include_vat),
            reference: input.reference.filter(|text| !text.is_empty()).map(str::to_owned),
            notes: input.notes.filter(|text| !text.is_empty()).map(str::to_owned),
            supplier_number: input.supplier.and_then(|supplier| supplier.number).map(str::to_owned),
            corrects_id: corrects.map(|id| id.uuid()),
            corrects_number: number.or_else(|| input.note.and_then(|note| note.number).map(str::to_owned)),
            corrects_date: self
                .original
                .map(|original| original.document.document_date)
                .or_else(|| input.note.and_then(|note| note.date)),
            valid_until: input.valid_until,
            order_id: self.order.map(|order| order.uuid()),
            reason: input.note.map(|note| note.reason).or(input.accept_difference).map(str::to_owned),
            totals: self.totals(),
            tax_groups: self.calculation.groups.iter().map(|group| self.group(group)).collect(),
            instalments: self.dues.views.clone(),
            charges: charges.iter().enumerate().map(charge).collect(),
            prepayments: self.deducted.views.clone(),
            line_count,
            ..DocumentView::default()
        }
    }

    fn totals(&self) -> DocumentTotalsView {
        let totals = &self.calculation.totals;
        let prepaid_vat = Amount::sum(self.deducted.deductions.iter().map(|one| one.vat)).unwrap_or_default();
        let vat = totals.vat.checked_sub(prepaid_vat).unwrap_or(totals.vat);
        let company = self.company_vat(vat).unwrap_or(vat);
        DocumentTotalsView {
            lines_net: self.text(totals.lines_net),
            discount: self.text(totals.discount),
            charges: self.text(totals.charges),
            net: self.text(totals.net),
            vat: self.text(totals.vat),
            total: self.text(totals.total),
            prepaid: self.text(self.deducted.total),
            payable: self.text(self.payable),
            company_vat: company.display(self.money.company.scale),
        }
    }

    /// VAT in the company currency, less what prepayment invoices charged: in a foreign currency at their own rates.
    fn company_vat(&self, vat: Amount) -> Option<Amount> {
        let (rate, scale) = (self.money.rate.unwrap_or(Rate::ONE), self.money.company.scale);
        let mut released = self.deducted.deductions.iter().filter_map(|one| one.released).peekable();
        if released.peek().is_none() {
            return vat.convert(rate, scale);
        }
        let whole = self.calculation.totals.vat.convert(rate, scale)?;
        whole.checked_sub(Amount::sum(released.map(|one| one.vat))?)
    }

    fn group(&self, group: &Group) -> DocumentGroupView {
        DocumentGroupView {
            category: group.category.as_str().to_owned(),
            rate: group.rate.to_string(),
            reason: group.reason.map(|reason| reason.as_str().to_owned()),
            discount: self.text(group.discount),
            taxable: self.text(group.taxable),
            vat: self.text(group.vat),
        }
    }

    fn line(&self, index: usize, line: &Line, resolved: &Resolved, codes: &Codes) -> DocumentLineView {
        let amounts = &self.calculation.lines[index];
        let (code, tax) = (&codes.codes[resolved.code], &codes.treatments[resolved.code]);
        let (percent, amount) = match resolved.discount {
            Some(Discount::Percent(percent)) => (Some(percent.to_string()), None),
            Some(Discount::Amount(amount)) => (None, Some(self.text(amount))),
            None => (None, None),
        };
        let price = resolved.price;
        let per =
            if line.unit_price.is_some() { line.price_base_quantity.to_string() } else { "1".to_owned() };
        DocumentLineView {
            line_no: line.number(index),
            kind: None,
            tax_base: None,
            item_id: resolved.item.as_ref().map(|item| item.id.uuid()),
            item_code: resolved.item.as_ref().map(|item| item.code.to_string()),
            description: resolved.description.clone(),
            quantity: line.quantity.to_string(),
            unit_id: resolved.unit.as_ref().map(|unit| unit.id.uuid()),
            unit_code: resolved.unit.as_ref().map(|unit| unit.code.to_string()),
            over_receipt_percent: line.matching.over_receipt.map(|percent| percent.to_string()),
            match_policy: line.matching.policy.map(|policy| policy.as_str().to_owned()),
            unit_price: price.map(|price| price.price.to_string()).unwrap_or_default(),
            price_base_quantity: per,
            price_source: price.map(|price| price.source.to_owned()).unwrap_or_default(),
            discount_percent: percent,
            discount_amount: amount,
            tax_code: code.code.to_string(),
            tax_category: tax.category().as_str().to_owned(),
            tax_rate: tax.rate().to_string(),
            account_id: resolved.account.uuid(),
            dimensions: line.dimensions.clone(),
            amount: self.text(amounts.amount),
            discount: self.text(amounts.discount),
            net: self.text(amounts.net),
            vat: self.text(amounts.vat),
            gross: self.text(amounts.gross),
            corrects_line_no: line.corrects_line_no,
            order_id: line.ordered.as_ref().map(|ordered| ordered.order.uuid()),
            order_line_no: line.ordered.as_ref().map(|ordered| ordered.line.line_no),
            base_quantity: (resolved.base_quantity != line.quantity)
                .then(|| resolved.base_quantity.to_string()),
            progress: None,
        }
    }

    fn charge(
        &self,
        index: usize,
        (charge, resolved): &(ChargeLine, Resolved),
        codes: &Codes,
    ) -> DocumentChargeView {
        let amounts = &self.calculation.charges[index];
        let tax = &codes.treatments[resolved.code];
        DocumentChargeView {
            item_id: resolved.item.as_ref().map(|item| item.id.uuid()),
            item_code: resolved.item.as_ref().map(|item| item.code.to_string()),
            description: resolved.description.clone(),
            tax_code: codes.codes[resolved.code].code.to_string(),
            tax_category: tax.category().as_str().to_owned(),
            tax_rate: tax.rate().to_string(),
            account_id: resolved.account.uuid(),
            net: self.text(amounts.net),
            vat: self.text(amounts.vat),
            gross: self.text(amounts.gross),
            order_id: charge.ordered.map(|ordered| ordered.order.uuid()),
            order_charge_no: charge.ordered.map(|ordered| ordered.number),
        }
    }
}
