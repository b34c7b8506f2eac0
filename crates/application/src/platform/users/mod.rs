//! Users of a tenant: invite, change, deactivate, set a password.

mod activate_user;
mod create_user;
mod deactivate_user;
pub(super) mod set_password;
mod update_user;

pub use activate_user::ActivateUser;
pub use create_user::CreateUser;
pub use deactivate_user::DeactivateUser;
pub use set_password::SetPassword;
pub use update_user::UpdateUser;

use domain::ids::UserId;

use super::records::Member;
use crate::error::{AppError, AppResult};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::ports::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const USER: &str = "user";

pub static USER_LIST: ListSpec = ListSpec {
    resource: USER,
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("email", FieldKind::Text).sortable(),
        FieldSpec::new("name", FieldKind::Text).sortable(),
        FieldSpec::new("search", FieldKind::Search),
        FieldSpec::new("active", FieldKind::Boolean),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("name", Direction::Ascending)],
    expand: &[],
};

/// A member of the tenant of the unit of work.
pub(super) async fn member(uow: &mut dyn UnitOfWork, id: UserId) -> AppResult<Member> {
    uow.users().member(id).await?.ok_or_else(|| AppError::not_found(USER))
}
