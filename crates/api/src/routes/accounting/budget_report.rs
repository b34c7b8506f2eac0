//! `/reports/budget`.

use std::sync::Arc;

use application::accounting::budgets::ports::BudgetQueries;
use application::accounting::budgets::report::{BudgetReportLineView, BudgetReportRequest, BudgetReportView};
use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{REPORT_OUTSIDE_FISCAL_YEARS, REPORT_RANGE_REVERSED};
use application::error::{AppError, UNKNOWN_REFERENCE};
use application::reference::by_id_or_code;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::budget::BudgetId;
use domain::error::{Language, Violation};
use domain::ids::TenantId;
use domain::text::Code;

use super::reports::query::ReportFile;
use super::reports::render::Setting;
use super::reports::tables::{localized, titled};
use super::reports::{FORMS, READ, TAG};
use crate::answer::ApiResult;
use crate::export::{Cell, Column, RowStyle, Table, TableRow};
use crate::extract::Query;
use crate::operation::Operations;
use crate::query;
use crate::wire::REQUIRED;

const CODE_WIDTH: u8 = 12;
const NAME_WIDTH: u8 = 36;
const MONEY_WIDTH: u8 = 16;

query! {
    /// Which budget is compared, and for which periods.
    pub struct BudgetReportParams, then file: ReportFile {
        /// The budget, by its id; give either the id or the code.
        budget_id: Option<BudgetId>,
        /// The budget, by its code.
        budget_code: Option<Code> = "2026",
        /// Periods that begin on this day or after it; by default from the beginning of the fiscal year.
        from: Option<NaiveDate> = "2026-01-01",
        /// Periods that begin on this day or before it; by default to the end of the fiscal year.
        to: Option<NaiveDate> = "2026-03-31",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get("/reports/budget", budget)
        .id("get_budget_report")
        .tag(TAG)
        .summary("Budget and actual amounts")
        .description(
            "For every income and expense account, and every other account that the budget has lines for: budget, actual amount, \
             variance and percentage in each period, and their sums. Opening entries are left out.",
        )
        .access(READ)
        .query::<BudgetReportParams>()
        .view::<BudgetReportView>()
        .media(&FORMS)
        .errors(&[&UNKNOWN_REFERENCE, &REPORT_RANGE_REVERSED, &REPORT_OUTSIDE_FISCAL_YEARS]);
}

async fn budget(
    State(queries): State<Arc<dyn BudgetQueries>>,
    setting: Setting,
    Query(params): Query<BudgetReportParams>,
) -> ApiResult {
    let form = params.file.form();
    let named = by_id_or_code(params.budget_id, params.budget_code);
    let missing = || AppError::from(Violation::new(&REQUIRED).at("/budgetId"));
    let request = BudgetReportRequest {
        budget: named.ok_or_else(missing)?,
        from: params.from,
        to: params.to,
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: BudgetReportRequest| {
        let queries = queries.clone();
        async move { reports.budget(tenant, &*queries, &request).await }
    };
    setting.report("budget", request, form, make, table).await
}

fn table(view: &BudgetReportView, language: Language) -> Table {
    let column = |key: &str, caption: Caption, width| Column::new(key, caption.text(language), width);
    let columns = vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("periodStart", Caption::PeriodStart, CODE_WIDTH),
        column("budget", Caption::Budget, MONEY_WIDTH),
        column("actual", Caption::Actual, MONEY_WIDTH),
        column("variance", Caption::Variance, MONEY_WIDTH),
        column("percent", Caption::Percent, CODE_WIDTH),
    ];
    let rows = view.lines.iter().map(|one| line(one, language)).collect();
    Table { columns, rows, ..titled(&view.scope, language) }
}

fn line(line: &BudgetReportLineView, language: Language) -> TableRow {
    let period = match line.period_start {
        Some(start) => start.into(),
        None => Cell::from(Caption::Total.text(language)),
    };
    let cells = vec![
        Cell::from(&line.account),
        localized(&line.name, language).into(),
        period,
        line.budget.into(),
        line.actual.into(),
        line.variance.into(),
        line.percent.as_deref().into(),
    ];
    let style = if line.period_start.is_none() { RowStyle::Heading } else { RowStyle::default() };
    TableRow { cells, style, ..TableRow::default() }
}
