//! Branches: places from which the company sells and buys.

use async_trait::async_trait;
use domain::company::branch::{BRANCH_CODE_FIXED, Branch, BranchId};
use domain::company::profile::{VAT_NUMBER_APART, check_address};
use domain::error::Violation;
use domain::parties::address::ADDRESS_PART_INVALID;
use domain::parties::registration::{INVALID_REGISTRATION, REGISTRATION_TWICE, REGISTRATIONS_MAX};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::address::{CompanyAddressBody, CompanyAddressView, address_after, own_registrations};
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Records};
use crate::parties::party::{RegistrationBody, RegistrationView};
use crate::views::NameView;
use crate::wire::{List, Optional, Patch};
use crate::{request, resource, view};

/// What keeps the code of a branch: documents show it, and numbers may contain it.
const NAMED_BY_CODE: [&str; 2] = ["documents", "number-series"];

request! {
    /// A new branch.
    pub struct NewBranch as CreateBranchBody {
        /// Short code, unique in the tenant. Entries name the branch by the value with this code of the dimension `branch`.
        code: Code = "RUH-OLAYA",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "فرع العليا", "en": "Olaya branch" },
        /// The numbers under which authorities know the branch, at most one of a scheme and none of the scheme `VAT`.
        registrations: List<RegistrationBody, REGISTRATIONS_MAX> = [{ "scheme": "CRN", "number": "1010010000" }] => [],
        /// The national address of the branch.
        address: Option<CompanyAddressBody> = { "street": { "en": "Olaya Street" }, "buildingNumber": "2929", "district": { "en": "Al Olaya" }, "city": { "en": "Riyadh" }, "postalCode": "12214" },
        /// Whether new documents may name the branch.
        active: bool => true,
    }

    /// Changes to a branch (JSON Merge Patch). Members that are left out stay as they are.
    pub struct BranchChange as UpdateBranchBody {
        /// Short code, unique in the tenant. Cannot change once documents or number series name the branch.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// All numbers under which authorities know the branch.
        registrations: Optional<List<RegistrationBody, REGISTRATIONS_MAX>>,
        /// Changes to the national address, merged into it; null removes it.
        address: Patch<CompanyAddressBody>,
        /// Whether new documents may name the branch.
        active: Optional<bool>,
    }
}

view! {
    /// A place from which the company sells and buys.
    pub struct BranchView of Branch {
        id: Uuid,
        code: String,
        name: NameView,
        registrations: Vec<RegistrationView>,
        /// Null where none is known.
        address: Option<CompanyAddressView>,
        active: bool,
    }
}

resource! {
    Branch by id: BranchId = "company", "branch", "branches" at "/branches", "/branches/{id}";
    en: "a", "branch", "branches"; ar: "الفروع";
    about: "Places from which the company sells and buys, each with its own address and commercial registration.";
    bodies: NewBranch, BranchChange => BranchView; unique code;
    remembered by posting;
    list: id sortable, code sortable, name, active; order: code;
    refuses:
        create [&INVALID_REGISTRATION, &REGISTRATION_TWICE, &VAT_NUMBER_APART, &ADDRESS_PART_INVALID],
        change [&BRANCH_CODE_FIXED, &INVALID_REGISTRATION, &REGISTRATION_TWICE, &VAT_NUMBER_APART, &ADDRESS_PART_INVALID],
        delete unused [];
}

#[async_trait]
impl MasterData for Branch {
    async fn create(new: &NewBranch, id: BranchId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let registrations = own_registrations(&new.registrations.0, &mut check.violations);
        let address = new.address.as_ref().map(|body| body.merged(None));
        check.violations.extend(check_address(address.as_ref()).into_vec());
        Ok(registrations.map(|registrations| Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            registrations,
            address,
            active: new.active,
            version: 1,
        }))
    }

    async fn change(&self, change: &BranchChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let registrations = match &change.registrations.0 {
            Some(bodies) => own_registrations(&bodies.0, &mut check.violations),
            None => Some(self.registrations.clone()),
        };
        let address = address_after(self.address.as_ref(), &change.address);
        check.violations.extend(check_address(address.as_ref()).into_vec());
        if change.code.0.as_ref().is_some_and(|code| *code != self.code) {
            let users = Records::<Self>::used_by(check.uow, self.id).await?;
            if users.iter().any(|user| NAMED_BY_CODE.contains(user)) {
                check.refuse(Violation::new(&BRANCH_CODE_FIXED).at("/code").with("branch", &self.code));
            }
        }
        Ok(registrations.map(|registrations| Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            registrations,
            address,
            active: change.active.or(&self.active),
            ..self.clone()
        }))
    }
}
