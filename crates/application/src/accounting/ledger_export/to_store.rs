//! A whole ledger as a file in the store: for books too large to be read while a caller waits.

use std::sync::Arc;

use domain::error::Language;
use domain::ids::{BlobId, JobId, TenantId};
use domain::time::Timestamp;
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ExportFormat, LedgerExport};
use crate::accounting::ports::ledger_export::ExportRange;
use crate::command::{Application, Executed};
use crate::context::RequestContext;
use crate::error::{AppError, AppResult};
use crate::platform::attachments::NoteBlob;
use crate::platform::jobs::JobView;
use crate::ports::blobs::{BlobKey, BlobKind, BlobLabel, BlobStore, Expected, hex};
use crate::ports::progress::JOB_CANCELLED;
use crate::ports::progress::Progress;

/// The type of the job.
pub const EXPORT_LEDGER: &str = "export_ledger";
/// How long an exported file is kept, in days.
pub const EXPORT_DAYS: i64 = 7;

domain::errors! {
    EXPORT_NOT_READY = "export_not_ready", Conflict, User,
        "The export is not done: read its job.", "لم يكتمل التصدير: اطّلع على حالة المهمة.";
}

/// The outcome of an export: the result of its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredExportView {
    /// The path of the file, below the API's address.
    pub content: String,
    /// `ndjson` or `hledger`.
    pub format: String,
    /// The size in bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The moment at which the file is removed.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// The file of an export is called as its job.
pub fn export_key(tenant: TenantId, job: JobId) -> BlobKey {
    BlobKey { tenant, kind: BlobKind::Export, id: BlobId::new(job.uuid()) }
}

/// The result of a finished export; not found when the job is another's or of another type.
pub fn stored_export(job: Option<JobView>) -> AppResult<StoredExportView> {
    let job = job.filter(|job| job.r#type == EXPORT_LEDGER).ok_or_else(|| AppError::not_found("export"))?;
    let result = job.result.ok_or_else(|| AppError::of(&EXPORT_NOT_READY))?;
    serde_json::from_value(result).map_err(|error| AppError::internal(format!("an export's result: {error}")))
}

impl ExportFormat {
    /// How the file is to be treated and called.
    pub fn label(self) -> BlobLabel {
        let (content_type, name) = match self {
            Self::NdJson => ("application/x-ndjson", "ledger.ndjson"),
            Self::Hledger => ("application/octet-stream", "ledger.journal"),
        };
        BlobLabel {
            content_type: content_type.to_owned(),
            disposition: Some(format!("attachment; filename=\"{name}\"")),
        }
    }
}

/// An export, and the place for its file.
pub struct ExportToStore {
    pub app: Application,
    pub store: Arc<dyn BlobStore>,
    pub export: LedgerExport,
    pub range: ExportRange,
    pub format: ExportFormat,
    /// `{base}/exports/{job}/content` is where the file will be read.
    pub base: &'static str,
}

impl ExportToStore {
    /// Writes the file; stops between two pieces when the job is cancelled, and keeps nothing then.
    pub async fn run(
        self,
        ctx: &RequestContext,
        job: JobId,
        progress: Arc<dyn Progress + Send + Sync>,
    ) -> AppResult<Executed> {
        let key = export_key(ctx.tenant, job);
        let expires_at = self.app.clock.now().plus_seconds(EXPORT_DAYS * 24 * 60 * 60);
        self.note(key, expires_at).await?;
        let language: Language = ctx.language;
        let pieces = self.export.export(ctx.tenant, self.range, self.format, language).await?;
        let pieces = pieces.and_then(move |piece| {
            let cancelled = progress.cancelled();
            async move { if cancelled { Err(AppError::of(&JOB_CANCELLED)) } else { Ok(piece) } }
        });
        let info = self.store.put(key, pieces.boxed(), Expected::default(), &self.format.label()).await?;
        let view = StoredExportView {
            content: format!("{}/exports/{job}/content", self.base),
            format: self.format.as_str().to_owned(),
            size: info.size,
            sha256: info.sha256.as_ref().map(hex).unwrap_or_default(),
            expires_at: expires_at.to_string(),
        };
        let body = serde_json::to_vec(&view).map_err(|error| AppError::internal(error.to_string()))?;
        Ok(Executed { body: body.into(), id: None, version: None, replayed: false })
    }

    /// The clean-up finds the file by this row, whatever becomes of the job.
    async fn note(&self, key: BlobKey, delete_after: Timestamp) -> AppResult<()> {
        let note = NoteBlob {
            tenant: key.tenant,
            kind: key.kind,
            id: key.id,
            size: None,
            tenant_bytes_max: None,
            document: None,
            delete_after,
        };
        self.app.database.write(Arc::new(note)).await
    }
}
