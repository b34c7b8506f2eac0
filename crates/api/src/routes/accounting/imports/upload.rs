//! A body on its way into the parser: a few pieces in memory, whatever its length.

use std::io::Read;

use application::accounting::imports::{ImportFormat, ImportKind, ParsedFile, parse};
use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::middleware::body_limit::{BodyLimit, broken_off};
use crate::problem::Problem;
use crate::unhurried::{Unhurried, breathe_out};

/// Pieces of the body that wait for the parser.
const PIECES_MAX: usize = 16;

/// The parser's end: blocks until the next piece has come.
struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return Ok(0),
            }
        }
        breathe_out();
        let count = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..count]);
        Ok(count)
    }
}

/// Parses a body while it comes in; answers the file and the SHA-256 of the bytes.
pub async fn read(
    mut body: Body,
    limit: BodyLimit,
    kind: ImportKind,
    format: ImportFormat,
    unhurried: Unhurried,
) -> Result<(ParsedFile, [u8; 32]), Problem> {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let parsing = unhurried.run(move || parse(kind, format, Pieces { pieces, piece: Bytes::new() }));
    let mut hash = Sha256::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken_off(&error, limit))?;
        let Ok(piece) = frame.into_data() else { continue };
        hash.update(&piece);
        if sender.send(piece).await.is_err() {
            break; // the parser has seen enough
        }
    }
    drop(sender);
    Ok((parsing.await??, hash.finalize().into()))
}
