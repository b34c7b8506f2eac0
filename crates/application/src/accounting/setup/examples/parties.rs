//! The customers and suppliers of the example company.

use std::collections::HashSet;

use domain::country::Country;
use domain::error::Language;
use domain::money::Amount;
use domain::parties::address::AddressRole;
use domain::parties::party::{Party, PartyId, PartyKind};
use domain::parties::party_group::PartyGroup;
use domain::parties::payment_term::PaymentTerm;
use domain::parties::registration::RegistrationScheme;
use domain::parties::roles::Residency;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::command::Command;
use crate::context::RequestContext;
use crate::error::AppResult;
use crate::master_data::{Create, Records};
use crate::parties::party::{AddressBody, CustomerBody, NewParty, RegistrationBody, SupplierBody};
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, Optional, Patch, RequiredText};

/// The role of a party.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A customer with a credit limit.
    Customer(&'static str),
    /// Customers without a name.
    WalkIn,
    Supplier,
    SupplierAbroad,
}

struct Plan {
    code: &'static str,
    ar: &'static str,
    en: &'static str,
    country: &'static str,
    role: Role,
    registrations: &'static [(RegistrationScheme, &'static str)],
    city: Option<(&'static str, &'static str)>,
}

/// Entries of the example books name them by these codes.
pub const CUSTOMER: &str = "C-1001";
pub const CUSTOMER_SERVICES: &str = "C-1002";
pub const SUPPLIER: &str = "S-2001";
pub const SUPPLIER_ABROAD: &str = "S-2002";
pub const SUPPLIER_OF_SERVICES: &str = "S-2003";
pub const WALK_IN: &str = "C-9999";

static PLANS: [Plan; 6] = [
    Plan {
        code: CUSTOMER,
        ar: "شركة الأفق للمقاولات",
        en: "Horizon Contracting Co.",
        country: "SA",
        role: Role::Customer("250000"),
        registrations: &[
            (RegistrationScheme::Vat, "311111111100003"),
            (RegistrationScheme::Crn, "1010010000"),
        ],
        city: Some(("الرياض", "Riyadh")),
    },
    Plan {
        code: CUSTOMER_SERVICES,
        ar: "شركة البحر الأحمر للضيافة",
        en: "Red Sea Hospitality Co.",
        country: "SA",
        role: Role::Customer("100000"),
        registrations: &[(RegistrationScheme::Vat, "388888888800003")],
        city: Some(("جدة", "Jeddah")),
    },
    Plan {
        code: WALK_IN,
        ar: "عميل نقدي",
        en: "Walk-in customer",
        country: "SA",
        role: Role::WalkIn,
        registrations: &[],
        city: None,
    },
    Plan {
        code: SUPPLIER,
        ar: "مؤسسة النور التجارية",
        en: "Al Noor Trading Est.",
        country: "SA",
        role: Role::Supplier,
        registrations: &[
            (RegistrationScheme::Vat, "377777777700003"),
            (RegistrationScheme::Unified, "7001234567"),
        ],
        city: Some(("الدمام", "Dammam")),
    },
    Plan {
        code: SUPPLIER_OF_SERVICES,
        ar: "شركة المرافق والخدمات",
        en: "Facilities and Services Co.",
        country: "SA",
        role: Role::Supplier,
        registrations: &[(RegistrationScheme::Vat, "366666666600003")],
        city: Some(("الرياض", "Riyadh")),
    },
    Plan {
        code: SUPPLIER_ABROAD,
        ar: "نيمبوس للخدمات السحابية",
        en: "Nimbus Cloud Services Inc.",
        country: "US",
        role: Role::SupplierAbroad,
        registrations: &[],
        city: Some(("سياتل", "Seattle")),
    },
];

