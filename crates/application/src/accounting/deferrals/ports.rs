//! Deferrals in storage.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use domain::accounting::deferral::{DeferralLineStatus, DeferralMethod, DeferralStatus};
use domain::accounting::recurring::Orderer;
use domain::ids::{AccountId, DimensionSetId, Id, JournalEntryId, JournalId, TenantId};
use domain::money::{Amount, CurrencyCode, Rate};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::views::{DeferralLineView, DeferralView};
use crate::accounting::views::recurring::RecurringProblemView;
use crate::error::AppResult;
use crate::paging::{Direction, FieldKind, FieldSpec, ListQuery, ListSpec, Page};
use crate::ports::storage_error::StorageResult;
use crate::views::NameView;

#[derive(Debug)]
pub enum Deferral {}
pub type DeferralId = Id<Deferral>;

/// A part of the schedule and what became of it.
#[derive(Debug, Clone)]
pub struct DeferralLine {
    pub date: NaiveDate,
    pub amount: Amount,
    pub company_amount: Amount,
    pub status: DeferralLineStatus,
    pub entry: Option<JournalEntryId>,
    /// The day of the last attempt that failed, and its reasons.
    pub attempted_on: Option<NaiveDate>,
    pub problems: Vec<RecurringProblemView>,
}

/// A deferral as it is kept.
#[derive(Debug, Clone)]
pub struct StoredDeferral {
    pub id: DeferralId,
    pub code: Code,
    pub name: LocalizedName,
    pub status: DeferralStatus,
    pub source: AccountId,
    pub target: AccountId,
    pub source_set: DimensionSetId,
    pub target_set: DimensionSetId,
    pub journal: JournalId,
    pub amount: Amount,
    pub currency: CurrencyCode,
    pub rate: Rate,
    pub method: DeferralMethod,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub reference: Option<String>,
    pub ordered_by: Option<Orderer>,
    pub version: i64,
    /// In the order of their dates.
    pub lines: Vec<DeferralLine>,
}

/// What a view shows beside the deferral.
#[derive(Debug, Clone, Default)]
pub struct DeferralLegend {
    pub source_code: String,
    pub target_code: String,
    pub source_dimensions: BTreeMap<String, String>,
    pub target_dimensions: BTreeMap<String, String>,
    pub scale: u8,
    pub company_scale: u8,
}

impl StoredDeferral {
    fn open_lines(&self) -> impl Iterator<Item = &DeferralLine> {
        self.lines.iter().filter(|line| line.status.is_open())
    }

    /// The day of the first part that is still to be posted.
    pub fn next_date(&self) -> Option<NaiveDate> {
        self.open_lines().map(|line| line.date).min()
    }

    /// The first day on which the background tries a part: its own, or the one after it failed.
    pub fn next_attempt(&self) -> Option<NaiveDate> {
        let attempt = |line: &DeferralLine| match line.attempted_on {
            Some(failed) => failed.succ_opt().unwrap_or(failed),
            None => line.date,
        };
        self.lines.iter().filter(|line| line.status.is_scheduled()).map(attempt).min()
    }

    pub fn open_amount(&self) -> Option<Amount> {
        Amount::sum(self.open_lines().map(|line| line.amount))
    }

    pub fn failed_count(&self) -> u32 {
        let failed = self.lines.iter().filter(|line| line.status == DeferralLineStatus::Failed).count();
        u32::try_from(failed).unwrap_or(u32::MAX)
    }

    /// The view without lines.
    pub fn view(&self, legend: &DeferralLegend) -> DeferralView {
        let posted = self.lines.iter().filter(|line| line.status == DeferralLineStatus::Posted);
        let posted = Amount::sum(posted.map(|line| line.amount)).unwrap_or_default();
        let shown = |amount: Amount| amount.display(legend.scale);
        DeferralView {
            id: self.id.uuid(),
            code: self.code.to_string(),
            name: NameView::from(&self.name),
            status: self.status.as_str(),
            source_account_id: self.source.uuid(),
            source_account_code: legend.source_code.clone(),
            target_account_id: self.target.uuid(),
            target_account_code: legend.target_code.clone(),
            journal_id: self.journal.uuid(),
            amount: shown(self.amount),
            currency: self.currency.to_string(),
            rate: self.rate.to_string(),
            method: self.method.as_str(),
            start: self.start,
            end: self.end,
            source_dimensions: legend.source_dimensions.clone(),
            dimensions: legend.target_dimensions.clone(),
            reference: self.reference.clone(),
            line_count: u32::try_from(self.lines.len()).unwrap_or(u32::MAX),
            posted_amount: shown(posted),
            open_amount: shown(self.open_amount().unwrap_or_default()),
            next_date: self.next_date(),
            failed_count: self.failed_count(),
            ordered_by: self.ordered_by.map(|by| by.user.uuid()),
            version: self.version,
            lines: None,
            warnings: Vec::new(),
        }
    }

    /// The view with its lines.
    pub fn full_view(&self, legend: &DeferralLegend) -> DeferralView {
        let line = |(number, line): (u32, &DeferralLine)| DeferralLineView {
            number,
            date: line.date,
            amount: line.amount.display(legend.scale),
            company_amount: line.company_amount.display(legend.company_scale),
            status: line.status.as_str(),
            entry_id: line.entry.map(|id| id.uuid()),
            attempted_on: line.attempted_on,
            errors: line.problems.clone(),
        };
        DeferralView { lines: Some((1..).zip(&self.lines).map(line).collect()), ..self.view(legend) }
    }
}

#[async_trait]
pub trait DeferralRepository: Send {
    async fn find_deferral(&mut self, id: DeferralId) -> StorageResult<Option<StoredDeferral>>;
    async fn insert_deferral(&mut self, deferral: &StoredDeferral) -> StorageResult<()>;
    /// Saves everything but accounts, currency and dimensions, which do not change. MUST answer `false` when it is not at the version before.
    async fn save_deferral(&mut self, deferral: &StoredDeferral) -> StorageResult<bool>;
    /// Active ones of which something is to be tried by a day, in the order of their ids after `after`.
    async fn deferrals_to_try(
        &mut self,
        through: NaiveDate,
        after: Uuid,
        limit: u32,
    ) -> StorageResult<Vec<Uuid>>;
}

/// The fields by which `GET /deferrals` filters and sorts.
pub static DEFERRAL_LIST: ListSpec = ListSpec {
    resource: "deferral",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("status", FieldKind::Word(DeferralStatus::WORDS)),
        FieldSpec::new("sourceAccountId", FieldKind::Id),
        FieldSpec::new("targetAccountId", FieldKind::Id),
        FieldSpec::new("start", FieldKind::Date).sortable(),
        FieldSpec::new("end", FieldKind::Date),
        FieldSpec::new("nextDate", FieldKind::Date).nullable(),
        FieldSpec::new("failedCount", FieldKind::Integer),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

#[async_trait]
pub trait DeferralQueries: Send + Sync {
    /// With its lines.
    async fn deferral(&self, tenant: TenantId, id: DeferralId) -> AppResult<Option<DeferralView>>;
    async fn deferrals(&self, tenant: TenantId, query: &ListQuery) -> AppResult<Page<DeferralView>>;
}
