//! Users of a tenant: change, deactivate, set a password. How they become users: [`invitations`](super::invitations).

mod activate_user;
mod deactivate_user;
mod revoke_user_sessions;
pub(super) mod set_password;
mod update_user;

pub use activate_user::ActivateUser;
pub use deactivate_user::DeactivateUser;
pub use revoke_user_sessions::RevokeUserSessions;
pub use set_password::SetPassword;
pub use update_user::UpdateUser;

use domain::error::Violation;
use domain::ids::UserId;
use domain::platform::EmailAddress;

use super::records::Member;
use crate::error::{ALREADY_EXISTS, AppError, AppResult};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::unit_of_work::UnitOfWork;

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

/// No other member of the tenant has the address; who has it elsewhere is nobody's business here.
pub(crate) async fn address_is_free(uow: &mut dyn UnitOfWork, email: &EmailAddress) -> AppResult<()> {
    if uow.users().member_of_address(email).await?.is_none() {
        return Ok(());
    }
    let taken = Violation::new(&ALREADY_EXISTS).with("field", "email").with("value", email);
    Err(AppError::new(taken.at("/email")))
}
