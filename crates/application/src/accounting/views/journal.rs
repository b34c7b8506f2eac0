//! Views of number series: the numbers given, and the next one.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The number that the next document would get. It is not reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberPreviewView {
    pub date: NaiveDate,
    pub number: String,
    pub sequence: u64,
    /// The counting period. Each period counts for itself; empty when counting never starts again.
    pub period: String,
}

/// Whether a series has gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberGapsView {
    pub number_series_id: Uuid,
    /// Whether every number given in every period is on exactly one posted entry.
    pub gapless: bool,
    pub periods: Vec<NumberPeriodView>,
}

/// The numbers of one period of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberPeriodView {
    pub period: String,
    /// The last number that was given.
    pub last: u64,
    /// The number of posted entries that carry a number of the period.
    pub used: u64,
    /// The number of these entries that were numbered under an earlier pattern, whose position can no longer be read
    /// from the number.
    pub earlier_pattern: u64,
    /// Entries whose number is also on another entry, in this series or in another one.
    pub repeated: u64,
    /// The ranges of numbers that are missing, at most 1,000.
    pub gaps: Vec<NumberGapView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NumberGapView {
    pub from: u64,
    pub to: u64,
}
