//! Other issuers whose tokens count.

use std::collections::BTreeMap;

use crate::config::error::Problem;
use crate::config::reader::Reader;
use crate::config::registry as keys;
use crate::config::values::service_url;

/// Issuers at the same time.
pub const ISSUERS_MAX: usize = 8;
/// The claim that roles are in, unless a setting says otherwise.
const ROLES_CLAIM: &str = "roles";
const MEMBERS: &str =
    "Issuer, Audience, Metadata, TenantClaim, Tenants:{value}, UserClaim, RolesClaim, Roles:{value}";

/// One issuer, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Oidc {
    pub issuer: String,
    pub audience: String,
    pub metadata: Option<String>,
    pub tenant_claim: Option<String>,
    pub tenants: Vec<(String, String)>,
    pub user_claim: Option<String>,
    pub roles_claim: String,
    pub roles: Vec<(String, String)>,
}

pub fn oidc(reader: &mut Reader<'_>) -> Vec<Oidc> {
    let mut issuers: BTreeMap<String, Oidc> = BTreeMap::new();
    for (rest, value) in reader.section(&keys::AUTH_OIDC) {
        let value = value.trim().to_owned();
        let mut parts = rest.splitn(3, ':');
        let (index, member, named) = (parts.next(), parts.next(), parts.next());
        let issuer = issuers.entry(index.unwrap_or_default().to_owned()).or_default();
        match (member.unwrap_or_default().to_lowercase().as_str(), named) {
            ("issuer", None) => issuer.issuer = value,
            ("audience", None) => issuer.audience = value,
            ("metadata", None) => issuer.metadata = Some(value),
            ("tenantclaim", None) => issuer.tenant_claim = Some(value),
            ("userclaim", None) => issuer.user_claim = Some(value),
            ("rolesclaim", None) => issuer.roles_claim = value,
            ("tenants", Some(name)) => issuer.tenants.push((name.to_owned(), value)),
            ("roles", Some(name)) => issuer.roles.push((name.to_owned(), value)),
            _ => {
                reader.report(Problem::new(format!("Auth:Oidc:{rest}"), format!("expected one of {MEMBERS}")))
            }
        }
    }
    if issuers.len() > ISSUERS_MAX {
        reader.report(Problem::new("Auth:Oidc", format!("has more than {ISSUERS_MAX} issuers")));
    }
    for (index, issuer) in &mut issuers {
        let mut wrong = |member: &str, reason: &str| {
            reader.report(Problem::new(format!("Auth:Oidc:{index}:{member}"), reason));
        };
        // The directory stands for an id, which is no part of an address that is looked at here.
        if let Err(reason) = service_url(&issuer.issuer.replace("{tenantid}", "id")) {
            wrong("Issuer", &reason);
        }
        if issuer.audience.is_empty() {
            wrong("Audience", "is required: tokens for somebody else's API must not count here");
        }
        if issuer.issuer.contains("{tenantid}") && issuer.tenants.is_empty() {
            wrong(
                "Tenants",
                "is required where the issuer has {tenantid} in it: anybody can have a directory of their own",
            );
        }
        if let Some(Err(reason)) = issuer.metadata.as_deref().map(service_url) {
            wrong("Metadata", &reason);
        }
        if issuer.roles_claim.is_empty() {
            ROLES_CLAIM.clone_into(&mut issuer.roles_claim);
        }
    }
    issuers.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers::{Layer, Scope};
    use crate::config::{Environment, Layers};

    fn read(pairs: &[(&str, &str)]) -> (Vec<Oidc>, Vec<String>) {
        let mut layer = Layer::new("environment", Scope::Own);
        for (key, value) in pairs {
            layer.set(&format!("Auth:Oidc:{key}"), Some((*value).to_owned()));
        }
        let mut layers = Layers::default();
        layers.push(layer);
        let mut reader = Reader::new(&layers, Environment::Production);
        let issuers = oidc(&mut reader);
        (issuers, reader.finish().0.into_iter().map(|problem| problem.key).collect())
    }

    #[test]
    fn issuers_are_numbered_and_their_members_known() {
        let (issuers, problems) = read(&[
            ("0:Issuer", "https://login.example/tid/v2.0"),
            ("0:audience", "api://erp"),
            ("0:Tenants:11111111-2222-3333-4444-555555555555", "home"),
            ("0:Roles:Erp.Clerk", "bookkeeper"),
        ]);
        assert_eq!((problems.len(), issuers.len()), (0, 1), "{problems:?}");
        assert_eq!(
            (issuers[0].roles_claim.as_str(), issuers[0].roles[0].1.as_str()),
            ("roles", "bookkeeper")
        );
        let (_, problems) = read(&[
            ("0:Issuer", "http://login.example"),
            ("0:Issur", "x"),
            ("1:Issuer", "https://login.example/{tenantid}/v2.0"),
            ("1:Audience", "api://erp"),
        ]);
        let expected =
            ["Auth:Oidc:0:Issur", "Auth:Oidc:0:Issuer", "Auth:Oidc:0:Audience", "Auth:Oidc:1:Tenants"];
        assert_eq!(problems, expected);
    }
}
