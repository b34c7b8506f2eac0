//! Which store the configuration chooses.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use application::ports::blobs::{BlobResult, BlobStore};

use super::azure::{AzureBlobs, ContainerName, Timeouts};
use super::connection_string::{AzureConnection, Credential};
use super::directory::DirectoryBlobs;
use crate::secrets::identity::TokenSource;

/// The container where none is named.
pub const CONTAINER_DEFAULT: &str = "erp";
/// The rule for a container's name.
pub const CONTAINER_RULE: &str = "expected 3 to 63 lower-case letters, digits and single hyphens";
/// The word for the directory below the data folder.
pub const DIRECTORY_WORD: &str = "file://data";

/// The store of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobOptions {
    Directory(PathBuf),
    Azure { connection: AzureConnection, container: ContainerName },
}

impl BlobOptions {
    /// Reads `AzureStorage:ConnectionString`: nothing or `file://data` is `directory`, `file:///srv/files` another one,
    /// anything else Azure. The error says what is wrong and repeats no secret.
    pub fn parse(text: Option<&str>, directory: &Path, container: &str) -> Result<Self, String> {
        let text = match text.map(str::trim) {
            None | Some("" | DIRECTORY_WORD) => return Ok(Self::Directory(directory.to_owned())),
            Some(text) => text,
        };
        if let Some(path) = text.strip_prefix("file://") {
            if !path.starts_with('/') {
                return Err(format!("names no directory: write {DIRECTORY_WORD} or file:///absolute/path"));
            }
            return Ok(Self::Directory(PathBuf::from(path)));
        }
        let connection = AzureConnection::parse(text).map_err(|error| error.to_string())?;
        let container = ContainerName::parse(container)
            .ok_or_else(|| format!("'{container}' is no container's name: {CONTAINER_RULE}"))?;
        Ok(Self::Azure { connection, container })
    }

    /// Whether the store is opened with tokens of the process's identity.
    pub fn needs_identity(&self) -> bool {
        matches!(self, Self::Azure { connection, .. } if connection.credential == Credential::Identity)
    }
}

/// Opens the chosen store. Azure is not asked yet, so that it may be away when the server starts.
pub fn open(options: &BlobOptions, tokens: Option<Arc<dyn TokenSource>>) -> BlobResult<Arc<dyn BlobStore>> {
    Ok(match options {
        BlobOptions::Directory(path) => Arc::new(DirectoryBlobs::open(path)?),
        BlobOptions::Azure { connection, container } => {
            Arc::new(AzureBlobs::new(connection, container, tokens, Timeouts::default())?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B5.
    #[test]
    fn one_setting_chooses_the_store() {
        let parse = |text| BlobOptions::parse(text, Path::new("data/blobs"), CONTAINER_DEFAULT);
        let own = BlobOptions::Directory("data/blobs".into());
        for text in [None, Some(""), Some(" file://data ")] {
            assert_eq!(parse(text), Ok(own.clone()));
        }
        assert_eq!(parse(Some("file:///srv/files")), Ok(BlobOptions::Directory("/srv/files".into())));
        assert!(parse(Some("file://srv/files")).unwrap_err().contains("file:///absolute/path"));
        assert!(matches!(parse(Some("UseDevelopmentStorage=true")), Ok(BlobOptions::Azure { .. })));
        assert!(parse(Some("AccountName=acme;hush")).unwrap_err().contains("'='"));
        let bad = BlobOptions::parse(Some("UseDevelopmentStorage=true"), Path::new("x"), "No_Good");
        assert!(bad.unwrap_err().contains("'No_Good'"));
    }
}
