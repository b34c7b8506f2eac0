use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use domain::ids::TenantId;

use super::query::DayQuery;
use super::render::Setting;
use super::tables;
use crate::answer::ApiResult;
use crate::extract::Query;

pub async fn get(setting: Setting, Query(query): Query<DayQuery>) -> ApiResult {
    let form = query.file.form();
    let request = query.request(setting.language())?;
    let make = |reports: Reports, tenant: TenantId, request: ReportRequest| async move {
        reports.control_accounts(tenant, &request).await
    };
    setting.report("control-accounts", request, form, make, tables::control_accounts).await
}
