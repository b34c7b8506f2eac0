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
use crate::wire::{Int, RequiredText};

query! {
    /// Which bills are listed.
    pub struct UnpaidInputVatParams, then file: ReportFile {
        /// The day; today by default.
        as_of: Option<NaiveDate> = "2027-03-31",
        /// Another name for `asOf`.
        to: Option<NaiveDate>,
        /// The months since the supply.
        months: Int<1, BAD_DEBT_MONTHS_MAX> => 12,
        /// Only documents of the branch with this code.
        branch: Option<RequiredText<CODE_LENGTH_MAX>> = "RUH-OLAYA",
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
    let form = params.file.form();
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

const COLUMNS: [Listed<UnpaidInputVatLineView>; 9] = [
    ("taxDate", Caption::TaxDate, WORD_WIDTH, |line, _| line.tax_date.into()),
    ("number", Caption::Number, NUMBER_WIDTH, |line, _| Cell::from(&line.document_number)),
    ("branch", Caption::Branch, CODE_WIDTH, |line, _| line.branch.as_deref().into()),
    ("party", Caption::Party, CODE_WIDTH, |line, _| Cell::from(&line.party)),
    ("name", Caption::Name, NAME_WIDTH, |line, language| localized(&line.name, language).into()),
    ("currency", Caption::Currency, CODE_WIDTH, |line, _| Cell::from(&line.currency)),
    ("openAmount", Caption::OpenAmount, MONEY_WIDTH, |line, _| Cell::from(&line.open_amount)),
    ("vat", Caption::InputVat, MONEY_WIDTH, |line, _| line.vat.into()),
    ("unpaidVat", Caption::UnpaidInputVat, MONEY_WIDTH, |line, _| line.unpaid_vat.into()),
];

fn table(view: &UnpaidInputVatView, language: Language) -> Table {
    let total =
        vec![("taxDate", Caption::Total.text(language).into()), ("unpaidVat", view.unpaid_vat.into())];
    listed(&view.scope, &COLUMNS, &view.lines, vec![total], language)
}
