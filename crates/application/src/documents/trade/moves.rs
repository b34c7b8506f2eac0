//! Moves of order lines by documents: every move is planned on what was read, and kept only if nobody else moved the line
//! meanwhile.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::documents::progress::LineProgress;
use domain::documents::status::DocumentStatus;
use domain::error::{Violation, Violations};
use domain::money::{Amount, Quantity};

use super::prepare::Prepared;
use crate::documents::error::{ORDER_LINE_UNKNOWN, ORDER_NOT_CONFIRMED};
use crate::documents::ports::{DocumentId, DocumentLink, LinkKind, StoredDocument};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Lines of orders as they will be, and the links that say why.
#[derive(Default)]
pub struct OrderMoves {
    orders: BTreeMap<DocumentId, MovedOrder>,
    links: Vec<DocumentLink>,
}

struct MovedOrder {
    order: StoredDocument,
    /// The progress of each line, before and after.
    lines: BTreeMap<u32, (LineProgress, LineProgress)>,
}

/// A quantity that a line of a document does to a line of an order.
#[derive(Debug, Clone)]
pub struct OrderMove {
    /// Where the line stands in the request.
    pub at: String,
    pub from_line: u32,
    pub order: DocumentId,
    pub order_line: u32,
    /// The quantity in base units.
    pub quantity: Quantity,
    /// The most that rounding to base units may have added: a line that comes as near to the rest takes the rest.
    pub slack: Quantity,
}

impl OrderMove {
    /// The quantity, or what is left where that differs only by rounding (R52).
    fn rounded(&self, left: Quantity) -> Quantity {
        let apart = self.quantity.scaled().saturating_sub(left.scaled()).saturating_abs();
        if apart <= self.slack.scaled() { left } else { self.quantity }
    }
}

impl OrderMoves {
    /// The moves of posting a document: it bills lines, or gives billed quantities back.
    pub async fn of_posting(
        uow: &mut dyn UnitOfWork,
        prepared: &Prepared,
        violations: &mut Violations,
    ) -> AppResult<Self> {
        let mut moves = Self::default();
        let basis = prepared.document.document_type.billing_basis();
        for bill in &prepared.bills {
            let bill_line = |line: &LineProgress| line.bill(bill.rounded(line.to_invoice(basis)), basis);
            if let Some((before, after)) = moves.confirmed(uow, bill, bill_line, violations).await? {
                let quantity = Quantity::from_scaled(after.invoiced.scaled() - before.invoiced.scaled());
                moves.link(bill, LinkKind::Bills, quantity);
            }
        }
        let Some(original) = prepared.document.corrects else { return Ok(moves) };
        for (from_line, line_no, quantity) in &prepared.credited_base {
            let link = DocumentLink {
                from_line: *from_line,
                to: original,
                to_line: *line_no,
                kind: LinkKind::Corrects,
                quantity: *quantity,
            };
            moves.links.push(link);
        }
        let credited = prepared.credited_base.iter().map(|(_, line, quantity)| (*line, *quantity));
        moves.credit(uow, original, credited.collect()).await?;
        Ok(moves)
    }

    /// The moves of reversing a document: all its own moves are taken back. Its links stay, and its state says that they no
    /// longer count.
    pub async fn of_reversal(uow: &mut dyn UnitOfWork, document: &StoredDocument) -> AppResult<Self> {
        let mut moves = Self::default();
        let links = uow.documents().links_from(document.id).await?;
        for link in links.iter().filter(|link| link.kind == LinkKind::Bills) {
            moves.change(uow, link.to, link.to_line, |line| Ok(line.unbill(link.quantity))).await?.ok();
        }
        let back = |link: &DocumentLink| Quantity::from_scaled(-link.quantity.scaled());
        let corrects = links.iter().filter(|link| link.kind == LinkKind::Corrects);
        if let Some(original) = document.corrects {
            let credited = corrects.map(|link| (link.to_line, back(link))).collect();
            moves.credit(uow, original, credited).await?;
        }
        Ok(moves)
    }

    /// Credits the lines of orders that lines of an invoice had billed.
    async fn credit(
        &mut self,
        uow: &mut dyn UnitOfWork,
        invoice: DocumentId,
        credited: Vec<(u32, Quantity)>,
    ) -> AppResult<()> {
        if credited.is_empty() {
            return Ok(());
        }
        let billed = uow.documents().links_from(invoice).await?;
        for (line_no, quantity) in credited {
            let link = billed.iter().find(|link| link.kind == LinkKind::Bills && link.from_line == line_no);
            if let Some(link) = link {
                self.change(uow, link.to, link.to_line, |line| Ok(line.credit(quantity))).await?.ok();
            }
        }
        Ok(())
    }

