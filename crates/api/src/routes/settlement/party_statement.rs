//! `/reports/party-statement`.

use std::sync::Arc;

use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{
    KNOWN_AT_IN_FUTURE, REPORT_DATES_CONFLICT, REPORT_OUTSIDE_FISCAL_YEARS, REPORT_RANGE_REVERSED,
};
use application::accounting::reports::request::end_date;
use application::error::UNKNOWN_REFERENCE;
use application::settlement::auto_allocate::SettledControl;
use application::settlement::party_statement::{
    PartyStatementLineView, PartyStatementView, STATEMENT_TOO_LARGE, StatementRequest,
};
use application::settlement::ports::SettlementQueries;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::journal_entry::PARTY_LENGTH_MAX;
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::settlement::ageing::{AGEING_BUCKETS, AGEING_TOO_LARGE, Buckets};
use domain::text::CODE_LENGTH_MAX;
use domain::time::Timestamp;

use super::ageing::{BUCKETS_LENGTH_MAX, MONEY_WIDTH, branch_note};
use crate::answer::ApiResult;
use crate::export::{Cell, Column, RowStyle, Table, TableRow};
use crate::extract::Query;
use crate::operation::Operations;
use crate::query;
use crate::routes::accounting::reports::query::ReportFile;
use crate::routes::accounting::reports::render::Setting;
use crate::routes::accounting::reports::tables::{localized, titled};
use crate::routes::accounting::reports::{FORMS, READ, TAG};
use crate::wire::RequiredText;

const DATE_WIDTH: u8 = 12;
const NUMBER_WIDTH: u8 = 20;
const TEXT_WIDTH: u8 = 44;

query! {
    /// The statement of a party.
    pub struct PartyStatementParams, then file: ReportFile {
        /// The code of the party.
        party: RequiredText<PARTY_LENGTH_MAX> = "C-1001",
        /// Only receivables, or only payables; by default both.
        control: Option<SettledControl>,
        /// The first day; by default everything since the beginning.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last day; today by default.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Shows the lines as they had been recorded at this moment, so that the figures never change again.
        known_at: Option<Timestamp>,
        /// The numbers of days after which each bucket of the ageing begins.
        buckets: RequiredText<BUCKETS_LENGTH_MAX> => "0,30,60,90",
        /// The currency, one of the tenant's. Only lines in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// Only lines of the branch with this code.
        branch: Option<RequiredText<CODE_LENGTH_MAX>> = "RUH-OLAYA",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get("/reports/party-statement", party_statement)
        .id("get_party_statement")
        .tag(TAG)
        .summary("Statement of a party")
        .description(
            "The balance of a party before the first day, every line of its receivables and payables with the \
             balance after it, the balance at the end of the last day, and how long what is open has been due. \
             Balances are positive where the party owes.",
        )
        .access(READ)
        .query::<PartyStatementParams>()
        .view::<PartyStatementView>()
        .media(&FORMS)
        .errors(&[
            &AGEING_BUCKETS,
            &AGEING_TOO_LARGE,
            &STATEMENT_TOO_LARGE,
            &KNOWN_AT_IN_FUTURE,
            &REPORT_DATES_CONFLICT,
            &REPORT_RANGE_REVERSED,
            &REPORT_OUTSIDE_FISCAL_YEARS,
            &UNKNOWN_REFERENCE,
        ]);
}

async fn party_statement(
    State(queries): State<Arc<dyn SettlementQueries>>,
    setting: Setting,
    Query(params): Query<PartyStatementParams>,
) -> ApiResult {
    let form = params.file.form();
    let buckets = Buckets::parse(&params.buckets).map_err(|violation| violation.at("?buckets"))?;
    let request = StatementRequest {
        party: params.party.to_string(),
        control: params.control,
        from: params.from,
        to: end_date(params.to, params.as_of)?,
        known_at: params.known_at,
        buckets,
        currency: params.currency,
        branch: params.branch.map(|code| code.to_string()),
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: StatementRequest| {
        let queries = queries.clone();
        async move { reports.party_statement(tenant, &*queries, &request).await }
    };
    setting.report("party-statement", request, form, make, table).await
}

fn table(view: &PartyStatementView, language: Language) -> Table {
    let column = |key: &str, caption: Caption, width| Column::new(key, caption.text(language), width);
    let columns = vec![
        column("date", Caption::Date, DATE_WIDTH),
        column("number", Caption::Number, NUMBER_WIDTH),
        column("description", Caption::Description, TEXT_WIDTH),
        column("reference", Caption::Reference, NUMBER_WIDTH),
        column("dueDate", Caption::DueDate, DATE_WIDTH),
        column("debit", Caption::Debit, MONEY_WIDTH),
        column("credit", Caption::Credit, MONEY_WIDTH),
        column("balance", Caption::Balance, MONEY_WIDTH),
    ];
    let sum = |date: Option<NaiveDate>, caption: Caption, amounts: [Cell; 3]| {
        let texts = [date.into(), Cell::Empty, caption.text(language).into(), Cell::Empty, Cell::Empty];
        let cells = texts.into_iter().chain(amounts).collect();
        TableRow { cells, style: RowStyle::Heading, ..TableRow::default() }
    };
    let opening = [Cell::Empty, Cell::Empty, view.opening.into()];
    let closing = [view.movement_debit.into(), view.movement_credit.into(), view.closing.into()];
    let mut rows = vec![sum(view.scope.from, Caption::Opening, opening)];
    rows.extend(view.lines.iter().map(line));
    rows.push(sum(view.scope.to, Caption::Closing, closing));
    let mut table = Table { columns, rows, ..titled(&view.scope, language) };
    let party = match localized(&view.name, language) {
        Some(name) => format!("{}: {} {name}", Caption::Party.text(language), view.party),
        None => format!("{}: {}", Caption::Party.text(language), view.party),
    };
    table.notes.insert(0, party);
    table.notes.extend(branch_note(view.branch.as_deref(), language));
    table
}

fn line(line: &PartyStatementLineView) -> TableRow {
    let cells = vec![
        line.posting_date.into(),
        Cell::from(&line.number),
        line.description.as_deref().into(),
        line.reference.as_deref().into(),
        line.due_date.into(),
        line.debit.into(),
        line.credit.into(),
        line.balance.into(),
    ];
    TableRow { cells, ..TableRow::default() }
}
