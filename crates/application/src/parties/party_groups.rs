//! Groups of parties.

use async_trait::async_trait;
use domain::items::price_list::{PriceList, PriceListId};
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::error::AppResult;
use crate::master_data::{Check, MasterData, id_named, nothing_named};
use crate::reference::{Reference, by_id_or_code};
use crate::views::NameView;
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

request! {
    /// A new group of parties.
    pub struct NewPartyGroup as CreatePartyGroupBody {
        /// Short code, unique in the tenant.
        code: Code = "CONTRACTORS",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "مقاولون", "en": "Contractors" },
        /// The list in which prices of its customers are looked up who have none of their own, by its id.
        price_list_id: Option<PriceListId>,
        /// The price list by its code.
        price_list_code: Option<Code>,
    }

    /// Changes to a group of parties (JSON Merge Patch). Members that are left out stay as they are.
    pub struct PartyGroupChange as UpdatePartyGroupBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The list in which prices are looked up, by its id; null for none.
        price_list_id: Patch<PriceListId>,
        /// The price list by its code; null for none.
        price_list_code: Patch<Code>,
    }
}

view! {
    /// A group that customers or suppliers belong to.
    pub struct PartyGroupView of PartyGroup {
        id: Uuid,
        code: String,
        name: NameView,
        price_list_id: Option<Uuid>,
    }
}

resource! {
    PartyGroup by id: PartyGroupId = "parties", "party_group", "party_groups" at "/party-groups", "/party-groups/{id}";
    en: "a", "party group", "party groups"; ar: "مجموعات الأطراف";
    about: "Groups that customers and suppliers belong to.";
    bodies: NewPartyGroup, PartyGroupChange => PartyGroupView; unique code;
    list: id sortable, code sortable, name; order: code;
    refuses: create [], change [], delete unused [];
}

#[async_trait]
impl MasterData for PartyGroup {
    async fn create(new: &NewPartyGroup, id: PartyGroupId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let list = by_id_or_code(new.price_list_id, new.price_list_code.clone());
        let price_list_id = price_list(list, check).await?;
        Ok(Some(Self { id, code: new.code.clone(), name: new.name.clone(), price_list_id, version: 1 }))
    }

    async fn change(&self, change: &PartyGroupChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let price_list_id = match (&change.price_list_id, &change.price_list_code) {
            (Patch::Absent, Patch::Absent) => self.price_list_id,
            (Patch::Value(id), _) => price_list(Some(Reference::Id(*id)), check).await?,
            (_, Patch::Value(code)) => price_list(Some(Reference::Code(code.to_string())), check).await?,
            _ => None,
        };
        let (code, name) = (change.code.or(&self.code), change.name.or(&self.name));
        Ok(Some(Self { code, name, price_list_id, ..self.clone() }))
    }
}

/// The list that is named, if it is there.
async fn price_list(
    named: Option<Reference<PriceListId>>,
    check: &mut Check<'_>,
) -> AppResult<Option<PriceListId>> {
    let Some(reference) = named else { return Ok(None) };
    let found = id_named::<PriceList>(check.uow, &reference).await?;
    if found.is_none() {
        let at = if matches!(reference, Reference::Id(_)) { "/priceListId" } else { "/priceListCode" };
        check.refuse(nothing_named::<PriceList>(at, &reference));
    }
    Ok(found)
}
