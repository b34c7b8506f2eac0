//! The pod's own token. The cluster renews the file well before the token's end, so it is read each time a new access
//! token is needed and never remembered.

use std::path::PathBuf;

use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;

/// Largest file that is read, in bytes; tokens have one or two thousand.
const BYTES_MAX: u64 = 65_536;

#[derive(Debug)]
pub struct FederatedTokenFile {
    path: PathBuf,
}

impl FederatedTokenFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    async fn read(&self) -> Result<String, String> {
        let size = tokio::fs::metadata(&self.path).await.map_err(|error| error.to_string())?.len();
        if size > BYTES_MAX {
            return Err(format!("has more than {BYTES_MAX} bytes"));
        }
        let text = tokio::fs::read_to_string(&self.path).await.map_err(|error| error.to_string())?;
        match text.trim() {
            "" => Err("is empty".to_owned()),
            token => Ok(token.to_owned()),
        }
    }
}

#[async_trait::async_trait]
impl ClientAssertion for FederatedTokenFile {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.read().await.map_err(|reason| {
            let text = format!("the federated token file {}: {reason}", self.path.display());
            azure_core::Error::with_message(ErrorKind::Credential, text)
        })
    }
}
