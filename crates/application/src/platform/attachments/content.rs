//! Content on its way into the store: its beginning is looked at, and in a dry run it is measured and let go.

use bytes::Bytes;
use domain::platform::attachment::{ContentType, SNIFF_BYTES, check_content};
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};

use super::error::ATTACHMENT_EMPTY;
use crate::error::{AppError, AppResult};
use crate::ports::blobs::{BlobError, Expected, Incoming};

/// Checks the beginning of the content against its declared type, and answers the whole content.
pub async fn sniffed(content: Incoming, declared: &ContentType) -> AppResult<Incoming> {
    let mut content = content.fuse();
    let (mut pieces, mut head): (Vec<Bytes>, Vec<u8>) = (Vec::new(), Vec::new());
    while head.len() < SNIFF_BYTES {
        let Some(piece) = content.next().await else { break };
        let piece = piece?;
        let wanted = piece.len().min(SNIFF_BYTES - head.len());
        head.extend_from_slice(&piece[..wanted]);
        pieces.push(piece);
    }
    if head.is_empty() {
        return Err(AppError::of(&ATTACHMENT_EMPTY));
    }
    check_content(declared, &head)?;
    Ok(stream::iter(pieces.into_iter().map(Ok)).chain(content).boxed())
}

/// Size and checksum of content that is not kept.
pub async fn measure(mut content: Incoming, expected: Expected) -> AppResult<(u64, [u8; 32])> {
    let (mut size, mut hash) = (0, Sha256::new());
    while let Some(piece) = content.next().await {
        let piece = piece?;
        size += piece.len() as u64;
        hash.update(&piece);
    }
    if let Some(expected) = expected.size.filter(|expected| *expected != size) {
        return Err(BlobError::SizeMismatch { expected, found: size }.into());
    }
    let found: [u8; 32] = hash.finalize().into();
    match expected.sha256 {
        Some(expected) if expected != found => Err(BlobError::ChecksumMismatch { expected, found }.into()),
        _ => Ok((size, found)),
    }
}
