//! The state that requests and the supervisor of the connection share.

use application::ports::cache::CachedEntity;
use domain::ids::TenantId;

use super::local::Local;
use super::redis::Remote;
use super::statistics::Lookups;
use super::ttl::Lives;

/// The levels of a layered cache.
pub(super) struct Shared {
    pub local: Local,
    pub lives: Lives,
    pub remote: Remote,
    pub lookups: Lookups,
}

impl Shared {
    pub fn raise_local<S: AsRef<str>>(&self, tenant: TenantId, entities: &[S]) {
        self.local.raise(tenant, &CachedEntity::touched_by(entities));
    }
}
