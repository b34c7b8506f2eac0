//! The login to SQL Server where the connection string has no user: the identity of the process.

use std::sync::Arc;

use async_trait::async_trait;
use infrastructure::secrets::azure::AzureError;
use infrastructure::secrets::identity::{IdentityError, TokenSource};
use infrastructure::sql::mssql::connection_string::{Login, SqlServerOptions};
use infrastructure::sql::mssql::pool::LoginTokens;

use super::Failure;
use super::azure_identity::azure_identity;
use super::stores::DATABASE_KEY;
use crate::config::Settings;

/// The scope of Azure SQL's tokens.
const DATABASE_SCOPE: &str = "https://database.windows.net/.default";

/// Why nobody can log in.
pub enum NoLogin {
    /// Neither credentials nor an identity, or one that is refused: waiting does not mend it.
    Wrong(Failure),
    /// The service that gives the tokens is away.
    Away(String),
}

impl From<NoLogin> for Failure {
    fn from(refused: NoLogin) -> Self {
        match refused {
            NoLogin::Wrong(failure) => failure,
            NoLogin::Away(reason) => Self::Away(format!("{DATABASE_KEY}: {reason}")),
        }
    }
}

/// Tokens of the process's identity, asked for when a login has no password.
struct IdentityTokens {
    development: bool,
}

impl IdentityTokens {
    async fn ask(&self, client_id: Option<&str>) -> Result<String, IdentityError> {
        let identity = azure_identity(self.development, client_id).map_err(|error| match error {
            AzureError::Identity(error) => error,
            error => IdentityError::Misconfigured(error.to_string()),
        })?;
        let token = identity.expiring_token(DATABASE_SCOPE).await?;
        Ok(token.token.expose().to_owned())
    }
}

#[async_trait]
impl LoginTokens for IdentityTokens {
    async fn token(&self, client_id: Option<&str>) -> Result<String, String> {
        self.ask(client_id).await.map_err(|error| error.to_string())
    }
}

/// Where the logins of these options get their tokens. One is asked for now, unless there is a password, so that a
/// process that has no identity does not get as far as the first dial (row B7).
pub async fn tokens(
    settings: &Settings,
    options: &SqlServerOptions,
) -> Result<Arc<dyn LoginTokens>, NoLogin> {
    let tokens = IdentityTokens { development: settings.environment.is_development() };
    if let Login::Identity { client_id } = &options.login {
        tokens.ask(client_id.as_deref()).await.map_err(|error| match error {
            IdentityError::Unavailable(_) => NoLogin::Away(error.to_string()),
            error => NoLogin::Wrong(Failure::Configuration(format!(
                "{DATABASE_KEY} has no credentials, and no identity can log in instead: {error}"
            ))),
        })?;
    }
    Ok(Arc::new(tokens))
}
