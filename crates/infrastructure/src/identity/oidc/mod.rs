//! Tokens of other issuers (OpenID Connect), such as Microsoft Entra ID, beside the API's own.
//!
//! An issuer says who somebody is, and may say which roles they have. It says nothing of the books: whoever it names must be
//! a user of the tenant already, and a tenant is entered only where the configuration lets this issuer in.

mod claims;
mod keys;

use application::error::{AppError, AppResult, UNAUTHENTICATED};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::time::Timestamp;
use serde::Deserialize;

use claims::Claims;
use keys::IssuerKeys;

/// The placeholder for the directory in the address of an issuer that serves several.
pub const DIRECTORY: &str = "{tenantid}";

/// An issuer as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OidcIssuer {
    /// `iss`; may have [`DIRECTORY`] in it, which is the token's `tid`.
    pub issuer: String,
    /// `aud` of the tokens meant for this API.
    pub audience: String,
    /// The address of its metadata, if it is not that of OpenID Connect Discovery.
    pub metadata: Option<String>,
    /// The claim that says which tenant; by default `tenant_id`, then `tid`.
    pub tenant_claim: Option<String>,
    /// Values of that claim with the tenant's code or id. Empty: the value is the code or id.
    pub tenants: Vec<(String, String)>,
    /// The claim that says who; by default `preferred_username`, then `email`.
    pub user_claim: Option<String>,
    pub roles_claim: String,
    /// Values of that claim with the role's code. Empty: users have their roles of the tenant.
    pub roles: Vec<(String, String)>,
}

/// The content of another issuer's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalGrant {
    /// Code or id of the tenant.
    pub tenant: String,
    /// E-mail address or id of the user.
    pub user: String,
    /// Codes of the roles whose rights count instead of the user's own.
    pub roles: Option<Vec<String>>,
    pub expires_at: Timestamp,
}

/// The issuers this API listens to.
#[derive(Default)]
pub struct OidcIssuers(Vec<(OidcIssuer, IssuerKeys)>);

#[derive(Deserialize)]
struct Issued {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    tid: Option<String>,
}

pub(super) fn refused(why: &str) -> AppError {
    AppError { internal: Some(why.to_owned()), ..AppError::of(&UNAUTHENTICATED) }
}

impl OidcIssuers {
    /// Asks nobody yet: an issuer's keys are fetched for its first token.
    pub fn new(issuers: Vec<OidcIssuer>, http: &reqwest::Client) -> Self {
        let with_keys = |issuer: OidcIssuer| {
            let keys = IssuerKeys::new(&issuer, http.clone());
            (issuer, keys)
        };
        Self(issuers.into_iter().map(with_keys).collect())
    }

    /// The content of the token, if it is of one of these issuers; `None` if it is not. Before the signature is
    /// verified nothing of a token is believed but which key verifies it.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Option<AppResult<ExternalGrant>> {
        if self.0.is_empty() {
            return None;
        }
        let issued = issued(token)?;
        let of = |(known, _): &&(OidcIssuer, IssuerKeys)| known.is(&issued);
        let (issuer, keys) = self.0.iter().find(of)?;
        Some(verified(issuer, keys, token, now).await)
    }
}

async fn verified(
    issuer: &OidcIssuer,
    keys: &IssuerKeys,
    token: &str,
    now: Timestamp,
) -> AppResult<ExternalGrant> {
    let header = jsonwebtoken::decode_header(token).map_err(|error| refused(&error.to_string()))?;
    if super::tokens::demands_an_extension(token) {
        return Err(refused("token with critical extensions, none of which is known"));
    }
    let kid = header.kid.ok_or_else(|| refused("token without kid"))?;
    let key = keys.key(&kid).await?;
    let claims = Claims::verified(token, &key, header.alg, &issuer.audience)?;
    // The signature covers what was read before it was verified.
    claims.grant(issuer, now)
}

impl OidcIssuer {
    fn is(&self, issued: &Issued) -> bool {
        if !self.issuer.contains(DIRECTORY) {
            return self.issuer == issued.iss;
        }
        let directory = issued.tid.as_deref().filter(|tid| is_directory(tid));
        directory.is_some_and(|tid| self.issuer.replace(DIRECTORY, tid) == issued.iss)
    }
}

/// An id, so that nothing else gets into an address.
fn is_directory(tid: &str) -> bool {
    uuid::Uuid::try_parse(tid).is_ok()
}

fn issued(token: &str) -> Option<Issued> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}
