//! Bills of suppliers that are unpaid for long, with the VAT that was recovered.

use application::accounting::views::NameView;
use application::error::AppResult;
use application::ports::storage_error::StorageResult;
use application::tax::unpaid_input_vat::{UnpaidBill, UnpaidBillsQuery};
use domain::ids::TenantId;

use crate::persistence::accounting::company_money::CompanyMoney;
use crate::persistence::settlement::open_on_day::{open_then, taken_later};
use crate::sql::db::Db;
use crate::sql::value::Row;
use crate::statements;

statements! {
    // What was open on the day of the items of each bill, and the tax that the bill put into boxes of returns.
    UNPAID = "tax.tax_entry.unpaid_bills":
        concat!("SELECT {top ?4} d.id, d.number, d.party_code, p.name_ar, p.name_en, t.tax_date, d.currency, \
         o.payable, o.open_amount, t.tax FROM (SELECT j.source_id, CAST(SUM(-i.amount) AS DECIMAL(19,4)) AS payable, CAST(SUM(-(", open_then!(),
         ")) AS DECIMAL(19,4)) AS open_amount FROM open_item i", taken_later!("allocation_date > ?2"),
         " INNER JOIN journal_entry j ON j.tenant_id = i.tenant_id AND j.id = i.entry_id \
         WHERE i.tenant_id = ?1 AND i.control = 'payable' AND i.posting_date <= ?2 AND j.source_kind = 'purchase_invoice' \
         AND j.source_part = 0 AND (i.settled_on IS NULL OR i.settled_on > ?2 OR x.item_id IS NOT NULL) \
         GROUP BY j.source_id HAVING SUM(", open_then!(), ") < 0) o \
         INNER JOIN document d ON d.tenant_id = ?1 AND d.id = o.source_id AND d.status = 'posted' \
         INNER JOIN (SELECT e.source_id, MIN(e.tax_date) AS tax_date, CAST(SUM(e.tax) AS DECIMAL(19,4)) AS tax FROM tax_entry e \
         WHERE e.tenant_id = ?1 AND e.source_kind = 'purchase_invoice' AND e.side = 'input' AND e.return_box IS NOT NULL \
         AND e.tax_date <= ?3 GROUP BY e.source_id HAVING SUM(e.tax) > 0) t ON t.source_id = d.id \
         LEFT JOIN party p ON p.tenant_id = ?1 AND p.code = d.party_code \
         ORDER BY t.tax_date, d.number, d.id {limit ?4}");
}

pub(super) async fn read(
    db: &Db,
    tenant: TenantId,
    query: &UnpaidBillsQuery,
) -> AppResult<Vec<(UnpaidBill, u8)>> {
    let money = CompanyMoney::read(db, tenant).await?;
    let params = [tenant.into(), query.as_of.into(), query.supplied_through.into(), query.max.into()];
    let read = |row: Row| {
        let mut columns = row.columns("document");
        let bill = UnpaidBill {
            id: columns.get("id")?,
            number: columns.get::<Option<String>>("number")?.unwrap_or_default(),
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
