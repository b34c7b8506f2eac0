//! The number series of documents.

use domain::accounting::number_series::{NumberReset, NumberSeriesRecord};
use domain::documents::document_type::DocumentType;
use domain::text::{Code, LocalizedName};

use crate::accounting::number_series::NewNumberSeries;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::create_missing;
use crate::unit_of_work::UnitOfWork;
use crate::wire::RequiredText;

/// Type, code, pattern and names.
type Plan = (DocumentType, &'static str, &'static str, &'static str, &'static str);

static SERIES: [Plan; 10] = [
    (DocumentType::Quotation, "QUOTATION", "QUO-{YYYY}-{000000}", "عروض الأسعار", "Quotations"),
    (DocumentType::SalesOrder, "SALES-ORDER", "SO-{YYYY}-{000000}", "أوامر البيع", "Sales orders"),
    (DocumentType::PurchaseOrder, "PURCHASE-ORDER", "PO-{YYYY}-{000000}", "أوامر الشراء", "Purchase orders"),
    (DocumentType::SalesInvoice, "SALES-INVOICE", "INV-{FY}-{000000}", "فواتير المبيعات", "Sales invoices"),
    (
        DocumentType::SalesCreditNote,
        "SALES-CREDIT-NOTE",
        "SCN-{FY}-{000000}",
        "إشعارات المبيعات الدائنة",
        "Sales credit notes",
    ),
    (
        DocumentType::SalesDebitNote,
        "SALES-DEBIT-NOTE",
        "SDN-{FY}-{000000}",
        "إشعارات المبيعات المدينة",
        "Sales debit notes",
    ),
    (
        DocumentType::PurchaseInvoice,
        "PURCHASE-INVOICE",
        "BILL-{FY}-{000000}",
        "فواتير المشتريات",
        "Purchase invoices",
    ),
    (
        DocumentType::PurchaseCreditNote,
        "PURCHASE-CREDIT-NOTE",
        "PCN-{FY}-{000000}",
        "إشعارات المشتريات الدائنة",
        "Purchase credit notes",
    ),
    (DocumentType::Receipt, "RECEIPT", "RCT-{FY}-{000000}", "سندات القبض", "Receipts"),
    (DocumentType::Payment, "PAYMENT", "PAY-{FY}-{000000}", "سندات الصرف", "Payments"),
];

/// Creates a series for each type of document that has none.
pub(in super::super) async fn ensure_document_series(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
) -> AppResult<u32> {
    let mut created = 0;
    for (document_type, code, pattern, ar, en) in SERIES {
        if uow.documents().document_series(document_type, None).await?.is_some() {
            continue;
        }
        let new = NewNumberSeries {
            code: Code::parse(code)?,
            name: LocalizedName::parse(Some(ar), Some(en))?,
            document_type: Code::parse(document_type.as_str())?,
            branch_id: None,
            branch_code: None,
            pattern: RequiredText::of(pattern)?,
            // Only what enters the ledger needs a number for every document, without a gap.
            reset: if document_type.posts() { NumberReset::FiscalYear } else { NumberReset::Year },
            gapless: document_type.posts(),
            active: true,
        };
        created += create_missing::<NumberSeriesRecord>(ctx, uow, [new]).await?;
    }
    Ok(created)
}
