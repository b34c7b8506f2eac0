//! Role assignments: which user has which role, and until when.

mod create_role_assignment;
mod delete_role_assignment;

pub use create_role_assignment::CreateRoleAssignment;
pub use delete_role_assignment::DeleteRoleAssignment;

use crate::paging::{Direction, FieldKind, FieldSpec, ListSpec};

/// The resource, as in permissions, events and messages.
pub const ROLE_ASSIGNMENT: &str = "role_assignment";

pub static ROLE_ASSIGNMENT_LIST: ListSpec = ListSpec {
    resource: ROLE_ASSIGNMENT,
    fields: &[
        FieldSpec::new("id", FieldKind::Id).sortable(),
        FieldSpec::new("userId", FieldKind::Id),
        FieldSpec::new("roleId", FieldKind::Id),
        FieldSpec::new("expiresAt", FieldKind::Timestamp).nullable(),
        FieldSpec::new("createdAt", FieldKind::Timestamp).sortable(),
    ],
    default_sort: &[("id", Direction::Ascending)],
    expand: &[],
};
