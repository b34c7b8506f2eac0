//! Files: bytes under a key, streamed both ways, never held whole in memory.
//!
//! The database knows to what a blob belongs, and whether it still belongs to anything; the store knows
//! bytes, their length, their checksum and how a browser should call them.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::error::Violation;
use domain::ids::{BlobId, TenantId};
use futures::stream::BoxStream;

use crate::error::AppError;

/// Most keys on one page of [`BlobStore::list`].
pub const BLOB_PAGE_MAX: u32 = 1_000;
/// Longest life of a signed URL.
pub const SIGNED_URL_LIFE_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a caller should wait before asking a store again that is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);

domain::errors! {
    FILE_STORE_UNAVAILABLE = "file_store_unavailable", Unavailable, Operator,
        "Files cannot be stored or read right now. Nothing was changed; everything else works. Try again shortly.",
        "تعذر حفظ الملفات أو قراءتها الآن. لم يتغير شيء وبقية الخدمات تعمل. أعد المحاولة بعد قليل.";
    FILE_STORE_FULL = "file_store_full", Unavailable, Operator,
        "The file store cannot be written: it is full or read-only. Nothing was changed; everything else works.",
        "تعذرت الكتابة في مخزن الملفات: ممتلئ أو للقراءة فقط. لم يتغير شيء وبقية الخدمات تعمل.";
    CHECKSUM_MISMATCH = "checksum_mismatch", Rule, Developer,
        "The bytes that arrived have the SHA-256 {found}, not {expected}. Nothing was kept.",
        "البصمة SHA-256 للمحتوى المستلم هي {found} وليست {expected}. لم يُحفظ شيء.";
    SIZE_MISMATCH = "size_mismatch", Rule, Developer,
        "{found} bytes arrived, not {expected}. Nothing was kept.", "وصل {found} بايت وليس {expected}. لم يُحفظ شيء.";
}

domain::choices! {
    /// The purpose of a blob; the second part of its key.
    pub enum BlobKind {
        Attachment = "attachments",
        /// On its way in by a signed URL: anybody who has the URL may replace it until it is taken over.
        Upload = "uploads",
        Export = "exports",
        Import = "imports",
        Backup = "backups",
        /// The manifest of a backup; under the same id.
        BackupManifest = "backup-manifests",
        /// Which files a backup's rows point to; under the backup's id.
        BackupFileList = "backup-file-lists",
        /// A copy of a file, for backups; under its own id.
        BackupFile = "backup-files",
    }
}

/// `{tenant}/{kind}/{id}`: ASCII, the tenant first, nothing in it that a person typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey {
    pub tenant: TenantId,
    pub kind: BlobKind,
    pub id: BlobId,
}

impl BlobKey {
    /// Reads the text of a key; `None` for anything that [`fmt::Display`] would not have written.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (tenant, kind, id) = (parts.next()?, parts.next()?, parts.next()?);
        let key =
            Self { tenant: tenant.parse().ok()?, kind: BlobKind::parse(kind).ok()?, id: id.parse().ok()? };
        (parts.next().is_none() && key.to_string() == text).then_some(key)
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.kind, self.id)
    }
}

/// Which blobs of a tenant to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobPrefix {
    pub tenant: TenantId,
    pub kind: BlobKind,
}

impl fmt::Display for BlobPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.tenant, self.kind)
    }
}

/// How a browser should treat the bytes; kept with them, both printable ASCII.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlobLabel {
    /// `type/subtype`
    pub content_type: String,
    /// A whole `Content-Disposition`.
    pub disposition: Option<String>,
}

/// The facts that the writer knows beforehand; the store verifies them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    pub size: Option<u64>,
    pub sha256: Option<[u8; 32]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    pub key: BlobKey,
    /// The size in bytes.
    pub size: u64,
    /// `None` for what came by a signed URL: nobody has looked at it yet.
    pub sha256: Option<[u8; 32]>,
    pub label: BlobLabel,
}

/// A piece of a body on its way into the store, or why there are no more.
pub type Incoming = BoxStream<'static, Result<Bytes, AppError>>;
/// A piece of a blob on its way out.
pub type Outgoing = BoxStream<'static, Result<Bytes, BlobError>>;

/// An open blob. The stream ends early with an error when the store goes away, never silently.
pub struct Blob {
    pub info: BlobInfo,
    /// Which bytes of the whole follow.
    pub range: Range<u64>,
    pub content: Outgoing,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("info", &self.info).field("range", &self.range).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobPage {
    /// The blobs with their sizes in bytes, in the order of the keys.
    pub blobs: Vec<(BlobKey, u64)>,
    /// Pass it on for the next page; `None` on the last.
    pub next: Option<String>,
}

/// The action that a signed URL allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Download,
    Upload,
}

/// A holder of the URL needs no other right, so it is a secret while it lives.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl {
    pub url: String,
    /// Headers the request must have.
    pub headers: Vec<(&'static str, &'static str)>,
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.url.split('?').next().unwrap_or_default();
        write!(f, "SignedUrl({shown}?…)")
    }
}

/// The errors of a store, in the few kinds that callers treat differently. No text holds a credential or a signed
/// URL.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no blob {0}")]
    NotFound(BlobKey),
    /// The range begins at or behind the end.
    #[error("the blob has only {size} bytes")]
    OutOfRange { size: u64 },
    #[error("the content has another SHA-256 than expected")]
    ChecksumMismatch { expected: [u8; 32], found: [u8; 32] },
    #[error("the content has {found} bytes instead of {expected}")]
    SizeMismatch { expected: u64, found: u64 },
    /// The stream that was to be stored broke off; its own error.
    #[error("the content broke off: {0}")]
    Incoming(AppError),
    /// The store is there and does not accept our credentials.
    #[error("the file store refuses access: {0}")]
    Refused(String),
    #[error("the file store is away: {0}")]
    Unavailable(String),
    #[error("the file store did not answer in time: {0}")]
    Timeout(String),
    /// No space, or no right to write.
    #[error("the file store cannot be written: {0}")]
    Full(String),
    #[error("the file store failed: {0}")]
    Internal(String),
}

