//! `GET /reports/statement`: a layout filled with figures.

use std::sync::Arc;

use application::accounting::budgets::ports::BudgetQueries;
use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::layout::StatementRequest;
use application::accounting::reports::layout::periods::Periods;
use application::accounting::reports::request::{Compare, ReportRequest, end_date};
use application::accounting::views::layout_statement::LayoutStatementView;
use axum::extract::State;
use chrono::NaiveDate;
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::text::Code;
use domain::time::Timestamp;

use super::query::{Dimensions, ReportFile};
use super::render::Setting;
use super::tables::{
    CODE_WIDTH, MONEY_WIDTH, NAME_WIDTH, WORD_WIDTH, column, in_currency, localized, name, titled,
};
use super::words::word;
use crate::answer::ApiResult;
use crate::base::API_BASE;
use crate::export::{Cell, Column, RowStyle, Table, TableRow};
use crate::extract::Query;
use crate::query;

query! {
    /// A statement by layout.
    pub struct StatementQuery, then file: ReportFile {
        /// The code of the layout.
        layout: Code = "IFRS-SME-IS",
        /// The first day; by default the beginning of the fiscal year. A balance sheet has one only with columns by month, quarter or
        /// year.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; by default today, or the end of the fiscal year of `from` if `from` lies in the future.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Shows the books as they had been recorded at this moment, with the chart of accounts of that time. The layout, dimension
        /// values and the company's name are those of today.
        known_at: Option<Timestamp>,
        /// The periods of the range that are columns, counted from the beginning of each fiscal year: at most 24. A total follows them,
        /// except in balance sheets and changes in equity.
        columns: Periods => "total",
        /// The code of a dimension whose values become columns, after the total and before the lines without a value. With
        /// several periods each of them has these columns, at most 240 in all. It does not go with a comparison.
        columns_by: Option<Code>,
        /// The period beside each period, followed by the variance as an amount and in percent.
        compare: Compare => "none",
        /// The code of a budget whose amounts stand beside each period, followed by the variance as an amount and in percent. The periods
        /// are whole fiscal periods of the budget's year; it goes with income statements and layouts of one's own, for all lines in the
        /// currency of the books.
        compare_budget: Option<Code> = "B2026",
        /// Counts only lines with this value: `code:value,value`, including the values below them. Several filters must
        /// all hold.
        dimension: Dimensions,
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// The currency in which every figure is shown: that of the books, or the reporting currency of the ledger settings, into which
        /// the books are translated. Assets and liabilities have the rate of the last day, income and expenses that of their fiscal
        /// period, equity that of each day; the account of the ledger settings shows the difference. Rates are those of today, with
        /// `knownAt`, too.
        presentation_currency: Option<CurrencyCode>,
        /// Whether to count the entries that close the year; by default only in balance sheets.
        include_closing: Option<bool>,
    }
}

pub async fn get(
    State(budgets): State<Arc<dyn BudgetQueries>>,
    setting: Setting,
    Query(query): Query<StatementQuery>,
) -> ApiResult {
    let form = query.file.form();
    let request = StatementRequest {
        layout: query.layout.into_string(),
        periods: query.columns,
        budget: query.compare_budget.map(Code::into_string),
        lines_at: format!("{API_BASE}/reports/statement-lines"),
        report: ReportRequest {
            from: query.from,
            to: end_date(query.to, query.as_of)?,
            known_at: query.known_at,
            compare: query.compare,
            dimensions: query.dimension.0,
            currency: query.currency,
            presentation: query.presentation_currency,
            include_closing: query.include_closing,
            group_by: query.columns_by.map(Code::into_string),
            language: setting.language(),
            ..ReportRequest::new()
        },
    };
    let make = move |reports: Reports, tenant: TenantId, request: StatementRequest| {
        let budgets = budgets.clone();
        async move { reports.layout_statement(tenant, &*budgets, &request).await }
    };
    setting.report("statement", request, form, make, table).await
}

/// The rows of the layout, and after them the accounts that no row takes.
fn table(view: &LayoutStatementView, language: Language) -> Table {
    let mut columns = vec![
        column("row", Caption::Line, CODE_WIDTH, language),
        column("name", Caption::Name, NAME_WIDTH, language),
        column("kind", Caption::Kind, WORD_WIDTH, language),
        column("level", Caption::Level, WORD_WIDTH, language),
    ];
    columns.extend(view.columns.iter().map(|column| Column::new(&column.code, &column.caption, MONEY_WIDTH)));
    let mut rows = Vec::with_capacity(view.rows.len());
    for row in &view.rows {
        let mut cells = vec![
            Cell::from(&row.code),
            name(&row.name, language),
            word(row.kind, language),
            row.level.into(),
        ];
        match row.cells.is_empty() {
            true => cells.extend(view.columns.iter().map(|_| Cell::Empty)),
            false => cells.extend(row.cells.iter().map(|figure| Cell::from(figure.amount))),
        }
        let style = match row.kind {
            "heading" => RowStyle::Heading,
            "total" => RowStyle::Total,
            _ => RowStyle::Plain,
        };
        rows.push(TableRow { cells, style, indent: row.level, ..TableRow::default() });
    }
    if !view.unassigned_accounts.is_empty() {
        let heading = vec![Cell::Empty, Caption::AccountsWithoutRow.text(language).into()];
        rows.push(TableRow {
            cells: heading,
            style: RowStyle::Heading,
            spreadsheet_only: true,
            ..TableRow::default()
        });
    }
    for account in &view.unassigned_accounts {
        // Paper has no column for codes of rows.
        let named = format!("{} {}", account.account, localized(&account.name, language).unwrap_or_default());
        let mut cells = vec![
            Cell::from(&account.account),
            named.as_str().into(),
            word("unassigned", language),
            Cell::from(1_u8),
        ];
        cells.extend(account.cells.iter().map(|figure| Cell::from(figure.amount)));
        rows.push(TableRow { cells, indent: 1, ..TableRow::default() });
    }
    in_currency(Table { columns, rows, ..titled(&view.scope, language) }, &view.scope, language)
}
