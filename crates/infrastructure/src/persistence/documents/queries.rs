//! [`DocumentQueries`] in SQL.

use std::borrow::Cow;

use application::documents::ports::{
    DOCUMENT_LIST, DocumentId, DocumentQueries, INVOICE_LIST, ORDER_LIST, QUOTATION_LIST,
};
use application::documents::views::DocumentView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::documents::document_type::{DocumentType, TradeSide};
use domain::ids::TenantId;
use domain::money::Amount;

use super::money_allocations::paid_by_money;
use super::rows::{document_columns, progress_columns, read_document, read_progress};
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::parties::aliases::with_merged;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

/// A document with what is not settled of it, and of an invoice or a bill what notes have settled.
macro_rules! shown_document {
    () => {
        concat!(
            document_columns!(),
            ", (SELECT CAST(SUM(o.open_amount) AS DECIMAL(19,4)) AS open_amount FROM open_item o \
             WHERE o.tenant_id = d.tenant_id AND o.entry_id = d.entry_id) AS open_amount, \
             (SELECT CAST(SUM(x.amount) AS DECIMAL(19,4)) AS credited_amount FROM open_item o \
             INNER JOIN allocation_item x ON x.tenant_id = o.tenant_id AND x.item_id = o.id \
             INNER JOIN allocation a ON a.tenant_id = x.tenant_id AND a.id = x.allocation_id \
             LEFT JOIN allocation u ON u.tenant_id = a.tenant_id AND u.id = a.undoes_id \
             WHERE o.tenant_id = d.tenant_id AND o.entry_id = d.entry_id AND COALESCE(u.kind, a.kind) = 'note' \
             AND d.document_type IN ('sales_invoice', 'sales_debit_note', 'purchase_invoice')) AS credited_amount"
        )
    };
}

statements! {
    VIEW = "documents.document.view":
        concat!("SELECT ", shown_document!(), ", d.content_lines FROM document d \
         WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.document_type = ?3");
    PROGRESS = "documents.line_progress.view":
        concat!("SELECT ", progress_columns!(), " FROM line_progress p WHERE p.tenant_id = ?1 AND p.document_id = ?2 ORDER BY p.line_no");
}

/// A list of documents: the columns that all types have, then those of some.
macro_rules! list {
    ($spec:ident, $status:literal, $select:expr $(, $more:expr)*) => {
        ListSql {
            spec: &$spec,
            select: $select,
            tenant: "d.tenant_id",
            key: &["d.id"],
            columns: &[
                ("id", "d.id"),
                ("status", $status),
                ("kind", "d.kind"),
                ("number", "d.number"),
                ("partyId", "d.party_id"),
                ("partyCode", "d.party_code"),
                ("branchId", "d.branch_id"),
                ("branchCode", "d.branch_code"),
                ("documentDate", "d.document_date"),
                ("postingDate", "d.posting_date"),
                ("currency", "d.currency"),
                ("total", "d.total"),
                ("reference", "d.reference"),
                ("correctsId", "d.corrects_id"),
                ("createdAt", "d.created_at"),
                $($more,)*
            ],
            sorted_as: &[("number", "COALESCE(d.number, '')")],
        }
    };
}

/// How far lines of an order have come: `none`, `partial` or `full`.
macro_rules! how_far {
    ($done:literal) => {
        concat!(
            "(SELECT CASE WHEN MAX(",
            $done,
            ") IS NULL THEN NULL WHEN MAX(",
            $done,
            ") = 0 THEN 'none' WHEN MIN(CASE WHEN ",
            $done,
            " < p.ordered - p.cancelled THEN 0 ELSE 1 END) = 1 THEN 'full' ELSE 'partial' END \
             FROM line_progress p WHERE p.tenant_id = d.tenant_id AND p.document_id = d.id)"
        )
    };
}

static LIST: ListSql =
    list!(DOCUMENT_LIST, "d.status", concat!("SELECT ", shown_document!(), " FROM document d"));
