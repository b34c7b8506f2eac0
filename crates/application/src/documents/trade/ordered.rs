//! The orders whose lines a document bills (R73).

use std::collections::BTreeSet;

use domain::documents::document_type::DocumentType;
use domain::documents::price_match::DocumentBasis;
use domain::error::{Violation, Violations};
use domain::money::{Amount, CurrencyCode, Percentage};
use domain::parties::party::PartyId;
use serde_json::Value;

use super::line::Line;
use super::parts::DocumentLineBody;
use crate::changes::unknown_reference;
use crate::documents::branch::DocumentBranch;
use crate::documents::error::{CURRENCY_DIFFERS, LINE_MEMBER_UNFIT, ORDER_LINE_UNKNOWN, PARTY_DIFFERS};
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::documents::views::DocumentLineView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{REQUIRED, TOO_MANY_ITEMS};

/// Most orders that one document bills.
const ORDERS_MAX: usize = 100;

/// The orders that the lines of a document name.
#[derive(Default)]
pub struct Orders(Vec<StoredDocument>);

/// A line of an order, and the order's number.
#[derive(Debug, Clone)]
pub struct OrderedLine {
    pub order: DocumentId,
    pub number: String,
    pub line: DocumentLineView,
    /// What the order does to its price.
    pub basis: DocumentBasis,
}

impl Orders {
    pub async fn named(
        uow: &mut dyn UnitOfWork,
        document_type: DocumentType,
        lines: &[DocumentLineBody],
        violations: &mut Violations,
    ) -> AppResult<Self> {
        let Some(order_type) = document_type.billed_order() else { return Ok(Self::default()) };
        let ids: BTreeSet<DocumentId> = lines.iter().filter_map(|line| line.order_id).collect();
        if ids.len() > ORDERS_MAX {
            let many = Violation::new(&TOO_MANY_ITEMS).at("/lines");
            violations.push(many.with("max", ORDERS_MAX).with("count", ids.len()));
            return Ok(Self::default());
        }
        let mut orders = uow.documents().find_documents(&ids).await?;
        orders.retain(|found| found.document_type == order_type && found.status != DocumentStatus::Draft);
        Ok(Self(orders))
    }

    pub fn all(&self) -> &[StoredDocument] {
        &self.0
    }

    /// The order, where all lines bill the same one.
    pub fn only(&self) -> Option<DocumentId> {
        self.0.first().filter(|_| self.0.len() == 1).map(|order| order.id)
    }

    /// One of the orders.
    pub fn get(&self, id: DocumentId) -> Option<&StoredDocument> {
        self.0.iter().find(|order| order.id == id)
    }

    /// The branch of the orders, where all have the same one or none has any.
    pub fn branch(&self) -> Option<Option<DocumentBranch>> {
        let first = self.0.first()?.branch.clone();
        self.0.iter().all(|order| order.branch == first).then_some(first)
    }

    /// The line of an order that a line of the document names.
    pub fn line(
        &self,
        (document_type, at): (DocumentType, &str),
        body: &DocumentLineBody,
        violations: &mut Violations,
    ) -> Option<OrderedLine> {
        let named = (body.order_id, body.order_line_no.as_ref());
        let Some(order_type) = document_type.billed_order() else {
            let unfit = named.0.map(|_| "orderId").or(named.1.map(|_| "orderLineNo"));
            violations.extend(unfit.map(|member| unfit_member(document_type, at, member)));
            return None;
        };
        let (id, line_no) = match named {
            (Some(id), Some(line_no)) => (id, u32::try_from(line_no.0).unwrap_or(u32::MAX)),
            (Some(_), None) => {
                violations.push(Violation::new(&REQUIRED).at(format!("{at}/orderLineNo")));
                return None;
            }
            (None, Some(_)) => {
                violations.push(Violation::new(&REQUIRED).at(format!("{at}/orderId")));
                return None;
            }
            (None, None) => return None,
        };
        let Some(order) = self.0.iter().find(|order| order.id == id) else {
            violations.push(unknown_reference(&format!("{at}/orderId"), order_type.as_str(), id));
            return None;
        };
        let number = order.number.clone().unwrap_or_else(|| id.to_string());
        let Some(line) = order.lines.iter().find(|line| line.line_no == line_no) else {
            let unknown = Violation::new(&ORDER_LINE_UNKNOWN).at(format!("{at}/orderLineNo"));
            violations.push(unknown.with("number", number).with("line", line_no));
            return None;
        };
        let basis = basis_of(order, line);
        Some(OrderedLine { order: id, number, line: line.clone(), basis })
    }

    /// A document bills orders of its own party in its own currency.
    pub fn check(
        &self,
        lines: &[Line],
        (party, currency): (Option<PartyId>, CurrencyCode),
        violations: &mut Violations,
    ) {
        for order in &self.0 {
            let names = |line: &&Line| line.ordered.as_ref().is_some_and(|one| one.order == order.id);
            let Some(line) = lines.iter().find(names) else { continue };
            let (at, number) = (format!("{}/orderId", line.at), order.number.clone().unwrap_or_default());
            if party.is_some_and(|party| party != order.party) {
                let differs = Violation::new(&PARTY_DIFFERS).at(at.clone());
                violations.push(differs.with("number", number.as_str()));
            }
            if currency != order.currency {
                let differs = Violation::new(&CURRENCY_DIFFERS).at(at).with("number", number.as_str());
                violations.push(differs.with("currency", order.currency));
            }
        }
    }
}

/// A member that lines of the type do not take.
pub(super) fn unfit_member(document_type: DocumentType, at: &str, member: &'static str) -> Violation {
    let unfit = Violation::new(&LINE_MEMBER_UNFIT).at(format!("{at}/{member}"));
    unfit.with("type", document_type).with("member", member)
}

/// What an order does to the price of one of its lines.
fn basis_of(order: &StoredDocument, line: &DocumentLineView) -> DocumentBasis {
    let includes = order.view.prices_include_vat == Some(true);
    let body: Value = serde_json::from_str(&order.body).unwrap_or_default();
    let text = |member: &str| match body.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let amount = text("discountAmount").and_then(|text| Amount::parse(&text).ok());
    let sum = |column: fn(&DocumentLineView) -> &str| {
        Amount::sum(order.lines.iter().filter_map(|line| Amount::parse(column(line)).ok()))
    };
    // With VAT in the prices, lines are shown after the discount.
    let of = |amount: Amount| match includes {
        true => sum(|line| &line.gross)?.checked_add(amount),
        false => sum(|line| &line.net),
    };
    DocumentBasis {
        discount_percent: text("discountPercent")
            .and_then(|text| Percentage::parse(&text).ok())
            .unwrap_or_default(),
        discount: amount.and_then(|amount| Some((amount, of(amount)?))),
        vat: Percentage::parse(&line.tax_rate).ok().filter(|rate| includes && !rate.is_zero()),
    }
}
