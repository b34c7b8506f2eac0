//! `/invitations`: how people become users of the tenant.

use std::sync::Arc;

use application::authorize::Access;
use application::command::{Application, Executed, execute};
use application::error::{ALREADY_EXISTS, AppError, AppResult, UNKNOWN_REFERENCE};
use application::platform::error::{
    ALREADY_INVITED, GRANT_EXCEEDS_OWN, INVITATION_CLOSED, TARGET_EXCEEDS_OWN, TOO_MANY_INVITATIONS,
};
use application::platform::invitations::{
    CreateInvitation, INVITATION, INVITATION_LIST, InvitationToken, RenewInvitation, RevokeInvitation,
};
use application::platform::ports::PlatformQueries;
use application::platform::records::INVITATION_ROLES_MAX;
use application::platform::views::{InvitationSecretView, InvitationView};
use axum::extract::State;
use domain::error::Language;
use domain::ids::{InvitationId, RoleId};
use domain::platform::EmailAddress;
use domain::text::NAME_LENGTH_MAX;
use http::HeaderMap;
use serde_json::{Value, json};

use crate::answer::{self, ApiResult};
use crate::extract::{Accept, Ctx, Id, Json, ListParams, ListSpecSource};
use crate::operation::Operations;
use crate::request;
use crate::wire::{List, RequiredText};

const TAG: &str = "invitations";

request! {
    /// An invitation into the tenant. It carries no password; the invited person chooses one.
    pub struct CreateInvitationBody {
        /// The e-mail address with which the person signs in. It may be known to other tenants already.
        email: EmailAddress = "sara@example.com",
        /// The person's name in this tenant.
        name: RequiredText<NAME_LENGTH_MAX> = "Sara Al-Otaibi",
        /// The language of messages.
        locale: Language => "en",
        /// The roles that the person gets by accepting. This also needs the permission
        /// `platform.role_assignment.create`.
        role_ids: List<RoleId, INVITATION_ROLES_MAX> => [],
    }
}

impl ListSpecSource for InvitationView {
    const SPEC: &'static application::paging::ListSpec = &INVITATION_LIST;
}

pub fn operations(ops: &mut Operations) {
    const READ: Access = Access::Permission("platform.user.read");
    ops.tag(
        TAG,
        "Invitations are how people become users: an e-mail address is invited, and the person accepts with \
         the token that was handed to them.",
    );
    ops.get("/invitations", list)
        .id("list_invitations")
        .tag(TAG)
        .summary("List invitations")
        .access(READ)
        .list::<InvitationView>(&INVITATION_LIST);
    ops.get("/invitations/{id}", get)
        .id("get_invitation")
        .tag(TAG)
        .summary("Read an invitation")
        .access(READ)
        .view::<InvitationView>();
    ops.post("/invitations", create)
        .id("create_invitation")
        .tag(TAG)
        .summary("Invite a person")
        .description(
            "The invited person becomes a user by accepting with the token, which is shown only in this \
             answer and is valid for 7 days. Only its SHA-256 is kept. At the time of acceptance the \
             inviting user must still be allowed to give the roles.",
        )
        .command::<CreateInvitation>()
        .body::<CreateInvitationBody>()
        .created::<InvitationSecretView>()
        .errors(CREATE_ERRORS);
    ops.post("/invitations/{id}/renew", renew)
        .id("renew_invitation")
        .tag(TAG)
        .summary("Renew an invitation")
        .description(
            "The answer has a new token, valid for 7 days; the old one stops working. The user who renews \
             the invitation answers for its roles from now on. An expired invitation cannot be renewed \
             while there is another invitation for the same address.",
        )
        .command::<RenewInvitation>()
        .if_match()
        .ok::<InvitationSecretView>()
        .errors(&[&INVITATION_CLOSED])
        .errors(CREATE_ERRORS);
    ops.delete("/invitations/{id}", revoke)
        .id("delete_invitation")
        .tag(TAG)
        .summary("Revoke an invitation")
        .description("The invitation can no longer be accepted. It stays in the list.")
        .command::<RevokeInvitation>()
        .if_match()
        .no_content()
        .errors(&[&INVITATION_CLOSED, &TARGET_EXCEEDS_OWN]);
}

/// The errors of an invitation.
pub(super) const CREATE_ERRORS: &[&domain::error::ErrorDef] =
    &[&ALREADY_EXISTS, &ALREADY_INVITED, &UNKNOWN_REFERENCE, &GRANT_EXCEEDS_OWN, &TOO_MANY_INVITATIONS];

async fn list(
    ctx: Ctx,
    State(queries): State<Arc<dyn PlatformQueries>>,
    params: ListParams<InvitationView>,
    accept: Accept,
) -> ApiResult {
    let tenant = ctx.tenant;
    answer::list_from(queries, move |from, query| from.invitations(tenant, query), params, accept).await
}

async fn get(
    ctx: Ctx,
    Id(id): Id<InvitationId>,
    State(queries): State<Arc<dyn PlatformQueries>>,
    headers: HeaderMap,
) -> ApiResult {
    let view = queries.invitation(ctx.tenant, id).await?.ok_or_else(|| AppError::not_found(INVITATION))?;
    answer::view(&view, Some(view.version), &headers)
}

pub(super) async fn create(
    ctx: Ctx,
    State(app): State<Application>,
    Json(body): Json<CreateInvitationBody>,
) -> ApiResult {
    let token = InvitationToken::generate(&*app.ids);
    let command = CreateInvitation {
        email: body.email,
        name: body.name.into(),
        locale: body.locale,
        roles: body.role_ids.0,
        token_hash: token.hash,
    };
    let executed = execute(&app, &ctx, command).await?;
    answer::created("/invitations", shown_once(&ctx, executed, Some(token))?)
}

async fn renew(ctx: Ctx, Id(id): Id<InvitationId>, State(app): State<Application>) -> ApiResult {
    let token = InvitationToken::generate(&*app.ids);
    let executed = execute(&app, &ctx, RenewInvitation { id, token_hash: token.hash }).await?;
    answer::ok(shown_once(&ctx, executed, Some(token))?)
}

async fn revoke(ctx: Ctx, Id(id): Id<InvitationId>, State(app): State<Application>) -> ApiResult {
    answer::no_content(execute(&app, &ctx, RevokeInvitation { id }).await?)
}

/// Adds the token to the answer. A replay and a dry run have none: the stored answer never knew it, or nothing was made.
pub(super) fn shown_once(
    ctx: &Ctx,
    executed: Executed,
    token: Option<InvitationToken>,
) -> AppResult<Executed> {
    let shown = token.filter(|_| !executed.replayed && !ctx.dry_run);
    executed.with(|mut view| {
        view["token"] = shown.map_or(Value::Null, |token| json!(token.into_text()));
        view
    })
}
