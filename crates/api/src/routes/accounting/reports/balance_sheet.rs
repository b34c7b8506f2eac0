use application::accounting::reports::Reports;
use application::accounting::reports::request::ReportRequest;
use domain::ids::TenantId;

use super::render::Setting;
use super::tables;
use super::translated_query::BalanceSheetQuery;
use crate::answer::ApiResult;
use crate::extract::Query;

pub async fn get(setting: Setting, Query(query): Query<BalanceSheetQuery>) -> ApiResult {
    let form = query.day.file.form();
    let request = query.request(setting.language())?;
    let make = |reports: Reports, tenant: TenantId, request: ReportRequest| async move {
        reports.balance_sheet(tenant, &request).await
    };
    setting.report("balance-sheet", request, form, make, tables::statement).await
}