impl Plan {
    fn body(&self, known: &HashSet<&'static str>) -> AppResult<NewParty> {
        let country = Country::parse(self.country)?;
        let abroad = self.role == Role::SupplierAbroad;
        let registration = |(scheme, number): &(RegistrationScheme, &str)| {
            let number = RequiredText::of(number)?;
            Ok(RegistrationBody { scheme: *scheme, number, country: country.clone() })
        };
        let registrations = self.registrations.iter().map(registration).collect::<AppResult<_>>()?;
        let group = if abroad { "FOREIGN" } else { "DOMESTIC" };
        let (group, term) = (code(group, known)?, code("NET30", known)?);
        let (mut customer, mut supplier) = (None, None);
        match self.role {
            Role::Customer(limit) => {
                customer = Some(CustomerBody {
                    group_code: group,
                    payment_term_code: term,
                    credit_limit: Patch::Value(Amount::parse(limit)?),
                    ..no_customer()
                });
            }
            Role::WalkIn => customer = Some(no_customer()),
            Role::Supplier | Role::SupplierAbroad => {
                let residency = Optional(abroad.then_some(Residency::NonResident));
                supplier = Some(SupplierBody {
                    group_code: group,
                    payment_term_code: term,
                    residency,
                    ..no_supplier()
                });
            }
        }
        Ok(NewParty {
            code: Code::parse(self.code)?,
            name: LocalizedName::parse(Some(self.ar), Some(self.en))?,
            kind: PartyKind::Company,
            language: if country.is_saudi() { Language::Arabic } else { Language::English },
            anonymous: self.role == Role::WalkIn,
            customer,
            supplier,
            registrations: List(registrations),
            addresses: List(self.address(&country)?.into_iter().collect()),
            contacts: List(Vec::new()),
            allow_duplicate_reason: None,
            country,
        })
    }

    fn address(&self, country: &Country) -> AppResult<Option<AddressBody>> {
        let Some((ar, en)) = self.city else { return Ok(None) };
        let saudi = country.is_saudi();
        let number = |number| if saudi { RequiredText::of(number).map(Some) } else { Ok(None) };
        let name = |ar, en| if saudi { LocalizedName::parse(Some(ar), Some(en)).map(Some) } else { Ok(None) };
        Ok(Some(AddressBody {
            roles: List(vec![AddressRole::Legal]),
            street: name("شارع التخصصي", "Takhassusi Street")?,
            additional_street: None,
            building_number: number("7722")?,
            additional_number: None,
            district: name("المعذر الشمالي", "North Mathar")?,
            city: Some(LocalizedName::parse(Some(ar), Some(en))?),
            postal_code: number("12334")?,
            province: None,
            country: country.clone(),
            short_address: None,
        }))
    }
}

/// The code of a group or of payment terms, unless the tenant has renamed what the template brought.
fn code(code: &'static str, known: &HashSet<&'static str>) -> AppResult<Patch<Code>> {
    Ok(if known.contains(code) { Patch::Value(Code::parse(code)?) } else { Patch::Absent })
}

fn no_customer() -> CustomerBody {
    CustomerBody {
        group_id: Patch::Absent,
        group_code: Patch::Absent,
        payment_term_id: Patch::Absent,
        payment_term_code: Patch::Absent,
        currency: Patch::Absent,
        credit_limit: Patch::Absent,
        credit_check: Optional(None),
        blocked: Optional(None),
        blocked_reason: Patch::Absent,
        tax_treatment_id: Patch::Absent,
        tax_treatment_code: Patch::Absent,
        price_list_id: Patch::Absent,
        price_list_code: Patch::Absent,
        dunning_profile_id: Patch::Absent,
        dunning_profile_code: Patch::Absent,
    }
}

fn no_supplier() -> SupplierBody {
    SupplierBody {
        group_id: Patch::Absent,
        group_code: Patch::Absent,
        payment_term_id: Patch::Absent,
        payment_term_code: Patch::Absent,
        currency: Patch::Absent,
        blocked: Optional(None),
        blocked_reason: Patch::Absent,
        residency: Optional(None),
        withholding_id: Patch::Absent,
        withholding_code: Patch::Absent,
        over_receipt_percent: Patch::Absent,
        match_policy: Patch::Absent,
    }
}

/// Creates the parties that the tenant lacks.
pub async fn create_parties(ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<()> {
    let mut known = HashSet::new();
    for code in ["DOMESTIC", "FOREIGN"] {
        if Records::<PartyGroup>::by_code(uow, (), code).await?.is_some() {
            known.insert(code);
        }
    }
    if Records::<PaymentTerm>::by_code(uow, (), "NET30").await?.is_some() {
        known.insert("NET30");
    }
    for plan in &PLANS {
        let new = plan.body(&known)?;
        let nobody = PartyId::new(Uuid::nil());
        if !Records::<Party>::code_taken(uow, &new.code, nobody).await? {
            Create::<Party>::of(new).run(ctx, uow).await?;
        }
    }
    Ok(())
}
