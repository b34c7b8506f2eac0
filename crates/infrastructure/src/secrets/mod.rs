//! Settings and secrets from Azure: who the product is there, Key Vault, App Configuration.

pub mod app_configuration;
pub mod azure;
pub mod identity;
pub mod key_vault;
pub(crate) mod problem;
pub mod transport;
pub mod vaults;
