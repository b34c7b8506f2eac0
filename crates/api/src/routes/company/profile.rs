//! `/company-profile`: how documents and returns name the company.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::company::ports::CompanyQueries;
use application::company::profile::update::UpdateCompanyProfile;
use application::company::profile::{CompanyProfileChange, CompanyProfileView};
use application::error::UNKNOWN_REFERENCE;
use application::ports::cache::{Cache, CacheKey, CachedEntity};
use axum::extract::State;
use domain::company::branch::BRANCH_ARCHIVED;
use domain::company::profile::VAT_NUMBER_APART;
use domain::documents::price_match::TOLERANCE_NEGATIVE;
use domain::parties::address::ADDRESS_PART_INVALID;
use domain::parties::registration::{INVALID_REGISTRATION, REGISTRATION_TWICE};
use domain::settlement::bad_debt::RELIEF_AMOUNT_NEGATIVE;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Ctx, Json};
use crate::operation::Operations;
use crate::routes::cached::cached;

const PATH: &str = "/company-profile";
const TAG: &str = "company profile";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "The company as its documents and returns name it: legal name, VAT number, registrations and address.");
    ops.get(PATH, get)
        .id("get_company_profile")
        .tag(TAG)
        .summary("Get the company profile")
        .description(
            "Until a profile is saved, its version is 0, the legal name is the name of the tenant, there is no VAT number, the \
             period of the VAT return is a quarter, and prices do not include VAT.",
        )
        .access(Access::Permission("company.company_profile.read"))
        .view::<CompanyProfileView>();
    ops.patch(PATH, update)
        .id("update_company_profile")
        .tag(TAG)
        .summary("Change the company profile")
        .command::<UpdateCompanyProfile>()
        .if_match()
        .body::<CompanyProfileChange>()
        .ok::<CompanyProfileView>()
        .errors(&[
            &INVALID_REGISTRATION,
            &REGISTRATION_TWICE,
            &VAT_NUMBER_APART,
            &UNKNOWN_REFERENCE,
            &BRANCH_ARCHIVED,
            &ADDRESS_PART_INVALID,
            &TOLERANCE_NEGATIVE,
            &RELIEF_AMOUNT_NEGATIVE,
        ]);
}

async fn get(
    State(queries): State<Arc<dyn CompanyQueries>>,
    State(cache): State<Arc<dyn Cache>>,
    ctx: Ctx,
    headers: HeaderMap,
) -> ApiResult {
    let tenant = ctx.tenant;
    let load = async move {
        let view = CompanyProfileView::from(&queries.company_profile(tenant).await?);
        let version = view.version;
        Ok(Some((view, Some(version))))
    };
    cached(&cache, CacheKey::name(tenant, CachedEntity::CompanyProfile, "current"), &headers, load).await
}

async fn update(
    State(app): State<Application>,
    ctx: Ctx,
    Json(change): Json<CompanyProfileChange>,
) -> ApiResult {
    answer::ok(execute(&app, &ctx, UpdateCompanyProfile { change }).await?)
}
