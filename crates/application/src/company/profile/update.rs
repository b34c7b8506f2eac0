//! `PATCH /company-profile`: how documents and returns name the company.

use async_trait::async_trait;
use domain::company::branch::{BRANCH_ARCHIVED, Branch, BranchId};
use domain::company::profile::{CompanyProfile, vat_number};
use domain::documents::match_policy::OrderMatch;
use domain::documents::price_match::{PriceTolerance, TOLERANCE_NEGATIVE};
use domain::error::{Violation, Violations};
use domain::money::Amount;
use domain::settlement::bad_debt::{BadDebtRelief, RELIEF_AMOUNT_NEGATIVE};
use domain::settlement::tolerance::{PaymentTolerance, PaymentTolerances};

use super::{COMPANY_PROFILE, CompanyProfileChange, CompanyProfileView, PaymentToleranceBody};
use crate::authorize::Access;
use crate::changes::{record, stale};
use crate::command::{Command, Done, check_version};
use crate::company::address::{address_after, own_registrations};
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::nothing_named;
use crate::reference::{Reference, patched};
use crate::unit_of_work::UnitOfWork;
use crate::wire::Patch;

pub struct UpdateCompanyProfile {
    pub change: CompanyProfileChange,
}

#[async_trait]
impl Command for UpdateCompanyProfile {
    const NAME: &'static str = "update_company_profile";
    const ACCESS: Access = Access::Permission("company.company_profile.update");
    type Output = CompanyProfileView;

    async fn run(
        &self,
        ctx: &RequestContext,
        uow: &mut dyn UnitOfWork,
    ) -> AppResult<Done<CompanyProfileView>> {
        let old = uow.company().profile().await?;
        check_version(ctx, old.version)?;
        let view = save_change(uow, &old, &self.change).await?;
        Ok(Done::of(uow.tenant().uuid(), view.version, view))
    }
}

/// Stores and notes the profile that the change makes of the old one.
pub async fn save_change(
    uow: &mut dyn UnitOfWork,
    old: &CompanyProfile,
    change: &CompanyProfileChange,
) -> AppResult<CompanyProfileView> {
    let mut violations = Violations::new();
    let default_branch = branch_after(uow, old, change, &mut violations).await?;
    let profile = CompanyProfile { default_branch, ..merged(old, change, &mut violations) };
    violations.extend(profile.check().into_vec());
    let profile = violations.into_result(profile)?;
    if !uow.company().save_profile(&profile).await? {
        return Err(stale(old.version));
    }
    let (before, view) = (CompanyProfileView::from(old), CompanyProfileView::from(&profile));
    let id = uow.tenant().uuid();
    record(uow, COMPANY_PROFILE, id, "updated", Some(&before), Some(&view));
    Ok(view)
}

/// The branch of documents that name none.
async fn branch_after(
    uow: &mut dyn UnitOfWork,
    old: &CompanyProfile,
    change: &CompanyProfileChange,
    violations: &mut Violations,
) -> AppResult<Option<BranchId>> {
    let named = patched(change.default_branch_id.clone(), change.default_branch_code.clone());
    let Some(named) = named else { return Ok(old.default_branch) };
    let Some(named) = named else { return Ok(None) };
    let at = match &named {
        Reference::Id(_) => "/defaultBranchId",
        Reference::Code(_) => "/defaultBranchCode",
    };
    let all = uow.company().branches().await?;
    let found = all.iter().find(|branch| match &named {
        Reference::Id(id) => branch.id == *id,
        Reference::Code(code) => branch.code == *code,
    });
    match found {
        None => violations.push(nothing_named::<Branch>(at, &named)),
        Some(branch) if !branch.active => {
            violations.push(Violation::new(&BRANCH_ARCHIVED).at(at).with("branch", &branch.code));
        }
        Some(branch) => return Ok(Some(branch.id)),
    }
    Ok(old.default_branch)
}

fn merged(
    old: &CompanyProfile,
    change: &CompanyProfileChange,
    violations: &mut Violations,
) -> CompanyProfile {
    let vat_number = match &change.vat_number {
        Patch::Absent => old.vat_number.clone(),
        Patch::Null => None,
        Patch::Value(text) => violations.check("", vat_number(text)),
    };
    let registrations = change.registrations.0.as_ref();
    let registrations = registrations.and_then(|bodies| own_registrations(&bodies.0, violations));
    let tolerances = change.payment_tolerances.0.as_ref();
    let tolerances = tolerances.and_then(|bodies| tolerances_of(&bodies.0, violations));
    CompanyProfile {
        legal_name: change.legal_name.or(&old.legal_name),
        vat_number,
        registrations: registrations.unwrap_or_else(|| old.registrations.clone()),
        address: address_after(old.address.as_ref(), &change.address),
        vat_period: change.vat_period.or(&old.vat_period),
        prices_include_vat: change.prices_include_vat.or(&old.prices_include_vat),
        price_tolerance: PriceTolerance {
            percent: change.price_tolerance_percent.or(&old.price_tolerance.percent),
            amount: amount_after(old.price_tolerance.amount, change, violations),
        },
        matching: OrderMatch {
            policy: change.match_policy.or(&old.matching.policy),
            over_receipt: change.over_receipt_percent.or(&old.matching.over_receipt),
        },
        discount_without_vat: change.discount_without_vat.or(&old.discount_without_vat),
        payment_tolerances: tolerances.unwrap_or_else(|| old.payment_tolerances.clone()),
        default_branch: old.default_branch,
        bad_debt_relief: relief_after(old.bad_debt_relief, change, violations),
        version: old.version + 1,
    }
}

/// The conditions of relief, whose amount is not negative.
fn relief_after(
    old: BadDebtRelief,
    change: &CompanyProfileChange,
    violations: &mut Violations,
) -> BadDebtRelief {
    let months = change.bad_debt_months.0.as_ref();
    let months = months.and_then(|months| u32::try_from(months.0).ok());
    let proof_above = change.bad_debt_proof_above.or(&old.proof_above);
    if proof_above.is_negative() {
        violations.push(Violation::new(&RELIEF_AMOUNT_NEGATIVE).at("/badDebtProofAbove"));
    }
    BadDebtRelief { months: months.unwrap_or(old.months), proof_above }
}

/// The tolerance as an amount, which is not negative.
fn amount_after(old: Amount, change: &CompanyProfileChange, violations: &mut Violations) -> Amount {
    let amount = change.price_tolerance_amount.or(&old);
    if amount.is_negative() {
        violations.push(Violation::new(&TOLERANCE_NEGATIVE).at("/priceToleranceAmount"));
    }
    amount
}

fn tolerances_of(bodies: &[PaymentToleranceBody], violations: &mut Violations) -> Option<PaymentTolerances> {
    let tolerance = |body: &PaymentToleranceBody| PaymentTolerance {
        currency: body.currency,
        amount: body.amount,
        percent: body.percent,
    };
    match PaymentTolerances::new(bodies.iter().map(tolerance).collect()) {
        Ok(tolerances) => Some(tolerances),
        Err(refused) => {
            violations.extend(refused.into_iter().map(|violation| {
                let pointer = format!("/paymentTolerances{}", violation.pointer);
                violation.at(pointer)
            }));
            None
        }
    }
}
