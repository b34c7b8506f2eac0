//! The example company as its invoices and returns name it.

use domain::country::Country;
use domain::parties::registration::RegistrationScheme;
use domain::text::LocalizedName;

use crate::company::CompanyAddressBody;
use crate::company::profile::CompanyProfileChange;
use crate::company::profile::update::save_change;
use crate::error::AppResult;
use crate::parties::party::RegistrationBody;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, Optional, Patch, RequiredText};

/// No real company has these numbers: the VAT number is the one of the tax authority's own examples.
const VAT_NUMBER: &str = "399999999900003";
const CR_NUMBER: &str = "1010010000";

/// Saves a profile with a VAT number, unless the tenant has saved one.
pub async fn create_profile(uow: &mut dyn UnitOfWork) -> AppResult<()> {
    let old = uow.company().profile().await?;
    if old.version > 0 {
        return Ok(());
    }
    let registration = RegistrationBody {
        scheme: RegistrationScheme::Crn,
        number: RequiredText::of(CR_NUMBER)?,
        country: Country::saudi_arabia(),
    };
    let change = CompanyProfileChange {
        legal_name: Optional(None),
        vat_number: Patch::Value(RequiredText::of(VAT_NUMBER)?),
        registrations: Optional(Some(List(vec![registration]))),
        address: Patch::Value(address()?),
        vat_period: Optional(None),
        prices_include_vat: Optional(None),
        price_tolerance_percent: Optional(None),
        price_tolerance_amount: Optional(None),
        discount_without_vat: Optional(None),
        payment_tolerances: Optional(None),
        bad_debt_months: Optional(None),
        bad_debt_proof_above: Optional(None),
        default_branch_id: Patch::Absent,
        default_branch_code: Patch::Absent,
        over_receipt_percent: Optional(None),
        match_policy: Optional(None),
    };
    save_change(uow, &old, &change).await.map(|_| ())
}

fn address() -> AppResult<CompanyAddressBody> {
    let name = |ar, en| -> AppResult<_> { Ok(Patch::Value(LocalizedName::parse(Some(ar), Some(en))?)) };
    Ok(CompanyAddressBody {
        street: name("طريق الملك فهد", "King Fahd Road")?,
        additional_street: Patch::Absent,
        building_number: Patch::Value(RequiredText::of("2929")?),
        additional_number: Patch::Value(RequiredText::of("8118")?),
        district: name("العليا", "Al Olaya")?,
        city: name("الرياض", "Riyadh")?,
        postal_code: Patch::Value(RequiredText::of("12214")?),
        province: Patch::Absent,
        country: Optional(None),
        short_address: Patch::Value(RequiredText::of("RRRD2929")?),
    })
}
