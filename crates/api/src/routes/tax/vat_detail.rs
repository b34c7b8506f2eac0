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
use crate::export::{Cell, Table};
use crate::extract::Query;
use crate::operation::Operations;
use crate::query;
use crate::routes::accounting::reports::listed::{Listed, listed};
use crate::routes::accounting::reports::query::ReportFile;
use crate::routes::accounting::reports::render::Setting;
use crate::routes::accounting::reports::tables::{
    CODE_WIDTH, MONEY_WIDTH, NAME_WIDTH, NUMBER_WIDTH, WORD_WIDTH, localized,
};
use crate::routes::accounting::reports::{FORMS, READ, TAG};
use crate::wire::RequiredText;

query! {
    /// Which tax entries are listed.
    pub struct VatDetailParams, then file: ReportFile {
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
    let form = params.file.form();
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

const COLUMNS: [Listed<VatDetailLineView>; 11] = [
    ("taxDate", Caption::TaxDate, WORD_WIDTH, |line, _| line.tax_date.into()),
    ("box", Caption::VatBox, CODE_WIDTH, |line, _| line.return_box.as_deref().into()),
    ("side", Caption::VatSide, CODE_WIDTH, |line, language| side_text(side_of(line), language).into()),
    ("number", Caption::Number, NUMBER_WIDTH, |line, _| Cell::from(&line.document_number)),
    ("branch", Caption::Branch, CODE_WIDTH, |line, _| line.branch.as_deref().into()),
    ("party", Caption::Party, CODE_WIDTH, |line, _| line.party.as_deref().into()),
    ("name", Caption::Name, NAME_WIDTH, |line, language| localized(&line.name, language).into()),
    ("taxCode", Caption::TaxCode, CODE_WIDTH, |line, _| Cell::from(&line.tax_code)),
    ("rate", Caption::Rate, CODE_WIDTH, |line, _| Cell::from(&line.rate)),
    ("base", Caption::TaxBase, MONEY_WIDTH, |line, _| line.base.into()),
    ("tax", Caption::Vat, MONEY_WIDTH, |line, _| line.tax.into()),
];

fn table(view: &VatDetailView, language: Language) -> Table {
    let sum = |(side, sum): (TaxSide, VatDetailSumView)| {
        vec![("side", side_text(side, language).into()), ("base", sum.base.into()), ("tax", sum.tax.into())]
    };
    let sums = [(TaxSide::Output, view.output), (TaxSide::Input, view.input)].map(sum);
    listed(&view.scope, &COLUMNS, &view.lines, sums.into(), language)
}

fn side_of(line: &VatDetailLineView) -> TaxSide {
    if line.side == TaxSide::Output.as_str() { TaxSide::Output } else { TaxSide::Input }
}

const fn side_text(side: TaxSide, language: Language) -> &'static str {
    match side {
        TaxSide::Output => Caption::OutputVat.text(language),
        TaxSide::Input => Caption::InputVat.text(language),
    }
}
