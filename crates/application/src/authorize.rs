//! Permissions as data: `<module>.<resource>.<action>`, collected in roles, checked here and nowhere else.

use std::collections::BTreeSet;

use domain::error::Violation;

use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED};

/// A permission name such as `accounting.journal_entry.post`.
pub type Permission = &'static str;

/// One permission with what it lets people do.
#[derive(Debug, Clone, Copy)]
pub struct PermissionSpec {
    /// `<module>.<resource>.<action>`.
    pub name: Permission,
    pub en: &'static str,
    pub ar: &'static str,
}

/// The callers that may use an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, also without a token.
    Public,
    /// Anyone signed in.
    SignedIn,
    /// Callers who hold the permission in the tenant of the token.
    Permission(Permission),
    PlatformAdmin,
}

/// The permissions of one user in one tenant; `*` at the end of a grant stands for everything below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PermissionSet {
    exact: BTreeSet<String>,
    /// Prefixes with their final dot: `accounting.`; the empty prefix is everything.
    prefixes: Vec<String>,
}

impl PermissionSet {
    pub fn all() -> Self {
        Self { exact: BTreeSet::new(), prefixes: vec![String::new()] }
    }

    pub fn from_grants<S: AsRef<str>>(grants: impl IntoIterator<Item = S>) -> Self {
        let mut set = Self::default();
        for grant in grants {
            let grant = grant.as_ref();
            match grant.strip_suffix('*') {
                Some(prefix) => set.prefixes.push(prefix.to_owned()),
                None => {
                    set.exact.insert(grant.to_owned());
                }
            }
        }
        set
    }

    pub fn allows(&self, permission: &str) -> bool {
        self.exact.contains(permission)
            || self.prefixes.iter().any(|prefix| permission.starts_with(prefix.as_str()))
    }

    /// The grants as stored, for `/me`.
    pub fn grants(&self) -> Vec<String> {
        self.exact.iter().cloned().chain(self.prefixes.iter().map(|p| format!("{p}*"))).collect()
    }

    /// The same text for the same rights: answers kept for one reader are found by those with the same rights only (F6).
    pub fn scope(&self) -> String {
        let mut grants = self.grants();
        grants.sort_unstable();
        grants.dedup();
        grants.join(",")
    }

    /// The rights that both allow: those of an API key are the scopes that its owner still has.
    pub fn intersect(&self, other: &Self) -> Self {
        let mut both = Self::default();
        both.exact.extend(self.exact.iter().filter(|p| other.allows(p)).cloned());
        both.exact.extend(other.exact.iter().filter(|p| self.allows(p)).cloned());
        for (a, b) in [(self, other), (other, self)] {
            let covered = |prefix: &String| b.prefixes.iter().any(|p| prefix.starts_with(p.as_str()));
            both.prefixes.extend(a.prefixes.iter().filter(|p| covered(p)).cloned());
        }
        both.prefixes.sort();
        both.prefixes.dedup();
        both
    }
}

pub fn require(ctx: &RequestContext, access: Access) -> AppResult<()> {
    permits(&ctx.permissions, ctx.platform_admin, access)
}

/// The same for a caller whose request has no context yet.
pub fn permits(permissions: &PermissionSet, platform_admin: bool, access: Access) -> AppResult<()> {
    let denied = |name: &str| Err(AppError::new(Violation::new(&PERMISSION_DENIED).with("permission", name)));
    match access {
        Access::Public | Access::SignedIn => Ok(()),
        Access::PlatformAdmin if platform_admin => Ok(()),
        Access::PlatformAdmin => denied("platform.administrator"),
        Access::Permission(name) if permissions.allows(name) => Ok(()),
        Access::Permission(name) => denied(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover_what_is_below_them() {
        let set = PermissionSet::from_grants(["accounting.*", "platform.user.read"]);
        assert!(set.allows("accounting.journal_entry.post"));
        assert!(set.allows("platform.user.read"));
        assert!(!set.allows("platform.user.create"));
    }

    #[test]
    fn an_api_key_never_exceeds_its_owner() {
        let owner = PermissionSet::from_grants(["accounting.account.*", "platform.user.read"]);
        let key = PermissionSet::from_grants(["accounting.*"]);
        let both = owner.intersect(&key);
        assert!(both.allows("accounting.account.create"));
        assert!(!both.allows("accounting.journal_entry.post"));
        assert!(!both.allows("platform.user.read"));
    }
}
