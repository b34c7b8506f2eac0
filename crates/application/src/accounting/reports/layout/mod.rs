//! `GET /reports/statement`: a layout filled with figures. Every figure is a sum of parts of accounts' balances, each with the
//! sign and the number of times that the layout counts it, so that its lines can be listed.

mod budget;
mod columns;
mod figures;
pub mod lines;
mod links;
pub mod periods;
mod reconciliation;
mod statement;
pub mod taken;

use domain::accounting::report_layout::{LayoutKind, ReportLayout};
use domain::error::{ErrorDef, Violation, Violations};
use domain::ids::TenantId;

use self::periods::{Periods, Span};
use self::taken::Taken;
use super::Reports;
use super::chart::Chart;
use super::error::{
    PRESENTATION_OF_CASH_FLOW, REPORT_GROUP_AND_COMPARE, STATEMENT_BUDGET_ALONE, STATEMENT_BUDGET_UNFIT,
    STATEMENT_LAYOUT_BROKEN,
};
use super::request::{Compare, ReportRequest};
use crate::accounting::ports::reports::DimensionTree;
use crate::error::{AppResult, UNKNOWN_REFERENCE};
use crate::nouns::noun;

domain::choices! {
    /// A column of a statement of changes in equity.
    pub enum EquityMeasure {
        /// The balance before the period.
        Opening = "opening",
        /// What income and expenses of the period brought.
        Profit = "profit",
        /// Other movements of the period.
        Movement = "movement",
        /// The balance at the end of the period.
        Closing = "closing",
    }
}

/// A statement as asked for. The dimension of its columns is the one by which the report is grouped.
#[derive(Debug, Clone)]
pub struct StatementRequest {
    /// Code of the layout.
    pub layout: String,
    pub periods: Periods,
    pub report: ReportRequest,
    /// Code of the budget that stands beside every period.
    pub budget: Option<String>,
    /// The address at which the lines of a figure are read.
    pub lines_at: String,
}

impl StatementRequest {
    /// Why no budget can stand beside the figures.
    fn refuse_budget(&self, kind: Option<LayoutKind>) -> Vec<Violation> {
        if self.budget.is_none() {
            return Vec::new();
        }
        let refused = |def: &'static ErrorDef| Violation::new(def).at("?compareBudget");
        let report = &self.report;
        let alone = report.is_filtered() || report.group_by.is_some() || report.presentation.is_some();
        let unfit =
            kind.is_some_and(|kind| !matches!(kind, LayoutKind::IncomeStatement | LayoutKind::Custom));
        let alone = alone.then(|| refused(&STATEMENT_BUDGET_ALONE));
        alone.into_iter().chain(unfit.then(|| refused(&STATEMENT_BUDGET_UNFIT))).collect()
    }

    /// The closing entries of the period that are left out.
    fn closing_excluded_from(
        report: &ReportRequest,
        kind: LayoutKind,
        span: Span,
    ) -> Option<chrono::NaiveDate> {
        let included = report.include_closing.unwrap_or(kind == LayoutKind::BalanceSheet);
        (!included).then_some(span.from)
    }
}

impl Reports {
    /// The layout and the dimension of the columns.
    async fn designed(
        &self,
        tenant: TenantId,
        request: &StatementRequest,
    ) -> AppResult<(ReportLayout, Option<DimensionTree>)> {
        let mut violations = Violations::new();
        let layout = self.queries.layout(tenant, &request.layout).await?;
        if layout.is_none() {
            violations.push(unknown("?layout", "report_layout", &request.layout));
        }
        let mut tree = None;
        if let Some(code) = &request.report.group_by {
            if request.report.compare != Compare::None {
                violations.push(Violation::new(&REPORT_GROUP_AND_COMPARE).at("?columnsBy"));
            }
            tree = self.queries.dimension(tenant, code).await?;
            if tree.is_none() {
                violations.push(unknown("?columnsBy", "dimension", code));
            }
        }
        let is_cash_flow = layout.as_ref().is_some_and(|layout| layout.kind == LayoutKind::CashFlow);
        if is_cash_flow && request.report.presentation.is_some() {
            violations.push(Violation::new(&PRESENTATION_OF_CASH_FLOW).at("?presentationCurrency"));
        }
        violations.extend(request.refuse_budget(layout.as_ref().map(|layout| layout.kind)));
        let layout = violations.into_result(layout)?;
        Ok((layout.ok_or_else(|| unknown("?layout", "report_layout", &request.layout))?, tree))
    }

    async fn layout(&self, tenant: TenantId, code: &str) -> AppResult<ReportLayout> {
        let found = self.queries.layout(tenant, code).await?;
        Ok(found.ok_or_else(|| unknown("?layout", "report_layout", code))?)
    }
}

fn unknown(at: &str, resource: &str, code: &str) -> Violation {
    Violation::new(&UNKNOWN_REFERENCE).at(at).with_phrase("resource", noun(resource)).with("value", code)
}

/// The accounts of the rows. The chart may have changed since the layout was written, so that an account would be counted twice
/// or a heading is missing; the books of the past are read with the headings that there were.
fn fitting<'a>(layout: &'a ReportLayout, chart: &Chart, report: &ReportRequest) -> AppResult<Taken<'a>> {
    let taken = Taken::of(layout, chart);
    let mut broken = taken.counted_twice(chart);
    if report.known_at.is_none() {
        broken.extend(taken.unknown_headings(chart));
    }
    if broken.is_empty() {
        return Ok(taken);
    }
    let shown = |violation: Violation| {
        Violation::new(&STATEMENT_LAYOUT_BROKEN).with_phrase("reason", violation.phrase()).at("?layout")
    };
    Err(broken.into_iter().map(shown).collect::<Vec<_>>().into())
}
