//! PDF files of printed documents: Arabic and Latin letters shaped and in their order, text that can be selected and read aloud.
//!
//! The layout is our own, because invoices and reports are fields and tables and nothing else; shaping, bidirectional order, subsetting
//! of fonts and the syntax of PDF are crates (ADR 0067).

mod blocks;
mod embed;
mod face;
mod file;
mod flow;
mod tables;
mod tags;
mod text;

use std::sync::Arc;

use application::error::{AppError, AppResult, TEMPORARILY_UNAVAILABLE};
use application::printing::document::PrintedDocument;
use application::printing::error::PRINT_TOO_LARGE;
use application::printing::ports::Printer;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{Datelike, NaiveDate};
use domain::error::Violation;
use pdf_writer::Date;
use tokio::sync::Semaphore;

use self::face::Faces;
use self::file::FileInfo;
use self::flow::Flow;
use self::text::Setter;

/// Files made at the same time: each takes a core and as much memory as the file has bytes, several times over.
pub const PRINTS_AT_ONCE_MAX: usize = 2;
/// Files that are being made or wait for it: some seconds of work, except for the longest reports.
pub const PRINTS_WAITING_MAX: usize = 64;
/// Most pages of a file.
pub const PAGES_MAX: usize = 1_000;

/// Makes PDF files on threads of their own, a few at a time.
pub struct PdfPrinter {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    pages_max: usize,
}

impl PdfPrinter {
    /// With another limit than [`PAGES_MAX`].
    pub fn with_pages(pages_max: usize) -> Self {
        let of = |permits| Arc::new(Semaphore::new(permits));
        Self { at_once: of(PRINTS_AT_ONCE_MAX), waiting: of(PRINTS_WAITING_MAX), pages_max }
    }
}

impl Default for PdfPrinter {
    fn default() -> Self {
        Self::with_pages(PAGES_MAX)
    }
}

#[async_trait]
impl Printer for PdfPrinter {
    async fn pdf(&self, document: PrintedDocument, day: NaiveDate) -> AppResult<Bytes> {
        let waiting = self.waiting.clone().try_acquire_owned();
        let waiting = waiting.map_err(|_| AppError::of(&TEMPORARILY_UNAVAILABLE))?;
        let turn = self.at_once.clone().acquire_owned().await.map_err(failed)?;
        let pages_max = self.pages_max;
        // The turn goes along: a caller who left does not make room while the file is still made.
        let made = tokio::task::spawn_blocking(move || {
            let _turn = (turn, waiting);
            render(&document, day, pages_max)
        });
        let bytes = made.await.map_err(failed)?.map_err(failed)?;
        let bytes = bytes.ok_or_else(|| Violation::new(&PRINT_TOO_LARGE).with("max", pages_max))?;
        Ok(bytes.into())
    }
}

fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::internal(format!("a PDF file cannot be made: {error}"))
}

/// The bytes of the file; `None` when it would have more pages.
fn render(
    document: &PrintedDocument,
    day: NaiveDate,
    pages_max: usize,
) -> Result<Option<Vec<u8>>, &'static str> {
    let faces = Faces::new().ok_or("the fonts in the binary cannot be read")?;
    let mut flow = Flow::new(document, Setter::new(faces), pages_max);
    flow.begin_page();
    for block in &document.blocks {
        blocks::draw(&mut flow, block);
        if flow.is_full() {
            return Ok(None);
        }
    }
    flow.draw_feet();
    let info = FileInfo {
        title: &document.name,
        author: &document.issuer.join(" | "),
        language: document.language,
        right_to_left: document.right_to_left,
        created: date(day),
    };
    flow.file.finish(&info).map(Some)
}

fn date(day: NaiveDate) -> Date {
    let part = |value: u32| u8::try_from(value).unwrap_or(1);
    Date::new(u16::try_from(day.year()).unwrap_or_default()).month(part(day.month())).day(part(day.day()))
}
