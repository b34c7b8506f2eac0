//! Invoices of orders (R80): everything that is open, or the lines that are named.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::documents::progress::{BillingBasis, LineProgress};
use domain::documents::status::DocumentStatus;
use domain::documents::supplier_number::SUPPLIER_NUMBER_LENGTH_MAX;
use domain::error::{Violation, Violations};
use domain::money::{Amount, Quantity};
use domain::tax::document::LINES_MAX;
use serde_json::{Value, json};

use super::body::{NewPurchaseOrder, NewSalesOrder};
use crate::authorize::Access;
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::commands::CreateDocument;
use crate::documents::error::{LINE_NAMED_TWICE, NOTHING_OPEN, ORDER_LINE_UNKNOWN, ORDER_NOT_CONFIRMED};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::of_type;
use crate::documents::trade::{Input, NewPurchaseInvoice, NewSalesInvoice, TradeBody, open_charges};
use crate::documents::views::{DocumentChargeView, DocumentLineView, DocumentView};
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Int, Kept, List, Text, WireType};

request! {
    /// A line of an order, and how much of it.
    pub struct OpenLineBody {
        /// The number of the line in the order.
        line_no: Int<1, { LINES_MAX as i64 }> = 1,
        /// The quantity in the unit of the order; by default all that is open.
        quantity: Option<Quantity> = "2",
    }

    /// Invoices an order.
    pub struct BillSalesOrderBody as InvoiceSalesOrderBody {
        /// The lines that are invoiced; by default everything that is open.
        lines: List<OpenLineBody, LINES_MAX> => [],
        /// The date of the invoice; today by default.
        document_date: Option<chrono::NaiveDate> = "2026-03-31",
        /// Whether the invoice is posted at once; otherwise it is kept as a draft. Needs the permission to post.
        post: bool => false,
    }

    /// Enters the bill of an order.
    pub struct BillPurchaseOrderBody as InvoicePurchaseOrderBody {
        /// The lines that are billed; by default everything that is received and not billed yet.
        lines: List<OpenLineBody, LINES_MAX> => [],
        /// The date of the bill; today by default.
        document_date: Option<chrono::NaiveDate> = "2026-03-31",
        /// The date on which it enters the ledger; today by default.
        posting_date: Option<chrono::NaiveDate>,
        /// The number that the supplier gave the bill; posting needs it.
        supplier_number: Option<Text<SUPPLIER_NUMBER_LENGTH_MAX>> = "A-2026-118",
        /// The total on the supplier's document. It is compared with the computed total.
        supplier_total: Option<Amount>,
        /// The VAT on the supplier's document. A difference of at most 0.05 is taken over.
        supplier_vat: Option<Amount>,
        /// Whether the bill is posted at once; otherwise it is kept as a draft. Needs the permission to post.
        post: bool => false,
    }
}

/// The body that invoices orders of one type.
pub trait Billed: WireType + Send + Sync + 'static {
    type Order: TradeBody;
    type Invoice: TradeBody;
    const NAME: &'static str;
    const BASIS: BillingBasis;

    fn lines(&self) -> &[OpenLineBody];
    /// The members of the invoice that do not come from the order.
    fn own(&self) -> Value;
}

impl Billed for BillSalesOrderBody {
    type Order = NewSalesOrder;
    type Invoice = NewSalesInvoice;
    const NAME: &'static str = "invoice_sales_order";
    const BASIS: BillingBasis = DocumentType::SalesInvoice.billing_basis();

    fn lines(&self) -> &[OpenLineBody] {
        &self.lines.0
    }
    fn own(&self) -> Value {
        json!({ "documentDate": self.document_date, "post": self.post })
    }
}

impl Billed for BillPurchaseOrderBody {
    type Order = NewPurchaseOrder;
    type Invoice = NewPurchaseInvoice;
    const NAME: &'static str = "invoice_purchase_order";
    const BASIS: BillingBasis = DocumentType::PurchaseInvoice.billing_basis();

    fn lines(&self) -> &[OpenLineBody] {
        &self.lines.0
    }
    fn own(&self) -> Value {
        let text = |amount: Option<Amount>| amount.map(|amount| amount.display(0));
        json!({
            "documentDate": self.document_date,
            "postingDate": self.posting_date,
            "supplierNumber": self.supplier_number.as_deref(),
            "supplierTotal": text(self.supplier_total),
            "supplierVat": text(self.supplier_vat),
            "post": self.post,
        })
    }
}

/// `POST …/{id}/invoice` of an order. The answer is the invoice.
pub struct BillOrder<B> {
    pub id: DocumentId,
    pub body: B,
    pub of: PhantomData<fn() -> B>,
}

