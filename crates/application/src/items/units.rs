//! Units that items are counted in.

use async_trait::async_trait;
use domain::items::unit::{UNIT_DECIMALS_MAX, UneceCode, Unit, UnitId};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::paging::FieldKind;
use crate::views::NameView;
use crate::wire::{Int, Optional};
use crate::{request, resource, view};

type Decimals = Int<0, { UNIT_DECIMALS_MAX as i64 }>;

request! {
    /// A new unit.
    pub struct NewUnit as CreateUnitBody {
        /// Short code, unique in the tenant, that items and lines of documents name.
        code: Code = "PACK",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "عبوة", "en": "Pack" },
        /// The code of the unit in UN/ECE Recommendation 20, which e-invoices name: `H87` for a piece, `KGM` for a kilogram.
        unece_code: UneceCode = "PK",
        /// The number of decimals of a quantity in this unit.
        decimals: Decimals => 0,
        /// Whether new items may name the unit.
        active: bool => true,
    }

    /// Changes to a unit (JSON Merge Patch). Members that are left out stay as they are.
    pub struct UnitChange as UpdateUnitBody {
        /// Short code, unique in the tenant.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// The code of the unit in UN/ECE Recommendation 20.
        unece_code: Optional<UneceCode>,
        /// The number of decimals of a quantity from now on.
        decimals: Optional<Decimals>,
        /// Whether new items may name the unit.
        active: Optional<bool>,
    }
}

view! {
    /// A unit that items are counted in.
    pub struct UnitView of Unit {
        id: Uuid,
        code: String,
        name: NameView,
        /// The code in UN/ECE Recommendation 20.
        unece_code: String,
        /// The number of decimals of a quantity in this unit.
        decimals: u8,
        active: bool,
    }
}

resource! {
    Unit by id: UnitId = "items", "unit", "units" at "/units", "/units/{id}";
    en: "a", "unit", "units"; ar: "وحدات القياس";
    about: "Units that items are counted in.";
    bodies: NewUnit, UnitChange => UnitView; unique code;
    list: id sortable, code sortable, name, unece_code = FieldKind::Text, active; order: code;
    refuses: create [], change [], delete unused [];
}

/// Within its bounds, which fit.
fn decimals(given: Decimals) -> u8 {
    u8::try_from(given.0).unwrap_or(UNIT_DECIMALS_MAX)
}

#[async_trait]
impl MasterData for Unit {
    async fn create(new: &NewUnit, id: UnitId, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self {
            id,
            code: new.code.clone(),
            name: new.name.clone(),
            unece_code: new.unece_code.clone(),
            decimals: decimals(new.decimals),
            active: new.active,
            version: 1,
        }))
    }

    async fn change(&self, change: &UnitChange, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            unece_code: change.unece_code.or(&self.unece_code),
            decimals: change.decimals.0.map_or(self.decimals, decimals),
            active: change.active.or(&self.active),
            ..self.clone()
        }))
    }
}
