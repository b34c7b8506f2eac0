//! The orders whose lines a document bills (R73), and whether the prices of bills are those of the orders (R86).

use std::collections::BTreeSet;

use domain::documents::document_type::{DocumentType, TradeSide};
use domain::documents::price_match::{PriceTolerance, PricedLine, prices_match};
use domain::error::{Violation, Violations};
use domain::money::{Amount, CurrencyCode, Percentage, Price, Quantity};
use domain::parties::party::PartyId;
use domain::tax::document::Discount;

use super::content::Content;
use super::facts::Facts;
use super::line::Line;
use super::parts::DocumentLineBody;
use super::prepare::Preparing;
use super::resolve::Resolved;
use crate::changes::unknown_reference;
use crate::documents::branch::DocumentBranch;
use crate::documents::error::{
    CURRENCY_DIFFERS, LINE_MEMBER_UNFIT, ORDER_LINE_UNKNOWN, PARTY_DIFFERS, PRICE_MISMATCH,
};
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::documents::views::DocumentLineView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{REQUIRED, TOO_MANY_ITEMS};

/// Who has it accepts prices on bills that are not those of the order.
const ACCEPT_DIFFERENCE: &str = "purchase.invoice.accept_difference";
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
        Some(OrderedLine { order: id, number, line: line.clone() })
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

/// The price of a line that is not the one of the order.
fn price_mismatch(line: &Line, resolved: &Resolved, tolerance: PriceTolerance) -> Option<Violation> {
    let ordered = line.ordered.as_ref()?;
    let billed = PricedLine {
        quantity: line.quantity,
        unit_price: resolved.price.map(|price| price.price).unwrap_or_default(),
        price_base_quantity: if line.unit_price.is_some() { line.price_base_quantity } else { Quantity::ONE },
        discount_percent: match resolved.discount {
            Some(Discount::Percent(percent)) => percent,
            _ => Percentage::default(),
        },
        discount_amount: match resolved.discount {
            Some(Discount::Amount(amount)) => amount,
            _ => Amount::ZERO,
        },
        base_quantity: resolved.base_quantity,
    };
    if prices_match(&priced(&ordered.line)?, &billed, tolerance) {
        return None;
    }
    let mismatch = Violation::new(&PRICE_MISMATCH).at(format!("{}/unitPrice", line.at));
    let mismatch = mismatch.with("billed", billed.unit_price).with("ordered", &ordered.line.unit_price);
    Some(mismatch.with("line", ordered.line.line_no).with("number", &ordered.number))
}

/// The line of an order with its price.
fn priced(line: &DocumentLineView) -> Option<PricedLine> {
    let percent = line.discount_percent.as_deref().map(Percentage::parse);
    let amount = line.discount_amount.as_deref().map(Amount::parse);
    let quantity = Quantity::parse(&line.quantity).ok()?;
    Some(PricedLine {
        quantity,
        unit_price: Price::parse(&line.unit_price).ok()?,
        price_base_quantity: Quantity::parse(&line.price_base_quantity).ok()?,
        discount_percent: percent.and_then(Result::ok).unwrap_or_default(),
        discount_amount: amount.and_then(Result::ok).unwrap_or_default(),
        base_quantity: line
            .base_quantity
            .as_deref()
            .map_or(Some(quantity), |text| Quantity::parse(text).ok())?,
    })
}

impl Preparing<'_> {
    /// Prices of bills that are not those of the orders, unless somebody who may has accepted them (R86).
    pub(super) fn price_mismatches(&self, content: &Content, facts: &Facts) -> Vec<Violation> {
        let accepted =
            self.input.accept_difference.is_some() && self.ctx.permissions.allows(ACCEPT_DIFFERENCE);
        if self.document_type.side() == TradeSide::Sale || accepted {
            return Vec::new();
        }
        let tolerance = facts.company.price_tolerance;
        let lines = content.lines.iter();
        lines.filter_map(|(line, resolved)| price_mismatch(line, resolved, tolerance)).collect()
    }
}