    /// Moves a line of an order that must be confirmed. Answers the line before and after.
    async fn confirmed(
        &mut self,
        uow: &mut dyn UnitOfWork,
        wanted: &OrderMove,
        change: impl FnOnce(&LineProgress) -> Result<LineProgress, Violation> + Send,
        violations: &mut Violations,
    ) -> AppResult<Option<(LineProgress, LineProgress)>> {
        let order = &self.order(uow, wanted.order).await?.order;
        let number = order.number.clone().unwrap_or_else(|| order.id.to_string());
        if order.status != DocumentStatus::Confirmed {
            let refused = Violation::new(&ORDER_NOT_CONFIRMED).at(format!("{}/orderId", wanted.at));
            violations.push(refused.with("number", number).with("status", order.status));
            return Ok(None);
        }
        let moved = self.change(uow, wanted.order, wanted.order_line, change).await?;
        let at = format!("{}/quantity", wanted.at);
        Ok(violations.check("", moved.map_err(|violation| violation.at(at).with("number", number))))
    }

    /// Receives what is ordered; more than is allowed where somebody has accepted it.
    pub async fn receive(
        &mut self,
        uow: &mut dyn UnitOfWork,
        (received, accepted): (&OrderMove, bool),
        violations: &mut Violations,
    ) -> AppResult<()> {
        let deliver = |line: &LineProgress| {
            let quantity = received.rounded(line.to_deliver());
            if accepted { line.deliver_beyond(quantity) } else { line.deliver(quantity) }
        };
        if let Some((before, after)) = self.confirmed(uow, received, deliver, violations).await? {
            let quantity = Quantity::from_scaled(after.delivered.scaled() - before.delivered.scaled());
            self.link(received, LinkKind::Fulfils, quantity);
        }
        Ok(())
    }

    fn link(&mut self, made: &OrderMove, kind: LinkKind, quantity: Quantity) {
        let (from_line, to, to_line) = (made.from_line, made.order, made.order_line);
        self.links.push(DocumentLink { from_line, to, to_line, kind, quantity });
    }

    async fn order(&mut self, uow: &mut dyn UnitOfWork, id: DocumentId) -> AppResult<&mut MovedOrder> {
        if let Entry::Vacant(vacant) = self.orders.entry(id) {
            let order = uow.documents().find_document(id).await?;
            let order =
                order.ok_or_else(|| AppError::internal("a line refers to an order that is not there"))?;
            let lines = uow.documents().line_progress(id).await?;
            let lines = lines.into_iter().map(|line| (line.line_no, (line, line))).collect();
            vacant.insert(MovedOrder { order, lines });
        }
        self.orders.get_mut(&id).ok_or_else(|| AppError::internal("an order was not kept"))
    }

    async fn change(
        &mut self,
        uow: &mut dyn UnitOfWork,
        order: DocumentId,
        line_no: u32,
        change: impl FnOnce(&LineProgress) -> Result<LineProgress, Violation> + Send,
    ) -> AppResult<Result<(LineProgress, LineProgress), Violation>> {
        let MovedOrder { order, lines } = self.order(uow, order).await?;
        let Some((_, after)) = lines.get_mut(&line_no) else {
            let number = order.number.clone().unwrap_or_else(|| order.id.to_string());
            let unknown = Violation::new(&ORDER_LINE_UNKNOWN).with("number", number);
            return Ok(Err(unknown.with("line", line_no)));
        };
        Ok(change(after).map(|changed| (std::mem::replace(after, changed), changed)))
    }

    /// The part of the customer's open orders that becomes a debt, in the company currency.
    pub fn released(&self, scale: u8) -> Amount {
        let lines =
            self.orders.values().flat_map(|moved| moved.lines.values().map(move |line| (moved, line)));
        let parts = lines.map(|(moved, (before, after))| {
            let open = |line| moved.order.exposure_of(line, scale);
            open(before).checked_sub(open(after)).unwrap_or_default()
        });
        Amount::sum(parts).unwrap_or_default()
    }

    /// Keeps the moves of a document.
    pub async fn save(self, uow: &mut dyn UnitOfWork, from: DocumentId, scale: u8) -> AppResult<()> {
        for moved in self.orders.values() {
            let changed = moved.lines.values().filter(|(before, after)| before != after);
            let kept = changed.map(|(_, after)| (*after, moved.order.exposure_of(after, scale)));
            uow.documents().move_line_progress(moved.order.id, &kept.collect::<Vec<_>>()).await?;
        }
        Ok(uow.documents().insert_links(from, &self.links).await?)
    }
}
