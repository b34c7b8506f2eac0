//! Permissions as data: `<module>.<resource>.<action>`, collected in roles, checked here and nowhere else.

use domain::error::Violation;

use crate::context::RequestContext;
use crate::error::{AppError, AppResult, PERMISSION_DENIED};
use crate::permission_set::PermissionSet;

/// A permission name such as `accounting.journal_entry.post`.
pub type Permission = &'static str;

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

pub fn require(ctx: &RequestContext, access: Access) -> AppResult<()> {
    permits(&ctx.permissions, ctx.platform_admin, access)
}

/// Checks the access of a caller whose request has no context yet.
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
