//! Receipts of ordered services and goods that are not stocked, which no warehouse takes (R85).

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::error::{Violation, Violations};
use domain::items::item::{ItemId, ItemKind};
use domain::money::Quantity;
use domain::tax::document::LINES_MAX;
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::body::NewPurchaseOrder;
use super::receipt_steps::round_received;
use super::whole::{base_decimals, in_base};
use crate::authorize::Access;
use crate::changes::record;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::error::{LINE_NAMED_TWICE, NOTHING_OPEN, ORDER_LINE_UNKNOWN, STOCK_NOT_AVAILABLE};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::{keep, of_type};
use crate::documents::trade::{OrderMove, OrderMoves};
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Int, List, RequiredText};

/// Who has it receives more than an order and its tolerance allow.
const OVER_RECEIVE: &str = "purchase.receipt.over_receive";

request! {
    /// A line of the order, and how much of it has been received.
    pub struct ReceivedLineBody {
        /// The number of the line in the order.
        line_no: Int<1, { LINES_MAX as i64 }> = 1,
        /// The quantity in the unit of the order; by default all that is open. It comes out whole where the base unit of the item has
        /// no decimals. A negative one takes back what was received by mistake, as far as it is not billed.
        quantity: Option<Quantity> = "6",
    }

    /// Receives what a purchase order asks for.
    pub struct ReceiveOrderBody {
        /// The lines that are received; by default everything that is open.
        lines: List<ReceivedLineBody, LINES_MAX> => [],
        /// The reason for which more is received than the order and its tolerance allow. Needs the permission
        /// `purchase.receipt.over_receive`.
        over_receipt_reason: Option<RequiredText<DESCRIPTION_LENGTH_MAX>>,
    }
}

/// `POST /purchase-orders/{id}/receive`
pub struct ReceiveOrder {
    pub id: DocumentId,
    pub body: ReceiveOrderBody,
}

#[async_trait]
impl Command for ReceiveOrder {
    const NAME: &'static str = "receive_purchase_order";
    const ACCESS: Access = Access::Permission("purchase.purchase_order.receive");
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let order = of_type(uow, self.id, DocumentType::PurchaseOrder).await?;
        check_version(ctx, order.version)?;
        let number = order.number.clone().unwrap_or_else(|| self.id.to_string());
        let mut violations = Violations::new();
        let mut received = self.received(uow, &order, &mut violations).await?;
        violations.into_result(())?;
        let progress = uow.documents().line_progress(self.id).await?;
        round_received(uow, &order, &progress, &mut received).await?;
        received.retain(|one| one.quantity != Quantity::ZERO);
        if received.is_empty() {
            return Err(Violation::new(&NOTHING_OPEN).with("number", number).into());
        }
        let (mut moves, mut violations) = (OrderMoves::default(), Violations::new());
        check_kinds(uow, &order, &received, &mut violations).await?;
        let reason = self.body.over_receipt_reason.as_deref();
        let accepted = reason.is_some() && ctx.permissions.allows(OVER_RECEIVE);
        for received in &received {
            moves.receive(uow, (received, accepted), &mut violations).await?;
        }
        violations.into_result(())?;
        // Receipts have no document of their own yet, so each has an id that its links stand under.
        let receipt = DocumentId::new(uow.new_id());
        let scale = uow.ledger().company_currency().await?.scale;
        moves.save(uow, receipt, scale).await?;
        let document = keep(uow, order.clone(), Some(&order)).await?;
        let lines = uow.documents().line_progress(self.id).await?;
        let shown = |document: &StoredDocument| document.shown(None, scale);
        let view = shown(&document);
        let lines_shown = Some(document.lines.clone());
        let view = DocumentView { lines: lines_shown, reason: reason.map(str::to_owned), ..view };
        let view = view.with_progress(DocumentType::PurchaseOrder, &lines);
        record(uow, NewPurchaseOrder::NAMES.entity, view.id, "received", Some(&shown(&order)), Some(&view));
        Ok(Done::of(view.id, view.version, view))
    }
}

impl ReceiveOrder {
    /// The quantities in base units.
    async fn received(
        &self,
        uow: &mut dyn UnitOfWork,
        order: &StoredDocument,
        violations: &mut Violations,
    ) -> AppResult<Vec<OrderMove>> {
        let progress = uow.documents().line_progress(self.id).await?;
        let number = order.number.clone().unwrap_or_default();
        let mut received: Vec<OrderMove> = Vec::new();
        let made = |index: usize, line: u32, quantity: Quantity| OrderMove {
            at: format!("/lines/{index}"),
            from_line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            order: self.id,
            order_line: line,
            quantity,
            step: Quantity::ZERO,
        };
        if self.body.lines.0.is_empty() {
            let open = progress.iter().filter(|line| line.to_deliver().is_positive()).enumerate();
            return Ok(open.map(|(index, line)| made(index, line.line_no, line.to_deliver())).collect());
        }
        let decimals = base_decimals(uow, order).await?;
        for (index, body) in self.body.lines.0.iter().enumerate() {
            let line_no = u32::try_from(body.line_no.0).unwrap_or(u32::MAX);
            let at = format!("/lines/{index}/lineNo");
            let line = order.lines.iter().find(|line| line.line_no == line_no);
            let Some((line, known)) = line.zip(progress.iter().find(|one| one.line_no == line_no)) else {
                let unknown = Violation::new(&ORDER_LINE_UNKNOWN).at(at).with("number", number.as_str());
                violations.push(unknown.with("line", line_no));
                continue;
            };
            if received.iter().any(|one| one.order_line == line_no) {
                violations.push(Violation::new(&LINE_NAMED_TWICE).at(at).with("line", line_no));
                continue;
            }
            let quantity = match body.quantity {
                None => Some(known.to_deliver()),
                Some(given) => {
                    let decimals = decimals.get(&line_no).copied();
                    let at = format!("/lines/{index}/quantity");
                    violations.check(&at, in_base(line, known.ordered, given, decimals))
                }
            };
            received.extend(quantity.map(|quantity| made(index, line_no, quantity)));
        }
        received.retain(|one| one.quantity != Quantity::ZERO);
        Ok(received)
    }
}

/// Goods that are stocked are received into a warehouse.
async fn check_kinds(
    uow: &mut dyn UnitOfWork,
    order: &StoredDocument,
    received: &[OrderMove],
    violations: &mut Violations,
) -> AppResult<()> {
    let item_of = |one: &OrderMove| {
        let line = order.lines.iter().find(|line| line.line_no == one.order_line)?;
        line.item_id.map(ItemId::new)
    };
    let named: BTreeSet<_> = received.iter().filter_map(item_of).map(Reference::Id).collect();
    let items = uow.items().items(&named).await?;
    for one in received {
        let item = item_of(one).and_then(|id| items.iter().find(|item| item.value.id == id));
        if let Some(item) = item.filter(|item| item.value.kind == ItemKind::Stock) {
            let stock = Violation::new(&STOCK_NOT_AVAILABLE).at(format!("{}/lineNo", one.at));
            violations.push(stock.with("item", &item.value.code));
        }
    }
    Ok(())
}
