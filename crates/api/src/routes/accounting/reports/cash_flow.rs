use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use domain::ids::TenantId;

use super::query::RangeQuery;
use super::render::Setting;
use super::tables;
use crate::answer::ApiResult;
use crate::extract::Query;

pub async fn get(setting: Setting, Query(query): Query<RangeQuery>) -> ApiResult {
    let form = query.file.form();
    let request = query.request(setting.language())?;
    let make = |reports: Reports, tenant: TenantId, request: ReportRequest| async move {
        reports.cash_flow(tenant, &request).await
    };
    setting.report("cash-flow", request, form, make, tables::statement).await
}
