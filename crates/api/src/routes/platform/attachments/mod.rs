//! `/attachments`: files that belong to documents; `/attachment-links`: the same for whoever holds a link.

mod begin;
mod complete;
mod content;
mod create;
mod delete;
mod digest;
mod download_url;
pub mod dto;
mod get;
mod incoming;
mod link;
mod list;
mod update;
mod views;

use application::authorize::Access;
use application::paging::ListSpec;
use application::platform::attachments::error::{
    ATTACHMENT_EMPTY, ATTACHMENT_NOT_STORED, ATTACHMENT_NOT_UPLOADED, ATTACHMENT_PROTECTED,
    ATTACHMENT_QUOTA_EXCEEDED, ATTACHMENT_TOO_LARGE, ATTACHMENT_UPLOAD_EXPIRED, DOCUMENT_UNKNOWN,
    TOO_MANY_ATTACHMENTS,
};
use application::platform::attachments::{
    ATTACHMENT_LIST, AddAttachment, AttachmentView, BeginAttachmentUpload, CompleteAttachment,
    DeleteAttachment, UpdateAttachment,
};
use application::ports::blobs::{CHECKSUM_MISMATCH, FILE_STORE_UNAVAILABLE, SIZE_MISMATCH};
use domain::error::ErrorDef;
use domain::platform::attachment::{
    ACTIVE_CONTENT_REFUSED, CONTENT_TYPE_MISMATCH, CONTENT_TYPE_REFUSED, EXECUTABLE_REFUSED,
    FILE_NAME_REFUSED, INVALID_FILE_NAME,
};
use serde_json::{Value, json};

pub use self::views::{AttachmentUploadView, DownloadUrlView};

use crate::attachment_links::TOKEN_LENGTH_MAX;
use crate::extract::ListSpecSource;
use crate::media::OCTET_STREAM;
use crate::operation::Operations;
use crate::problem::RANGE_NOT_SATISFIABLE;
use crate::wire::{RequiredText, Schemas};

domain::errors! {
    LINK_UNKNOWN = "link_unknown", NotFound, User,
        "There is nothing behind this link: it has expired, or it was never given out.",
        "لا يوجد شيء خلف هذا الرابط: انتهت صلاحيته أو لم يصدر من قبل.";
}

const TAG: &str = "attachments";
const READ: Access = Access::Permission("platform.attachment.read");
/// The errors of every file that comes in.
const FILE_ERRORS: &[&ErrorDef] = &[
    &INVALID_FILE_NAME,
    &FILE_NAME_REFUSED,
    &CONTENT_TYPE_REFUSED,
    &ATTACHMENT_TOO_LARGE,
    &ATTACHMENT_QUOTA_EXCEEDED,
    &TOO_MANY_ATTACHMENTS,
    &DOCUMENT_UNKNOWN,
    &FILE_STORE_UNAVAILABLE,
];
const CONTENT_ERRORS: &[&ErrorDef] = &[
    &CHECKSUM_MISMATCH,
    &SIZE_MISMATCH,
    &ATTACHMENT_EMPTY,
    &EXECUTABLE_REFUSED,
    &ACTIVE_CONTENT_REFUSED,
    &CONTENT_TYPE_MISMATCH,
];

impl ListSpecSource for AttachmentView {
    const SPEC: &'static ListSpec = &ATTACHMENT_LIST;
}

fn bytes(_: &mut Schemas) -> Value {
    json!({ "type": "string", "format": "binary", "description": "The file in its own format." })
}

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Files that belong to documents: receipts, invoices, contracts.");
    incoming_operations(ops);
    stored_operations(ops);
    link_operations(ops);
}

fn incoming_operations(ops: &mut Operations) {
    ops.post("/attachments", create::create)
        .id("create_attachment")
        .tag(TAG)
        .summary("Attach a file to a document")
        .description(
            "The body is the file itself, of any length up to `attachment_bytes_max`. Its `Content-Type` is \
             the media type of the file, one of those that this installation accepts. With \
             `application/octet-stream` the type follows from the extension of the file's name, and the \
             content must match it. Programs, scripts and web pages are refused whatever their name. With a \
             checksum in `Content-Digest` or `X-Content-SHA256` the file is kept only if it arrived \
             unchanged. The permission to read the document is needed, too.",
        )
        .command::<AddAttachment>()
        .query::<dto::CreateAttachmentQuery>()
        .raw_body(OCTET_STREAM, bytes)
        .body_media_types(&["application/pdf", "image/*"])
        .header::<RequiredText<200>>(
            "Content-Digest",
            "The digest of the body as in RFC 9530: `sha-256=:…:`, in Base64.",
        )
        .header::<dto::Checksum>("X-Content-SHA256", "The SHA-256 of the body, 64 hexadecimal digits.")
        .created::<AttachmentView>()
        .file_body()
        .errors(FILE_ERRORS)
        .errors(CONTENT_ERRORS);
    ops.post("/attachments/uploads", begin::create)
        .id("create_attachment_upload")
        .tag(TAG)
        .summary("Announce a file and get a URL for its upload")
        .description(
            "For files that need not pass through this API, where the store can take them itself. Send the \
             bytes to `upload.url` with the method and headers of the answer, then `complete` the \
             attachment. An attachment that is not completed by `expiresAt` is removed.",
        )
        .command::<BeginAttachmentUpload>()
        .body::<dto::BeginAttachmentUploadBody>()
        .created::<AttachmentUploadView>()
        .errors(FILE_ERRORS);
    ops.post("/attachments/{id}/complete", complete::create)
        .id("complete_attachment")
        .tag(TAG)
        .summary("Complete an announced upload")
        .description(
            "Reads what was uploaded, verifies its size, checksum and type, and only then keeps it. After a \
             refusal the file can be sent again until the attachment expires. Completing an attachment \
             twice is not an error.",
        )
        .command::<CompleteAttachment>()
        .if_match()
        .ok::<AttachmentView>()
        .long()
        .errors(&[&ATTACHMENT_NOT_UPLOADED, &ATTACHMENT_UPLOAD_EXPIRED, &ATTACHMENT_QUOTA_EXCEEDED])
        .errors(&[&FILE_STORE_UNAVAILABLE])
        .errors(CONTENT_ERRORS);
}

