//! URLs as the API shows them.

use application::platform::attachments::AttachmentView;
use serde::Serialize;
use utoipa::ToSchema;

/// Where the bytes of an announced attachment go.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadView {
    /// Absolute, or to be resolved against the address of this API. A secret while it lives.
    pub url: String,
    /// `PUT`.
    pub method: String,
    pub headers: Vec<HeaderView>,
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// A header the upload must have.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeaderView {
    pub name: String,
    pub value: String,
}

/// An announced attachment and where to send it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentUploadView {
    pub attachment: AttachmentView,
    /// Null in a dry run, and in the replay of a request whose attachment is complete or gone by now.
    pub upload: Option<UploadView>,
}

/// A URL that downloads an attachment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadUrlView {
    /// Absolute, or to be resolved against the address of this API. A secret while it lives.
    pub url: String,
    #[schema(format = "date-time")]
    pub expires_at: String,
}
