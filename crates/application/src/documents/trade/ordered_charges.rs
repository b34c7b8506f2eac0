//! Charges of orders, each of which is billed once (R80): a draft takes nothing, posting takes what is open, and what is taken back is
//! open again. A charge counts as one, kept as a line of the order under its place.

use std::collections::{BTreeMap, BTreeSet};

use domain::documents::document_type::DocumentType;
use domain::documents::note::DocumentLine;
use domain::error::{Violation, Violations};
use domain::ids::Id;
use domain::money::Quantity;
use serde_json::Value;

use super::line::ChargeLine;
use super::ordered::{Orders, unfit_member};
use super::parts::DocumentChargeBody;
use super::prepare::Prepared;
use crate::changes::unknown_reference;
use crate::documents::error::{CHARGE_BILLED, ORDER_CHARGE_UNKNOWN};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::views::DocumentChargeView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;
use crate::wire::REQUIRED;

/// A charge of an order, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedCharge {
    pub order: DocumentId,
    pub number: u32,
}

impl OrderedCharge {
    /// The charge of an order that a charge of a document billed.
    pub fn of_view(charge: &DocumentChargeView) -> Option<Self> {
        Some(Self { order: Id::new(charge.order_id?), number: charge.order_charge_no? })
    }
}

/// Notes which charges of orders the charges of a body bill: of orders whose lines the document bills, too.
pub(super) fn link_charges(
    (document_type, orders): (DocumentType, &Orders),
    bodies: &[DocumentChargeBody],
    charges: &mut [ChargeLine],
    violations: &mut Violations,
) {
    for (index, (body, charge)) in bodies.iter().zip(charges).enumerate() {
        let at = format!("/charges/{index}");
        let (order, number) = match (body.order_id, body.order_charge_no.as_ref()) {
            (None, None) => continue,
            _ if document_type.billed_order().is_none() => {
                violations.push(unfit_member(document_type, &at, "orderId"));
                continue;
            }
            (Some(order), Some(number)) => (order, u32::try_from(number.0).unwrap_or(u32::MAX)),
            (given, _) => {
                let missing = if given.is_some() { "orderChargeNo" } else { "orderId" };
                violations.push(Violation::new(&REQUIRED).at(format!("{at}/{missing}")));
                continue;
            }
        };
        let Some(found) = orders.get(order) else {
            violations.push(unknown_reference(&format!("{at}/orderId"), "sales_order", order));
            continue;
        };
        if found.view.charges.len() < usize::try_from(number).unwrap_or(usize::MAX) {
            let unknown = Violation::new(&ORDER_CHARGE_UNKNOWN).at(format!("{at}/orderChargeNo"));
            let name = found.number.clone().unwrap_or_default();
            violations.push(unknown.with("number", name).with("charge", number));
            continue;
        }
        charge.ordered = Some(OrderedCharge { order, number });
    }
}

/// The charges of orders that a document bills, or whose bills it takes back, with their places in it.
fn moved(prepared: &Prepared) -> impl Iterator<Item = (usize, OrderedCharge)> + '_ {
    let charges = prepared.document.view.charges.iter().enumerate();
    charges.filter_map(|(index, charge)| Some((index, OrderedCharge::of_view(charge)?)))
}

/// Bills the charges of orders, or opens them again; refuses those that have been billed already.
pub(super) async fn move_charges(uow: &mut dyn UnitOfWork, prepared: &Prepared) -> AppResult<()> {
    let charges: Vec<_> = moved(prepared).collect();
    if prepared.document.document_type.reduces() {
        let charges = charges.into_iter().map(|(_, charge)| charge).collect();
        return credit(uow, charges).await;
    }
    let mut violations = Violations::new();
    let known = kept(uow, charges.iter().map(|(_, charge)| charge.order).collect()).await?;
    for (index, charge) in charges {
        let key = (charge.order, charge.number);
        if !known.contains_key(&key) {
            keep_charges(uow, charge.order, charge.number..=charge.number).await?;
        }
        if !uow.documents().credit_lines(charge.order, &[(charge.number, Quantity::ONE)]).await? {
            let billed = Violation::new(&CHARGE_BILLED).at(format!("/charges/{index}/orderChargeNo"));
            violations.push(billed.with("charge", &prepared.document.view.charges[index].description));
        }
    }
    Ok(violations.into_result(())?)
}

