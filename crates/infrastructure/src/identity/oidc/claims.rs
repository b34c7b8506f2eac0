//! The claims of another issuer's token, once its signature is verified.

use application::error::AppResult;
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

use super::{DIRECTORY, ExternalGrant, OidcIssuer, refused};
use crate::identity::tokens::LEEWAY_SECONDS;

/// Signatures that a public key verifies; a shared secret is nobody's proof.
const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
];
/// Roles of one token that are looked at.
const ROLES_MAX: usize = 100;
const TENANT_CLAIMS: [&str; 2] = ["tenant_id", "tid"];
const USER_CLAIMS: [&str; 2] = ["preferred_username", "email"];

/// The claims of a verified token.
pub struct Claims(Map<String, Value>);

impl Claims {
    pub fn verified(token: &str, key: &DecodingKey, algorithm: Algorithm, audience: &str) -> AppResult<Self> {
        if !ALGORITHMS.contains(&algorithm) {
            return Err(refused("token signed with an algorithm that is not taken"));
        }
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        // The library would read the machine's clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let decoded = decode::<Map<String, Value>>(token, key, &validation);
        Ok(Self(decoded.map_err(|error| refused(&error.to_string()))?.claims))
    }

    pub fn grant(&self, issuer: &OidcIssuer, now: Timestamp) -> AppResult<ExternalGrant> {
        let seconds = now.micros().div_euclid(1_000_000);
        let expires = self.seconds("exp").ok_or_else(|| refused("token without exp"))?;
        let not_before = self.seconds("nbf").unwrap_or(i64::MIN);
        if seconds >= expires || seconds.saturating_add(LEEWAY_SECONDS) < not_before {
            return Err(refused("token outside its time"));
        }
        let tenant = self.first(issuer.tenant_claim.as_deref(), &TENANT_CLAIMS);
        let tenant = tenant.ok_or_else(|| refused("token that names no tenant"))?;
        // For an issuer that serves several directories, the directory decides who is let in.
        if issuer.issuer.contains(DIRECTORY) && issuer.tenants.is_empty() {
            return Err(refused("token of a directory that nobody let in"));
        }
        let tenant = match issuer.tenants.is_empty() {
            true => tenant.to_owned(),
            false => mapped(&issuer.tenants, tenant)
                .ok_or_else(|| refused("token of a tenant that this issuer may not open"))?,
        };
        let user = self.first(issuer.user_claim.as_deref(), &USER_CLAIMS);
        let user = user.ok_or_else(|| refused("token that names no user"))?.to_owned();
        let roles = (!issuer.roles.is_empty()).then(|| self.roles(issuer));
        let expires_at = Timestamp::from_micros(expires.saturating_mul(1_000_000));
        Ok(ExternalGrant { tenant, user, roles, expires_at })
    }

    /// Whole seconds; some issuers write fractions.
    fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.0.get(claim)?;
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    fn first(&self, configured: Option<&str>, standard: &[&str]) -> Option<&str> {
        match configured {
            Some(claim) => self.text(claim),
            None => standard.iter().find_map(|claim| self.text(claim)),
        }
    }

    /// A role that is not mapped gives nothing.
    fn roles(&self, issuer: &OidcIssuer) -> Vec<String> {
        let claim = self.0.get(&issuer.roles_claim);
        let values: Vec<&str> = match claim {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).take(ROLES_MAX).collect(),
            Some(Value::String(words)) => words.split_whitespace().take(ROLES_MAX).collect(),
            _ => Vec::new(),
        };
        let mut roles: Vec<String> =
            values.into_iter().filter_map(|value| mapped(&issuer.roles, value)).collect();
        roles.sort();
        roles.dedup();
        roles
    }
}

