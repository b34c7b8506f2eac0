//! `/auth`: OAuth 2 (RFC 6749) and token revocation (RFC 7009), as standard clients expect them.

use application::authorize::Access;
use application::error::{AppError, AppResult};
use application::platform::error::{
    INVALID_CLIENT, INVALID_SCOPE, INVALID_TOKEN_REQUEST, UNSUPPORTED_GRANT_TYPE,
};
use application::platform::ports::Caller;
use application::platform::sign_in::{SignIn, Tokens, oauth_error};
use application::platform::views::MembershipView;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::error::{Language, Violation, Violations};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::ApiResult;
use crate::extract::{RawBody, Visitor};
use crate::middleware::Switches;
use crate::middleware::rate::Refused;
use crate::operation::Operations;
use crate::problem::{Problem, status_of};
use crate::wire::{QueryPairs, Schemas};

const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const TAG: &str = "auth";

/// The answer to a token request (RFC 6749, section 5.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// The access token. Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: u32,
    /// The refresh token. Exchange it once, before it expires, for the next pair; not given for client credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The tenant that the access token opens.
    pub tenant_id: Uuid,
    /// Every tenant of the user; present only after a sign-in with a password. To enter another tenant, send the
    /// refresh token with `tenant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenants: Option<Vec<MembershipView>>,
}

/// The error of a token request (RFC 6749, section 5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthErrorView {
    /// The error: `invalid_request`, `invalid_client`, `invalid_grant`, `unsupported_grant_type` or `invalid_scope`.
    pub error: &'static str,
    pub error_description: String,
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Access tokens for passwords, refresh tokens and API keys (OAuth 2).");
    ops.post("/auth/token", token)
        .id("create_token")
        .tag(TAG)
        .summary("Get an access token")
        .description(
            "`grant_type=password` takes `username`, `password` and, for users of several tenants, `tenant` \
             (code or id); by default it enters the user's default tenant, or the one the user joined \
             first. `grant_type=refresh_token` takes `refresh_token`, which is replaced by a new one and \
             ends the session if it is used twice, and `tenant` to go on in another tenant of the user. \
             `grant_type=client_credentials` takes the prefix or id of an API key as `client_id` and the \
             key as `client_secret`, in the form or as HTTP Basic credentials. Repeated wrong passwords \
             lock an account for a while, and too many attempts, from one address or on one account, are \
             answered 429. While the system is read-only, only `client_credentials` is answered, because the \
             other grants open or renew a session.",
        )
        .also_read_only()
        .signs_in()
        .access(Access::Public)
        .raw_body(FORM, token_form)
        .ok::<TokenView>()
        .refuses::<OAuthErrorView>(400, "The grant is refused (RFC 6749, 5.2).")
        .refuses::<OAuthErrorView>(401, "The client is not known (RFC 6749, 5.2).");
    ops.post("/auth/revoke", revoke)
        .id("revoke_token")
        .tag(TAG)
        .summary("Sign out")
        .description(
            "Ends the session of a refresh token, including its access tokens. An unknown token is not an \
             error.",
        )
        .signs_in()
        .access(Access::Public)
        .raw_body(FORM, revoke_form)
        .ok::<RevokedView>()
        .refuses::<OAuthErrorView>(400, "The request is not complete (RFC 6749, 5.2).");
}

/// An empty answer: RFC 7009 asks for status 200 whether or not the token was known.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevokedView {}

fn token_form(_: &mut Schemas) -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": { "type": "string", "enum": ["password", "refresh_token", "client_credentials"] },
            "username": text("The e-mail address."),
            "password": { "type": "string", "format": "password" },
            "tenant": text(
                "The code or id of the tenant to enter. When signing in, the default is the user's default \
                 tenant; when refreshing, the present one.",
            ),
            "refresh_token": text("The refresh token from the previous answer."),
            "client_id": text("Prefix or id of an API key."),
            "client_secret": { "type": "string", "format": "password", "description": "The API key." },
        },
    })
}

fn revoke_form(_: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "required": ["token"],
        "properties": { "token": { "type": "string" }, "token_type_hint": { "type": "string" } },
    })
}

