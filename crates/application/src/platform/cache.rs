//! Flushing the cache by hand, within the own tenant unless the platform's administrator does it (F11).

use async_trait::async_trait;
use domain::error::Violation;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::{CACHE_PATTERN_OUTSIDE_TENANT, INVALID_CACHE_PATTERN};
use crate::authorize::{self, Access};
use crate::command::{Application, Command, Done, Executed, execute};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::ports::change::Change;
use crate::unit_of_work::UnitOfWork;

/// The resource, as in permissions, events and messages.
pub const CACHE: &str = "cache";
/// Longest pattern, in characters.
pub const PATTERN_LENGTH_MAX: usize = 512;

/// The result of a flush, or with `dryRun` what it would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CacheFlushView {
    #[schema(example = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11:accounting:account:*")]
    pub pattern: String,
    /// Whether this was a dry run: keys were counted, and none was removed.
    pub dry_run: bool,
    /// The number of keys removed, or with `dryRun` of those that would be removed.
    pub keys: u64,
    /// Whether every key was looked at; false when a limit of keys or time ended the flush early. Repeat it in that
    /// case.
    pub complete: bool,
}

/// The record of a flush that has happened; what it does itself is nothing.
pub struct RecordCacheFlush {
    flushed: CacheFlushView,
}

#[async_trait]
impl Command for RecordCacheFlush {
    const NAME: &'static str = "flush_cache";
    const ACCESS: Access = Access::Permission("platform.cache.flush");
    type Output = CacheFlushView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<CacheFlushView>> {
        let CacheFlushView { pattern, keys, complete, .. } = &self.flushed;
        let after = Some(json!({ "pattern": pattern, "keys": keys, "complete": complete }));
        let tenant = uow.tenant();
        // There is one cache, and it has no id.
        let entity_id = Uuid::nil();
        uow.record(Change { tenant, entity: CACHE, entity_id, action: "flushed", before: None, after });
        Ok(Done::new(self.flushed.clone()))
    }
}

/// Removes the cached values whose keys match, and leaves an audit row. Everything in a cache can be loaded again, so
/// the values go before the record of it is written.
pub async fn flush(app: &Application, ctx: &RequestContext, pattern: &str) -> AppResult<Executed> {
    authorize::require(ctx, RecordCacheFlush::ACCESS)?;
    check_pattern(ctx, pattern)?;
    let flushed = app.cache.flush(pattern, ctx.dry_run).await?;
    let flushed = CacheFlushView {
        pattern: pattern.to_owned(),
        dry_run: ctx.dry_run,
        keys: flushed.keys,
        complete: flushed.complete,
    };
    execute(app, ctx, RecordCacheFlush { flushed }).await
}

/// A pattern stays within the tenant when it begins with it, letter by letter.
fn check_pattern(ctx: &RequestContext, pattern: &str) -> AppResult<()> {
    let length = pattern.chars().count();
    if length == 0 || length > PATTERN_LENGTH_MAX || pattern.chars().any(char::is_control) {
        let bad = Violation::new(&INVALID_CACHE_PATTERN).with("max", PATTERN_LENGTH_MAX).at("/pattern");
        return Err(AppError::new(bad));
    }
    let prefix = format!("{}:", ctx.tenant);
    if pattern.starts_with(&prefix) || ctx.platform_admin {
        return Ok(());
    }
    Err(AppError::new(Violation::new(&CACHE_PATTERN_OUTSIDE_TENANT).with("prefix", prefix).at("/pattern")))
}

#[cfg(test)]
mod tests {
    use domain::ids::TenantId;

    use super::*;

    /// Proves: F11, X47.
    #[test]
    fn nobody_reaches_beyond_the_own_tenant() {
        let tenant = TenantId::new(Uuid::from_u128(7));
        let admin = RequestContext::system(tenant, "r");
        let member = RequestContext { platform_admin: false, ..admin.clone() };
        let own = format!("{tenant}:accounting:account:*");
        let other = format!("{}:*", Uuid::from_u128(8));
        let sneaky = format!("{}*", &tenant.to_string()[..35]);
        assert!(check_pattern(&member, &own).is_ok());
        assert!(check_pattern(&member, &format!("{tenant}:*")).is_ok());
        for pattern in ["*", "*:accounting:*", "?*", "[0-9]*", &other, &sneaky, &tenant.to_string()] {
            let error = check_pattern(&member, pattern).unwrap_err();
            assert!(error.is(&CACHE_PATTERN_OUTSIDE_TENANT), "{pattern}");
            assert!(check_pattern(&admin, pattern).is_ok(), "{pattern}");
        }
        for pattern in ["", "a\nb", &"x".repeat(PATTERN_LENGTH_MAX + 1)] {
            assert!(check_pattern(&admin, pattern).unwrap_err().is(&INVALID_CACHE_PATTERN));
        }
    }
}
