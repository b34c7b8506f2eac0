use super::*;
use crate::money::{Amount, CurrencyCode};
use crate::parties::roles::{CreditCheck, CustomerBlock, Residency, SupplierBlock};
use crate::tax::tax_code::TaxCodeId;

fn sar() -> Currency {
    Currency::iso(CurrencyCode::parse("SAR").unwrap())
}

fn customer() -> Customer {
    Customer {
        group_id: None,
        payment_term_id: None,
        currency: None,
        credit_limit: None,
        credit_check: CreditCheck::None,
        blocked: CustomerBlock::None,
        blocked_reason: None,
        tax_treatment_id: None,
        price_list_id: None,
        dunning_profile_id: None,
    }
}

fn supplier() -> Supplier {
    Supplier {
        group_id: None,
        payment_term_id: None,
        currency: None,
        blocked: SupplierBlock::None,
        blocked_reason: None,
        residency: Residency::Resident,
        withholding_id: None,
        over_receipt_percent: None,
        match_policy: None,
    }
}

fn party() -> Party {
    let name = LocalizedName::parse(Some("شركة الأفق للمقاولات"), Some("Horizon Contracting Co.")).unwrap();
    Party {
        id: PartyId::new(uuid::Uuid::nil()),
        code: Code::parse("C001").unwrap(),
        name_keys: NameKeys::of(&name),
        name,
        kind: PartyKind::Company,
        country: Country::parse("SA").unwrap(),
        language: Language::Arabic,
        status: PartyStatus::Active,
        anonymous: false,
        customer: Some(customer()),
        supplier: None,
        registrations: Registrations::default(),
        addresses: Vec::new(),
        contacts: Vec::new(),
        allow_duplicate_reason: None,
        merged_into_id: None,
        version: 1,
    }
}

fn found(party: &Party) -> Vec<(&'static str, String)> {
    let violations = party.check(sar()).into_vec();
    violations.into_iter().map(|violation| (violation.def.code, violation.pointer)).collect()
}

#[test]
fn names_that_people_take_for_one_have_one_key() {
    assert_eq!(name_key("شركة الأُفُق  للمقاولات"), name_key("شركه الافق للمقاولات"));
    assert_eq!(name_key("Horizon  CONTRACTING"), name_key("horizoncontracting"));
    assert_ne!(name_key("Horizon"), name_key("Horizons"));
    assert!(crate::text::length(&name_key(&"ﷺ".repeat(200))) <= NAME_KEY_LENGTH_MAX);
}

#[test]
fn a_block_has_a_reason_and_a_limit_is_an_amount_of_the_company() {
    assert_eq!(found(&party()), []);
    let wrong = Party {
        customer: Some(Customer {
            blocked: CustomerBlock::Deliveries,
            credit_limit: Some(Amount::parse("-1.005").unwrap()),
            ..customer()
        }),
        supplier: Some(Supplier {
            blocked: SupplierBlock::Payments,
            withholding_id: Some(TaxCodeId::new(uuid::Uuid::nil())),
            ..supplier()
        }),
        ..party()
    };
    let at = |code, pointer: &str| (code, pointer.to_owned());
    assert_eq!(
        found(&wrong),
        [
            at("block_reason_missing", "/customer/blockedReason"),
            at("credit_limit_negative", "/customer/creditLimit"),
            at("amount_scale_exceeded", "/customer/creditLimit"),
            at("block_reason_missing", "/supplier/blockedReason"),
            at("withholding_resident", "/supplier/withholdingId"),
        ]
    );
    let abroad = Supplier {
        residency: Residency::NonResident,
        withholding_id: Some(TaxCodeId::new(uuid::Uuid::nil())),
        ..supplier()
    };
    assert_eq!(found(&Party { supplier: Some(abroad), ..party() }), []);
}

#[test]
fn an_anonymous_party_has_no_credit_and_sells_nothing() {
    let limited = Customer { credit_limit: Some(Amount::ZERO), ..customer() };
    let wrong = Party { anonymous: true, customer: Some(limited), supplier: Some(supplier()), ..party() };
    let pointers: Vec<String> = found(&wrong).into_iter().map(|(_, pointer)| pointer).collect();
    assert_eq!(pointers, ["/customer/creditLimit", "/supplier"]);
    assert_eq!(found(&Party { anonymous: true, customer: None, ..party() })[0].0, "party_anonymous_customer");
    assert_eq!(found(&Party { anonymous: true, ..party() }), []);
}
