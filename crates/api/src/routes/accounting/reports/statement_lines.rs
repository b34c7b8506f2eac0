//! `GET /reports/statement-lines`: the lines behind one figure of a statement.

use application::accounting::reports::layout::EquityMeasure;
use application::accounting::reports::layout::lines::FigureRequest;
use application::accounting::reports::request::{DimensionFilter, ReportRequest, end_date};
use application::paging::INVALID_PARAMETER;
use chrono::NaiveDate;
use domain::error::{Phrase, Violation, Violations};
use domain::money::CurrencyCode;
use domain::text::Code;
use domain::time::Timestamp;
use serde_json::{Value, json};

use super::query::Dimensions;
use super::render::Setting;
use crate::answer::{self, ApiResult};
use crate::extract::Query;
use crate::query;
use crate::wire::{Int, Pointer, Schemas, WireType, quoted, string};

/// `code:value`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneValue(pub DimensionFilter);

impl WireType for OneValue {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[^:,\\s]{1,50}:[^:,\\s]{1,50}$" })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let found = Dimensions::one(text).filter(|filter| filter.values.len() == 1);
        if found.is_none() {
            let violation = Violation::new(&INVALID_PARAMETER)
                .with("name", "dimensionValue")
                .with("value", quoted(text))
                .with_phrase("expected", Phrase::literal("code:value"));
            errors.push(violation.at(at.to_string()));
        }
        found.map(Self)
    }
}

query! {
    /// One figure of a statement by layout.
    pub struct StatementLinesQuery {
        /// The code of the layout.
        layout: Code = "IFRS-SME-IS",
        /// The code of a row of the layout.
        row: Option<Code> = "REVENUE",
        /// The code of an account that no row of the layout takes.
        account: Option<Code>,
        /// The first day of the figure's period; a balance sheet has none. By default the beginning of the fiscal year.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; by default today, or the end of the fiscal year of `from` if `from` lies in the future.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// One column of changes in equity.
        measure: Option<EquityMeasure>,
        /// Only lines with exactly this value: `code:value`.
        dimension_value: Option<OneValue>,
        /// Only lines without a value of the dimension with this code.
        without_dimension: Option<Code>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time.
        known_at: Option<Timestamp>,
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// Whether to count the entries that close the year; by default only in balance sheets.
        include_closing: Option<bool>,
        /// The largest number of lines on a page.
        limit: Int<1, 1000> => 200,
        /// The `nextCursor` of the previous page.
        cursor: Option<crate::wire::RequiredText<200>>,
    }
}

pub async fn get(setting: Setting, Query(query): Query<StatementLinesQuery>) -> ApiResult {
    let request = FigureRequest {
        layout: query.layout.into_string(),
        row: query.row.map(Code::into_string),
        account: query.account.map(Code::into_string),
        report: ReportRequest {
            from: query.from,
            to: end_date(query.to, query.as_of)?,
            known_at: query.known_at,
            dimensions: query.dimension.0,
            currency: query.currency,
            include_closing: query.include_closing,
            language: setting.language(),
            ..ReportRequest::new()
        },
        measure: query.measure,
        value: query.dimension_value.map(|value| value.0),
        without: query.without_dimension.map(Code::into_string),
        limit: u32::try_from(query.limit.0).unwrap_or(1),
        cursor: query.cursor.map(|cursor| cursor.into_string()),
    };
    answer::json(&setting.reports.figure_lines(setting.ctx.tenant, &request).await?)
}
