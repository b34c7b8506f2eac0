//! Bills of suppliers that are unpaid for long, with the VAT that was recovered.

use application::accounting::views::NameView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::tax::report_ports::{UnpaidBill, UnpaidBillsQuery};
use domain::ids::TenantId;

use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::settlement::open_on_day::{open_then, taken_later};
use crate::sql::db::Db;
use crate::sql::value::Row;
use crate::statements;

statements! {
    // What was open on the day of the items of each bill, and the tax that the bill put into boxes of returns.
    UNPAID = "tax.tax_entry.unpaid_bills":
        concat!("SELECT {top ?4} y.id, y.number, y.branch_code, y.party_code, y.name_ar, y.name_en, y.tax_date, y.currency, y.payable, \
         y.open_amount, y.tax FROM (SELECT d.id, d.number, d.branch_code, d.party_code, p.name_ar, p.name_en, d.currency, o.payable, o.open_amount, \
         (SELECT MIN(e.tax_date) FROM tax_entry e WHERE e.tenant_id = ?1 AND e.source_id = d.id) AS tax_date, \
         (SELECT CAST(SUM(e.tax) AS DECIMAL(19,4)) FROM tax_entry e WHERE e.tenant_id = ?1 AND e.source_id = d.id \
         AND e.side = 'input' AND e.return_box IS NOT NULL) AS tax \
         FROM (SELECT j.source_id, CAST(SUM(-i.amount) AS DECIMAL(19,4)) AS payable, CAST(SUM(-(", open_then!(),
         ")) AS DECIMAL(19,4)) AS open_amount FROM (\
         SELECT id, entry_id, amount, open_amount FROM open_item WHERE tenant_id = ?1 AND control = 'payable' \
         AND settled_on IS NULL AND posting_date <= ?2 UNION ALL \
         SELECT id, entry_id, amount, open_amount FROM open_item WHERE tenant_id = ?1 AND control = 'payable' \
         AND settled_on IS NOT NULL AND posting_date <= ?2 AND (settled_on > ?2 OR id IN (\
         SELECT item_id FROM allocation_item WHERE tenant_id = ?1 AND allocation_date > ?2))) i",
         taken_later!(" {index ix_allocation_item_date}", "allocation_date > ?2"),
         " INNER JOIN journal_entry j ON j.tenant_id = ?1 AND j.id = i.entry_id WHERE j.source_kind = 'purchase_invoice' \
         AND j.source_part = 0 GROUP BY j.source_id HAVING SUM(", open_then!(), ") < 0) o \
         INNER JOIN document d ON d.tenant_id = ?1 AND d.id = o.source_id AND d.status = 'posted' \
         LEFT JOIN party p ON p.tenant_id = ?1 AND p.code = d.party_code) y \
         WHERE y.tax > 0 AND y.tax_date <= ?3 AND (?5 = '' OR y.branch_code = ?5) ORDER BY y.tax_date, y.number, y.id {limit ?4}");
}

pub(super) async fn read(
    db: &Db,
    tenant: TenantId,
    query: &UnpaidBillsQuery,
) -> AppResult<Vec<(UnpaidBill, u8)>> {
    let money = CompanyMoney::read(db, tenant).await?;
    let params = [
        tenant.into(),
        query.as_of.into(),
        query.supplied_through.into(),
        query.max.into(),
        query.branch.as_deref().unwrap_or_default().into(),
    ];
    let read = |row: Row| {
        let mut columns = row.columns("document");
        let bill = UnpaidBill {
            id: columns.get("id")?,
            number: columns.get::<Option<String>>("number")?.unwrap_or_default(),
            branch: columns.get("branch_code")?,
            party: columns.get("party_code")?,
            name: NameView { ar: columns.get("name_ar")?, en: columns.get("name_en")? },
            tax_date: columns.get("tax_date")?,
            currency: columns.get("currency")?,
            payable: columns.get("payable")?,
            open: columns.get("open_amount")?,
            tax: columns.get("tax")?,
        };
        let decimals = money.scale(bill.currency);
        Ok((bill, decimals))
    };
    let rows = db.query(&UNPAID, &params).await?;
    Ok(rows.into_iter().map(read).collect::<StorageResult<_>>()?)
}
