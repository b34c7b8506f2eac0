//! The records that parties refer to, read once.

use std::collections::{BTreeSet, HashMap};

use domain::accounting::journal_entry::CURRENCY_UNKNOWN;
use domain::error::Violation;
use domain::ids::Id;
use domain::items::price_list::{PriceList, PriceListId};
use domain::money::{Currency, CurrencyCode};
use domain::parties::dunning_profile::{DunningProfile, DunningProfileId};
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::parties::payment_term::{PaymentTerm, PaymentTermId};
use domain::tax::tax_code::{TAX_CODE_INACTIVE, TAX_CODE_KIND_NOT_TAKEN, TaxCode, TaxCodeId, TaxKind};

use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Records, id_named, nothing_named};
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The records that parties of one request refer to.
#[derive(Default)]
pub struct Known {
    groups: HashMap<Reference<PartyGroupId>, Option<PartyGroupId>>,
    payment_terms: HashMap<Reference<PaymentTermId>, Option<PaymentTermId>>,
    price_lists: HashMap<Reference<PriceListId>, Option<PriceListId>>,
    dunning_profiles: HashMap<Reference<DunningProfileId>, Option<DunningProfileId>>,
    tax_codes: HashMap<Reference<TaxCodeId>, Option<TaxCode>>,
    currencies: HashMap<CurrencyCode, bool>,
    company: Option<Currency>,
}

/// A reference as a patch has it: left out, removed, or another one.
pub type Named<T> = Option<Option<Reference<Id<T>>>>;

impl Known {
    pub async fn company(&mut self, uow: &mut dyn UnitOfWork) -> AppResult<Currency> {
        if let Some(company) = self.company {
            return Ok(company);
        }
        let company = uow.ledger().company_currency().await?;
        self.company = Some(company);
        Ok(company)
    }

    /// The group meant, or the one there was; `at` is the member without `Id` or `Code`, as below.
    pub async fn group(
        &mut self,
        named: Named<PartyGroup>,
        old: Option<PartyGroupId>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<Option<PartyGroupId>> {
        meant(&mut self.groups, named, old, at, check).await
    }

    pub async fn payment_term(
        &mut self,
        named: Named<PaymentTerm>,
        old: Option<PaymentTermId>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<Option<PaymentTermId>> {
        meant(&mut self.payment_terms, named, old, at, check).await
    }

    pub async fn price_list(
        &mut self,
        named: Named<PriceList>,
        old: Option<PriceListId>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<Option<PriceListId>> {
        meant(&mut self.price_lists, named, old, at, check).await
    }

    pub async fn dunning_profile(
        &mut self,
        named: Named<DunningProfile>,
        old: Option<DunningProfileId>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<Option<DunningProfileId>> {
        meant(&mut self.dunning_profiles, named, old, at, check).await
    }

    /// The tax code meant, which must be active and of the kind.
    pub async fn tax_code(
        &mut self,
        (named, kind): (Named<TaxCode>, TaxKind),
        old: Option<TaxCodeId>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<Option<TaxCodeId>> {
        let Some(named) = named else { return Ok(old) };
        let Some(reference) = named else { return Ok(None) };
        let found = match self.tax_codes.get(&reference) {
            Some(found) => found.clone(),
            None => {
                let found = match id_named::<TaxCode>(check.uow, &reference).await? {
                    Some(id) => Records::<TaxCode>::find(check.uow, id).await?.map(|stored| stored.value),
                    None => None,
                };
                self.tax_codes.insert(reference.clone(), found.clone());
                found
            }
        };
        let at = pointer(at, &reference);
        match found {
            None => check.refuse(nothing_named::<TaxCode>(&at, &reference)),
            Some(code) if code.kind != kind => {
                let other = Violation::new(&TAX_CODE_KIND_NOT_TAKEN).at(at).with("code", code.code);
                check.refuse(other.with("kind", code.kind).with("allowed", kind));
            }
            Some(code) if !code.active => {
                check.refuse(Violation::new(&TAX_CODE_INACTIVE).at(at).with("code", code.code));
            }
            Some(code) => return Ok(Some(code.id)),
        }
        Ok(None)
    }

    /// Refuses a currency that the tenant does not use.
    pub async fn currency(
        &mut self,
        currency: Option<CurrencyCode>,
        at: &str,
        check: &mut Check<'_>,
    ) -> AppResult<()> {
        let Some(currency) = currency else { return Ok(()) };
        let active = match self.currencies.get(&currency) {
            Some(active) => *active,
            None => {
                let found = check.uow.ledger().currencies(&BTreeSet::from([currency])).await?;
                let active = found.iter().any(|(_, active)| *active);
                self.currencies.insert(currency, active);
                active
            }
        };
        if !active {
            check.refuse(Violation::new(&CURRENCY_UNKNOWN).at(at).with("currency", currency));
        }
        Ok(())
    }
}

async fn meant<R: MasterData<Key = Id<R>>>(
    known: &mut HashMap<Reference<Id<R>>, Option<Id<R>>>,
    named: Named<R>,
    old: Option<Id<R>>,
    at: &str,
    check: &mut Check<'_>,
) -> AppResult<Option<Id<R>>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    let Some(named) = named else { return Ok(old) };
    let Some(reference) = named else { return Ok(None) };
    let found = match known.get(&reference) {
        Some(found) => *found,
        None => {
            let found = id_named::<R>(check.uow, &reference).await?;
            known.insert(reference.clone(), found);
            found
        }
    };
    if found.is_none() {
        check.refuse(nothing_named::<R>(&pointer(at, &reference), &reference));
    }
    Ok(found)
}

fn pointer<T>(at: &str, reference: &Reference<Id<T>>) -> String {
    match reference {
        Reference::Id(_) => format!("{at}Id"),
        Reference::Code(_) => format!("{at}Code"),
    }
}
