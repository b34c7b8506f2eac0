//! Moves of order lines by documents: every move is planned on what was read, and kept only if nobody else moved the line
//! meanwhile.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::documents::progress::{BillingBasis, LineProgress};
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
    /// The step to which converting to base units rounded the quantity; zero where it did not.
    pub step: Quantity,
}

impl OrderMove {
    /// The quantity, or what is left where that differs only by what rounding did to it and to each move before it, half a step at
    /// most each time (R52).
    fn rounded(&self, left: Quantity, line: &LineProgress) -> Quantity {
        let apart = self.quantity.scaled().saturating_sub(left.scaled()).saturating_abs();
        let most = self.step.scaled().saturating_mul(line.version) / 2;
        if left.is_positive() && apart <= most { left } else { self.quantity }
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
            let closed = moves.is_open_though_closed(uow, bill, basis).await?;
            let bill_line = |line: &LineProgress| {
                let quantity = bill.rounded(line.to_invoice(basis), line);
                if closed { line.bill_closed(quantity, basis) } else { line.bill(quantity, basis) }
            };
            let open = if closed { DocumentStatus::Closed } else { DocumentStatus::Confirmed };
            if let Some((before, after)) = moves.in_status(uow, (bill, open), bill_line, violations).await? {
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
        if prepared.takes_back {
            let refused = moves.uncredit(uow, original, credited.collect()).await?;
            violations.extend(refused.into_iter().map(|violation| violation.at("/correctsId")));
        } else {
            moves.credit(uow, original, credited.collect()).await?;
        }
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

    /// Takes the credit of lines of orders back that lines of a credit note had given.
    async fn uncredit(
        &mut self,
        uow: &mut dyn UnitOfWork,
        credit_note: DocumentId,
        taken: Vec<(u32, Quantity)>,
    ) -> AppResult<Vec<Violation>> {
        let corrects = uow.documents().links_from(credit_note).await?;
        let mut refused = Vec::new();
        for (line_no, quantity) in taken {
            let of_line = |link: &&DocumentLink| link.kind == LinkKind::Corrects && link.from_line == line_no;
            let Some(link) = corrects.iter().find(of_line) else { continue };
            let billed = uow.documents().links_from(link.to).await?;
            let bills = |one: &&DocumentLink| one.kind == LinkKind::Bills && one.from_line == link.to_line;
            let Some(bill) = billed.iter().find(bills) else { continue };
            let moved = self.change(uow, bill.to, bill.to_line, |line| line.uncredit(quantity)).await?;
            if let Err(violation) = moved {
                let number = self.order(uow, bill.to).await?.order.number.clone();
                refused.push(violation.with("number", number.unwrap_or_default()));
            }
        }
        Ok(refused)
    }

    /// Whether the order is closed, and something of the line that was done before is not billed yet.
    async fn is_open_though_closed(
        &mut self,
        uow: &mut dyn UnitOfWork,
        bill: &OrderMove,
        basis: BillingBasis,
    ) -> AppResult<bool> {
        let moved = self.order(uow, bill.order).await?;
        let line = moved.lines.get(&bill.order_line).map(|(_, line)| line.to_invoice(basis));
        let open = line.is_some_and(Quantity::is_positive);
        Ok(open && moved.order.status == DocumentStatus::Closed)
    }

    /// Moves a line of an order that must be in the state. Answers the line before and after.
    async fn in_status(
        &mut self,
        uow: &mut dyn UnitOfWork,
        (wanted, status): (&OrderMove, DocumentStatus),
        change: impl FnOnce(&LineProgress) -> Result<LineProgress, Violation> + Send,
        violations: &mut Violations,
    ) -> AppResult<Option<(LineProgress, LineProgress)>> {
        let order = &self.order(uow, wanted.order).await?.order;
        let number = order.number.clone().unwrap_or_else(|| order.id.to_string());
        if order.status != status {
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
            let quantity = received.rounded(line.to_deliver(), line);
            if accepted { line.deliver_beyond(quantity) } else { line.deliver(quantity) }
        };
        let status = DocumentStatus::Confirmed;
        if let Some((before, after)) = self.in_status(uow, (received, status), deliver, violations).await? {
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
