//! `GET /sales-invoices/{id}/pdf` and the same of notes and vouchers: documents on paper.

use std::sync::Arc;

use application::accounting::ports::reports::ReportQueries;
use application::authorize::Access;
use application::company::ports::CompanyQueries;
use application::documents::DocumentBody;
use application::documents::money::{NewPayment, NewReceipt};
use application::documents::ports::{DocumentId, DocumentQueries};
use application::documents::trade::{NewSalesCreditNote, NewSalesDebitNote, NewSalesInvoice};
use application::documents::views::DocumentView;
use application::error::AppError;
use application::master_data::Reads;
use application::master_data::registry::MasterReads;
use application::ports::clock::Clock;
use application::printing::error::PRINT_TOO_LARGE;
use application::printing::ports::Printer;
use application::printing::print_document::Print;
use application::printing::wording::PrintLanguage;
use axum::extract::{FromRef, State};
use domain::company::branch::{Branch, BranchId};
use domain::parties::party::{Party, PartyId};

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Id, Media, Query};
use crate::operation::Operations;
use crate::query;
use crate::state::AppState;

const ABOUT: &str = "The document on paper, with its amount in words. A draft says that it is one across every page, and so does a document \
     that was taken back. The names, addresses and registrations of both sides are those of the time when it was posted; those of a \
     draft are of today. Where the document has a branch, the address and the registration of the branch stand in for those of the company. There is no QR code.";

query! {
    /// How a document is printed.
    pub struct PrintParams {
        /// The languages. By default Arabic for those who prefer it by `Accept-Language`, and both for everybody else, because tax
        /// invoices have to be in Arabic and may bear another language beside it.
        language: Option<PrintLanguage> = "both",
    }
}

pub(super) fn operations(ops: &mut Operations) {
    printed::<NewSalesInvoice>(
        ops,
        "/sales-invoices/{id}/pdf",
        "get_sales_invoice_pdf",
        "Print a sales invoice",
    );
    printed::<NewSalesCreditNote>(
        ops,
        "/sales-credit-notes/{id}/pdf",
        "get_sales_credit_note_pdf",
        "Print a sales credit note",
    );
    printed::<NewSalesDebitNote>(
        ops,
        "/sales-debit-notes/{id}/pdf",
        "get_sales_debit_note_pdf",
        "Print a sales debit note",
    );
    printed::<NewReceipt>(ops, "/receipts/{id}/pdf", "get_receipt_pdf", "Print a receipt");
    printed::<NewPayment>(ops, "/payments/{id}/pdf", "get_payment_pdf", "Print a payment");
}

fn printed<B: DocumentBody>(
    ops: &mut Operations,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
) {
    ops.get(path, pdf::<B>)
        .id(id)
        .tag(B::NAMES.tag)
        .summary(summary)
        .description(ABOUT)
        .access(Access::Permission(B::NAMES.can_read))
        .query::<PrintParams>()
        // Generators of clients that do not know the first take the second.
        .file(&[Media::Pdf, Media::OctetStream])
        .errors(&[&PRINT_TOO_LARGE])
        .long();
}

/// The queries that printing reads, and the printer.
struct Printing {
    documents: Arc<dyn DocumentQueries>,
    company: Arc<dyn CompanyQueries>,
    records: Arc<dyn MasterReads>,
    reports: Arc<dyn ReportQueries>,
    printer: Arc<dyn Printer>,
    clock: Arc<dyn Clock>,
}

impl FromRef<AppState> for Printing {
    fn from_ref(state: &AppState) -> Self {
        Self {
            documents: FromRef::from_ref(state),
            company: FromRef::from_ref(state),
            records: FromRef::from_ref(state),
            reports: FromRef::from_ref(state),
            printer: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

async fn pdf<B: DocumentBody>(
    State(printing): State<Printing>,
    ctx: Ctx,
    Id(id): Id<DocumentId>,
    Query(params): Query<PrintParams>,
) -> ApiResult {
    let view = printing.documents.document(ctx.tenant, B::TYPE, id).await?;
    let view = view.ok_or_else(|| AppError::not_found(B::NAMES.entity))?;
    let party = Reads::<Party>::one(&*printing.records, ctx.tenant, PartyId::new(view.party_id)).await?;
    let branch = match view.branch_id {
        Some(id) => Reads::<Branch>::one(&*printing.records, ctx.tenant, BranchId::new(id)).await?,
        None => None,
    };
    let today = ctx.today(printing.clock.now());
    let print = Print {
        document: &view,
        document_type: B::TYPE,
        company: &printing.company.company_profile(ctx.tenant).await?,
        branch: branch.as_ref().map(|branch| &branch.value),
        party: party.as_ref().map(|party| &party.value),
        company_currency: printing.reports.calendar(ctx.tenant).await?.company.code,
        language: params.language.unwrap_or(PrintLanguage::for_reader(ctx.language)),
        today,
    };
    let file = printing.printer.pdf(print.compose(), today).await?;
    Ok(answer::pdf(file, &file_name(&view)))
}

/// The number, as far as names of files may have its characters; the id of a draft.
fn file_name(view: &DocumentView) -> String {
    let Some(number) = &view.number else { return view.id.to_string() };
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    number.chars().map(|letter| if fits(letter) { letter } else { '-' }).collect()
}