/// Names of settings have no letter case.
fn mapped(pairs: &[(String, String)], value: &str) -> Option<String> {
    pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(value)).map(|(_, to)| to.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TID: &str = "11111111-2222-3333-4444-555555555555";

    fn issuer() -> OidcIssuer {
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        OidcIssuer {
            issuer: format!("https://login.example/{TID}/v2.0"),
            audience: "api://erp".to_owned(),
            tenants: vec![pair(TID, "home")],
            roles_claim: "roles".to_owned(),
            roles: vec![pair("Erp.Clerk", "bookkeeper")],
            ..OidcIssuer::default()
        }
    }

    fn grant(issuer: &OidcIssuer, change: Value) -> Result<ExternalGrant, String> {
        let mut claims =
            json!({ "exp": 2_000, "nbf": 1_000, "tid": TID, "preferred_username": "sara@home.example" });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let claims = Claims(claims.as_object().unwrap().clone());
        let now = Timestamp::from_micros(1_500_000_000);
        claims.grant(issuer, now).map_err(|error| error.internal.unwrap_or_default())
    }

    /// Proves: H7, X78.
    #[test]
    fn a_tenant_is_entered_where_the_issuer_is_let_in() {
        let found = grant(&issuer(), json!({})).unwrap();
        assert_eq!((found.tenant.as_str(), found.user.as_str()), ("home", "sara@home.example"));
        assert_eq!(found.expires_at, Timestamp::from_micros(2_000_000_000));
        let other = grant(&issuer(), json!({ "tid": "99999999-2222-3333-4444-555555555555" }));
        assert_eq!(other.unwrap_err(), "token of a tenant that this issuer may not open");
        let several = OidcIssuer {
            issuer: format!("https://login.example/{DIRECTORY}/v2.0"),
            tenants: Vec::new(),
            ..issuer()
        };
        assert_eq!(grant(&several, json!({})).unwrap_err(), "token of a directory that nobody let in");
        let plain = OidcIssuer { tenants: Vec::new(), ..issuer() };
        assert_eq!(grant(&plain, json!({ "tenant_id": "acme" })).unwrap().tenant, "acme");
        let named = OidcIssuer { tenant_claim: Some("company".to_owned()), ..plain };
        assert_eq!(grant(&named, json!({})).unwrap_err(), "token that names no tenant");
    }

    #[test]
    fn claims_have_the_names_that_are_configured() {
        let own =
            OidcIssuer { user_claim: Some("upn".to_owned()), roles_claim: "groups".to_owned(), ..issuer() };
        assert_eq!(grant(&own, json!({})).unwrap_err(), "token that names no user");
        let found = grant(&own, json!({ "upn": "omar@home.example", "groups": ["Erp.Clerk"], "roles": [] }));
        let found = found.unwrap();
        assert_eq!((found.user.as_str(), found.roles.unwrap().len()), ("omar@home.example", 1));
        let by_email = grant(&issuer(), json!({ "preferred_username": null, "email": "omar@home.example" }));
        assert_eq!(by_email.unwrap().user, "omar@home.example");
    }

    #[test]
    fn a_role_counts_where_it_is_mapped() {
        let roles = |value: Value| grant(&issuer(), json!({ "roles": value })).unwrap().roles.unwrap();
        assert_eq!(roles(json!(["erp.clerk", "Erp.Clerk", "Other"])), ["bookkeeper"]);
        assert_eq!(roles(json!("Erp.Clerk Other")), ["bookkeeper"]);
        assert!(roles(json!(null)).is_empty() && roles(json!({ "a": 1 })).is_empty());
        let own = OidcIssuer { roles: Vec::new(), ..issuer() };
        assert_eq!(grant(&own, json!({ "roles": ["Erp.Clerk"] })).unwrap().roles, None);
    }

    #[test]
    fn a_token_counts_in_its_time() {
        for change in [json!({ "exp": 1_500 }), json!({ "nbf": 1_506 }), json!({ "exp": "soon" })] {
            assert!(grant(&issuer(), change.clone()).is_err(), "{change}");
        }
        assert!(grant(&issuer(), json!({ "nbf": 1_505, "exp": 1_500.9 })).is_err());
        assert!(grant(&issuer(), json!({ "nbf": 1_505, "exp": 1_501.5 })).is_ok());
    }
}
