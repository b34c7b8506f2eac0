//! What the money of receipts and payments has paid.

use application::documents::views::DocumentAllocationView;
use application::ports::storage_error::StorageResult;
use application::settlement::views::ALLOCATIONS_INLINE_MAX;
use domain::ids::TenantId;
use domain::money::{Amount, CurrencyCode};
use uuid::Uuid;

use crate::persistence::accounting::company_money::CompanyMoney;
use crate::sql::db::Db;
use crate::sql::value::{Columns, Row};
use crate::statements;

statements! {
    PAID = "documents.document.paid_by_money":
        "SELECT a.id, a.allocation_date, o.id AS item_id, d.id AS document_id, d.document_type, \
         COALESCE(d.number, e.number) AS number, \
         CASE WHEN a.debit_item_id = i.id THEN a.credit_amount ELSE a.amount END AS amount, o.currency FROM open_item i \
         INNER JOIN allocation_item x ON x.tenant_id = i.tenant_id AND x.item_id = i.id \
         INNER JOIN allocation a ON a.tenant_id = x.tenant_id AND a.id = x.allocation_id \
         INNER JOIN open_item o ON o.tenant_id = a.tenant_id \
         AND o.id = CASE WHEN a.debit_item_id = i.id THEN a.credit_item_id ELSE a.debit_item_id END \
         INNER JOIN journal_entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id \
         LEFT JOIN document d ON d.tenant_id = e.tenant_id AND d.id = e.source_id \
         WHERE i.tenant_id = ?1 AND i.entry_id = ?2 AND a.kind IN ('payment', 'netting') AND NOT EXISTS (\
         SELECT 1 FROM allocation u WHERE u.tenant_id = a.tenant_id AND u.undoes_id = a.id AND u.undoes_id IS NOT NULL) \
         ORDER BY a.id {page ?3}";
}

pub(super) async fn paid_by_money(
    db: &Db,
    tenant: TenantId,
    entry: Uuid,
    money: &CompanyMoney,
) -> StorageResult<Vec<DocumentAllocationView>> {
    let max = i64::try_from(ALLOCATIONS_INLINE_MAX).unwrap_or(i64::MAX);
    let rows = db.query(&PAID, &[tenant.into(), entry.into(), max.into()]).await?;
    rows.into_iter().map(|row: Row| shown(&mut row.columns("allocation"), money)).collect()
}

fn shown(columns: &mut Columns, money: &CompanyMoney) -> StorageResult<DocumentAllocationView> {
    let (allocation_id, date) = (columns.get("id")?, columns.get("allocation_date")?);
    let open_item_id = columns.get("item_id")?;
    let (document_id, document_type) = (columns.get("document_id")?, columns.get("document_type")?);
    let number = columns.get("number")?;
    let (amount, currency): (Amount, CurrencyCode) = (columns.get("amount")?, columns.get("currency")?);
    Ok(DocumentAllocationView {
        allocation_id,
        date,
        open_item_id,
        document_id,
        document_type,
        number,
        amount: money.of(amount, currency),
        currency: currency.to_string(),
    })
}
