//! Tenants: their own data, and what the platform's administrator does with them.

mod set_tenant_status;
mod update_tenant;

pub use set_tenant_status::{ActivateTenant, SuspendTenant};
pub use update_tenant::{UpdateTenant, move_to_time_zone};

use domain::ids::TenantId;

use super::records::Tenant;
use crate::error::{AppError, AppResult};
use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};
use crate::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const TENANT: &str = "tenant";
/// The templates of a tenant.
pub const TEMPLATES: [&str; 2] = ["sa-standard", "empty"];

pub static TENANT_LIST: ListSpec = ListSpec {
    resource: TENANT,
    fields: &[
        FieldSpec::new("id", FieldKind::Id),
        FieldSpec::new("code", FieldKind::Text).sortable(),
        FieldSpec::new("status", FieldKind::Word(&["active", "suspended"])),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("code", Direction::Ascending)],
    expand: &[],
};

pub(crate) async fn existing(uow: &mut dyn UnitOfWork, id: TenantId) -> AppResult<Tenant> {
    uow.tenants().find(id).await?.ok_or_else(|| AppError::not_found(TENANT))
}
