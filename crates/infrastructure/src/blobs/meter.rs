//! Measures size and checksum of content on its way, and compares them with the announced ones.

use std::ops::Range;

use application::ports::blobs::{BlobError, BlobResult, Expected, Outgoing};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream;
use sha2::{Digest, Sha256};

/// Measures content on its way in.
pub struct Meter {
    expected: Expected,
    hash: Sha256,
    pub size: u64,
}

impl Meter {
    pub fn new(expected: Expected) -> Self {
        Self { expected, hash: Sha256::new(), size: 0 }
    }

    /// Counts a piece; more than was promised ends the upload at once.
    pub fn add(&mut self, piece: &Bytes) -> BlobResult<()> {
        self.size += piece.len() as u64;
        self.hash.update(piece);
        match self.expected.size {
            Some(expected) if self.size > expected => {
                Err(BlobError::SizeMismatch { expected, found: self.size })
            }
            _ => Ok(()),
        }
    }

    /// The checksum, when everything is as promised.
    pub fn finish(self) -> BlobResult<[u8; 32]> {
        if let Some(expected) = self.expected.size.filter(|expected| *expected != self.size) {
            return Err(BlobError::SizeMismatch { expected, found: self.size });
        }
        let found: [u8; 32] = self.hash.finalize().into();
        match self.expected.sha256 {
            Some(expected) if expected != found => Err(BlobError::ChecksumMismatch { expected, found }),
            _ => Ok(found),
        }
    }
}

/// The part of `size` bytes that is asked for, cut at the end; an empty whole has no part that begins in it.
pub fn cut(range: Option<Range<u64>>, size: u64) -> BlobResult<Range<u64>> {
    match range {
        None => Ok(0..size),
        Some(range) if range.start >= size || range.is_empty() => Err(BlobError::OutOfRange { size }),
        Some(range) => Ok(range.start..range.end.min(size)),
    }
}

/// Passes `content` on and fails when it ends before `length` bytes have come, so that no reader takes a part for the
/// whole.
pub fn exactly(content: Outgoing, length: u64) -> Outgoing {
    stream::unfold(Some((content, length)), |state| async {
        let (mut content, left) = state?;
        match content.next().await {
            Some(Ok(piece)) => {
                let left = left.saturating_sub(piece.len() as u64);
                Some((Ok(piece), Some((content, left))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None if left > 0 => {
                let error = BlobError::Unavailable(format!("a blob broke off {left} bytes before its end"));
                Some((Err(error), None))
            }
            None => None,
        }
    })
    .fuse()
    .boxed()
}
