//! `/reports/receivables-ageing` and `/reports/payables-ageing`.

use std::sync::Arc;

use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{KNOWN_AT_IN_FUTURE, REPORT_DATES_CONFLICT};
use application::accounting::reports::request::end_date;
use application::error::UNKNOWN_REFERENCE;
use application::printing::error::PRINT_TOO_LARGE;
use application::settlement::ageing::{AgeingBasis, AgeingFiguresView, AgeingRequest, AgeingView};
use application::settlement::ports::SettlementQueries;
use axum::extract::State;
use chrono::NaiveDate;
use domain::accounting::account::ControlKind;
use domain::accounting::journal_entry::PARTY_LENGTH_MAX;
use domain::error::Language;
use domain::ids::TenantId;
use domain::money::CurrencyCode;
use domain::settlement::ageing::{AGEING_BUCKETS, AGEING_TOO_LARGE, Buckets};
use domain::text::CODE_LENGTH_MAX;
use domain::time::Timestamp;

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

/// Longest list of buckets, in characters.
pub(super) const BUCKETS_LENGTH_MAX: usize = 100;
const PARTY_WIDTH: u8 = 20;
const NAME_WIDTH: u8 = 44;
pub(super) const MONEY_WIDTH: u8 = 18;

query! {
    /// Ageing of open items on a day.
    pub struct AgeingParams, then file: ReportFile {
        /// The day; today by default.
        as_of: Option<NaiveDate> = "2026-03-31",
        /// Another name for `asOf`.
        to: Option<NaiveDate>,
        /// Shows the items as they had been recorded at this moment, so that the figures never change again.
        known_at: Option<Timestamp>,
        /// The numbers of days after which each bucket begins.
        buckets: RequiredText<BUCKETS_LENGTH_MAX> => "0,30,60,90",
        /// The date from which days are counted.
        by: AgeingBasis => "due",
        /// The code of a party, to list only its items.
        party: Option<RequiredText<PARTY_LENGTH_MAX>> = "C-1001",
        /// The currency, one of the tenant's. Only items in this currency count, with their amounts in it.
        currency: Option<CurrencyCode>,
        /// Only items of the branch with this code.
        branch: Option<RequiredText<CODE_LENGTH_MAX>> = "RUH-OLAYA",
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get("/reports/receivables-ageing", receivables)
        .id("get_receivables_ageing")
        .tag(TAG)
        .summary("Receivables ageing")
        .description(
            "What each customer owes on the day, by the days since it fell due: not due yet, in each bucket, and \
             what it paid that is not allocated to any invoice. The total is the balance of the receivable \
             accounts on that day.",
        )
        .access(READ)
        .query::<AgeingParams>()
        .view::<AgeingView>()
        .media(&FORMS)
        .errors(&[&AGEING_BUCKETS, &AGEING_TOO_LARGE, &KNOWN_AT_IN_FUTURE, &PRINT_TOO_LARGE, &REPORT_DATES_CONFLICT, &UNKNOWN_REFERENCE]);
    ops.get("/reports/payables-ageing", payables)
        .id("get_payables_ageing")
        .tag(TAG)
        .summary("Payables ageing")
        .description(
            "What is owed to each supplier on the day, by the days since it fell due: not due yet, in each \
             bucket, and what was paid that is not allocated to any bill. The total is the balance of the payable \
             accounts on that day.",
        )
        .access(READ)
        .query::<AgeingParams>()
        .view::<AgeingView>()
        .media(&FORMS)
        .errors(&[&AGEING_BUCKETS, &AGEING_TOO_LARGE, &KNOWN_AT_IN_FUTURE, &PRINT_TOO_LARGE, &REPORT_DATES_CONFLICT, &UNKNOWN_REFERENCE]);
}

async fn receivables(
    State(queries): State<Arc<dyn SettlementQueries>>,
    setting: Setting,
    Query(params): Query<AgeingParams>,
) -> ApiResult {
    ageing(queries, setting, params, ControlKind::Receivable, "receivables-ageing").await
}

async fn payables(
    State(queries): State<Arc<dyn SettlementQueries>>,
    setting: Setting,
    Query(params): Query<AgeingParams>,
) -> ApiResult {
    ageing(queries, setting, params, ControlKind::Payable, "payables-ageing").await
}

async fn ageing(
    queries: Arc<dyn SettlementQueries>,
    setting: Setting,
    params: AgeingParams,
    control: ControlKind,
    name: &'static str,
) -> ApiResult {
    let form = params.file.form();
    let buckets = Buckets::parse(&params.buckets).map_err(|violation| violation.at("?buckets"))?;
    let request = AgeingRequest {
        control,
        as_of: end_date(params.to, params.as_of)?,
        known_at: params.known_at,
        buckets,
        by: params.by,
        party: params.party.map(|party| party.to_string()),
        currency: params.currency,
        branch: params.branch.map(|code| code.to_string()),
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: AgeingRequest| {
        let queries = queries.clone();
        async move { reports.ageing(tenant, &*queries, &request).await }
    };
    setting.report(name, request, form, make, table).await
}

fn table(view: &AgeingView, language: Language) -> Table {
    let text = |caption: Caption| caption.text(language);
    let money = |key: String, caption: &str| Column::new(&key, caption, MONEY_WIDTH);
    let mut columns = vec![
        Column::new("party", text(Caption::Party), PARTY_WIDTH),
        money("notDue".to_owned(), text(Caption::NotDue)),
    ];
    columns.extend(view.buckets.iter().map(|bucket| {
        let days = text(Caption::Days);
        match bucket.to_days {
            Some(to) => {
                money(format!("days{}To{to}", bucket.from_days), &format!("{}–{to} {days}", bucket.from_days))
            }
            None => {
                let after = bucket.from_days.saturating_sub(1);
                money(format!("daysOver{after}"), &format!("{} {after} {days}", text(Caption::MoreThan)))
            }
        }
    }));
    columns.push(money("unallocated".to_owned(), text(Caption::Unallocated)));
    columns.push(money("total".to_owned(), text(Caption::Total)));
    columns.push(Column::new("name", text(Caption::Name), NAME_WIDTH));
    let mut rows: Vec<_> = view
        .lines
        .iter()
        .map(|line| TableRow {
            cells: cells(line.party.as_str(), localized(&line.name, language), &line.figures),
            ..TableRow::default()
        })
        .collect();
    let total = cells(text(Caption::Total), None, &view.total);
    rows.push(TableRow { cells: total, style: RowStyle::Heading, ..TableRow::default() });
    let mut table = Table { columns, rows, ..titled(&view.scope, language) };
    table.notes.extend(branch_note(view.branch.as_deref(), language));
    table
}

/// The branch that was asked for, as files say it.
pub(super) fn branch_note(branch: Option<&str>, language: Language) -> Option<String> {
    branch.map(|code| format!("{}: {code}", Caption::Branch.text(language)))
}

fn cells(first: &str, name: Option<&str>, figures: &AgeingFiguresView) -> Vec<Cell> {
    let mut cells = vec![Cell::from(first), figures.not_due.into()];
    cells.extend(figures.amounts.iter().map(|amount| Cell::from(*amount)));
    cells.extend([figures.unallocated.into(), figures.total.into(), name.into()]);
    cells
}
