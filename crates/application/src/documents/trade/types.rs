//! The types of invoices, bills and notes: what makes their bodies differ.

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::documents::note::NoteKind;
use domain::documents::supplier_number::former_supplier_number_key;
use domain::error::Violation;
use domain::parties::party::PartyId;

use super::body::{
    NewPurchaseCreditNote, NewPurchaseInvoice, NewSalesCreditNote, NewSalesDebitNote, NewSalesInvoice,
};
use super::input::{Input, Supplier};
use super::parts::PaymentAtOnceBody;
use super::post::post;
use super::prepare::{Prepared, Preparing, prepare};
use super::warn;
use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::document_names;
use crate::documents::error::SUPPLIER_INVOICE_EXISTS;
use crate::documents::money::pay_at_once;
use crate::documents::note_settles::settle_corrected;
use crate::documents::ports::{DocumentId, DocumentStatus, StoredDocument};
use crate::documents::steps::note_entered;
use crate::documents::views::DocumentView;
use crate::documents::{DocumentBody, DocumentNames, DraftOf};
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;
use crate::warnings::BRANCH_WITHOUT_VALUE;
use crate::wire::Kept;

/// A body with lines and taxes.
pub trait TradeBody: DocumentBody {
    fn input(&self) -> Input<'_>;
    /// The payment that comes with an invoice.
    fn payment(&self) -> Option<&PaymentAtOnceBody> {
        None
    }
}

/// The supplier's own figures of a body that has them.
macro_rules! supplier {
    ($body:ident) => {
        Some(Supplier {
            number: $body.supplier_number.as_deref(),
            total: $body.supplier_total,
            vat: $body.supplier_vat,
        })
    };
}

macro_rules! trade_documents {
    ($($name:ident: $document_type:ident, $names:expr;)*) => {$(
        #[async_trait]
        impl DocumentBody for $name {
            const TYPE: DocumentType = DocumentType::$document_type;
            const NAMES: DocumentNames = $names;
            type Prepared = Prepared;

            fn post(&self) -> bool {
                self.post
            }

            async fn prepare(
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: &mut Books,
                of: DraftOf<'_>,
                kept: &Kept<Self>,
            ) -> AppResult<Prepared> {
                prepare_body(ctx, uow, books, of, kept).await
            }

            async fn enter(
                &self,
                ctx: &RequestContext,
                uow: &mut dyn UnitOfWork,
                books: Books,
                prepared: Prepared,
                draft: Option<&StoredDocument>,
            ) -> AppResult<DocumentView> {
                enter(ctx, uow, books, prepared, (draft, self.payment())).await
            }
        }
    )*};
}

/// Prepares a body, and refuses a supplier's number that another document has (R87).
pub(in crate::documents) async fn prepare_body<B: TradeBody>(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: &mut Books,
    (id, draft): DraftOf<'_>,
    kept: &Kept<B>,
) -> AppResult<Prepared> {
    let confirmed = draft.filter(|draft| draft.status == DocumentStatus::Confirmed);
    let revises = confirmed.is_some();
    let branch_before = confirmed.map(|order| order.branch.clone());
    let input = Input { branch_before, ..kept.body.input() };
    let branch_at =
        input.branch.as_ref().map(|named| Reference::member(Some(named), "/branchId", "/branchCode"));
    let draft = draft.filter(|draft| !input.reprice && same_lines(&draft.body, &kept.text));
    let preparing = Preparing { ctx, document_type: B::TYPE, id, body: &kept.text, input, draft };
    let mut prepared = prepare(preparing, uow, books).await?;
    let of_books = warn::of_books(uow, books, &prepared, revises).await?;
    prepared.warnings.extend(of_books.into_iter().map(|warning| match warning.def.code {
        code if code == BRANCH_WITHOUT_VALUE.code => warning.at(branch_at.unwrap_or_default()),
        _ => warning,
    }));
    let document = &prepared.document;
    if let Some(other) = same_supplier_number(uow, document, document.party).await? {
        let number = document.view.supplier_number.clone().unwrap_or_default();
        let exists = Violation::new(&SUPPLIER_INVOICE_EXISTS).at("/supplierNumber");
        return Err(exists.with("number", number).with("id", other).into());
    }
    Ok(prepared)
}

