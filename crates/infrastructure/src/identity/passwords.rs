//! Argon2id off the request threads, a few at a time.

use std::sync::{Arc, OnceLock};

use application::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use application::platform::ports::{PasswordHasher, Turn};
use application::ports::clock::Ids;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use domain::platform::{Password, PasswordHash};

use super::turnstile::Turnstile;

/// Hashes computed at the same time unless configured: each takes a core and [`MEMORY_KIB`] for some tens of milliseconds.
pub const HASHES_AT_ONCE_MAX: usize = 2;
/// Hashes that wait: some seconds of work. Beyond it whoever has most waiting is told to come again.
pub const HASHES_WAITING_MAX: usize = 256;
/// Memory of one hash, in KiB (OWASP's first choice for Argon2id, with two passes and one lane).
pub const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// The product's password hasher.
#[derive(Clone)]
pub struct Argon2Passwords {
    inner: Arc<Inner>,
}

struct Inner {
    argon2: Argon2<'static>,
    ids: Arc<dyn Ids>,
    turnstile: Turnstile,
    /// Verified against when there is no hash, so that unknown users cost the same.
    dummy: OnceLock<Result<String, String>>,
}

impl Argon2Passwords {
    pub fn new(ids: Arc<dyn Ids>, at_once_max: usize) -> AppResult<Self> {
        Self::with_cost(ids, (MEMORY_KIB, PASSES), at_once_max)
    }

    /// With another cost, in KiB and passes; a hash made with one verifies under any other.
    pub fn with_cost(
        ids: Arc<dyn Ids>,
        (memory_kib, passes): (u32, u32),
        at_once_max: usize,
    ) -> AppResult<Self> {
        let params = Params::new(memory_kib, passes, LANES, None).map_err(internal)?;
        let inner = Inner {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            ids,
            turnstile: Turnstile::new(at_once_max, HASHES_WAITING_MAX),
            dummy: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` on a blocking thread when its turn comes.
    async fn in_turn<T: Send + 'static>(
        &self,
        turn: &Turn,
        work: impl FnOnce(&Inner) -> Result<T, String> + Send + 'static,
    ) -> AppResult<T> {
        let pass = self.inner.turnstile.pass(turn).await;
        let pass = pass.ok_or_else(|| AppError::of(&TEMPORARILY_UNAVAILABLE))?;
        let inner = self.inner.clone();
        // The pass goes along: a caller who left does not make room while their hash is still computed.
        let work = move || {
            let _pass = pass;
            work(&inner)
        };
        let result = tokio::task::spawn_blocking(work).await.map_err(internal)?;
        result.map_err(AppError::internal)
    }
}

impl Inner {
    fn hash(&self, password: &str) -> Result<String, String> {
        let salt = &self.ids.secret()[..SALT_BYTES];
        let hash: Phc = self
            .argon2
            .hash_password_with_salt(password.as_bytes(), salt)
            .map_err(|error| format!("argon2: {error}"))?;
        Ok(hash.to_string())
    }
}

#[async_trait]
impl PasswordHasher for Argon2Passwords {
    async fn hash(&self, password: Password, turn: &Turn) -> AppResult<PasswordHash> {
        self.in_turn(turn, move |inner| inner.hash(password.reveal())).await.map(PasswordHash::new)
    }

    async fn verify(&self, password: Password, hash: Option<PasswordHash>, turn: &Turn) -> AppResult<bool> {
        self.in_turn(turn, move |inner| {
            let known = hash.is_some();
            let hash = match hash {
                Some(hash) => hash.as_str().to_owned(),
                None => inner.dummy.get_or_init(|| inner.hash("nobody has this password")).clone()?,
            };
            let phc = Phc::new(&hash).map_err(|error| format!("stored password hash: {error}"))?;
            Ok(inner.argon2.verify_password(password.reveal().as_bytes(), &phc).is_ok() && known)
        })
        .await
    }
}

fn internal(error: impl std::fmt::Display) -> AppError {
    AppError::internal(format!("password hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemIds;

    fn password(text: &str) -> Password {
        Password::attempt(text).unwrap()
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_alone_and_nobody_never() {
        let passwords = Argon2Passwords::with_cost(Arc::new(SystemIds), (64, 1), 1).unwrap();
        let turn = Turn::default();
        let verify = async |text: &str, hash| passwords.verify(password(text), hash, &turn).await.unwrap();
        let hash = passwords.hash(password("correct horse battery"), &turn).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(verify("correct horse battery", Some(hash.clone())).await);
        assert!(!verify("correct horse battery!", Some(hash)).await);
        assert!(!verify("nobody has this password", None).await);
    }
}
