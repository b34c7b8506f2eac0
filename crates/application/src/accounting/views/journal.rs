//! Number series as the API shows them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::NameView;
use crate::accounting::ports::number_series::StoredSeries;

/// A series of document numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberSeriesView {
    pub id: Uuid,
    pub code: String,
    pub name: NameView,
    /// What it numbers, such as `journal_entry`.
    pub document_type: String,
    /// Such as `GJ-{FY}-{000000}`.
    pub pattern: String,
    /// When counting starts again: `never`, `fiscal_year`, `year` or `month`.
    pub reset: &'static str,
    /// Legal numbers have no gaps.
    pub gapless: bool,
    pub active: bool,
    #[schema(format = "date-time")]
    pub updated_at: String,
    pub version: i64,
}

impl From<&StoredSeries> for NumberSeriesView {
    fn from(stored: &StoredSeries) -> Self {
        let series = &stored.series;
        Self {
            id: series.id.uuid(),
            code: series.code.to_string(),
            name: NameView::from(&series.name),
            document_type: stored.document_type.clone(),
            pattern: series.pattern.as_str().to_owned(),
            reset: series.pattern.reset().as_str(),
            gapless: series.gapless,
            active: series.active,
            updated_at: stored.updated_at.to_string(),
            version: series.version,
        }
    }
}

/// The number the next document would get; it is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberPreviewView {
    pub date: NaiveDate,
    pub number: String,
    pub sequence: u64,
    /// Each period counts for itself; empty when counting never starts again.
    pub period: String,
}

/// Whether a series has gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberGapsView {
    pub number_series_id: Uuid,
    /// Every number given in every period stands on exactly one posted entry.
    pub gapless: bool,
    pub periods: Vec<NumberPeriodView>,
}

/// The numbers of one period of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberPeriodView {
    pub period: String,
    /// The last number given.
    pub last: u64,
    /// Posted entries that carry a number of the period.
    pub used: u64,
    /// Of those, the ones numbered under an earlier pattern, whose place the number no longer says.
    pub earlier_pattern: u64,
    /// Entries whose number another entry has, too, in this series or in another one.
    pub repeated: u64,
    /// Missing stretches, at most 1,000.
    pub gaps: Vec<NumberGapView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberGapView {
    pub from: u64,
    pub to: u64,
}
