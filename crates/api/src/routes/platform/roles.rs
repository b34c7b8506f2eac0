//! `/roles`: named sets of permissions.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, execute};
use application::error::{ALREADY_EXISTS, AppError, IN_USE};
use application::platform::error::{GRANT_EXCEEDS_OWN, SYSTEM_ROLE, UNKNOWN_PERMISSION};
use application::platform::ports::PlatformQueries;
use application::platform::records::GRANTS_MAX;
use application::platform::roles::{CreateRole, DeleteRole, ROLE, ROLE_LIST, UpdateRole};
use application::platform::views::RoleView;
use axum::extract::State;
use domain::ids::RoleId;
use domain::text::{Code, LocalizedName};
use http::HeaderMap;

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, Optional, PermissionName};

const TAG: &str = "roles";

request! {
    /// A new role.
    pub struct CreateRoleBody {
        /// The code, unique in the tenant.
        code: Code = "payables-clerk",
        name: LocalizedName,
        /// Names from `GET /permissions`, or prefixes of them that end in `*`. The caller must hold each of them.
        permissions: List<PermissionName, GRANTS_MAX> = ["accounting.journal_entry.read"],
    }
    /// Changes to a role. Members left out stay as they are.
    pub struct UpdateRoleBody {
        code: Optional<Code> = "payables-clerk",
        name: Optional<LocalizedName>,
        /// The permissions of the role. They replace the existing ones.
        permissions: Optional<List<PermissionName, GRANTS_MAX>> = ["accounting.journal_entry.read"],
    }
}

impl ListSpecSource for RoleView {
    const SPEC: &'static application::paging::ListSpec = &ROLE_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.role.read");
    ops.tag(TAG, "Roles: named sets of permissions. Also the list of all permissions.");
    ops.get("/roles", list)
        .id("list_roles")
        .tag(TAG)
        .summary("List roles")
        .access(READ)
        .list::<RoleView>(&ROLE_LIST);
    ops.get("/roles/{id}", get)
        .id("get_role")
        .tag(TAG)
        .summary("Read a role")
        .access(READ)
        .view::<RoleView>();
    ops.post("/roles", create)
        .id("create_role")
        .tag(TAG)
        .summary("Create a role")
        .command::<CreateRole>()
        .body::<CreateRoleBody>()
        .created::<RoleView>()
        .errors(&[&ALREADY_EXISTS, &UNKNOWN_PERMISSION, &GRANT_EXCEEDS_OWN]);
    ops.patch("/roles/{id}", update)
        .id("update_role")
        .tag(TAG)
        .summary("Change a role")
        .description(
            "The change applies to every user of the role from the next request on. System roles cannot be \
             changed.",
        )
        .command::<UpdateRole>()
        .if_match()
        .body::<UpdateRoleBody>()
        .ok::<RoleView>()
        .errors(&[&ALREADY_EXISTS, &SYSTEM_ROLE, &UNKNOWN_PERMISSION, &GRANT_EXCEEDS_OWN]);
    ops.delete("/roles/{id}", delete)
        .id("delete_role")
        .tag(TAG)
        .summary("Delete a role that no user has")
        .command::<DeleteRole>()
        .if_match()
        .no_content()
        .errors(&[&SYSTEM_ROLE, &IN_USE]);
}

fn names(list: List<PermissionName, GRANTS_MAX>) -> Vec<String> {
    list.0.into_iter().map(|name| name.0).collect()
}

async fn list(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<RoleView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.roles(tenant, query), params, accept).await
}

async fn get(
    ctx: Ctx,
    Id(id): Id<RoleId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.role(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(ROLE))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn create(ctx: Ctx, State(app): State<Application>, Json(body): Json<CreateRoleBody>) -> ApiResult {
    let command = CreateRole { code: body.code, name: body.name, permissions: names(body.permissions) };
    answer::created("/roles", execute(&app, &ctx, command).await?)
}

async fn update(
    ctx: Ctx,
    Id(id): Id<RoleId>,
    State(app): State<Application>,
    Json(body): Json<UpdateRoleBody>,
) -> ApiResult {
    let permissions = body.permissions.0.map(names);
    let command = UpdateRole { id, code: body.code.0, name: body.name.0, permissions };
    answer::ok(execute(&app, &ctx, command).await?)
}

async fn delete(ctx: Ctx, Id(id): Id<RoleId>, State(app): State<Application>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, DeleteRole { id }).await?)
}