#[async_trait]
impl<B: Billed> Command for BillOrder<B> {
    const NAME: &'static str = B::NAME;
    const ACCESS: Access = Access::Permission(<B::Invoice as DocumentBody>::NAMES.can_create);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let order = of_type(uow, self.id, <B::Order as DocumentBody>::TYPE).await?;
        let number = order.number.clone().unwrap_or_else(|| self.id.to_string());
        let progress = uow.documents().line_progress(self.id).await?;
        // What was done before an order was closed is invoiced all the same.
        let closed = order.status == DocumentStatus::Closed
            && progress.iter().any(|line| line.to_invoice(B::BASIS).is_positive());
        if order.status != DocumentStatus::Confirmed && !closed {
            let refused = Violation::new(&ORDER_NOT_CONFIRMED).with("number", number);
            return Err(refused.with("status", order.status).into());
        }
        let open = open_lines(&order, &progress, self.body.lines(), B::BASIS)?;
        if open.is_empty() {
            return Err(Violation::new(&NOTHING_OPEN).with("number", number).into());
        }
        let kept = Kept::<B::Order>::read(order.body.clone())?;
        let charges = open_charges(uow, &order).await?;
        let input = kept.body.input();
        let invoice = Invoice { order: &order, progress: &progress, open: &open, charges, input: &input };
        let mut body = invoice.body();
        if let (Value::Object(body), Value::Object(own)) = (&mut body, self.body.own()) {
            body.extend(own.into_iter().filter(|(_, value)| !value.is_null()));
        }
        let kept = crate::wire::parse_body::<Kept<B::Invoice>>(body.to_string().as_bytes())?;
        CreateDocument(kept).run(ctx, uow).await
    }
}

/// A line of the order with the quantity that is invoiced, in the order's unit.
struct Open<'a> {
    line: &'a DocumentLineView,
    quantity: Quantity,
}

/// The lines that are invoiced: those that are named, or all of which something is open.
fn open_lines<'a>(
    order: &'a StoredDocument,
    progress: &[LineProgress],
    named: &[OpenLineBody],
    basis: BillingBasis,
) -> AppResult<Vec<Open<'a>>> {
    let of_line = |line_no: u32| {
        let line = order.lines.iter().find(|line| line.line_no == line_no)?;
        let progress = progress.iter().find(|one| one.line_no == line_no)?;
        Some((line, in_unit_of(line, progress.ordered, progress.to_invoice(basis))))
    };
    if named.is_empty() {
        let open = order.lines.iter().filter_map(|line| of_line(line.line_no));
        let open = open.map(|(line, quantity)| Open { line, quantity });
        return Ok(open.filter(|open| open.quantity.is_positive()).collect());
    }
    let number = order.number.clone().unwrap_or_default();
    let (mut open, mut violations) = (Vec::<Open<'a>>::with_capacity(named.len()), Violations::new());
    for (index, body) in named.iter().enumerate() {
        let line_no = u32::try_from(body.line_no.0).unwrap_or(u32::MAX);
        let at = format!("/lines/{index}/lineNo");
        match of_line(line_no) {
            None => {
                let unknown = Violation::new(&ORDER_LINE_UNKNOWN).at(at).with("number", number.as_str());
                violations.push(unknown.with("line", line_no));
            }
            Some(_) if open.iter().any(|known| known.line.line_no == line_no) => {
                violations.push(Violation::new(&LINE_NAMED_TWICE).at(at).with("line", line_no));
            }
            Some((line, rest)) => open.push(Open { line, quantity: body.quantity.unwrap_or(rest) }),
        }
    }
    violations.into_result(())?;
    open.retain(|open| open.quantity.is_positive());
    Ok(open)
}

/// A quantity in base units, in the unit of the order's line.
fn in_unit_of(line: &DocumentLineView, ordered: Quantity, base: Quantity) -> Quantity {
    let whole = Quantity::parse(&line.quantity).unwrap_or(ordered);
    if base == ordered || !ordered.is_positive() {
        return whole;
    }
    let (product, divisor) =
        (i128::from(base.scaled()) * i128::from(whole.scaled()), i128::from(ordered.scaled()));
    let rounded = (product + divisor / 2) / divisor;
    Quantity::from_scaled(i64::try_from(rounded).unwrap_or(whole.scaled()))
}

/// The invoice that is made of an order.
struct Invoice<'a> {
    order: &'a StoredDocument,
    progress: &'a [LineProgress],
    open: &'a [Open<'a>],
    /// The places of the charges that are not billed, where that is known.
    charges: Option<BTreeSet<u32>>,
    input: &'a Input<'a>,
}

