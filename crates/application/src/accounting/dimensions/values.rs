//! Values of dimensions, which may form a tree.

use async_trait::async_trait;
use domain::accounting::dimension::{DIMENSION_VALUE_CYCLE, DimensionValue, VALUE_DEPTH_MAX};
use domain::error::{Violation, Violations};
use domain::ids::{DimensionId, DimensionValueId, of};
use domain::text::{Code, LocalizedName};
use uuid::Uuid;

use super::resolve_value;
use crate::accounting::error::{DIMENSION_VALUE_ELSEWHERE, DIMENSION_VALUE_TOO_DEEP};
use crate::error::AppResult;
use crate::master_data::{Check, MasterData, Within};
use crate::reference::{Reference, by_id_or_code, patched};
use crate::unit_of_work::UnitOfWork;
use crate::views::NameView;
use crate::wire::{Optional, Patch};
use crate::{request, resource, view};

/// A value with its dimension.
pub type ValueKey = Within<of::Dimension, of::DimensionValue>;

request! {
    /// A new value of a dimension.
    pub struct NewDimensionValue as CreateDimensionValueBody {
        /// The code that people type, unique in the dimension.
        code: Code = "DMM",
        /// The name.
        name: LocalizedName = { "ar": "الدمام", "en": "Dammam" },
        /// The value above it, by its id.
        parent_id: Option<DimensionValueId>,
        /// The value above it, by its code.
        parent_code: Option<Code>,
        /// Whether lines may use the value; false makes it a heading, below which only other values are used.
        postable: bool => true,
        /// Whether lines may use the value.
        active: bool => true,
    }

    /// Changes to a dimension value (JSON Merge Patch). Members left out stay as they are; null clears a member.
    pub struct DimensionValueChange as UpdateDimensionValueBody {
        /// The code that people type.
        code: Optional<Code>,
        /// The name.
        name: Optional<LocalizedName>,
        /// The value above it, by its id; null for none.
        parent_id: Patch<DimensionValueId>,
        /// The value above it, by its code; null for none.
        parent_code: Patch<Code>,
        /// Whether lines may use the value; false makes it a heading, below which only other values are used. Posted
        /// lines keep it.
        postable: Optional<bool>,
        /// Whether lines may use the value.
        active: Optional<bool>,
    }
}

view! {
    /// One value of a dimension.
    pub struct DimensionValueView of DimensionValue {
        id: Uuid,
        dimension_id: Uuid,
        code: String,
        name: NameView,
        parent_id: Option<Uuid>,
        /// False for a heading: no line takes it, only the values below it.
        postable: bool,
        active: bool,
    }
}

resource! {
    DimensionValue by id: ValueKey, in dimension_id: DimensionId
        = "accounting", "dimension_value", "dimension_values"
        at "/dimensions/{id}/values", "/dimensions/{id}/values/{valueId}";
    en: "a", "value of a dimension", "the values of a dimension"; ar: "قيم البُعد";
    within: "dimension", "dimensions";
    bodies: NewDimensionValue, DimensionValueChange => DimensionValueView; unique code;
    remembered by posting;
    list: id sortable, code sortable, name, parent_id, postable, active; order: code;
    refuses:
        create [&DIMENSION_VALUE_ELSEWHERE, &DIMENSION_VALUE_TOO_DEEP],
        change [&DIMENSION_VALUE_CYCLE, &DIMENSION_VALUE_ELSEWHERE],
        delete unused [];
}

#[async_trait]
impl MasterData for DimensionValue {
    async fn create(
        new: &NewDimensionValue,
        key: ValueKey,
        check: &mut Check<'_>,
    ) -> AppResult<Option<Self>> {
        let parent = by_id_or_code(new.parent_id, new.parent_code.clone());
        let value = Self {
            id: key.id,
            dimension_id: key.parent,
            code: new.code.clone(),
            name: new.name.clone(),
            parent_id: value_above(key.parent, parent.as_ref(), check).await?,
            postable: new.postable,
            active: new.active,
            version: 1,
        };
        check_place(check.uow, &value, 0, &mut check.violations).await?;
        Ok(Some(value))
    }

    async fn change(&self, change: &DimensionValueChange, check: &mut Check<'_>) -> AppResult<Option<Self>> {
        let parent_id = match patched(change.parent_id.clone(), change.parent_code.clone()) {
            None => self.parent_id,
            Some(parent) => value_above(self.dimension_id, parent.as_ref(), check).await?,
        };
        let value = Self {
            code: change.code.or(&self.code),
            name: change.name.or(&self.name),
            parent_id,
            postable: change.postable.or(&self.postable),
            active: change.active.or(&self.active),
            ..self.clone()
        };
        if parent_id != self.parent_id {
            let levels = check.uow.dimensions().value_levels_below(self.id).await?;
            check_place(check.uow, &value, levels, &mut check.violations).await?;
        }
        Ok(Some(value))
    }
}

/// The value that another is to lie below.
async fn value_above(
    dimension: DimensionId,
    parent: Option<&Reference<DimensionValueId>>,
    check: &mut Check<'_>,
) -> AppResult<Option<DimensionValueId>> {
    let Some(parent) = parent else { return Ok(None) };
    resolve_value(check.uow, dimension, parent, "/parent", &mut check.violations).await
}

/// Whether the value may lie where it says, with `levels_below` levels of values under it.
async fn check_place(
    uow: &mut dyn UnitOfWork,
    value: &DimensionValue,
    levels_below: usize,
    violations: &mut Violations,
) -> AppResult<()> {
    let Some(parent) = value.parent_id else { return Ok(()) };
    let ancestors = uow.dimensions().value_ancestors(parent).await?;
    if violations.check("", value.check_parent(parent, &ancestors)).is_some()
        && ancestors.len() + 2 + levels_below > VALUE_DEPTH_MAX
    {
        let too_deep = Violation::new(&DIMENSION_VALUE_TOO_DEEP).at("/parentId").with("max", VALUE_DEPTH_MAX);
        violations.push(too_deep);
    }
    Ok(())
}
