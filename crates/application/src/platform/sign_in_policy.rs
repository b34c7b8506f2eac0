//! How long sessions live, and when guessing ends.

/// How long tokens live and when an account locks.
#[derive(Debug, Clone, Copy)]
pub struct SignInPolicy {
    pub access_token_seconds: u32,
    pub refresh_token_seconds: u32,
    /// A session ends then, however often it is renewed.
    pub session_seconds_max: u32,
    /// Wrong passwords in a row that lock an account.
    pub failures_max: u32,
    pub lock_seconds: u32,
}

/// Access tokens live 15 minutes unless configured.
pub const ACCESS_TOKEN_SECONDS_DEFAULT: u32 = 15 * 60;
/// Refresh tokens live 14 days unless configured.
pub const REFRESH_TOKEN_SECONDS_DEFAULT: u32 = 14 * 24 * 3600;
/// A session lasts 90 days at most unless configured.
pub const SESSION_SECONDS_MAX_DEFAULT: u32 = 90 * 24 * 3600;
/// Wrong passwords in a row that lock an account, unless configured.
pub const FAILURES_MAX_DEFAULT: u32 = 5;
/// A lock lasts 15 minutes unless configured.
pub const LOCK_SECONDS_DEFAULT: u32 = 15 * 60;

impl Default for SignInPolicy {
    fn default() -> Self {
        Self {
            access_token_seconds: ACCESS_TOKEN_SECONDS_DEFAULT,
            refresh_token_seconds: REFRESH_TOKEN_SECONDS_DEFAULT,
            session_seconds_max: SESSION_SECONDS_MAX_DEFAULT,
            failures_max: FAILURES_MAX_DEFAULT,
            lock_seconds: LOCK_SECONDS_DEFAULT,
        }
    }
}
