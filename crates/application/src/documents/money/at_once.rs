//! The payment that comes with an invoice: a receipt, posted and allocated in the same transaction.

use domain::error::Violation;
use domain::money::Amount;
use serde_json::json;

use super::body::NewReceipt;
use super::post::post_money;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::documents::steps::may_post;
use crate::documents::trade::PaymentAtOnceBody;
use crate::documents::views::{CreatedDocumentView, DocumentView};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;
use crate::warnings::CHANGE_GIVEN;
use crate::wire::Kept;

/// Receives the payment of an invoice that was posted just now, and shows in `view` what is left to pay.
pub async fn pay_at_once(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    (invoice, anonymous): (&StoredDocument, bool),
    payment: &PaymentAtOnceBody,
    view: &mut DocumentView,
) -> AppResult<()> {
    may_post(ctx, NewReceipt::NAMES.can_post)?;
    let payable = Amount::parse(&invoice.view.totals.payable)?;
    let mut given = payment.amount.unwrap_or(payable);
    // What a customer without a name hands over beyond the invoice is change, because nobody could ask for it later.
    if let Some(change) = given.checked_sub(payable).filter(|change| anonymous && change.is_positive()) {
        let warning = Violation::new(&CHANGE_GIVEN).at("/payment/amount");
        let warning = warning.with("change", change.display(2)).with("currency", invoice.currency);
        uow.warnings().push(warning);
        given = payable;
    }
    let mut body = json!({
        "partyId": invoice.party.uuid(),
        "documentDate": invoice.document_date,
        "postingDate": invoice.posting_date,
        "amount": given.display(2),
        "currency": invoice.currency.to_string(),
        "method": payment.method.as_str(),
        "reference": payment.reference.as_deref(),
        "accountCode": payment.account_code.as_ref().map(ToString::to_string),
        "allocations": [{ "documentId": invoice.id.uuid() }],
    });
    if let Some(branch) = &invoice.branch {
        body["branchId"] = json!(branch.id.uuid());
    }
    if invoice.view.rate != "1" {
        body["rate"] = json!(invoice.view.rate);
    }
    let receipt = receive(ctx, uow, body.to_string()).await.map_err(below_payment)?;
    let (receipt, left) = receipt;
    let taken = receipt.total.checked_sub(left);
    let open = taken.and_then(|taken| payable.checked_sub(taken)).unwrap_or(payable);
    let shown = invoice.shown(Some(open), 2);
    view.open_amount = shown.open_amount;
    view.payment_state = shown.payment_state;
    view.created.push(CreatedDocumentView {
        document_type: receipt.document_type.as_str().to_owned(),
        id: receipt.id.uuid(),
        number: receipt.number.clone(),
    });
    Ok(())
}

async fn receive(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    body: String,
) -> AppResult<(StoredDocument, Amount)> {
    let kept = Kept::<NewReceipt>::read(body)?;
    let id = DocumentId::new(uow.new_id());
    let mut books = Books::open(ctx, uow).await?;
    let prepared = NewReceipt::prepare(ctx, uow, &mut books, (id, None), &kept).await?;
    let (receipt, left, _) = post_money(ctx, uow, books, prepared, &kept.body.allocations.0, None).await?;
    Ok((receipt, left))
}

fn below_payment(error: AppError) -> AppError {
    let below = |violation: Violation| {
        let member =
            matches!(violation.pointer.as_str(), "/amount" | "/method" | "/accountCode" | "/reference");
        let pointer = if member { format!("/payment{}", violation.pointer) } else { "/payment".to_owned() };
        violation.at(pointer)
    };
    AppError { violations: error.violations.into_iter().map(below).collect(), ..error }
}
