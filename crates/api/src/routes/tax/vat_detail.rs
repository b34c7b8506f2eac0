//! `/reports/vat-detail`.

use std::sync::Arc;

use application::accounting::reports::Reports;
use application::accounting::reports::captions::Caption;
use application::accounting::reports::error::{
    REPORT_DATES_CONFLICT, REPORT_OUTSIDE_FISCAL_YEARS, REPORT_RANGE_REVERSED,
};
use application::accounting::reports::request::end_date;
use application::tax::tax_entries::TaxEntryQueries;
use application::tax::vat_detail::{
    VAT_DETAIL_TOO_LARGE, VatDetailLineView, VatDetailRequest, VatDetailSumView, VatDetailView,
};
use axum::extract::State;
use chrono::NaiveDate;
use domain::error::Language;
use domain::ids::TenantId;
use domain::tax::tax_entry::TaxSide;
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
use crate::wire::RequiredText;

query! {
    /// Which tax entries are listed.
    pub struct VatDetailParams {
        /// The first tax date; by default everything since the beginning.
        from: Option<NaiveDate> = "2026-01-01",
        /// The last tax date; today by default.
        to: Option<NaiveDate> = "2026-03-31",
        /// Another name for `to`.
        as_of: Option<NaiveDate>,
        /// Only entries of this box of the VAT return.
        r#box: Option<RequiredText<CODE_LENGTH_MAX>> = "1",
        /// Only VAT that is owed, or only VAT that is recovered.
        side: Option<TaxSide>,
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
    ops.get("/reports/vat-detail", vat_detail)
        .id("get_vat_detail")
        .tag(TAG)
        .summary("VAT detail")
        .description(
            "Every tax entry with a tax date in the range, with its document, party, base and VAT, and the sums of output and \
             input. At most 50,000 entries; `/tax-entries` lists any number.",
        )
        .access(READ)
        .query::<VatDetailParams>()
        .view::<VatDetailView>()
        .media(&FORMS)
        .errors(&[
            &VAT_DETAIL_TOO_LARGE,
            &REPORT_DATES_CONFLICT,
            &REPORT_RANGE_REVERSED,
            &REPORT_OUTSIDE_FISCAL_YEARS,
        ]);
}

async fn vat_detail(
    State(queries): State<Arc<dyn TaxEntryQueries>>,
    setting: Setting,
    Query(params): Query<VatDetailParams>,
) -> ApiResult {
    let form = FileForm::of(params.format.map(|format| format.as_str()), params.csv);
    let request = VatDetailRequest {
        from: params.from,
        to: end_date(params.to, params.as_of)?,
        return_box: params.r#box.map(|code| code.to_string()),
        side: params.side,
        branch: params.branch.map(|code| code.to_string()),
        language: setting.language(),
    };
    let make = move |reports: Reports, tenant: TenantId, request: VatDetailRequest| {
        let queries = queries.clone();
        async move { reports.vat_detail(tenant, &*queries, &request).await }
    };
    setting.report("vat-detail", request, form, make, table).await
}

fn table(view: &VatDetailView, language: Language) -> Table {
    let column = |key, caption, width| column(key, caption, width, language);
    let columns = vec![
        column("taxDate", Caption::TaxDate, WORD_WIDTH),
        column("box", Caption::VatBox, CODE_WIDTH),
        column("side", Caption::VatSide, CODE_WIDTH),
        column("number", Caption::Number, NUMBER_WIDTH),
        column("branch", Caption::Branch, CODE_WIDTH),
        column("party", Caption::Party, CODE_WIDTH),
        column("name", Caption::Name, NAME_WIDTH),
        column("taxCode", Caption::TaxCode, CODE_WIDTH),
        column("rate", Caption::Rate, CODE_WIDTH),
        column("base", Caption::TaxBase, MONEY_WIDTH),
        column("tax", Caption::Vat, MONEY_WIDTH),
    ];
    let mut rows: Vec<_> = view.lines.iter().map(|one| line(one, language)).collect();
    for (side, sum) in [(TaxSide::Output, view.output), (TaxSide::Input, view.input)] {
        rows.push(total(side, sum, language));
    }
    Table { columns, rows, ..titled(&view.scope, language) }
}

const fn side_text(side: TaxSide, language: Language) -> &'static str {
    match side {
        TaxSide::Output => Caption::OutputVat.text(language),
        TaxSide::Input => Caption::InputVat.text(language),
    }
}

fn line(line: &VatDetailLineView, language: Language) -> TableRow {
    let side = if line.side == TaxSide::Output.as_str() { TaxSide::Output } else { TaxSide::Input };
    let cells = vec![
        line.tax_date.into(),
        line.return_box.as_deref().into(),
        side_text(side, language).into(),
        Cell::from(&line.document_number),
        line.branch.as_deref().into(),
        line.party.as_deref().into(),
        localized(&line.name, language).into(),
        Cell::from(&line.tax_code),
        Cell::from(&line.rate),
        line.base.into(),
        line.tax.into(),
    ];
    TableRow { cells, ..TableRow::default() }
}

fn total(side: TaxSide, sum: VatDetailSumView, language: Language) -> TableRow {
    let mut cells = vec![Cell::Empty, Cell::Empty, side_text(side, language).into()];
    cells.extend(std::iter::repeat_n(Cell::Empty, 6));
    cells.extend([sum.base.into(), sum.tax.into()]);
    TableRow { cells, style: RowStyle::Heading, ..TableRow::default() }
}
