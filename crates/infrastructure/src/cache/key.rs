//! Keys as text, byte for byte as specified (F5 to F8, GV8), and back.
//!
//! `{tenant}:{module}:{entity}:{id}`, `{tenant}:{module}:{entity}:list:{hash}`, `{tenant}:user:{userId}:permissions`,
//! `{tenant}:config:{key}`. Two more are the cache's own: `{tenant}:generation:{entity}` and `{tenant}:lock:{…}`.

use application::ports::cache::{CacheKey, Slot};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Longest key, in bytes, after encoding.
pub const KEY_BYTES_MAX: usize = 1_024;

const USER: &str = "user";
const CONFIG: &str = "config";
const GENERATION: &str = "generation";
const LOCK: &str = "lock";
const LIST: &str = "list";
const PERMISSIONS: &str = "permissions";
/// Digits of a list's hash.
const HASH_DIGITS: usize = 16;

/// The characters that an id may hold as they are; all others are percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-');

/// Why something is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the {part} of a cache key must be letters, digits, '.', '_' or '-'")]
    Segment { part: &'static str },
    #[error("the {part} '{word}' of a cache key is reserved")]
    Reserved { part: &'static str, word: &'static str },
    #[error("the {part} of a cache key is empty")]
    Empty { part: &'static str },
    #[error("the hash of a list's cache key must be 1 to {HASH_DIGITS} hexadecimal digits")]
    Hash,
    #[error("a cache key has at most {KEY_BYTES_MAX} bytes")]
    TooLong,
    #[error("not a cache key")]
    NotAKey,
}

/// A key with its parts as they are meant, before encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredKey {
    Entity { tenant: String, module: String, entity: String, id: String },
    List { tenant: String, module: String, entity: String, hash: String },
    Permissions { tenant: String, user: String },
    Config { tenant: String, key: String },
}

/// Whether the tenant is written `{tenant}`, so that a cluster keeps all its keys on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HashTag(pub bool);

fn segment(part: &'static str, text: &str) -> Result<(), KeyError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !text.is_empty() && text.bytes().all(allowed) { Ok(()) } else { Err(KeyError::Segment { part }) }
}

fn module_and_entity(module: &str, entity: &str) -> Result<(), KeyError> {
    segment("module", module)?;
    segment("entity", entity)?;
    match [USER, CONFIG, GENERATION, LOCK].into_iter().find(|word| *word == module) {
        Some(word) => Err(KeyError::Reserved { part: "module", word }),
        None => Ok(()),
    }
}

fn encoded(part: &'static str, text: &str) -> Result<String, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty { part });
    }
    Ok(utf8_percent_encode(text, ENCODED).to_string())
}

/// Only what [`encoded`] writes: no other spelling of the same id is a key.
fn decoded(part: &'static str, text: &str) -> Result<String, KeyError> {
    let plain = percent_decode_str(text).decode_utf8().map_err(|_| KeyError::NotAKey)?.into_owned();
    if encoded(part, &plain)? == text { Ok(plain) } else { Err(KeyError::NotAKey) }
}

fn with_tenant(tenant: &str, tag: HashTag, rest: &str) -> Result<String, KeyError> {
    segment("tenant", tenant)?;
    let key = if tag.0 { format!("{{{tenant}}}:{rest}") } else { format!("{tenant}:{rest}") };
    if key.len() > KEY_BYTES_MAX { Err(KeyError::TooLong) } else { Ok(key) }
}

impl StoredKey {
    pub fn of(key: &CacheKey) -> Self {
        let tenant = key.tenant.to_string();
        let (module, entity) = (key.entity.module().to_owned(), key.entity.name().to_owned());
        match &key.slot {
            Slot::Id(id) => Self::Entity { tenant, module, entity, id: id.to_string() },
            Slot::Name(id) => Self::Entity { tenant, module, entity, id: id.clone() },
            Slot::List(hash) => Self::List { tenant, module, entity, hash: hash.to_string() },
            Slot::Permissions(user) => Self::Permissions { tenant, user: user.to_string() },
            Slot::Config(key) => Self::Config { tenant, key: key.clone() },
        }
    }

