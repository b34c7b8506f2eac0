//! Dunning in storage.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::ids::{TenantId, UserId};
use domain::items::item::ItemId;
use domain::money::{Amount, CurrencyCode};
use domain::parties::dunning_profile::{DunningProfileId, DunningText};
use domain::parties::party::PartyId;
use domain::parties::roles::CustomerBlock;
use domain::settlement::dunning::{DunningNoticeId, DunningRunId, DunningStatus};
use domain::settlement::open_item::OpenItemId;
use domain::tax::tax_code::TaxCodeId;
use domain::time::Timestamp;

use super::views::{DunningItemView, DunningNoticeView, DunningRunView};
use crate::documents::ports::{DocumentId, StoredDocument};
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::parties::dunning_text::DunningTextView;
use crate::ports::storage_error::StorageResult;

/// A run as it is kept.
#[derive(Debug, Clone)]
pub struct StoredDunningRun {
    pub id: DunningRunId,
    pub date: NaiveDate,
    pub status: DunningStatus,
    pub notice_count: u32,
    pub has_more: bool,
    pub created_by: Option<UserId>,
    pub created_at: Timestamp,
    pub posted_at: Option<Timestamp>,
    pub version: i64,
}

impl StoredDunningRun {
    /// Without notices.
    pub fn view(&self) -> DunningRunView {
        DunningRunView {
            id: self.id.uuid(),
            date: self.date,
            status: self.status.as_str(),
            notice_count: self.notice_count,
            has_more: self.has_more,
            created_by: self.created_by.map(|id| id.uuid()),
            created_at: self.created_at.to_string(),
            posted_at: self.posted_at.map(|at| at.to_string()),
            version: self.version,
            notices: None,
        }
    }
}

/// The fee of a notice, and the invoice that charges it.
#[derive(Debug, Clone, Default)]
pub struct NoticeFee {
    /// In the company currency; `None` is the price of the item, or no fee.
    pub amount: Option<Amount>,
    pub item: Option<ItemId>,
    pub tax_code: Option<TaxCodeId>,
    pub invoice: Option<DocumentId>,
    pub invoice_number: Option<String>,
}

impl NoticeFee {
    pub fn is_charged(&self) -> bool {
        self.amount.is_some() || self.item.is_some()
    }

    pub fn charged_by(&mut self, invoice: &StoredDocument) {
        self.invoice = Some(invoice.id);
        self.invoice_number.clone_from(&invoice.number);
    }
}

/// A notice as it is kept.
#[derive(Debug, Clone)]
pub struct StoredDunningNotice {
    pub id: DunningNoticeId,
    pub run: DunningRunId,
    pub party: PartyId,
    pub party_code: String,
    pub profile: DunningProfileId,
    pub level: u32,
    pub status: DunningStatus,
    pub date: NaiveDate,
    pub currency: CurrencyCode,
    pub amount: Amount,
    pub unallocated: Amount,
    pub fee: NoticeFee,
    pub text: DunningText,
    pub block: CustomerBlock,
    /// How the customer was blocked before the notice, and why; `None` where it blocked nothing.
    pub block_before: Option<(CustomerBlock, Option<String>)>,
    pub items: Vec<DunningItemView>,
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub version: i64,
}

impl StoredDunningNotice {
    pub fn view(&self, scale: u8, company_scale: u8) -> DunningNoticeView {
        DunningNoticeView {
            id: self.id.uuid(),
            run_id: self.run.uuid(),
            party_id: self.party.uuid(),
            party: self.party_code.clone(),
            profile_id: self.profile.uuid(),
            level: self.level,
            status: self.status.as_str(),
            date: self.date,
            currency: self.currency.to_string(),
            amount: self.amount.display(scale),
            unallocated: self.unallocated.display(scale),
            fee_amount: self.fee.amount.map(|amount| amount.display(company_scale)),
            fee_invoice_id: self.fee.invoice.map(|id| id.uuid()),
            fee_invoice_number: self.fee.invoice_number.clone(),
            text: DunningTextView::from(&self.text),
            block: self.block.as_str(),
            items: self.items.clone(),
            reason: self.reason.clone(),
            created_at: self.created_at.to_string(),
            version: self.version,
        }
    }

    /// The items with the levels that they reach.
    pub fn levels(&self) -> impl Iterator<Item = (OpenItemId, u32)> + '_ {
        self.items.iter().map(|item| (OpenItemId::new(item.open_item_id), item.level))
    }
}

/// A receivable that is overdue, and that nobody holds back.
#[derive(Debug, Clone)]
pub struct OverdueItem {
    pub id: OpenItemId,
    pub party: PartyId,
    pub party_code: String,
    /// The profile of the customer.
    pub profile: Option<DunningProfileId>,
    /// The legal number of its entry.
    pub number: String,
    /// The reference of its line, or that of the entry.
    pub reference: Option<String>,
    pub currency: CurrencyCode,
    pub due_date: NaiveDate,
    pub open_amount: Amount,
    /// The highest level that it has reached; 0 is none.
    pub reached: u32,
}

