use std::sync::Arc;

use application::accounting::ledger_export::{ExportFormat, LedgerExport};
use application::accounting::ports::ledger_export::{ExportRange, LedgerExportQueries};
use application::accounting::reports::request::Range;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use futures::TryStreamExt;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::answer::ApiResult;
use crate::extract::{Ctx, Query};
use crate::query;

query! {
    /// The part of the ledger to export, and its format.
    pub struct LedgerExportQuery {
        /// The format of the export.
        format: ExportFormat => "ndjson",
        /// The first posting date.
        from: Option<NaiveDate>,
        /// The last posting date.
        to: Option<NaiveDate>,
    }
}

pub async fn get(
    State(queries): State<Arc<dyn LedgerExportQueries>>,
    ctx: Ctx,
    Query(query): Query<LedgerExportQuery>,
) -> ApiResult {
    let range = Range::checked(query.from, query.to)?;
    let range = ExportRange { from: range.from, to: range.to };
    let export = LedgerExport::new(queries).export(ctx.tenant, range, query.format, ctx.language).await?;
    let chunks = export.map_err(|error| {
        // Too late for a status: the connection is cut, so that the file is not taken for complete.
        tracing::error!(error = %error, "an export of the ledger broke off");
        std::io::Error::other("the export broke off")
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let (kind, file) = match query.format {
        ExportFormat::NdJson => ("application/x-ndjson", "attachment; filename=\"ledger.ndjson\""),
        ExportFormat::Hledger => ("application/octet-stream", "attachment; filename=\"ledger.journal\""),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(file));
    Ok(response)
}