pub type BlobResult<T> = Result<T, BlobError>;

/// A SHA-256 as it is written everywhere: 64 hexadecimal digits.
pub fn hex(digest: &[u8; 32]) -> String {
    domain::hex::hex(digest)
}

/// Reads what [`hex`] wrote, in either case.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    for (to, pair) in digest.iter_mut().zip(bytes.as_chunks::<2>().0) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *to = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(digest)
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        let internal = Some(error.to_string());
        match error {
            BlobError::ChecksumMismatch { expected, found } => {
                let violation = Violation::new(&CHECKSUM_MISMATCH);
                Self::new(violation.with("expected", hex(&expected)).with("found", hex(&found)))
            }
            BlobError::SizeMismatch { expected, found } => {
                Self::new(Violation::new(&SIZE_MISMATCH).with("expected", expected).with("found", found))
            }
            BlobError::Incoming(error) => error,
            BlobError::Refused(_) | BlobError::Unavailable(_) | BlobError::Timeout(_) => {
                Self { internal, retry_after: Some(RETRY_AFTER), ..Self::of(&FILE_STORE_UNAVAILABLE) }
            }
            BlobError::Full(_) => {
                Self { internal, retry_after: Some(RETRY_AFTER), ..Self::of(&FILE_STORE_FULL) }
            }
            BlobError::NotFound(_) | BlobError::OutOfRange { .. } | BlobError::Internal(_) => {
                Self::internal(error.to_string())
            }
        }
    }
}

/// Where files are kept: a directory, or Azure Blob Storage. Every call ends in bounded time; a hung store is an error.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores everything `content` gives, replacing what was under the key, and answers size and checksum of what is
    /// kept. MUST keep nothing under the key unless all of it arrived and matches `expected`; what was there before
    /// may be gone then. MUST need only a few MiB of memory, whatever the size, and leave no half-written blob to be
    /// seen when it fails or its future is dropped.
    async fn put(
        &self,
        key: BlobKey,
        content: Incoming,
        expected: Expected,
        label: &BlobLabel,
    ) -> BlobResult<BlobInfo>;

    /// Opens a blob, or the part of it that `range` names; a range that ends behind the end is cut there.
    async fn get(&self, key: BlobKey, range: Option<Range<u64>>) -> BlobResult<Blob>;

    /// The blob's description; `None` when there is none.
    async fn head(&self, key: BlobKey) -> BlobResult<Option<BlobInfo>>;

    /// Removes a blob; answers whether there was one. Removing nothing is no error.
    async fn delete(&self, key: BlobKey) -> BlobResult<bool>;

    /// One page of keys, at most `limit` (and [`BLOB_PAGE_MAX`]) of them; `after` is the `next` of the page before.
    async fn list(&self, prefix: BlobPrefix, after: Option<&str>, limit: u32) -> BlobResult<BlobPage>;

    /// A URL at which anybody may do this one thing until `life` (at most [`SIGNED_URL_LIFE_MAX`]) is over; `None` when
    /// this store, or the credential it was given, cannot make one.
    async fn signed_url(
        &self,
        key: BlobKey,
        purpose: Purpose,
        life: Duration,
    ) -> BlobResult<Option<SignedUrl>>;

    /// Moves a blob to storage that costs less and is read slowly; answers whether there is such storage.
    async fn cool(&self, key: BlobKey) -> BlobResult<bool>;

    /// Checks within a few seconds that the store can be reached and used; the error says in words why not.
    async fn probe(&self) -> Result<(), String>;
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// A database that takes writes must not be blamed for a file store that does not.
    #[test]
    fn a_full_file_store_is_called_so() {
        let error = AppError::from(BlobError::Full("No space left on device".to_owned()));
        assert!(error.is(&FILE_STORE_FULL) && error.retry_after.is_some(), "{error}");
    }

    #[test]
    fn a_key_is_read_only_as_it_is_written() {
        let key = BlobKey {
            tenant: TenantId::new(Uuid::from_u128(1)),
            kind: BlobKind::Attachment,
            id: BlobId::new(Uuid::from_u128(0xabc)),
        };
        let text = key.to_string();
        assert_eq!(
            text,
            "00000000-0000-0000-0000-000000000001/attachments/00000000-0000-0000-0000-000000000abc"
        );
        assert_eq!(BlobKey::parse(&text), Some(key));
        for bad in [
            text.to_uppercase(),
            format!("/{text}"),
            format!("{text}/"),
            format!("../{text}"),
            text.replace('-', ""),
        ] {
            assert_eq!(BlobKey::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn checksums_are_hexadecimal() {
        let digest: [u8; 32] = std::array::from_fn(|i| u8::try_from(i * 7 % 256).unwrap());
        assert_eq!(from_hex(&hex(&digest)), Some(digest));
        assert_eq!(from_hex(&hex(&digest).to_uppercase()), Some(digest));
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex(&"g".repeat(64)), None);
    }

    #[test]
    fn a_signed_url_does_not_show_its_signature() {
        let url = SignedUrl { url: "http://host/blob?sig=hush".to_owned(), headers: Vec::new() };
        assert_eq!(format!("{url:?}"), "SignedUrl(http://host/blob?…)");
    }
}
