//! `/permissions`: what roles and API keys can hold.

use application::authorize::Access;
use application::platform::permissions::catalogue;
use application::platform::views::PermissionView;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ApiResult};
use crate::operation::Operations;

/// Every permission of the product.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionsView {
    pub items: Vec<PermissionView>,
}

pub fn operations(ops: &mut Operations) {
    ops.get("/permissions", list)
        .id("list_permissions")
        .tag("roles")
        .summary("List the permissions")
        .description(
            "Lists all permissions. A role or an API key may also hold a prefix such as `accounting.*`.",
        )
        .access(Access::SignedIn)
        .ok::<PermissionsView>();
}

async fn list() -> ApiResult {
    answer::json(&PermissionsView { items: catalogue() })
}