/// Which overdue items are read.
#[derive(Debug, Clone)]
pub struct OverdueQuery {
    pub date: NaiveDate,
    /// Whether customers without a profile are meant, too.
    pub without_profile: bool,
    /// The codes of the customers; `None` is all.
    pub parties: Option<BTreeSet<String>>,
    /// Only parties after this code.
    pub after: String,
    /// Most items.
    pub max: i64,
}

#[async_trait]
pub trait DunningRepository: Send {
    /// In the order of parties, currencies and due dates.
    async fn overdue_items(&mut self, query: &OverdueQuery) -> StorageResult<Vec<OverdueItem>>;
    /// Those of the items that are still open and that nobody holds back.
    async fn overdue_items_of(&mut self, ids: &BTreeSet<OpenItemId>) -> StorageResult<Vec<OverdueItem>>;
    /// What customers have open on the credit side on a day, by code and currency; magnitudes.
    async fn unallocated_credits(
        &mut self,
        parties: &BTreeSet<String>,
        date: NaiveDate,
    ) -> StorageResult<Vec<(String, CurrencyCode, Amount)>>;
    async fn find_dunning_run(&mut self, id: DunningRunId) -> StorageResult<Option<StoredDunningRun>>;
    async fn insert_dunning_run(
        &mut self,
        run: &StoredDunningRun,
        notices: &[StoredDunningNotice],
    ) -> StorageResult<()>;
    /// MUST answer `false` when the run is at another version than the one before.
    async fn save_dunning_run(&mut self, run: &StoredDunningRun) -> StorageResult<bool>;
    /// Deletes a draft with its notices. MUST answer `false` when it is at another version.
    async fn delete_dunning_run(&mut self, id: DunningRunId, version: i64) -> StorageResult<bool>;
    /// In the order in which they were made.
    async fn dunning_notices_of(&mut self, run: DunningRunId) -> StorageResult<Vec<StoredDunningNotice>>;
    async fn find_dunning_notice(
        &mut self,
        id: DunningNoticeId,
    ) -> StorageResult<Option<StoredDunningNotice>>;
    /// MUST answer `false` when the notice is at another version than the one before.
    async fn save_dunning_notice(&mut self, notice: &StoredDunningNotice) -> StorageResult<bool>;
    async fn delete_dunning_notice(&mut self, id: DunningNoticeId) -> StorageResult<()>;
    /// Records the levels that items reach by a notice. MUST fail as retryable when an item has reached one meanwhile.
    async fn insert_dunning_levels(
        &mut self,
        notice: DunningNoticeId,
        levels: &[(OpenItemId, u32)],
    ) -> StorageResult<()>;
    async fn delete_dunning_levels(&mut self, notice: DunningNoticeId) -> StorageResult<()>;
    /// Whether an item of the notice has reached a higher level by another one.
    async fn reached_higher(&mut self, notice: DunningNoticeId) -> StorageResult<bool>;
    /// Holds items back, or with `None` lets them be reminded of again.
    async fn hold_items(&mut self, ids: &BTreeSet<OpenItemId>, reason: Option<&str>) -> StorageResult<()>;
}

/// The fields by which `GET /dunning-runs` filters and sorts.
pub static DUNNING_RUN_LIST: ListSpec = ListSpec {
    resource: "dunning_run",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("date", FieldKind::Date).sortable(),
        FieldSpec::new("status", FieldKind::Word(DunningStatus::WORDS)),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

/// The fields by which `GET /dunning-notices` filters and sorts.
pub static DUNNING_NOTICE_LIST: ListSpec = ListSpec {
    resource: "dunning_notice",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("runId", FieldKind::Id),
        FieldSpec::new("partyId", FieldKind::Id),
        FieldSpec::new("party", FieldKind::Text),
        FieldSpec::new("level", FieldKind::Integer),
        FieldSpec::new("status", FieldKind::Word(DunningStatus::WORDS)),
        FieldSpec::new("date", FieldKind::Date),
        FieldSpec::new("feeInvoiceId", FieldKind::Id).nullable(),
    ],
    default_sort: &[("id", Direction::Descending)],
    expand: &[],
};

#[async_trait]
pub trait DunningQueries: Send + Sync {
    /// With its notices.
    async fn dunning_run(&self, tenant: TenantId, id: DunningRunId) -> AppResult<Option<DunningRunView>>;
    async fn dunning_runs(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<DunningRunView>>;
    async fn dunning_notice(
        &self,
        tenant: TenantId,
        id: DunningNoticeId,
    ) -> AppResult<Option<DunningNoticeView>>;
    async fn dunning_notices(
        &self,
        tenant: TenantId,
        query: &ListQuery,
    ) -> AppResult<Page<DunningNoticeView>>;
}
