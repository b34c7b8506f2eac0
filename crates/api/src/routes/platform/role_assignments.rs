//! `/role-assignments`: who has which role.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, UNKNOWN_REFERENCE};
use application::platform::error::{EXPIRY_PASSED, GRANT_EXCEEDS_OWN, LAST_ADMINISTRATOR};
use application::platform::ports::PlatformQueries;
use application::platform::role_assignments::{
    CreateRoleAssignment, DeleteRoleAssignment, ROLE_ASSIGNMENT, ROLE_ASSIGNMENT_LIST,
};
use application::platform::views::RoleAssignmentView;
use axum::extract::State;
use domain::ids::{RoleAssignmentId, RoleId, UserId};
use domain::time::Timestamp;
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;

const TAG: &str = "role-assignments";

request! {
    /// A role for a user.
    pub struct CreateRoleAssignmentBody {
        user_id: UserId,
        role_id: RoleId,
        /// The moment from which the role no longer counts; by default never.
        expires_at: Option<Timestamp>,
    }
}

impl ListSpecSource for RoleAssignmentView {
    const SPEC: &'static application::paging::ListSpec = &ROLE_ASSIGNMENT_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.role_assignment.read");
    ops.tag(TAG, "Role assignments: which user has which role, and until when.");
    ops.get("/role-assignments", list)
        .id("list_role_assignments")
        .tag(TAG)
        .summary("List role assignments")
        .access(READ)
        .list::<RoleAssignmentView>(&ROLE_ASSIGNMENT_LIST);
    ops.get("/role-assignments/{id}", get)
        .id("get_role_assignment")
        .tag(TAG)
        .summary("Read a role assignment")
        .access(READ)
        .view::<RoleAssignmentView>();
    ops.post("/role-assignments", create)
        .id("create_role_assignment")
        .tag(TAG)
        .summary("Give a role to a user")
        .description("The caller must hold every permission of the role.")
        .command::<CreateRoleAssignment>()
        .body::<CreateRoleAssignmentBody>()
        .created::<RoleAssignmentView>()
        .errors(&[&ALREADY_EXISTS, &UNKNOWN_REFERENCE, &EXPIRY_PASSED, &GRANT_EXCEEDS_OWN]);
    ops.delete("/role-assignments/{id}", delete)
        .id("delete_role_assignment")
        .tag(TAG)
        .summary("Take a role from a user")
        .command::<DeleteRoleAssignment>()
        .no_content()
        .errors(&[&LAST_ADMINISTRATOR]);
}

async fn list(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<RoleAssignmentView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.role_assignments(tenant, query), params, accept).await
}

async fn get(
    ctx: Ctx,
    Id(id): Id<RoleAssignmentId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let found = queries.role_assignment(ctx.tenant, id).await?;
    let view = found.ok_or_else(|| AppError::not_found(ROLE_ASSIGNMENT))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn create(
    ctx: Ctx,
    State(app): State<Application>,
    Json(body): Json<CreateRoleAssignmentBody>,
) -> ApiResult {
    let command =
        CreateRoleAssignment { user: body.user_id, role: body.role_id, expires_at: body.expires_at };
    answer::created("/role-assignments", execute(&app, &ctx, command).await?)
}

async fn delete(ctx: Ctx, Id(id): Id<RoleAssignmentId>, State(app): State<Application>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteRoleAssignment { id }).await?)
}
