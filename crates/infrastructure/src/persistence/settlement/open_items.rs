//! [`OpenItemRepository`] in SQL.

use std::collections::BTreeSet;

use application::ports::storage_error::{StorageError, StorageResult};
use application::settlement::ports::{FoundItem, OpenItemRepository, StoredAllocation};
use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::ids::JournalEntryId;
use domain::money::Amount;
use domain::settlement::allocation::AllocationId;
use domain::settlement::early_discount::EarlyDiscount;
use domain::settlement::open_item::{OpenItem, OpenItemId};
use uuid::Uuid;

use super::rows::{allocation_columns, found_columns, item_columns, read_allocation, read_found, read_item};
use crate::persistence::SqlUnitOfWork;
use crate::persistence::parties::aliases::{codes_of_all, survivor};
use crate::sql::bulk::Bulk;
use crate::sql::bulk_update::BulkUpdate;
use crate::sql::statement::Lookup;
use crate::sql::value::{Kind, Row, Value, code_list};
use crate::statements;

/// Allocations that nobody has undone.
macro_rules! live_allocations {
    () => {
        " FROM allocation a WHERE a.tenant_id = ?1 AND NOT EXISTS (SELECT 1 FROM allocation u \
         WHERE u.tenant_id = a.tenant_id AND u.undoes_id = a.id AND u.undoes_id IS NOT NULL)"
    };
}

statements! {
    UNSETTLED = "settlement.open_item.unsettled":
        concat!("SELECT {top ?5} ", item_columns!(), found_columns!(),
         " WHERE i.tenant_id = ?1 AND i.control = ?2 AND i.party IN ", codes_of_all!("?3"), " AND i.settled_on IS NULL \
         AND i.posting_date <= ?4 ORDER BY i.party, i.due_date, i.id {limit ?5}");
    PARTIES = "settlement.open_item.parties":
        concat!("SELECT DISTINCT {top ?4} ", survivor!("i", "party"), " AS party FROM open_item i WHERE i.tenant_id = ?1 \
         AND i.control = ?2 AND i.party > ?3 AND i.settled_on IS NULL ORDER BY party {limit ?4}");
    ALLOCATION = "settlement.allocation.find":
        concat!("SELECT ", allocation_columns!(), " FROM allocation a WHERE a.tenant_id = ?1 AND a.id = ?2");
    // The items of notes among those with which an item was settled.
    CREDITED = "settlement.allocation_item.credited":
        "SELECT CAST(SUM(x.amount) AS DECIMAL(19,4)) AS amount FROM allocation_item x \
         INNER JOIN allocation a ON a.tenant_id = x.tenant_id AND a.id = x.allocation_id \
         INNER JOIN open_item o ON o.tenant_id = a.tenant_id \
         AND o.id = CASE WHEN a.debit_item_id = x.item_id THEN a.credit_item_id ELSE a.debit_item_id END \
         INNER JOIN journal_entry e ON e.tenant_id = o.tenant_id AND e.id = o.entry_id \
         WHERE x.tenant_id = ?1 AND x.item_id = ?2 AND e.source_kind IN ('sales_credit_note', 'purchase_credit_note')";
    LIVE = "settlement.allocation.live_of_entry":
        concat!("SELECT ", allocation_columns!(), " FROM allocation a WHERE a.tenant_id = ?1 AND a.id IN (\
         SELECT d.id FROM open_item i INNER JOIN allocation d ON d.tenant_id = i.tenant_id AND d.debit_item_id = i.id \
         WHERE i.tenant_id = ?1 AND i.entry_id = ?2 UNION ALL \
         SELECT c.id FROM open_item i INNER JOIN allocation c ON c.tenant_id = i.tenant_id AND c.credit_item_id = i.id \
         WHERE i.tenant_id = ?1 AND i.entry_id = ?2) AND a.kind IN ('payment', 'note', 'netting', 'write_off') \
         AND a.belongs_to_id IS NULL AND NOT EXISTS (\
         SELECT 1 FROM allocation u WHERE u.tenant_id = a.tenant_id AND u.undoes_id = a.id AND u.undoes_id IS NOT NULL) \
         ORDER BY a.id");
    UNDONE = "settlement.allocation.undone":
        "SELECT 1 FROM allocation WHERE tenant_id = ?1 AND undoes_id = ?2 AND undoes_id IS NOT NULL";
}

