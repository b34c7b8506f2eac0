//! Passwords, signing keys, access tokens, and who a credential belongs to.

pub mod authenticator;
pub mod keys;
pub mod oidc;
pub mod passwords;
pub mod tokens;
mod turnstile;
