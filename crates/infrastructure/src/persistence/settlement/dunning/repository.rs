//! [`DunningRepository`] in SQL.

use std::collections::BTreeSet;

use application::ports::storage_error::StorageResult;
use application::settlement::dunning::ports::{
    DunningRepository, OverdueItem, OverdueQuery, StoredDunningNotice, StoredDunningRun,
};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::money::{Amount, CurrencyCode};
use domain::settlement::dunning::{DunningNoticeId, DunningRunId};
use domain::settlement::open_item::OpenItemId;

use super::rows::{notice_changes, notice_columns, read_notice, read_run, run_columns};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::parties::aliases::codes_of_all;
use crate::sql::bulk::Bulk;
use crate::sql::statement::Lookup;
use crate::sql::value::{Columns, Kind, Row, Value, code_list, id_list};
use crate::statements;

/// Receivables of customers that are open and not held back, with the highest level that each has reached.
macro_rules! overdue {
    ($top:literal) => {
        concat!(
            "SELECT ",
            $top,
            "i.id, p.code AS party, p.id AS party_id, p.dunning_profile_id, e.number, \
             COALESCE(l.reference, e.reference) AS reference, i.currency, i.due_date, i.open_amount, \
             (SELECT MAX(d.level) FROM dunning_item d WHERE d.tenant_id = i.tenant_id AND d.open_item_id = i.id) AS reached \
             FROM open_item i LEFT JOIN party_alias s ON s.tenant_id = i.tenant_id AND s.code = i.party \
             INNER JOIN party p ON p.tenant_id = i.tenant_id AND p.code = COALESCE(s.survivor, i.party) \
             INNER JOIN journal_entry e ON e.tenant_id = i.tenant_id AND e.id = i.entry_id \
             INNER JOIN ledger_line l ON l.tenant_id = i.tenant_id AND l.entry_id = i.entry_id AND l.line_no = i.line_no \
             WHERE i.tenant_id = ?1 AND i.control = 'receivable' AND i.settled_on IS NULL AND i.amount > 0 \
             AND i.dunning_hold_reason IS NULL AND p.is_customer = 1"
        )
    };
}

/// The overdue items of a page.
macro_rules! overdue_page {
    ($parties:literal) => {
        concat!(
            overdue!("{top ?5} "),
            " AND i.due_date < ?2 AND i.posting_date <= ?2 AND (p.dunning_profile_id IS NOT NULL OR ?3 = 1) AND p.code > ?4",
            $parties,
            " ORDER BY p.code, i.currency, i.due_date, i.id {limit ?5}"
        )
    };
}

statements! {
    OVERDUE = "settlement.dunning.overdue": overdue_page!("");
    OVERDUE_OF_PARTIES = "settlement.dunning.overdue_of_parties": overdue_page!(" AND p.code IN ({codes ?6})");
    CREDITS = "settlement.dunning.unallocated":
        concat!("SELECT COALESCE(a.survivor, i.party) AS party, i.currency, CAST(SUM(i.open_amount) AS DECIMAL(19,4)) AS amount \
         FROM open_item i LEFT JOIN party_alias a ON a.tenant_id = i.tenant_id AND a.code = i.party \
         WHERE i.tenant_id = ?1 AND i.control = 'receivable' AND i.party IN ", codes_of_all!("?2"), " AND i.settled_on IS NULL \
         AND i.amount < 0 AND i.posting_date <= ?3 GROUP BY COALESCE(a.survivor, i.party), i.currency");
    FIND_RUN = "settlement.dunning_run.find":
        concat!(run_columns!(), " WHERE r.tenant_id = ?1 AND r.id = ?2");
    INSERT_RUN = "settlement.dunning_run.insert":
        "INSERT INTO dunning_run (tenant_id, id, run_date, status, notice_count, has_more, created_by, created_at, version) \
         VALUES (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?7, ?8)";
    SAVE_RUN = "settlement.dunning_run.save":
        "UPDATE dunning_run SET status = ?4, notice_count = ?5, posted_at = ?6, version = ?3 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 - 1";
    DELETE_NOTICES = "settlement.dunning_notice.delete_of_run":
        "DELETE FROM dunning_notice WHERE tenant_id = ?1 AND run_id = ?2 AND status = 'draft'";
    DELETE_RUN = "settlement.dunning_run.delete":
        "DELETE FROM dunning_run WHERE tenant_id = ?1 AND id = ?2 AND version = ?3 AND status = 'draft'";
    NOTICES_OF = "settlement.dunning_notice.of_run":
        concat!(notice_columns!(), " WHERE n.tenant_id = ?1 AND n.run_id = ?2 ORDER BY n.id");
    FIND_NOTICE = "settlement.dunning_notice.find":
        concat!(notice_columns!(), " WHERE n.tenant_id = ?1 AND n.id = ?2");
    SAVE_NOTICE = "settlement.dunning_notice.save":
        "UPDATE dunning_notice SET level = ?3, status = ?4, amount = ?5, unallocated = ?6, fee = ?7, fee_item_id = ?8, \
         fee_tax_id = ?9, fee_invoice_id = ?10, fee_invoice_number = ?11, text_ar = ?12, text_en = ?13, block = ?14, \
         block_before = ?15, block_reason_before = ?16, items = ?17, reason = ?18, version = ?19 \
         WHERE tenant_id = ?1 AND id = ?2 AND version = ?19 - 1";
    DELETE_NOTICE = "settlement.dunning_notice.delete":
        "DELETE FROM dunning_notice WHERE tenant_id = ?1 AND id = ?2 AND status = 'draft'";
    DELETE_LEVELS = "settlement.dunning_item.delete_of_notice":
        "DELETE FROM dunning_item WHERE tenant_id = ?1 AND notice_id = ?2";
    HIGHER = "settlement.dunning_item.higher":
        "SELECT {first} 1 FROM dunning_item d INNER JOIN dunning_item o \
         ON o.tenant_id = d.tenant_id AND o.open_item_id = d.open_item_id AND o.level > d.level \
         WHERE d.tenant_id = ?1 AND d.notice_id = ?2 {only}";
    HOLD = "settlement.open_item.hold":
        "UPDATE open_item SET dunning_hold_reason = ?3 WHERE tenant_id = ?1 AND id IN ({ids ?2})";
}