impl Invoice<'_> {
    fn body(&self) -> Value {
        let (order, input) = (self.order, self.input);
        let lines: Vec<Value> = self.open.iter().map(|open| self.line(open)).collect();
        let mut body = json!({
            "partyId": order.party.uuid(), "currency": order.currency.to_string(), "lines": lines,
            "pricesIncludeVat": order.view.prices_include_vat, "reference": order.reference,
        });
        match &input.payment_term {
            Some(crate::reference::Reference::Id(id)) => body["paymentTermId"] = json!(id.uuid()),
            Some(crate::reference::Reference::Code(code)) => body["paymentTermCode"] = json!(code),
            None => {}
        }
        match input.discount {
            (Some(percent), _) => body["discountPercent"] = json!(percent.to_string()),
            (None, Some(amount)) => body["discountAmount"] = json!(self.discount(amount).display(2)),
            (None, None) => {}
        }
        body["charges"] = self.charges();
        body
    }

    fn line(&self, open: &Open<'_>) -> Value {
        let line = open.line;
        let mut body = json!({
            "orderId": self.order.id.uuid(), "orderLineNo": line.line_no, "quantity": open.quantity.to_string(),
        });
        if let Some(whole) = line.discount_amount.as_deref().and_then(|text| Amount::parse(text).ok()) {
            let ordered = Quantity::parse(&line.quantity).unwrap_or_default();
            let before = self.billed_before(line);
            let after = Quantity::from_scaled(before.scaled().saturating_add(open.quantity.scaled()));
            let share = |part: Quantity| whole.share(weight(part), weight(ordered), 2).unwrap_or_default();
            let amount = share(after).checked_sub(share(before)).unwrap_or_default();
            body["discountAmount"] = json!(amount.display(2));
        }
        body
    }

    /// The quantity of a line invoiced so far, in its unit.
    fn billed_before(&self, line: &DocumentLineView) -> Quantity {
        let progress = self.progress.iter().find(|one| one.line_no == line.line_no);
        progress.map_or(Quantity::ZERO, |one| in_unit_of(line, one.ordered, one.billed()))
    }

    /// The share of the order's discount that belongs to the invoiced quantity. Shares are differences of sums, so those of
    /// all invoices come to the whole.
    fn discount(&self, whole: Amount) -> Amount {
        let net = |line: &DocumentLineView| Amount::parse(&line.net).unwrap_or_default();
        let part = |line: &DocumentLineView, quantity: Quantity| {
            let ordered = Quantity::parse(&line.quantity).unwrap_or_default();
            net(line).share(weight(quantity), weight(ordered), 2).unwrap_or_default()
        };
        let sum = |amounts: Vec<Amount>| Amount::sum(amounts).unwrap_or_default();
        let total = sum(self.order.lines.iter().map(net).collect());
        let before = sum(self.order.lines.iter().map(|line| part(line, self.billed_before(line))).collect());
        let own = |line: &DocumentLineView| {
            let open = self.open.iter().find(|open| open.line.line_no == line.line_no);
            let open = open.map_or(Quantity::ZERO, |open| open.quantity);
            Quantity::from_scaled(self.billed_before(line).scaled().saturating_add(open.scaled()))
        };
        let after = sum(self.order.lines.iter().map(|line| part(line, own(line))).collect());
        let share = |sum: Amount| whole.share(sum, total, 2).unwrap_or_default();
        share(after).checked_sub(share(before)).unwrap_or_default()
    }

    /// Charges are on the first invoice, and again on the next one where that was taken back.
    fn charges(&self) -> Value {
        let include_vat = self.order.view.prices_include_vat == Some(true);
        let nothing_billed = self.progress.iter().all(|line| !line.billed().is_positive());
        let is_open = |number: u32| match &self.charges {
            Some(open) => open.contains(&number),
            None => nothing_billed,
        };
        let charges = self.order.view.charges.iter().zip(1_u32..).filter(|(_, number)| is_open(*number));
        let charge = |(charge, number): (&DocumentChargeView, u32)| {
            json!({
                "itemId": charge.item_id, "description": charge.description, "taxCode": charge.tax_code,
                "amount": if include_vat { &charge.gross } else { &charge.net }, "accountId": charge.account_id,
                "orderId": self.order.id.uuid(), "orderChargeNo": number,
            })
        };
        charges.map(charge).collect()
    }
}

/// As a number that amounts are shared by.
const fn weight(quantity: Quantity) -> Amount {
    Amount::from_scaled(quantity.scaled())
}
