//! `/api-keys`: credentials of machines.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, Executed, execute};
use application::error::{AppError, AppResult};
use application::platform::api_keys::{
    API_KEY, API_KEY_LIST, ApiKeySecret, CreateApiKey, RevokeApiKey, RotateApiKey,
};
use application::platform::error::{
    API_KEY_REVOKED, EXPIRY_PASSED, GRANT_EXCEEDS_OWN, TARGET_EXCEEDS_OWN, UNKNOWN_PERMISSION,
};
use application::platform::ports::PlatformQueries;
use application::platform::records::GRANTS_MAX;
use application::platform::views::{ApiKeySecretView, ApiKeyView};
use axum::extract::State;
use domain::ids::ApiKeyId;
use domain::text::NAME_LENGTH_MAX;
use domain::time::Timestamp;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, PermissionName, RequiredText};

const TAG: &str = "api-keys";

request! {
    /// A new API key, acting for the caller.
    pub struct CreateApiKeyBody {
        name: RequiredText<NAME_LENGTH_MAX> = "Web shop",
        /// Permissions or prefixes ending in `*`, each held by the caller.
        scopes: List<PermissionName, GRANTS_MAX, 1> = ["accounting.journal_entry.*"],
        /// The moment at which the key expires; by default it works until it is revoked.
        expires_at: Option<Timestamp>,
    }
}

impl ListSpecSource for ApiKeyView {
    const SPEC: &'static application::paging::ListSpec = &API_KEY_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.api_key.read");
    ops.tag(
        TAG,
        "API keys: credentials for machines. Each key acts for a user and has some of that user's rights.",
    );
    ops.get("/api-keys", list)
        .id("list_api_keys")
        .tag(TAG)
        .summary("List API keys")
        .access(READ)
        .list::<ApiKeyView>(&API_KEY_LIST);
    ops.get("/api-keys/{id}", get)
        .id("get_api_key")
        .tag(TAG)
        .summary("Read an API key")
        .access(READ)
        .view::<ApiKeyView>();
    ops.post("/api-keys", create)
        .id("create_api_key")
        .tag(TAG)
        .summary("Create an API key")
        .description(
            "The key is shown only in this answer; the product keeps only its SHA-256. Send it as \
             `Authorization: Bearer erp_…` or `X-Api-Key`.",
        )
        .command::<CreateApiKey>()
        .body::<CreateApiKeyBody>()
        .created::<ApiKeySecretView>()
        .errors(&[&UNKNOWN_PERMISSION, &EXPIRY_PASSED, &GRANT_EXCEEDS_OWN]);
    ops.post("/api-keys/{id}/rotate", rotate)
        .id("rotate_api_key")
        .tag(TAG)
        .summary("Replace an API key's secret")
        .description(
            "The old key stops working at once. Only the key's own user, or a user who holds every \
             permission, can do this.",
        )
        .command::<RotateApiKey>()
        .if_match()
        .ok::<ApiKeySecretView>()
        .errors(&[&API_KEY_REVOKED, &GRANT_EXCEEDS_OWN, &TARGET_EXCEEDS_OWN]);
    ops.delete("/api-keys/{id}", revoke)
        .id("delete_api_key")
        .tag(TAG)
        .summary("Revoke an API key")
        .description("The key is never accepted again. It stays in the list.")
        .command::<RevokeApiKey>()
        .if_match()
        .no_content()
        .errors(&[&API_KEY_REVOKED]);
}

async fn list(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<ApiKeyView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.api_keys(tenant, query), params, accept).await
}

async fn get(
    ctx: Ctx,
    Id(id): Id<ApiKeyId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.api_key(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(API_KEY))?;
    answer::view(&view, Some(view.version), &headers)
}

async fn create(ctx: Ctx, State(app): State<Application>, Json(body): Json<CreateApiKeyBody>) -> ApiResult {
    let secret = ApiKeySecret::generate(&*app.ids);
    let command = CreateApiKey {
        name: body.name.into(),
        scopes: body.scopes.0.into_iter().map(|scope| scope.0).collect(),
        expires_at: body.expires_at,
        prefix: secret.prefix.clone(),
        secret_hash: secret.hash,
    };
    let executed = execute(&app, &ctx, command).await?;
    answer::created("/api-keys", shown_once(&ctx, executed, secret)?)
}

async fn rotate(ctx: Ctx, Id(id): Id<ApiKeyId>, State(app): State<Application>) -> ApiResult {
    let secret = ApiKeySecret::generate(&*app.ids);
    let command = RotateApiKey { id, prefix: secret.prefix.clone(), secret_hash: secret.hash };
    let executed = execute(&app, &ctx, command).await?;
    answer::ok(shown_once(&ctx, executed, secret)?)
}

async fn revoke(ctx: Ctx, Id(id): Id<ApiKeyId>, State(app): State<Application>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, RevokeApiKey { id }).await?)
}

/// Adds the key to the answer. A replay and a dry run have none: the stored answer never knew it, or nothing was made.
fn shown_once(ctx: &Ctx, executed: Executed, secret: ApiKeySecret) -> AppResult<Executed> {
    let key = if executed.replayed || ctx.dry_run { Value::Null } else { json!(secret.into_text()) };
    executed.with(|mut view| {
        view["key"] = key;
        view
    })
}