static BY_ID: Lookup = Lookup::new(
    "settlement.open_item.by_id",
    concat!("SELECT ", item_columns!(), found_columns!(), " WHERE i.tenant_id = ?1"),
    ("i.id", Kind::Id),
);
static BY_ENTRY: Lookup = Lookup::new(
    "settlement.open_item.by_entry",
    concat!("SELECT ", item_columns!(), " FROM open_item i WHERE i.tenant_id = ?1"),
    ("i.entry_id", Kind::Id),
);
static COMPANIONS: Lookup = Lookup::new(
    "settlement.allocation.companions",
    concat!("SELECT ", allocation_columns!(), live_allocations!(), " AND a.belongs_to_id IS NOT NULL"),
    ("a.belongs_to_id", Kind::Id),
);
static OF_DOCUMENTS: Lookup = Lookup::new(
    "settlement.allocation.of_documents",
    concat!("SELECT ", allocation_columns!(), live_allocations!(), " AND a.document_id IS NOT NULL"),
    ("a.document_id", Kind::Id),
);
pub(super) static LOOKUPS: &[&Lookup] = &[&BY_ID, &BY_ENTRY, &COMPANIONS, &OF_DOCUMENTS];

static ITEM_INSERT: Bulk = Bulk::new(
    "settlement.open_item.insert",
    "open_item",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("control", Kind::Text(20)),
        ("account_id", Kind::Id),
        ("party", Kind::Text(100)),
        ("entry_id", Kind::Id),
        ("line_no", Kind::Int),
        ("posting_date", Kind::Date),
        ("due_date", Kind::Date),
        ("currency", Kind::Text(3)),
        ("amount", Kind::Amount),
        ("company_amount", Kind::Amount),
        ("open_amount", Kind::Amount),
        ("open_company_amount", Kind::Amount),
        ("settled_on", Kind::Date),
        ("recorded_at", Kind::Time),
    ],
);
static ALLOCATION_INSERT: Bulk = Bulk::new(
    "settlement.allocation.insert",
    "allocation",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("batch_id", Kind::Id),
        ("kind", Kind::Text(20)),
        ("allocation_date", Kind::Date),
        ("debit_item_id", Kind::Id),
        ("credit_item_id", Kind::Id),
        ("amount", Kind::Amount),
        ("credit_amount", Kind::Amount),
        ("debit_company_amount", Kind::Amount),
        ("credit_company_amount", Kind::Amount),
        ("entry_id", Kind::Id),
        ("undoes_id", Kind::Id),
        ("belongs_to_id", Kind::Id),
        ("document_id", Kind::Id),
        ("reason", Kind::Text(500)),
        ("created_by", Kind::Id),
        ("recorded_at", Kind::Time),
    ],
);
static EFFECT_INSERT: Bulk = Bulk::new(
    "settlement.allocation_item.insert",
    "allocation_item",
    &[
        ("tenant_id", Kind::Id),
        ("item_id", Kind::Id),
        ("allocation_id", Kind::Id),
        ("allocation_date", Kind::Date),
        ("amount", Kind::Amount),
        ("company_amount", Kind::Amount),
        ("recorded_at", Kind::Time),
    ],
);
pub(super) static BULKS: &[&Bulk] = &[&ITEM_INSERT, &ALLOCATION_INSERT, &EFFECT_INSERT];

pub(super) static SAVE: BulkUpdate = BulkUpdate::new(
    "settlement.open_item.save",
    "open_item",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("left_open", Kind::Amount),
        ("company_left_open", Kind::Amount),
        ("left_on", Kind::Date),
        ("open_before", Kind::Amount),
    ],
    2,
    ("open_amount = ?3, open_company_amount = ?4, settled_on = ?5", "open_amount = ?6"),
);

