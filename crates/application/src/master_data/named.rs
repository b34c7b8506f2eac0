//! Records that a request names by id or by code.

use domain::error::Violation;
use domain::ids::Id;

use super::{MasterData, Records};
use crate::changes::unknown_reference;
use crate::error::AppResult;
use crate::reference::Reference;
use crate::unit_of_work::UnitOfWork;

/// The id of the record that is meant, if there is one.
pub async fn id_named<R: MasterData<Key = Id<R>>>(
    uow: &mut dyn UnitOfWork,
    reference: &Reference<Id<R>>,
) -> AppResult<Option<Id<R>>>
where
    for<'u> dyn UnitOfWork + 'u: Records<R>,
{
    Ok(match reference {
        Reference::Id(id) => Records::<R>::find(uow, *id).await?.map(|_| *id),
        Reference::Code(code) => Records::<R>::by_code(uow, (), code).await?,
    })
}

/// There is no such record; `at` is where the request names it.
pub fn nothing_named<R: MasterData>(at: &str, reference: &Reference<Id<R>>) -> Violation {
    match reference {
        Reference::Id(id) => unknown_reference(at, R::RESOURCE.entity, id),
        Reference::Code(code) => unknown_reference(at, R::RESOURCE.entity, code),
    }
}
