//! Recurring invoices in SQL.

use application::accounting::ports::recurring::StoredRecurring;
use application::documents::recurring::ports::RECURRING_INVOICE_LIST;
use application::documents::recurring::template::{
    InvoiceTemplate, InvoiceType, RecurringInvoice, TemplatePrices,
};
use application::documents::recurring::views::{RecurringInvoiceView, UpcomingInvoiceView};
use application::error::AppResult;
use application::ports::storage_error::{StorageError, StorageResult};
use async_trait::async_trait;
use domain::ids::TenantId;
use domain::parties::party::PartyId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::recurring_runs::OF_INVOICES;
use crate::persistence::accounting::recurring_document::{corrupt, read, write};
use crate::persistence::accounting::recurring_table::{RecurringSql, RecurringTable};
use crate::recurring_sql;
use crate::sql::db::Db;
use crate::sql::value::Value;

/// The approximate size of a line of a body, in bytes.
const LINE_BYTES: usize = 200;

recurring_sql! {
    "documents.recurring_invoice", "recurring_invoice",
    more: [", document_type, party_id", ", ?20, ?21", ", document_type = ?20, party_id = ?21"],
    used: "SELECT {first} 1 FROM recurring_run WHERE tenant_id = ?1 AND recurring_invoice_id = ?2 AND status = 'made' {only}",
    list: &RECURRING_INVOICE_LIST, filters: [("type", "r.document_type"), ("partyId", "r.party_id")],
    occurrences: &OF_INVOICES
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "type")]
    invoice_type: String,
    prices: String,
    party: Uuid,
    body: Box<RawValue>,
}

#[async_trait]
impl RecurringTable for InvoiceTemplate {
    const SQL: &'static RecurringSql = &SQL;
    const EXPAND: &'static str = "template";

    fn write(&self) -> StorageResult<String> {
        let body = RawValue::from_string(self.body.clone());
        write(&Stored {
            invoice_type: self.invoice_type.as_str().to_owned(),
            prices: self.prices.as_str().to_owned(),
            party: self.party.uuid(),
            body: body.map_err(|error| StorageError::Internal(format!("recurring invoice: {error}")))?,
        })
    }

    fn read(text: &str) -> StorageResult<Self> {
        let stored: Stored = read("template", text)?;
        let unknown = |word: String| move |_| corrupt("template", word);
        let invoice_type = InvoiceType::parse(&stored.invoice_type);
        let prices = TemplatePrices::parse(&stored.prices);
        Ok(Self {
            invoice_type: invoice_type.map_err(unknown(stored.invoice_type))?,
            prices: prices.map_err(unknown(stored.prices))?,
            party: PartyId::new(stored.party),
            body: stored.body.get().to_owned(),
        })
    }

    fn more(&self) -> Vec<Value> {
        vec![self.invoice_type.as_str().into(), self.party.into()]
    }

    fn size(&self) -> usize {
        self.body.len() / LINE_BYTES + 1
    }

    async fn views(
        _: &Db,
        _: TenantId,
        stored: &[StoredRecurring<Self>],
        expanded: bool,
    ) -> AppResult<Vec<RecurringInvoiceView>> {
        Ok(stored.iter().map(|stored| RecurringInvoiceView::new(stored, expanded)).collect())
    }

    fn upcoming(recurring: &RecurringInvoice, count: usize) -> Vec<UpcomingInvoiceView> {
        UpcomingInvoiceView::of(recurring, count)
    }
}