/// Another document of the supplier with the same number (R87), which may have been stored under the key of the time before.
pub(in crate::documents) async fn same_supplier_number(
    uow: &mut dyn UnitOfWork,
    document: &StoredDocument,
    party: PartyId,
) -> AppResult<Option<DocumentId>> {
    let Some(key) = &document.supplier_key else { return Ok(None) };
    let former = document.view.supplier_number.as_deref().map(former_supplier_number_key);
    for key in std::iter::once(key).chain(former.as_ref().filter(|former| *former != key)) {
        let found = uow.documents().by_supplier_key(document.document_type, party, key).await?;
        if let Some(other) = found.filter(|other| *other != document.id) {
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Whether two bodies have the same lines, so that a draft keeps the prices that these found.
fn same_lines(before: &str, after: &str) -> bool {
    let lines = |text: &str| {
        let body: Option<serde_json::Value> = serde_json::from_str(text).ok();
        body.and_then(|mut body| body.get_mut("lines").map(serde_json::Value::take))
    };
    before == after || lines(before) == lines(after)
}

/// Posts a prepared document, and receives the payment that comes with it.
async fn enter(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    books: Books,
    prepared: Prepared,
    (draft, payment): (Option<&StoredDocument>, Option<&PaymentAtOnceBody>),
) -> AppResult<DocumentView> {
    let (scale, anonymous) = (prepared.money.currency.scale, prepared.anonymous);
    let document = post(ctx, uow, books, prepared, draft).await?;
    let open = settle_corrected(ctx, uow, &document).await?;
    let mut view = note_entered(uow, &document, open, scale);
    if let Some(payment) = payment {
        pay_at_once(ctx, uow, (&document, anonymous), payment, &mut view).await?;
    }
    Ok(view)
}

trade_documents! {
    NewSalesInvoice: SalesInvoice, document_names!(
        "sales", "sales_invoice", "sales_invoices", "/sales-invoices", "a sales invoice", "sales invoices",
        "Invoices to customers: standard, simplified and for prepayments.", "cancel"
    );
    NewSalesCreditNote: SalesCreditNote, document_names!(
        "sales", "sales_credit_note", "sales_credit_notes", "/sales-credit-notes", "a sales credit note", "sales credit notes",
        "Notes that give customers something back of an invoice.", "cancel"
    );
    NewSalesDebitNote: SalesDebitNote, document_names!(
        "sales", "sales_debit_note", "sales_debit_notes", "/sales-debit-notes", "a sales debit note", "sales debit notes",
        "Notes that ask customers for more than an invoice did, or take a credit note back.", "cancel"
    );
    NewPurchaseInvoice: PurchaseInvoice, document_names!(
        "purchase", "purchase_invoice", "purchase_invoices", "/purchase-invoices", "a purchase invoice", "purchase invoices",
        "Bills of suppliers.", "reverse"
    );
    NewPurchaseCreditNote: PurchaseCreditNote, document_names!(
        "purchase", "purchase_credit_note", "purchase_credit_notes", "/purchase-credit-notes", "a purchase credit note", "purchase credit notes",
        "Notes by which suppliers give something back of a bill.", "reverse"
    );
}

impl TradeBody for NewSalesInvoice {
    fn input(&self) -> Input<'_> {
        let paid_at_once = self.payment.is_some();
        let credit_override = self.credit_override_reason.as_deref();
        Input {
            kind: self.kind,
            prepayments: &self.prepayments.0,
            paid_at_once,
            payment_amount: self.payment.as_ref().and_then(|payment| payment.amount),
            credit_override,
            ..self.common()
        }
    }
    fn payment(&self) -> Option<&PaymentAtOnceBody> {
        self.payment.as_ref()
    }
}

impl TradeBody for NewSalesCreditNote {
    fn input(&self) -> Input<'_> {
        Input { note: self.note(self.kind), ..self.common() }
    }
}

impl TradeBody for NewSalesDebitNote {
    fn input(&self) -> Input<'_> {
        Input { note: self.note(NoteKind::Price), ..self.common() }
    }
}

impl TradeBody for NewPurchaseInvoice {
    fn input(&self) -> Input<'_> {
        Input {
            supplier: supplier!(self),
            purchase_kind: Some(self.kind),
            accept_difference: self.accept_difference_reason.as_deref(),
            ..self.common()
        }
    }
}

impl TradeBody for NewPurchaseCreditNote {
    fn input(&self) -> Input<'_> {
        Input { note: self.note(self.kind), supplier: supplier!(self), ..self.common() }
    }
}
