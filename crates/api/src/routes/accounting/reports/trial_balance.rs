use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use domain::ids::TenantId;

use super::render::Setting;
use super::tables;
use super::translated_query::TrialBalanceQuery;
use crate::answer::ApiResult;
use crate::extract::Query;

pub async fn get(setting: Setting, Query(query): Query<TrialBalanceQuery>) -> ApiResult {
    let form = query.range.file.form();
    let request = query.request(setting.language())?;
    let make = |reports: Reports, tenant: TenantId, request: ReportRequest| async move {
        reports.trial_balance(tenant, &request).await
    };
    setting.report("trial-balance", request, form, make, tables::trial_balance).await
}