async fn token(
    visitor: Visitor,
    State(sign_in): State<SignIn>,
    State(switches): State<Switches>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> ApiResult {
    let language = visitor.language;
    let caller = visitor.caller();
    match grant(&sign_in, &switches, &caller, &headers, &body).await {
        Ok(tokens) => Ok(answer(StatusCode::OK, &TokenView::from(tokens))),
        Err(error) => refuse(error, language),
    }
}

async fn revoke(
    visitor: Visitor,
    State(sign_in): State<SignIn>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> ApiResult {
    let language = visitor.language;
    let caller = visitor.caller();
    let revoked = async {
        let form = Form::parse(&headers, &body)?;
        sign_in.revoke(form.required("token")?, &caller).await
    };
    match revoked.await {
        Ok(()) => Ok(answer(StatusCode::OK, &RevokedView {})),
        Err(error) => refuse(error, language),
    }
}

async fn grant(
    sign_in: &SignIn,
    switches: &Switches,
    caller: &Caller,
    headers: &HeaderMap,
    body: &[u8],
) -> AppResult<Tokens> {
    let form = Form::parse(headers, body)?;
    if form.get("scope").is_some() {
        return Err(AppError::of(&INVALID_SCOPE));
    }
    match form.required("grant_type")? {
        "password" => {
            switches.may_write()?;
            let (email, password) = (form.required("username")?, form.required("password")?);
            let _ = switches.rates().sign_in_to(email).map_err(Refused::error)?;
            sign_in.password(email, password, form.get("tenant"), caller).await
        }
        "refresh_token" => {
            switches.may_write()?;
            sign_in.refresh(form.required("refresh_token")?, form.get("tenant"), caller).await
        }
        "client_credentials" => match basic(headers)? {
            Some((id, secret)) => machine(sign_in, switches, caller, &id, &secret).await,
            None => {
                let (id, secret) = (form.required("client_id")?, form.required("client_secret")?);
                machine(sign_in, switches, caller, id, secret).await
            }
        },
        _ => Err(AppError::of(&UNSUPPORTED_GRANT_TYPE)),
    }
}

async fn machine(
    sign_in: &SignIn,
    switches: &Switches,
    caller: &Caller,
    id: &str,
    secret: &str,
) -> AppResult<Tokens> {
    let _ = switches.rates().sign_in_to(id).map_err(Refused::error)?;
    sign_in.client_credentials(id, secret, caller).await
}

fn incomplete(reason: impl ToString) -> AppError {
    AppError::new(Violation::new(&INVALID_TOKEN_REQUEST).with("reason", reason))
}

/// A decoded form; members without a value count as absent (RFC 6749, 3.1).
struct Form<'b>(QueryPairs<'b>);

impl<'b> Form<'b> {
    fn parse(headers: &HeaderMap, body: &'b [u8]) -> AppResult<Self> {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let name = kind.split(';').next().unwrap_or_default().trim();
        if !name.eq_ignore_ascii_case(FORM) {
            return Err(incomplete(format!("send a form ({FORM})")));
        }
        let text = std::str::from_utf8(body).map_err(|_| incomplete("the form is not UTF-8"))?;
        let pairs = QueryPairs::parse(text).map_err(|_| incomplete("the form cannot be read"))?;
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        match names.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(incomplete("a member of the form is there twice")),
            false => Ok(Self(pairs)),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name, &mut Violations::new()).filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> AppResult<&str> {
        self.get(name).ok_or_else(|| incomplete(format!("{name} is missing")))
    }
}

/// Client credentials as HTTP Basic; id and secret are form-encoded before (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> AppResult<Option<(String, String)>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let bad = || AppError::of(&INVALID_CLIENT);
    let (scheme, encoded) = value.to_str().map_err(|_| bad())?.split_once(' ').ok_or_else(bad)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(bad());
    }
    let bytes = STANDARD.decode(encoded.trim()).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let (id, secret) = text.split_once(':').ok_or_else(bad)?;
    let decode = |part: &str| {
        percent_decode_str(&part.replace('+', " "))
            .decode_utf8()
            .map(|text| text.into_owned())
            .map_err(|_| bad())
    };
    Ok(Some((decode(id)?, decode(secret)?)))
}

impl From<Tokens> for TokenView {
    fn from(tokens: Tokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
            tenant_id: tokens.tenant.uuid(),
            tenants: tokens.memberships,
        }
    }
}

fn answer<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An error for which OAuth has a code is answered in its form; a failure of ours stays a problem document.
fn refuse(error: AppError, language: Language) -> ApiResult {
    let Some(violation) = error.violations.first() else { return Err(Problem::from(error)) };
    let Some(code) = oauth_error(violation.def) else { return Err(Problem::from(error)) };
    let status = status_of(violation.def);
    let mut response =
        answer(status, &OAuthErrorView { error: code, error_description: violation.text(language) });
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"erp\""));
    }
    Ok(response)
}
