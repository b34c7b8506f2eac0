//! `/reports/open-lines`.

use std::sync::Arc;

use application::accounting::error::ACCOUNT_CODE_UNKNOWN;
use application::accounting::line_matches::ports::LineMatchQueries;
use application::accounting::line_matches::report::{
    OpenLineThenView, OpenLinesAccountView, OpenLinesRequest, OpenLinesView,
};
use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{KNOWN_AT_IN_FUTURE, REPORT_DATES_CONFLICT};
use application::accounting::reports::request::end_date;
use application::error::UNKNOWN_REFERENCE;
use application::printing::error::PRINT_TOO_LARGE;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::line_match::{
    ACCOUNT_NOT_RECONCILABLE, LINE_MATCH_CONTROL_ACCOUNT, OPEN_LINES_TOO_MANY,
};
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::settlement::ageing::{AGEING_BUCKETS, Buckets};
use domain::text::Code;
use domain::time::Timestamp;

use super::query::ReportFile;
use super::render::Setting;
use super::tables::{localized, titled};
use super::{FORMS, READ, TAG};
use crate::answer::ApiResult;
use crate::export::{Cell, Column, RowStyle, Table, TableRow};
use crate::extract::Query;
use crate::operation::Operations;
use crate::query;
use crate::wire::RequiredText;

/// Longest list of buckets, in characters.
const BUCKETS_LENGTH_MAX: usize = 100;
const CODE_WIDTH: u8 = 14;
const TEXT_WIDTH: u8 = 36;
const MONEY_WIDTH: u8 = 18;

query! {
    /// Open lines of reconcilable accounts on a day.
    pub struct OpenLinesParams, then file: ReportFile {
        /// The day; today by default.
        as_of: Option<NaiveDate> = "2026-03-31",
        /// Another name for `asOf`.
        to: Option<NaiveDate>,
        /// Shows the lines as they had been recorded at this moment, so that the figures never change again.
        known_at: Option<Timestamp>,
        /// The numbers of days after which each bucket begins, counted from the posting date.
        buckets: RequiredText<BUCKETS_LENGTH_MAX> => "0,30,60,90",
        /// The code of an account, to list only its lines.
        account: Option<Code> = "1115",
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
    }
}

pub fn operation(ops: &mut Operations) {
    ops.get("/reports/open-lines", get)
        .id("get_open_lines")
        .tag(TAG)
        .summary("Open lines")
        .description(
            "What is open on each reconcilable account on the day, line by line and by the days since it was posted. \
             The open amounts of an account add up to its balance on that day. At most 20,000 lines are shown.",
        )
        .access(READ)
        .query::<OpenLinesParams>()
        .view::<OpenLinesView>()
        .media(&FORMS)
        .errors(&[
            &ACCOUNT_CODE_UNKNOWN,
            &ACCOUNT_NOT_RECONCILABLE,
            &AGEING_BUCKETS,
            &KNOWN_AT_IN_FUTURE,
            &LINE_MATCH_CONTROL_ACCOUNT,
            &OPEN_LINES_TOO_MANY,
            &PRINT_TOO_LARGE,
            &REPORT_DATES_CONFLICT,
            &UNKNOWN_REFERENCE,
        ]);
}

async fn get(
    State(queries): State<Arc<dyn LineMatchQueries>>,
    setting: Setting,
    Query(params): Query<OpenLinesParams>,
) -> ApiResult {
    let form = params.file.form();
    let buckets = Buckets::parse(&params.buckets).map_err(|violation| violation.at("?buckets"))?;
    let request = OpenLinesRequest {
        account: params.account.map(|code| code.to_string()),
        as_of: end_date(params.to, params.as_of)?,
        known_at: params.known_at,
        buckets,
        currency: params.currency,
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: OpenLinesRequest| {
        let queries = queries.clone();
        async move { reports.open_lines(tenant, &*queries, &request).await }
    };
    setting.report("open-lines", request, form, make, table).await
}

fn table(view: &OpenLinesView, language: Language) -> Table {
    let column = |key, caption: Caption, width| Column::new(key, caption.text(language), width);
    let columns = vec![
        column("account", Caption::Account, CODE_WIDTH),
        column("date", Caption::Date, CODE_WIDTH),
        column("number", Caption::Number, MONEY_WIDTH),
        column("line", Caption::Line, CODE_WIDTH),
        column("description", Caption::Description, TEXT_WIDTH),
        column("reference", Caption::Reference, MONEY_WIDTH),
        column("party", Caption::Party, CODE_WIDTH),
        column("currency", Caption::Currency, CODE_WIDTH),
        column("days", Caption::Days, CODE_WIDTH),
        column("open", Caption::OpenAmount, MONEY_WIDTH),
    ];
    let mut rows = Vec::new();
    for account in &view.accounts {
        let line = |line| TableRow { cells: cells(account, line), ..TableRow::default() };
        rows.extend(account.lines.iter().map(line));
        let name = localized(&account.name, language);
        rows.push(sum(&account.account, name, account.figures.total.into()));
    }
    rows.push(sum(Caption::Total.text(language), None, view.total.total.into()));
    Table { columns, rows, ..titled(&view.scope, language) }
}

fn cells(account: &OpenLinesAccountView, line: &OpenLineThenView) -> Vec<Cell> {
    vec![
        Cell::from(&account.account),
        line.posting_date.into(),
        Cell::from(&line.number),
        line.line_no.into(),
        line.description.as_deref().into(),
        line.reference.as_deref().into(),
        line.party.as_deref().into(),
        Cell::from(&line.currency),
        Cell::Integer(line.days),
        line.open.into(),
    ]
}

fn sum(first: &str, name: Option<&str>, total: Cell) -> TableRow {
    let none = || Cell::from(None::<&str>);
    let cells =
        vec![first.into(), none(), none(), none(), name.into(), none(), none(), none(), none(), total];
    TableRow { cells, style: RowStyle::Heading, ..TableRow::default() }
}
