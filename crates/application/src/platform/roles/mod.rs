//! Roles: named sets of permissions.

mod create_role;
mod delete_role;
mod update_role;

pub use create_role::CreateRole;
pub use delete_role::DeleteRole;
pub use update_role::UpdateRole;

use domain::error::{Violation, Violations};
use domain::ids::RoleId;
use domain::text::Code;

use super::error::SYSTEM_ROLE;
use super::guard::{known_grants, normal_grants};
use super::records::Role;
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::ports::codes::Coded;
use crate::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const ROLE: &str = "role";

pub static ROLE_LIST: ListSpec = ListSpec {
    resource: ROLE,
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("system", FieldKind::Boolean),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

/// A role of the tenant that may be changed.
async fn own_role(uow: &mut dyn UnitOfWork, id: RoleId) -> AppResult<Role> {
    let role = uow.roles().find(id).await?.ok_or_else(|| AppError::not_found(ROLE))?;
    if role.system {
        return Err(AppError::new(Violation::new(&SYSTEM_ROLE).with("role", &role.code)));
    }
    Ok(role)
}

async fn code_is_free(uow: &mut dyn UnitOfWork, code: &Code) -> AppResult<()> {
    if !uow.codes().code_taken(Coded::Role, code, None).await? {
        return Ok(());
    }
    let taken = Violation::new(&ALREADY_EXISTS).with("field", "code").with("value", code);
    Err(AppError::new(taken.at("/code")))
}

/// The grants as stored, when all of them exist.
fn checked_grants(grants: &[String]) -> AppResult<Vec<String>> {
    let mut errors = Violations::new();
    known_grants(grants, "/permissions", &mut errors);
    Ok(errors.into_result(normal_grants(grants))?)
}
