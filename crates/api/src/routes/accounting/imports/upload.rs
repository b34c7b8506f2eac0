//! A body on its way into the parser: a few pieces in memory, whatever its length.

use std::io::Read;

use application::accounting::imports::{ImportFormat, ImportKind, ParsedFile, parse};
use application::ports::pace::breathe_out;
use application::spreadsheet::SIGNATURE;
use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::reading::Form;
use crate::middleware::body_limit::{BodyLimit, broken_off};
use crate::problem::Problem;
use crate::unhurried::Unhurried;

/// Pieces of the body that wait for the parser.
const PIECES_MAX: usize = 16;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The parser's end: blocks until the next piece has come.
struct Pieces {
    pieces: mpsc::Receiver<Bytes>,
    piece: Bytes,
}

impl Pieces {
    /// The format that the first bytes show: workbooks are archives, lines of JSON begin with a brace, and CSV, which has a
    /// header line, with neither.
    fn format(&mut self) -> ImportFormat {
        self.wait();
        if self.piece.starts_with(SIGNATURE) {
            return ImportFormat::Xlsx;
        }
        let text = self.piece.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&self.piece);
        if text.trim_ascii_start().starts_with(b"{") { ImportFormat::NdJson } else { ImportFormat::Csv }
    }

    /// Blocks until there is something to read, or nothing more will come.
    fn wait(&mut self) {
        while self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => return,
            }
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.wait();
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
    form: Form,
    unhurried: Unhurried,
) -> Result<(ParsedFile, [u8; 32]), Problem> {
    let (sender, pieces) = mpsc::channel(PIECES_MAX);
    let parsing = unhurried.run(move || {
        let mut pieces = Pieces { pieces, piece: Bytes::new() };
        let found = pieces.format();
        let (format, reading) = form.settled(found)?;
        parse(kind, format, &reading, pieces)
    });
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