    pub fn build(&self, tag: HashTag) -> Result<String, KeyError> {
        let (tenant, rest) = match self {
            Self::Entity { tenant, module, entity, id } => {
                module_and_entity(module, entity)?;
                if id == LIST {
                    return Err(KeyError::Reserved { part: "id", word: LIST });
                }
                (tenant, format!("{module}:{entity}:{}", encoded("id", id)?))
            }
            Self::List { tenant, module, entity, hash } => {
                module_and_entity(module, entity)?;
                (tenant, format!("{module}:{entity}:{LIST}:{}", hash_digits(hash)?))
            }
            Self::Permissions { tenant, user } => {
                (tenant, format!("{USER}:{}:{PERMISSIONS}", encoded("user", user)?))
            }
            Self::Config { tenant, key } => (tenant, format!("{CONFIG}:{}", encoded("key", key)?)),
        };
        with_tenant(tenant, tag, &rest)
    }

    /// The parts of a key, with or without braces round its tenant.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.len() > KEY_BYTES_MAX {
            return Err(KeyError::TooLong);
        }
        let mut parts = text.split(':');
        let first = parts.next().unwrap_or_default();
        let tenant =
            first.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(first).to_owned();
        segment("tenant", &tenant)?;
        let rest: Vec<&str> = parts.collect();
        match rest[..] {
            [CONFIG, key] => Ok(Self::Config { tenant, key: decoded("key", key)? }),
            [USER, user, PERMISSIONS] => Ok(Self::Permissions { tenant, user: decoded("user", user)? }),
            [module, entity, LIST, hash] => {
                module_and_entity(module, entity)?;
                let hash = hash_digits(hash)?.to_owned();
                Ok(Self::List { tenant, module: module.to_owned(), entity: entity.to_owned(), hash })
            }
            [_, _, LIST] => Err(KeyError::Reserved { part: "id", word: LIST }),
            [module, entity, id] => {
                module_and_entity(module, entity)?;
                let id = decoded("id", id)?;
                Ok(Self::Entity { tenant, module: module.to_owned(), entity: entity.to_owned(), id })
            }
            _ => Err(KeyError::NotAKey),
        }
    }

    pub fn tenant(&self) -> &str {
        match self {
            Self::Entity { tenant, .. }
            | Self::List { tenant, .. }
            | Self::Permissions { tenant, .. }
            | Self::Config { tenant, .. } => tenant,
        }
    }
}

/// The product writes 16 digits; shorter ones are keys, too, because the specification has one.
fn hash_digits(hash: &str) -> Result<&str, KeyError> {
    let hexadecimal = hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if (1..=HASH_DIGITS).contains(&hash.len()) && hexadecimal { Ok(hash) } else { Err(KeyError::Hash) }
}

/// The key of a group's generation.
pub(super) fn generation_key(tenant: &str, entity: &str, tag: HashTag) -> String {
    if tag.0 {
        format!("{{{tenant}}}:{GENERATION}:{entity}")
    } else {
        format!("{tenant}:{GENERATION}:{entity}")
    }
}

/// Matches every generation of every tenant.
pub(super) const GENERATIONS: &str = "*:generation:*";

/// Whether `text` is the name of a generation.
pub(super) fn is_generation_key(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next().is_some_and(|tenant| !tenant.is_empty())
        && parts.next() == Some(GENERATION)
        && parts.next().is_some_and(|entity| !entity.is_empty())
        && parts.next().is_none()
}

/// The lock that the loader of `key`'s value holds.
pub(super) fn lock_key(key: &str) -> String {
    match key.split_once(':') {
        Some((tenant, rest)) => format!("{tenant}:{LOCK}:{rest}"),
        None => format!("{key}:{LOCK}"),
    }
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
