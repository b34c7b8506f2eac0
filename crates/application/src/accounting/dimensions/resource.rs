//! Dimensions themselves: ways to analyse lines.

use async_trait::async_trait;
use domain::accounting::dimension::Dimension;
use domain::ids::DimensionId;
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use crate::error::{ALREADY_EXISTS, AppResult};
use crate::master_data::{Check, MasterData, Resource};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
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
        /// Whether lines may use it.
        active: bool => true,
    }

    /// Changes to a dimension (JSON Merge Patch). Members that are left out stay as they are.
    pub struct DimensionChange as UpdateDimensionBody {
        /// Short code, unique in the tenant; lines name the dimension by it.
        code: Optional<Code>,
        /// Name in Arabic, English or both.
        name: Optional<LocalizedName>,
        /// Whether lines may use it.
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

static FIELDS: ListSpec = ListSpec {
    resource: "dimension",
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("updatedAt", FieldKind::Timestamp),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

resource! {
    DIMENSIONS = "accounting", "dimension", "/dimensions" by "id",
        "dimensions": "Ways to analyse lines: cost centre, project, branch and own ones, with their values.";
    en: "a", "dimension", "dimensions" + " and their values"; ar: "الأبعاد وقيمها";
    fields: &FIELDS; cached: Dimension;
    refuses: create [&ALREADY_EXISTS], change [&ALREADY_EXISTS], delete [];
}

#[async_trait]
impl MasterData for Dimension {
    const RESOURCE: Resource = DIMENSIONS;
    type Key = DimensionId;
    type New = NewDimension;
    type Change = DimensionChange;
    type View = DimensionView;

    fn key(&self) -> DimensionId {
        self.id
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn key_of(_: &NewDimension, fresh: Uuid) -> DimensionId {
        DimensionId::new(fresh)
    }

    async fn create(new: &NewDimension, id: DimensionId, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        check.code::<Self>(&new.code, None).await?;
        Ok(Some(Self { id, code: new.code.clone(), name: new.name.clone(), active: new.active, version: 1 }))
    }

    async fn change(&self, change: &DimensionChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let code = change.code.or(&self.code);
        check.code::<Self>(&code, Some((self.id, &self.code))).await?;
        Ok(Some(Self {
            id: self.id,
            code,
            name: change.name.or(&self.name),
            active: change.active.or(&self.active),
            version: self.version + 1,
        }))
    }
}