pub(super) static SAVE_DISCOUNT: BulkUpdate = BulkUpdate::new(
    "settlement.open_item.save_discount",
    "open_item",
    &[
        ("tenant_id", Kind::Id),
        ("id", Kind::Id),
        ("granted_until", Kind::Date),
        ("granted_amount", Kind::Amount),
        ("granted_in_parts", Kind::Bool),
    ],
    2,
    ("discount_date = ?3, discount_amount = ?4, discount_partial = ?5", "discount_date IS NULL"),
);

#[async_trait]
impl OpenItemRepository for SqlUnitOfWork {
    async fn insert_open_items(&mut self, items: &[(ControlKind, OpenItem)]) -> StorageResult<()> {
        let (tenant, now): (Value, Value) = (self.tenant.into(), self.now.into());
        let row = |(control, item): &(ControlKind, OpenItem)| {
            vec![
                tenant.clone(),
                item.id.into(),
                control.as_str().into(),
                item.account.into(),
                item.party.as_str().into(),
                item.entry.into(),
                item.line_no.into(),
                item.posting_date.into(),
                item.due_date.into(),
                item.currency.into(),
                item.amount.into(),
                item.company_amount.into(),
                item.open_amount.into(),
                item.open_company_amount.into(),
                item.settled_on.into(),
                now.clone(),
            ]
        };
        self.tx.insert_many(&ITEM_INSERT, items.iter().map(row)).await
    }

    async fn open_items(&mut self, ids: &BTreeSet<OpenItemId>) -> StorageResult<Vec<FoundItem>> {
        let keys = ids.iter().map(|id| (*id).into());
        let rows = self.tx.lookup(&BY_ID, self.tenant, keys).await?;
        rows.into_iter().map(|row| read_found(&mut row.columns("open_item"))).collect()
    }

    async fn open_items_of_entries(
        &mut self,
        entries: &BTreeSet<JournalEntryId>,
    ) -> StorageResult<Vec<OpenItem>> {
        let keys = entries.iter().map(|id| (*id).into());
        let rows = self.tx.lookup(&BY_ENTRY, self.tenant, keys).await?;
        rows.into_iter().map(|row| read_item(&mut row.columns("open_item"))).collect()
    }

    async fn unsettled_items(
        &mut self,
        control: ControlKind,
        parties: &BTreeSet<String>,
        through: NaiveDate,
        max: i64,
    ) -> StorageResult<Vec<FoundItem>> {
        let parties = code_list(parties.iter().map(String::as_str));
        let params = [self.tenant.into(), control.as_str().into(), parties, through.into(), max.into()];
        let rows = self.tx.query(&UNSETTLED, &params).await?;
        rows.into_iter().map(|row| read_found(&mut row.columns("open_item"))).collect()
    }

    async fn parties_with_items(
        &mut self,
        control: ControlKind,
        after: &str,
        max: i64,
    ) -> StorageResult<Vec<String>> {
        let params = [self.tenant.into(), control.as_str().into(), after.into(), max.into()];
        let rows = self.tx.query(&PARTIES, &params).await?;
        rows.into_iter().map(|row: Row| row.single("open_item", "party")).collect()
    }

