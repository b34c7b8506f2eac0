//! Dimensions and their values.

mod resource;
pub mod values;

use domain::accounting::dimension::DimensionValue;
use domain::error::{Violation, Violations};
use domain::ids::{DimensionId, DimensionValueId};

use self::values::ValueKey;
use super::error::DIMENSION_VALUE_ELSEWHERE;
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::master_data::Records;
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
            match Records::<DimensionValue>::find(uow, ValueKey { parent: dimension, id: *id }).await? {
                Some(stored) if stored.value.dimension_id == dimension => return Ok(Some(*id)),
                Some(stored) => violations
                    .push(Violation::new(&DIMENSION_VALUE_ELSEWHERE).at(at).with("value", stored.value.code)),
                None => violations.push(unknown_reference(&at, DIMENSION_VALUE, id)),
            }
            Ok(None)
        }
        Reference::Code(code) => {
            let found = Records::<DimensionValue>::by_code(uow, dimension, code).await?;
            if found.is_none() {
                violations.push(unknown_reference(&format!("{pointer}Code"), DIMENSION_VALUE, code));
            }
            Ok(found.map(|key| key.id))
        }
    }
}