/// Opens the charges of orders again that a document billed.
pub(in crate::documents) async fn give_back_charges(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
) -> AppResult<()> {
    if document.document_type.reduces() {
        return Ok(());
    }
    credit(uow, document.view.charges.iter().filter_map(OrderedCharge::of_view).collect()).await
}

async fn credit(uow: &mut dyn UnitOfWork, charges: Vec<OrderedCharge>) -> AppResult<()> {
    let back = Quantity::from_scaled(-Quantity::ONE.scaled());
    for charge in charges {
        // Open already, if somebody gave it back by another note.
        uow.documents().credit_lines(charge.order, &[(charge.number, back)]).await?;
    }
    Ok(())
}

/// How far charges of orders are billed, by order and place.
async fn kept(
    uow: &mut dyn UnitOfWork,
    orders: BTreeSet<DocumentId>,
) -> AppResult<BTreeMap<(DocumentId, u32), DocumentLine>> {
    if orders.is_empty() {
        return Ok(BTreeMap::new());
    }
    let lines = uow.documents().lines_of(&orders).await?;
    Ok(lines.into_iter().map(|(order, line)| ((order, line.line_no), line)).collect())
}

/// The places of the charges of an order that are not billed; `None` for an order of which that is not known.
pub(in crate::documents) async fn open_charges(
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
) -> AppResult<Option<BTreeSet<u32>>> {
    if order.view.charges.is_empty() {
        return Ok(Some(BTreeSet::new()));
    }
    let kept = kept(uow, BTreeSet::from([order.id])).await?;
    if kept.is_empty() {
        return Ok(None);
    }
    let is_open = |number: &u32| kept.get(&(order.id, *number)).is_none_or(|line| line.left().is_positive());
    let count = u32::try_from(order.view.charges.len()).unwrap_or(u32::MAX);
    Ok(Some((1..=count).filter(is_open).collect()))
}

/// Keeps the charges of an order with these places as not billed.
async fn keep_charges(
    uow: &mut dyn UnitOfWork,
    order: DocumentId,
    numbers: impl Iterator<Item = u32> + Send,
) -> AppResult<()> {
    let charge = |line_no: u32| DocumentLine {
        line_no,
        item: None,
        quantity: Quantity::ONE,
        credited_quantity: Quantity::ZERO,
    };
    let lines: Vec<_> = numbers.map(charge).collect();
    Ok(uow.documents().insert_progress(order, &[], &lines).await?)
}

/// Keeps the charges of an order that is confirmed or changed, as far as they are not kept yet.
pub(in crate::documents) async fn keep_charges_of(
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
) -> AppResult<()> {
    if !order.document_type.is_order() || order.view.charges.is_empty() {
        return Ok(());
    }
    let known = kept(uow, BTreeSet::from([order.id])).await?;
    let count = u32::try_from(order.view.charges.len()).unwrap_or(u32::MAX);
    let new: Vec<u32> = (1..=count).filter(|number| !known.contains_key(&(order.id, *number))).collect();
    if new.is_empty() {
        return Ok(());
    }
    keep_charges(uow, order.id, new.into_iter()).await
}

/// The body of a copy, whose charges bill nothing.
pub(in crate::documents) fn without_charge_links(body: &str) -> String {
    let Ok(mut members) = serde_json::from_str::<Value>(body) else { return body.to_owned() };
    let charges = members.get_mut("charges").and_then(Value::as_array_mut).into_iter().flatten();
    for charge in charges.filter_map(Value::as_object_mut) {
        charge.remove("orderId");
        charge.remove("orderChargeNo");
    }
    members.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charges_of_a_copy_bill_no_order() {
        let body =
            r#"{"charges":[{"amount":"25.00","orderChargeNo":1,"orderId":"x"}],"lines":[{"orderId":"x"}]}"#;
        let copied = r#"{"charges":[{"amount":"25.00"}],"lines":[{"orderId":"x"}]}"#;
        assert_eq!(without_charge_links(body), copied);
    }
}
