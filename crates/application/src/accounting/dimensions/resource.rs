//! Dimensions themselves: ways to analyse lines.

use async_trait::async_trait;
use domain::accounting::dimension::Dimension;
use domain::ids::DimensionId;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::error::AppResult;
use crate::master_data::{Check, MasterData};
use crate::views::NameView;
use crate::wire::Optional;
use crate::{request, resource, view};

request! {
    /// A new dimension.
    pub struct NewDimension as CreateDimensionBody {
        /// Short code, unique in the tenant; lines name the dimension by it.
        code: Code = "vehicle",
        /// Name in Arabic, English or both.
        name: LocalizedName = { "ar": "المركبة", "en": "Vehicle" },
        /// Whether lines may use the dimension.
        active: bool => true,
    }

    /// Changes to a dimension (JSON Merge Patch). Members that are left out stay as they are.
    pub struct DimensionChange as UpdateDimensionBody {
        /// Short code, unique in the tenant; lines name the dimension by it.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// Whether lines may use the dimension.
        active: Optional<bool>,
    }
}

view! {
    /// A way to analyse lines.
    pub struct DimensionView of Dimension {
        id: Uuid,
        code: String,
        name: NameView,
        active: bool,
    }
}

resource! {
    Dimension by id: DimensionId = "accounting", "dimension", "dimensions" at "/dimensions", "/dimensions/{id}";
    en: "a", "dimension", "dimensions" + " and their values"; ar: "الأبعاد وقيمها";
    about: "Ways to analyse lines: cost centre, project, branch and own ones, with their values.";
    bodies: NewDimension, DimensionChange => DimensionView; unique code; cached: Dimension;
    remembered by posting;
    list: id sortable, code sortable, active; order: code;
    refuses: create [], change [], delete unused [];
}

#[async_trait]
impl MasterData for Dimension {
    async fn create(new: &NewDimension, id: DimensionId, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self { id, code: new.code.clone(), name: new.name.clone(), active: new.active, version: 1 }))
    }

    async fn change(&self, change: &DimensionChange, _: &mut Check<'_>) -> AppResult<Option<Self>> {
        Ok(Some(Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            active: change.active.or(&self.active),
            ..self.clone()
        }))
    }
}
