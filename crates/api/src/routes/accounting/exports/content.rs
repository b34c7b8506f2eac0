use std::sync::Arc;

use application::accounting::ledger_export::{ExportFormat, export_key, stored_export};
use application::error::AppError;
use application::platform::jobs::JobQueries;
use application::ports::blobs::{BlobError, BlobStore};
use axum::extract::State;
use domain::ids::JobId;
use http::HeaderMap;

use crate::answer::ApiResult;
use crate::answer::file::{FileFacts, send};
use crate::extract::{Ctx, Id};

pub async fn get(
    State(queries): State<Arc<dyn JobQueries>>,
    State(store): State<Arc<dyn BlobStore>>,
    ctx: Ctx,
    Id(id): Id<JobId>,
    headers: HeaderMap,
) -> ApiResult {
    let stored = stored_export(queries.job(ctx.tenant, id).await?)?;
    let format = ExportFormat::parse(&stored.format)?;
    let facts = FileFacts { sha256: stored.sha256, size: stored.size, label: format.label() };
    let open = |range| async move {
        match store.get(export_key(ctx.tenant, id), range).await {
            // Removed when its time was over.
            Err(BlobError::NotFound(_)) => Err(AppError::not_found("export")),
            opened => Ok(opened?),
        }
    };
    send(&facts, &headers, open).await
}