fn stored_operations(ops: &mut Operations) {
    ops.get("/attachments", list::list)
        .id("list_attachments")
        .tag(TAG)
        .summary("List attachments")
        .description("Lists the attachments of documents that the caller may read.")
        .access(READ)
        .list::<AttachmentView>(&ATTACHMENT_LIST);
    ops.get("/attachments/{id}", get::get)
        .id("get_attachment")
        .tag(TAG)
        .summary("Read an attachment's data")
        .access(READ)
        .view::<AttachmentView>();
    ops.patch("/attachments/{id}", update::update)
        .id("update_attachment")
        .tag(TAG)
        .summary("Rename or describe an attachment")
        .description(
            "The name and the description of an attachment can be changed even if its document is posted. \
             The bytes never change: attach another file instead.",
        )
        .command::<UpdateAttachment>()
        .if_match()
        .body::<dto::UpdateAttachmentBody>()
        .ok::<AttachmentView>()
        .errors(&[&INVALID_FILE_NAME, &FILE_NAME_REFUSED]);
    ops.delete("/attachments/{id}", delete::delete)
        .id("delete_attachment")
        .tag(TAG)
        .summary("Delete an attachment")
        .description(
            "An attachment of a draft can be deleted at any time; one of a posted document only while its \
             fiscal period is open and its date is not locked. The audit log keeps its name and checksum.",
        )
        .command::<DeleteAttachment>()
        .if_match()
        .no_content()
        .errors(&[&ATTACHMENT_PROTECTED]);
    ops.get("/attachments/{id}/content", content::get)
        .id("get_attachment_content")
        .tag(TAG)
        .summary("Download an attachment")
        .description(
            "The file is always sent as a download, never for display in the browser. `Range` reads a part \
             of it; the `ETag` identifies the bytes.",
        )
        .access(READ)
        .content()
        .errors(&[&RANGE_NOT_SATISFIABLE, &ATTACHMENT_NOT_STORED, &FILE_STORE_UNAVAILABLE]);
    ops.post("/attachments/{id}/download-url", download_url::create)
        .id("create_attachment_download_url")
        .tag(TAG)
        .summary("Get a URL that downloads an attachment without a token")
        .description(
            "The URL works for a few minutes for anyone who has it, so treat it as a secret. It leads to \
             the file store itself where that is possible, otherwise to `/attachment-links`.",
        )
        .access(READ)
        .ok::<DownloadUrlView>()
        .errors(&[&ATTACHMENT_NOT_STORED, &FILE_STORE_UNAVAILABLE]);
}

fn link_operations(ops: &mut Operations) {
    const TOKEN: &str = "The token of the link, from its URL: signed, and valid until it expires.";
    ops.get("/attachment-links/{token}", link::get)
        .id("get_attachment_link")
        .tag(TAG)
        .summary("Download by a signed link")
        .path_parameter::<RequiredText<{ TOKEN_LENGTH_MAX }>>("token", TOKEN)
        .access(Access::Public)
        .content()
        .errors(&[&RANGE_NOT_SATISFIABLE, &LINK_UNKNOWN, &ATTACHMENT_NOT_STORED, &FILE_STORE_UNAVAILABLE]);
    ops.put("/attachment-links/{token}", link::put)
        .id("put_attachment_link")
        .tag(TAG)
        .summary("Upload by a signed link")
        .description(
            "Takes the bytes of an announced attachment; `complete` the attachment afterwards. The upload \
             may be repeated.",
        )
        .path_parameter::<RequiredText<{ TOKEN_LENGTH_MAX }>>("token", TOKEN)
        .access(Access::Public)
        .raw_body(OCTET_STREAM, bytes)
        .no_content()
        .file_body()
        .errors(&[&LINK_UNKNOWN, &SIZE_MISMATCH, &CHECKSUM_MISMATCH, &ATTACHMENT_UPLOAD_EXPIRED])
        .errors(&[&FILE_STORE_UNAVAILABLE]);
}
