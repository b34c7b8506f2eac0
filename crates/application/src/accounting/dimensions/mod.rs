//! Dimensions and their values: the commands that change them.

pub mod create_value;
pub mod delete_value;
mod resource;
pub mod update_value;

use domain::accounting::dimension::DimensionValue;
use domain::error::{Violation, Violations};
use domain::ids::{DimensionId, DimensionValueId};

use super::error::{DIMENSION_VALUE_ELSEWHERE, DIMENSION_VALUE_TOO_DEEP};
use super::ports::dimensions::VALUE_DEPTH_MAX;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

pub use resource::{DimensionChange, DimensionView, NewDimension};

/// Entity names in audit log, change feed and cache.
pub const DIMENSION: &str = "dimension";
pub const DIMENSION_VALUE: &str = "dimension_value";

/// The value of a dimension meant; `pointer` is the member without `Id` or `Code`: `/parent`.
pub(super) async fn resolve_value(
    uow: &mut dyn UnitOfWork,
    dimension: DimensionId,
    value: &Reference<DimensionValueId>,
    pointer: &str,
    violations: &mut Violations,
) -> AppResult<Option<DimensionValueId>> {
    match value {
        Reference::Id(id) => {
            let at = format!("{pointer}Id");
            match uow.dimensions().find_value(*id).await? {
                Some(stored) if stored.value.dimension_id == dimension => return Ok(Some(*id)),
                Some(stored) => violations
                    .push(Violation::new(&DIMENSION_VALUE_ELSEWHERE).at(at).with("value", stored.value.code)),
                None => violations.push(unknown_reference(&at, DIMENSION_VALUE, id)),
            }
            Ok(None)
        }
        Reference::Code(code) => {
            let found = uow.dimensions().value_by_code(dimension, code).await?;
            if found.is_none() {
                violations.push(unknown_reference(&format!("{pointer}Code"), DIMENSION_VALUE, code));
            }
            Ok(found)
        }
    }
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
