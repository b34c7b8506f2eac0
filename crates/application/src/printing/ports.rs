//! The printer: it turns printed documents into files.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;

use super::document::PrintedDocument;
use crate::error::AppResult;

#[async_trait]
pub trait Printer: Send + Sync {
    /// The document as a PDF file of the given day. MUST give the same bytes for the same document and day, MUST bound how many
    /// files are made at the same time and answer `temporarily_unavailable` beyond that, and MUST refuse a file of too many pages
    /// with [`PRINT_TOO_LARGE`](super::error::PRINT_TOO_LARGE).
    async fn pdf(&self, document: PrintedDocument, day: NaiveDate) -> AppResult<Bytes>;
}