pub(super) static OVERDUE_OF: Lookup =
    Lookup::new("settlement.dunning.overdue_of_items", overdue!(""), ("i.id", Kind::Id));

static NOTICE_INSERT: Bulk = Bulk::new(
    "settlement.dunning_notice.insert",
    "dunning_notice",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("run_id", Kind::Id),
        ("party_id", Kind::Id),
        ("party", Kind::Text(100)),
        ("profile_id", Kind::Id),
        ("notice_date", Kind::Date),
        ("currency", Kind::Text(3)),
        ("created_at", Kind::Time),
        ("level", Kind::Int),
        ("status", Kind::Text(20)),
        ("amount", Kind::Amount),
        ("unallocated", Kind::Amount),
        ("fee", Kind::Amount),
        ("fee_item_id", Kind::Id),
        ("fee_tax_id", Kind::Id),
        ("fee_invoice_id", Kind::Id),
        ("fee_invoice_number", Kind::Text(100)),
        ("text_ar", Kind::Text(2000)),
        ("text_en", Kind::Text(2000)),
        ("block", Kind::Text(20)),
        ("block_before", Kind::Text(20)),
        ("block_reason_before", Kind::Text(200)),
        ("items", Kind::Document),
        ("reason", Kind::Text(500)),
        ("version", Kind::Int),
    ],
);
static LEVEL_INSERT: Bulk = Bulk::new(
    "settlement.dunning_item.insert",
    "dunning_item",
    &[("tenant_id", Kind::Id), ("open_item_id", Kind::Id), ("level", Kind::Int), ("notice_id", Kind::Id)],
);
pub(super) static BULKS: &[&Bulk] = &[&NOTICE_INSERT, &LEVEL_INSERT];

#[async_trait]
impl DunningRepository for SqlUnitOfWork {
    async fn overdue_items(&mut self, query: &OverdueQuery) -> StorageResult<Vec<OverdueItem>> {
        let mut params: Vec<Value> = vec![
            self.tenant.into(),
            query.date.into(),
            query.without_profile.into(),
            query.after.as_str().into(),
            query.max.into(),
        ];
        let statement = match &query.parties {
            None => &OVERDUE,
            Some(parties) => {
                params.push(code_list(parties.iter().map(String::as_str)));
                &OVERDUE_OF_PARTIES
            }
        };
        let rows = self.tx.query(statement, &params).await?;
        rows.into_iter().map(|row| read_overdue(&mut row.columns("open_item"))).collect()
    }

