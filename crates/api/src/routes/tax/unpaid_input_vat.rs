//! `/reports/unpaid-input-vat`.

use std::sync::Arc;

use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{REPORT_DATES_CONFLICT, REPORT_OUTSIDE_FISCAL_YEARS};
use application::accounting::reports::request::end_date;
use application::tax::tax_entries::TaxEntryQueries;
use application::tax::unpaid_input_vat::{
    UNPAID_BILLS_TOO_MANY, UnpaidInputVatLineView, UnpaidInputVatRequest, UnpaidInputVatView,
};
use axum::extract::State;
use chrono::NaiveDate;
use domain::error::Language;
use domain::ids::TenantId;
use domain::settlement::bad_debt::BAD_DEBT_MONTHS_MAX;
use domain::text::CODE_LENGTH_MAX;

use crate::answer::ApiResult;
use crate::export::{Cell, RowStyle, Table, TableRow};
use crate::extract::Query;
use crate::operation::Operations;
use crate::query;
use crate::routes::accounting::reports::csv_options::{CsvOptions, FileForm};
use crate::routes::accounting::reports::query::ReportFormat;
use crate::routes::accounting::reports::render::Setting;
use crate::routes::accounting::reports::tables::{
    CODE_WIDTH, MONEY_WIDTH, NAME_WIDTH, NUMBER_WIDTH, WORD_WIDTH, column, localized, titled,
};
use crate::routes::accounting::reports::{FORMS, READ, TAG};
use crate::wire::{Int, RequiredText};

query! {
    /// Which bills are listed.
    pub struct UnpaidInputVatParams {
        /// The day; today by default.
        as_of: Option<NaiveDate> = "2027-03-31",
        /// Another name for `asOf`.
        to: Option<NaiveDate>,
        /// The months since the supply.
        months: Int<1, BAD_DEBT_MONTHS_MAX> => 12,
        /// Only documents of the branch with this code.
        branch: Option<RequiredText<CODE_LENGTH_MAX>> = "RUH-OLAYA",
        /// The format, instead of `Accept`. `csv-bom` is CSV with a byte order mark, from which spreadsheet programs
        /// recognise UTF-8, so that Arabic text stays readable when the file is opened with a double click.
        format: Option<ReportFormat>,
        /// Options of a CSV file for spreadsheet programs: a byte order mark (`bom`), other separators, a comma before decimals, and
        /// above the header the title, company, dates and day of printing (`about`).
        csv: CsvOptions = ["bom", "semicolon", "decimal-comma"],
    }
}

pub fn operations(ops: &mut Operations) {
    ops.get("/reports/unpaid-input-vat", unpaid_input_vat)
        .id("get_unpaid_input_vat")
        .tag(TAG)
        .summary("Input VAT of unpaid bills")
        .description(
            "Bills of which something is unpaid on the day although they were supplied so many months before, with the VAT that \
             was recovered and the share of it that is unpaid. Whether it has to be given back is for the law to say: nothing \
             is posted.",
        )
        .access(READ)
        .query::<UnpaidInputVatParams>()
        .view::<UnpaidInputVatView>()
        .media(&FORMS)
        .errors(&[&UNPAID_BILLS_TOO_MANY, &REPORT_DATES_CONFLICT, &REPORT_OUTSIDE_FISCAL_YEARS]);
}

async fn unpaid_input_vat(
    State(queries): State<Arc<dyn TaxEntryQueries>>,
    setting: Setting,
    Query(params): Query<UnpaidInputVatParams>,
) -> ApiResult {
    let form = FileForm::of(params.format.map(|format| format.as_str()), params.csv);
    let request = UnpaidInputVatRequest {
        as_of: end_date(params.to, params.as_of)?,
        months: u32::try_from(params.months.0).unwrap_or_default(),
        branch: params.branch.map(|code| code.to_string()),
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: UnpaidInputVatRequest| {
        let queries = queries.clone();
        async move { reports.unpaid_input_vat(tenant, &*queries, &request).await }
    };
    setting.report("unpaid-input-vat", request, form, make, table).await
}

fn table(view: &UnpaidInputVatView, language: Language) -> Table {
    let column = |key, caption, width| column(key, caption, width, language);
    let columns = vec![
        column("taxDate", Caption::TaxDate, WORD_WIDTH),
        column("number", Caption::Number, NUMBER_WIDTH),
        column("branch", Caption::Branch, CODE_WIDTH),
        column("party", Caption::Party, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("currency", Caption::Currency, CODE_WIDTH),
        column("openAmount", Caption::OpenAmount, MONEY_WIDTH),
        column("vat", Caption::InputVat, MONEY_WIDTH),
        column("unpaidVat", Caption::UnpaidInputVat, MONEY_WIDTH),
    ];
    let mut rows: Vec<_> = view.lines.iter().map(|one| line(one, language)).collect();
    let mut cells = vec![Cell::from(Caption::Total.text(language))];
    cells.extend(std::iter::repeat_n(Cell::Empty, 7));
    cells.push(view.unpaid_vat.into());
    rows.push(TableRow { cells, style: RowStyle::Heading, ..TableRow::default() });
    Table { columns, rows, ..titled(&view.scope, language) }
}

fn line(line: &UnpaidInputVatLineView, language: Language) -> TableRow {
    let cells = vec![
        line.tax_date.into(),
        Cell::from(&line.document_number),
        line.branch.as_deref().into(),
        Cell::from(&line.party),
        localized(&line.name, language).into(),
        Cell::from(&line.currency),
        Cell::from(&line.open_amount),
        line.vat.into(),
        line.unpaid_vat.into(),
    ];
    TableRow { cells, ..TableRow::default() }
}
