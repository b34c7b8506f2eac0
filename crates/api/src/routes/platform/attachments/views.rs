//! URLs as the API shows them.

use application::platform::attachments::AttachmentView;
use serde::Serialize;
use utoipa::ToSchema;

/// The request that sends the bytes of an announced attachment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadView {
    /// An absolute URL, or a path below the address of this API. Treat it as a secret until it expires.
    pub url: String,
    /// The method of the upload: `PUT`.
    pub method: String,
    pub headers: Vec<HeaderView>,
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// A header that the upload must carry.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeaderView {
    pub name: String,
    pub value: String,
}

/// An announced attachment, and where to send its bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentUploadView {
    pub attachment: AttachmentView,
    /// The upload. Null in a dry run, and when a request is replayed whose attachment has since been completed or
    /// removed.
    pub upload: Option<UploadView>,
}

/// A URL that downloads an attachment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadUrlView {
    /// An absolute URL, or a path below the address of this API. Treat it as a secret until it expires.
    pub url: String,
    #[schema(format = "date-time")]
    pub expires_at: String,
}
