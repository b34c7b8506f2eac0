//! Groups of parties.

use async_trait::async_trait;
use domain::parties::party_group::{PartyGroup, PartyGroupId};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::views::NameView;
use crate::wire::Optional;
use crate::{request, resource, view};

request! {
    /// A new group of parties.
    pub struct NewPartyGroup as CreatePartyGroupBody {
        /// Short code, unique in the tenant.
        code: Code = "CONTRACTORS",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "مقاولون", "en": "Contractors" },
    }

    /// Changes to a group of parties (JSON Merge Patch). Members that are left out stay as they are.
    pub struct PartyGroupChange as UpdatePartyGroupBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
    }
}

view! {
    /// A group that customers or suppliers belong to.
    pub struct PartyGroupView of PartyGroup {
        id: Uuid,
        code: String,
        name: NameView,
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
    async fn create(new: &NewPartyGroup, id: PartyGroupId, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self { id, code: new.code.clone(), name: new.name.clone(), version: 1 }))
    }

    async fn change(&self, change: &PartyGroupChange, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self { code: change.code.or(&self.code), name: change.name.or(&self.name), ..self.clone() }))
    }
}