    async fn save_open_items(&mut self, items: &[(OpenItem, Amount)]) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |(item, open_before): &(OpenItem, Amount)| {
            vec![
                tenant.clone(),
                item.id.into(),
                item.open_amount.into(),
                item.open_company_amount.into(),
                item.settled_on.into(),
                (*open_before).into(),
            ]
        };
        self.tx.update_all(&SAVE, items.iter().map(row).collect()).await
    }

    async fn insert_allocations(&mut self, allocations: &[StoredAllocation]) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let rows = allocations.iter().map(|stored| allocation_row(&tenant, stored));
        self.tx.insert_many(&ALLOCATION_INSERT, rows).await?;
        let mut effects = Vec::with_capacity(allocations.len() * 2);
        for stored in allocations {
            effects.extend(effect_rows(&tenant, stored)?);
        }
        self.tx.insert_many(&EFFECT_INSERT, effects.into_iter()).await
    }

    async fn find_allocation(&mut self, id: AllocationId) -> StorageResult<Option<StoredAllocation>> {
        let row = self.tx.find(&ALLOCATION, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read_allocation(&mut row.columns("allocation"))).transpose()
    }

    async fn save_discounts(&mut self, discounts: &[(OpenItemId, EarlyDiscount)]) -> StorageResult<()> {
        let tenant: Value = self.tenant.into();
        let row = |(id, discount): &(OpenItemId, EarlyDiscount)| {
            vec![
                tenant.clone(),
                (*id).into(),
                discount.until.into(),
                discount.amount.into(),
                discount.partial.into(),
            ]
        };
        self.tx.update_all(&SAVE_DISCOUNT, discounts.iter().map(row).collect()).await
    }

    async fn credited_of(&mut self, id: OpenItemId) -> StorageResult<Amount> {
        let row = self.tx.find(&CREDITED, &[self.tenant.into(), id.into()]).await?;
        let sum = row.map(|row| row.single::<Option<Amount>>("allocation_item", "amount")).transpose()?;
        Ok(sum.flatten().unwrap_or_default().abs())
    }

    async fn companions_of(&mut self, ids: &BTreeSet<AllocationId>) -> StorageResult<Vec<StoredAllocation>> {
        let rows = self.tx.lookup(&COMPANIONS, self.tenant, ids.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(|row| read_allocation(&mut row.columns("allocation"))).collect()
    }

    async fn allocations_of_documents(
        &mut self,
        documents: &BTreeSet<Uuid>,
    ) -> StorageResult<Vec<StoredAllocation>> {
        let rows =
            self.tx.lookup(&OF_DOCUMENTS, self.tenant, documents.iter().map(|id| (*id).into())).await?;
        rows.into_iter().map(|row| read_allocation(&mut row.columns("allocation"))).collect()
    }

    async fn live_allocations(&mut self, entry: JournalEntryId) -> StorageResult<Vec<StoredAllocation>> {
        let rows = self.tx.query(&LIVE, &[self.tenant.into(), entry.into()]).await?;
        let read = rows.into_iter().map(|row| read_allocation(&mut row.columns("allocation")));
        let mut allocations = read.collect::<StorageResult<Vec<_>>>()?;
        // Two items of the entry may have settled each other.
        allocations.dedup_by_key(|allocation| allocation.id);
        Ok(allocations)
    }

    async fn is_undone(&mut self, id: AllocationId) -> StorageResult<bool> {
        Ok(self.tx.find(&UNDONE, &[self.tenant.into(), id.into()]).await?.is_some())
    }
}

fn allocation_row(tenant: &Value, stored: &StoredAllocation) -> Vec<Value> {
    let allocation = &stored.allocation;
    vec![
        tenant.clone(),
        stored.id.into(),
        stored.batch.into(),
        stored.kind.as_str().into(),
        stored.date.into(),
        allocation.debit.into(),
        allocation.credit.into(),
        allocation.amount.into(),
        allocation.credit_amount.into(),
        allocation.debit_company_amount.into(),
        allocation.credit_company_amount.into(),
        stored.entry.into(),
        stored.undoes.into(),
        stored.belongs_to.into(),
        stored.document.into(),
        stored.reason.as_deref().into(),
        stored.created_by.into(),
        stored.recorded_at.into(),
    ]
}

/// The amounts that an allocation takes off each item, with the item's sign; amounts that an undo gives back have the other
/// sign.
fn effect_rows(tenant: &Value, stored: &StoredAllocation) -> StorageResult<[Vec<Value>; 2]> {
    let allocation = &stored.allocation;
    let effect = |item: OpenItemId, is_debit: bool, amount: Amount, company: Amount| {
        let signed = |amount: Amount| {
            let signed = if is_debit == stored.gives_back() { amount.checked_neg() } else { Some(amount) };
            signed.ok_or_else(|| StorageError::Internal("an allocation does not fit".to_owned()))
        };
        Ok::<_, StorageError>(vec![
            tenant.clone(),
            item.into(),
            stored.id.into(),
            stored.date.into(),
            signed(amount)?.into(),
            signed(company)?.into(),
            stored.recorded_at.into(),
        ])
    };
    Ok([
        effect(allocation.debit, true, allocation.amount, allocation.debit_company_amount)?,
        effect(allocation.credit, false, allocation.credit_amount, allocation.credit_company_amount)?,
    ])
}
