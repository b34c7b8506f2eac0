//! [`DocumentQueries`] in SQL.

use std::borrow::Cow;

use application::documents::ports::{DOCUMENT_LIST, DocumentId, DocumentQueries};
use application::documents::views::DocumentView;
use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::ids::TenantId;
use domain::money::Amount;

use super::rows::{document_columns, read_document};
use crate::persistence::accounting::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::Columns;
use crate::statements;

/// A document with what is not settled of it.
macro_rules! shown_document {
    () => {
        concat!(
            document_columns!(),
            ", (SELECT CAST(SUM(o.open_amount) AS DECIMAL(19,4)) AS open_amount FROM open_item o \
             WHERE o.tenant_id = d.tenant_id AND o.entry_id = d.entry_id) AS open_amount"
        )
    };
}

statements! {
    VIEW = "documents.document.view":
        concat!("SELECT ", shown_document!(), ", d.content_lines FROM document d \
         WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.document_type = ?3");
}

static LIST: ListSql = ListSql {
    spec: &DOCUMENT_LIST,
    select: concat!("SELECT ", shown_document!(), " FROM document d"),
    tenant: "d.tenant_id",
    key: &["d.id"],
    columns: &[
        ("id", "d.id"),
        ("status", "d.status"),
        ("kind", "d.kind"),
        ("number", "d.number"),
        ("partyId", "d.party_id"),
        ("partyCode", "d.party_code"),
        ("documentDate", "d.document_date"),
        ("postingDate", "d.posting_date"),
        ("currency", "d.currency"),
        ("total", "d.total"),
        ("reference", "d.reference"),
        ("correctsId", "d.corrects_id"),
        ("createdAt", "d.created_at"),
    ],
    sorted_as: &[("number", "COALESCE(d.number, '')")],
};
pub(super) static LISTS: &[&ListSql] = &[&LIST];

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
        Ok(Some(DocumentView { lines: Some(lines).filter(|lines| !lines.is_empty()), ..view }))
    }

    async fn documents(
        &self,
        tenant: TenantId,
        document_type: DocumentType,
        query: &ListQuery,
    ) -> AppResult<Page<DocumentView>> {
        let money = CompanyMoney::read(self, tenant).await?;
        let only = (Cow::Borrowed("d.document_type = ?2"), vec![document_type.as_str().into()]);
        LIST.page(self, tenant, query, Some(only), |columns| shown(columns, &money)).await
    }
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<DocumentView> {
    let document = read_document(columns)?;
    let open: Option<Amount> = columns.get("open_amount")?;
    let open = open.unwrap_or(Amount::ZERO);
    Ok(document.shown(Some(open), money.scale(document.currency)))
}
