//! The name of a cached value; adapters write it as text by the grammar of F5 to F8.

use domain::ids::{TenantId, UserId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::entity::{CachePolicy, CachedEntity};

/// Bytes of a list's hash: 16 hexadecimal digits (F6).
const LIST_HASH_BYTES: usize = 8;

/// A change to `entity`'s group of the tenant makes every key of that group stale.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey {
    pub tenant: TenantId,
    pub entity: CachedEntity,
    pub slot: Slot,
}

/// Which value of the group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Slot {
    /// `{tenant}:{module}:{entity}:{id}`
    Id(Uuid),
    /// `{tenant}:{module}:{entity}:{name}`, for records without a UUID; not empty, and not `list`.
    Name(String),
    /// `{tenant}:{module}:{entity}:list:{hash}`
    List(ListHash),
    /// `{tenant}:user:{userId}:permissions`
    Permissions(UserId),
    /// `{tenant}:config:{key}`
    Config(String),
}

impl CacheKey {
    pub fn id(tenant: TenantId, entity: CachedEntity, id: Uuid) -> Self {
        Self { tenant, entity, slot: Slot::Id(id) }
    }
    pub fn name(tenant: TenantId, entity: CachedEntity, name: impl Into<String>) -> Self {
        Self { tenant, entity, slot: Slot::Name(name.into()) }
    }
    pub fn list(tenant: TenantId, entity: CachedEntity, hash: ListHash) -> Self {
        Self { tenant, entity, slot: Slot::List(hash) }
    }
    pub fn permissions(tenant: TenantId, user: UserId) -> Self {
        Self { tenant, entity: CachedEntity::Access, slot: Slot::Permissions(user) }
    }
    pub fn config(tenant: TenantId, key: impl Into<String>) -> Self {
        Self { tenant, entity: CachedEntity::Setting, slot: Slot::Config(key.into()) }
    }
    pub fn policy(&self) -> CachePolicy {
        self.entity.policy()
    }
}

/// Stands for everything a list or report depends on: parameters, page, order, language and what its reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListHash([u8; LIST_HASH_BYTES]);

impl ListHash {
    /// The start of the SHA-256 of the parts, each with its length, so that none runs into the next.
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut bytes = [0; LIST_HASH_BYTES];
        bytes.copy_from_slice(&hash.finalize()[..LIST_HASH_BYTES]);
        Self(bytes)
    }

    /// The hash of one page of a list. The order of its parameters does not matter.
    pub fn of_list(query: &str, language: &str, scope: &str) -> Self {
        let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
        pairs.sort_unstable();
        Self::of(&[&pairs.join("&"), language, scope])
    }
}

impl std::fmt::Display for ListHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: F6, X54.
    #[test]
    fn readers_with_other_rights_or_languages_have_other_keys() {
        let own = ListHash::of_list("limit=5&sort=code", "ar", "accounting.*");
        assert_eq!(own.to_string().len(), 16);
        assert_eq!(own, ListHash::of_list("sort=code&limit=5", "ar", "accounting.*"));
        assert_ne!(own, ListHash::of_list("sort=code&limit=5", "en", "accounting.*"));
        assert_ne!(own, ListHash::of_list("sort=code&limit=5", "ar", "accounting.account.read"));
        assert_ne!(ListHash::of(&["ab", "c"]), ListHash::of(&["a", "bc"]));
    }
}