    async fn overdue_items_of(&mut self, ids: &BTreeSet<OpenItemId>) -> StorageResult<Vec<OverdueItem>> {
        let rows = self.tx.lookup(&OVERDUE_OF, self.tenant, ids.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(|row| read_overdue(&mut row.columns("open_item"))).collect()
    }

    async fn unallocated_credits(
        &mut self,
        parties: &BTreeSet<String>,
        date: NaiveDate,
    ) -> StorageResult<Vec<(String, CurrencyCode, Amount)>> {
        let parties = code_list(parties.iter().map(String::as_str));
        let rows = self.tx.query(&CREDITS, &[self.tenant.into(), parties, date.into()]).await?;
        let read = |row: Row| {
            let mut columns = row.columns("open_item");
            let (party, currency) = (columns.get("party")?, columns.get("currency")?);
            Ok((party, currency, columns.get::<Amount>("amount")?.abs()))
        };
        rows.into_iter().map(read).collect()
    }

    async fn find_dunning_run(&mut self, id: DunningRunId) -> StorageResult<Option<StoredDunningRun>> {
        let row = self.tx.find(&FIND_RUN, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_run(&mut row.columns("dunning_run"))).transpose()
    }

    async fn insert_dunning_run(
        &mut self,
        run: &StoredDunningRun,
        notices: &[StoredDunningNotice],
    ) -> StorageResult<()> {
        let params = [
            self.tenant.into(),
            run.id.into(),
            run.date.into(),
            run.notice_count.into(),
            run.has_more.into(),
            run.created_by.into(),
            run.created_at.into(),
            run.version.into(),
        ];
        self.tx.execute_one(&INSERT_RUN, &params).await?;
        let mut rows = Vec::with_capacity(notices.len());
        for notice in notices {
            let head: [Value; 9] = [
                self.tenant.into(),
                notice.id.into(),
                notice.run.into(),
                notice.party.into(),
                notice.party_code.as_str().into(),
                notice.profile.into(),
                notice.date.into(),
                notice.currency.into(),
                notice.created_at.into(),
            ];
            rows.push([head.to_vec(), notice_changes(notice)?].concat());
        }
        self.tx.insert_many(&NOTICE_INSERT, rows.into_iter()).await
    }

    async fn save_dunning_run(&mut self, run: &StoredDunningRun) -> StorageResult<bool> {
        let params = [
            self.tenant.into(),
            run.id.into(),
            run.version.into(),
            run.status.as_str().into(),
            run.notice_count.into(),
            run.posted_at.into(),
        ];
        Ok(self.tx.execute(&SAVE_RUN, &params).await? == 1)
    }

    async fn delete_dunning_run(&mut self, id: DunningRunId, version: i64) -> StorageResult<bool> {
        self.tx.execute(&DELETE_NOTICES, &[self.tenant.into(), id.into()]).await?;
        Ok(self.tx.execute(&DELETE_RUN, &[self.tenant.into(), id.into(), version.into()]).await? == 1)
    }

    async fn dunning_notices_of(&mut self, run: DunningRunId) -> StorageResult<Vec<StoredDunningNotice>> {
        let rows = self.tx.query(&NOTICES_OF, &[self.tenant.into(), run.into()]).await?;
        rows.into_iter().map(|row| read_notice(&mut row.columns("dunning_notice"))).collect()
    }

    async fn find_dunning_notice(
        &mut self,
        id: DunningNoticeId,
    ) -> StorageResult<Option<StoredDunningNotice>> {
        let row = self.tx.find(&FIND_NOTICE, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_notice(&mut row.columns("dunning_notice"))).transpose()
    }

    async fn save_dunning_notice(&mut self, notice: &StoredDunningNotice) -> StorageResult<bool> {
        let key: [Value; 2] = [self.tenant.into(), notice.id.into()];
        let params = [key.to_vec(), notice_changes(notice)?].concat();
        Ok(self.tx.execute(&SAVE_NOTICE, &params).await? == 1)
    }

    async fn delete_dunning_notice(&mut self, id: DunningNoticeId) -> StorageResult<()> {
        self.tx.execute_one(&DELETE_NOTICE, &[self.tenant.into(), id.into()]).await
    }

    async fn insert_dunning_levels(
        &mut self,
        notice: DunningNoticeId,
        levels: &[(OpenItemId, u32)],
    ) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |(item, level): &(OpenItemId, u32)| {
            vec![tenant.clone(), (*item).into(), (*level).into(), notice.into()]
        };
        self.tx.insert_many(&LEVEL_INSERT, levels.iter().map(row)).await
    }

    async fn delete_dunning_levels(&mut self, notice: DunningNoticeId) -> StorageResult<()> {
        self.tx.apply(&DELETE_LEVELS, &[self.tenant.into(), notice.into()]).await
    }

    async fn reached_higher(&mut self, notice: DunningNoticeId) -> StorageResult<bool> {
        Ok(self.tx.find(&HIGHER, &[self.tenant.into(), notice.into()]).await?.is_some())
    }

    async fn hold_items(&mut self, ids: &BTreeSet<OpenItemId>, reason: Option<&str>) -> StorageResult<()> {
        let ids = id_list(ids.iter().map(|id| id.uuid()));
        self.tx.apply(&HOLD, &[self.tenant.into(), ids, reason.into()]).await
    }
}

fn read_overdue(columns: &mut Columns) -> StorageResult<OverdueItem> {
    Ok(OverdueItem {
        id: columns.get("id")?,
        party_code: columns.get("party")?,
        party: columns.get("party_id")?,
        profile: columns.get("dunning_profile_id")?,
        number: columns.get::<Option<String>>("number")?.unwrap_or_default(),
        reference: columns.get("reference")?,
        currency: columns.get("currency")?,
        due_date: columns.get("due_date")?,
        open_amount: columns.get("open_amount")?,
        reached: columns.get::<Option<u32>>("reached")?.unwrap_or_default(),
    })
}