static INVOICES: ListSql = list!(
    INVOICE_LIST,
    "d.status",
    concat!("SELECT ", shown_document!(), " FROM document d"),
    ("orderId", "d.order_id")
);
static QUOTATIONS: ListSql = list!(
    QUOTATION_LIST,
    "COALESCE(d.state, d.status)",
    concat!("SELECT ", shown_document!(), " FROM document d"),
    ("validUntil", "d.valid_until"),
    ("convertedToId", "d.order_id")
);
static ORDERS: ListSql = list!(
    ORDER_LIST,
    "COALESCE(d.state, d.status)",
    concat!(
        "SELECT ",
        shown_document!(),
        ", ",
        how_far!("p.invoiced - p.credited"),
        " AS billing_state, ",
        how_far!("p.delivered - p.returned"),
        " AS receipt_state FROM document d"
    )
);
pub(super) static LISTS: &[&ListSql] = &[&LIST, &INVOICES, &QUOTATIONS, &ORDERS];

const fn list_of(document_type: DocumentType) -> &'static ListSql {
    match document_type {
        DocumentType::Quotation => &QUOTATIONS,
        DocumentType::SalesOrder | DocumentType::PurchaseOrder => &ORDERS,
        DocumentType::SalesInvoice | DocumentType::PurchaseInvoice => &INVOICES,
        _ => &LIST,
    }
}

#[async_trait]
impl DocumentQueries for Db {
    async fn document(
        &self,
        tenant: TenantId,
        document_type: DocumentType,
        id: DocumentId,
    ) -> AppResult<Option<DocumentView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let params = [tenant.into(), id.into(), document_type.as_str().into()];
        let Some(row) = self.find(&VIEW, &params).await? else { return Ok(None) };
        let mut columns = row.columns("document");
        let view = shown(&mut columns, &money)?;
        let lines: Vec<_> = columns.parse("content_lines", |text| serde_json::from_str(text).ok())?;
        let view = DocumentView { lines: Some(lines).filter(|lines| !lines.is_empty()), ..view };
        if let Some(entry) = view.journal_entry_id.filter(|_| document_type.moves_money()) {
            let allocations = Some(paid_by_money(self, tenant, entry, &money).await?);
            return Ok(Some(DocumentView { allocations, ..view }));
        }
        if !document_type.is_order() {
            return Ok(Some(view));
        }
        let rows = self.query(&PROGRESS, &params[..2]).await?;
        let progress = rows.into_iter().map(|row| read_progress(&mut row.columns("line_progress")));
        Ok(Some(view.with_progress(document_type, &progress.collect::<StorageResult<Vec<_>>>()?)))
    }

    async fn documents(
        &self,
        tenant: TenantId,
        document_type: DocumentType,
        query: &ListQuery,
    ) -> AppResult<Page<DocumentView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let only = (Cow::Borrowed("d.document_type = ?2"), vec![document_type.as_str().into()]);
        let read = |columns: &mut Columns| {
            let view = DocumentView { party: None, company: None, ..shown(columns, &money)? };
            if !document_type.is_order() {
                return Ok(view);
            }
            let (billed, received) =
                (columns.get("billing_state")?, columns.get::<Option<String>>("receipt_state")?);
            let bought = document_type.side() == TradeSide::Purchase;
            Ok(DocumentView { billing_state: billed, receipt_state: received.filter(|_| bought), ..view })
        };
        let query = &*with_merged(self, tenant, query, (Some("partyCode"), Some("partyId"))).await?;
        list_of(document_type).page(self, tenant, query, Some(only), read).await
    }
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<DocumentView> {
    let document = read_document(columns)?;
    let open: Option<Amount> = columns.get("open_amount")?;
    let open = open.unwrap_or(Amount::ZERO);
    let credited: Option<Amount> = columns.get("credited_amount")?;
    let view = document.shown(Some(open), money.scale(document.currency));
    Ok(view.credited_with(credited.unwrap_or_default()))
}
