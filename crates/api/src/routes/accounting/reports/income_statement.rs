use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use domain::ids::TenantId;

use super::query::IncomeQuery;
use super::render::Setting;
use super::tables;
use crate::answer::ApiResult;
use crate::extract::Query;

pub async fn get(setting: Setting, Query(query): Query<IncomeQuery>) -> ApiResult {
    let form = query.file.form();
    let request = query.request(setting.language())?;
    let make = |reports: Reports, tenant: TenantId, request: ReportRequest| async move {
        reports.income_statement(tenant, &request).await
    };
    setting.report("income-statement", request, form, make, tables::statement).await
}
