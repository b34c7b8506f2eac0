//! Attachments in SQL.

use application::error::AppResult;
use application::paging::{ListQuery, Page};
use application::platform::attachments::ATTACHMENT_LIST;
use application::platform::attachments::ports::{AttachmentQueries, AttachmentRepository};
use application::platform::attachments::{Attachment, AttachmentView, DocumentState};
use application::ports::storage_error::StorageResult;
use async_trait::async_trait;
use domain::ids::{AttachmentId, TenantId};
use domain::platform::attachment::{
    ATTACHMENTS_PER_DOCUMENT_MAX, AttachmentStatus, ContentType, DocumentType, FileName,
};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::persistence::SqlUnitOfWork;
use crate::persistence::search::searchable;
use crate::sql::db::Db;
use crate::sql::list::ListSql;
use crate::sql::value::{Columns, Value};
use crate::statements;

macro_rules! attachment_columns {
    () => {
        "a.id, a.document_type, a.document_id, a.name, a.description, a.content_type, a.size_bytes, a.sha256, a.status, \
         a.blob_id, a.expires_at, a.created_by, a.created_at, a.updated_at, a.version"
    };
}

macro_rules! journal_entry {
    () => {
        "SELECT e.posting_date, e.status, p.status AS period_status FROM journal_entry e \
         LEFT JOIN fiscal_period p ON p.tenant_id = e.tenant_id AND p.id = e.fiscal_period_id \
         WHERE e.tenant_id = ?1 AND e.id = ?2"
    };
}

macro_rules! document {
    () => {
        "SELECT d.posting_date, d.status, p.status AS period_status FROM document d \
         LEFT JOIN fiscal_period p ON p.tenant_id = d.tenant_id AND p.kind = 'regular' AND p.start_date <= d.posting_date \
         AND p.end_date >= d.posting_date WHERE d.tenant_id = ?1 AND d.id = ?2 AND d.document_type = ?3"
    };
}

statements! {
    DOCUMENT = "platform.attachment.document":
        document!(),
        mssql: concat!("UPDATE document SET version = version WHERE tenant_id = ?1 AND id = ?2;\n", document!());
    JOURNAL_ENTRY = "platform.attachment.journal_entry":
        journal_entry!(),
        // Locks by writing: a draft that is deleted meanwhile leaves no file behind, and files are counted one by one.
        mssql: concat!("UPDATE journal_entry SET version = version WHERE tenant_id = ?1 AND id = ?2;\n", journal_entry!());
    FIND = "platform.attachment.find":
        concat!("SELECT ", attachment_columns!(), " FROM attachment a {lock} WHERE a.tenant_id = ?1 AND a.id = ?2");
    GET = "platform.attachment.get":
        concat!("SELECT ", attachment_columns!(), " FROM attachment a WHERE a.tenant_id = ?1 AND a.id = ?2");
    OF_DOCUMENT = "platform.attachment.of_document":
        concat!("SELECT ", attachment_columns!(), " FROM attachment a \
         WHERE a.tenant_id = ?1 AND a.document_type = ?2 AND a.document_id = ?3 ORDER BY a.id {page ?4}");
    INSERT = "platform.attachment.insert":
        "INSERT INTO attachment (tenant_id, id, document_type, document_id, name, search, description, content_type, \
         size_bytes, sha256, status, blob_id, expires_at, created_by, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
    UPDATE = "platform.attachment.update":
        "UPDATE attachment SET name = ?3, search = ?4, description = ?5, status = ?6, blob_id = ?7, expires_at = ?8, \
         updated_at = ?9, version = ?10 WHERE tenant_id = ?1 AND id = ?2 AND version = ?10 - 1";
    DELETE = "platform.attachment.delete":
        "DELETE FROM attachment WHERE tenant_id = ?1 AND id = ?2 AND version = ?3";
    // The uploads of every tenant that were never completed.
    EXPIRED = "platform.attachment.expired":
        "SELECT tenant_id, id FROM attachment WHERE expires_at <= ?1 ORDER BY expires_at {page ?2}";
}

fn read(columns: &mut Columns) -> StorageResult<Attachment> {
    Ok(Attachment {
        id: columns.get("id")?,
        document_type: columns.parse("document_type", |text| DocumentType::parse(text).ok())?,
        document_id: columns.get("document_id")?,
        name: columns.parse("name", |text| FileName::parse(text).ok())?,
        description: columns.get("description")?,
        content_type: columns.parse("content_type", |text| ContentType::parse(text).ok())?,
        size: columns.get("size_bytes")?,
        sha256: columns.get("sha256")?,
        status: columns.parse("status", |text| AttachmentStatus::parse(text).ok())?,
        blob_id: columns.get("blob_id")?,
        expires_at: columns.get("expires_at")?,
        created_by: columns.get("created_by")?,
        created_at: columns.get("created_at")?,
        updated_at: columns.get("updated_at")?,
        version: columns.get("version")?,
    })
}

fn size(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[async_trait]
impl AttachmentRepository for SqlUnitOfWork {
    async fn document(&mut self, kind: DocumentType, id: Uuid) -> StorageResult<Option<DocumentState>> {
        let params: [Value; 3] = [self.tenant.into(), id.into(), kind.as_str().into()];
        let found = match kind {
            DocumentType::JournalEntry => self.tx.find(&JOURNAL_ENTRY, &params[..2]).await?,
            _ => self.tx.find(&DOCUMENT, &params).await?,
        };
        let Some(row) = found else {
            return Ok(None);
        };
        let mut columns = row.columns(kind.as_str());
        let date = columns.get("posting_date")?;
        let status: String = columns.get("status")?;
        let period: Option<String> = columns.get("period_status")?;
        let period_open = period.is_none_or(|status| status == "open");
        Ok(Some(DocumentState { date, posted: status != "draft", period_open }))
    }

    async fn find(&mut self, id: AttachmentId) -> StorageResult<Option<Attachment>> {
        let row = self.tx.find(&FIND, &[self.tenant.into(), id.into()]).await?;
        row.map(|row| read(&mut row.columns("attachment"))).transpose()
    }

    async fn of_document(&mut self, kind: DocumentType, id: Uuid) -> StorageResult<Vec<Attachment>> {
        let params =
            [self.tenant.into(), kind.as_str().into(), id.into(), ATTACHMENTS_PER_DOCUMENT_MAX.into()];
        let rows = self.tx.query(&OF_DOCUMENT, &params).await?;
        rows.into_iter().map(|row| read(&mut row.columns("attachment"))).collect()
    }

    async fn insert(&mut self, attachment: &Attachment) -> StorageResult<()> {
        let params: [Value; 17] = [
            self.tenant.into(),
            attachment.id.into(),
            attachment.document_type.as_str().into(),
            attachment.document_id.into(),
            attachment.name.as_str().into(),
            searchable(attachment.name.as_str()),
            attachment.description.as_deref().into(),
            attachment.content_type.as_str().into(),
            size(attachment.size).into(),
            attachment.sha256.into(),
            attachment.status.as_str().into(),
            attachment.blob_id.into(),
            attachment.expires_at.into(),
            attachment.created_by.into(),
            attachment.created_at.into(),
            attachment.updated_at.into(),
            attachment.version.into(),
        ];
        self.tx.execute_one(&INSERT, &params).await
    }

    async fn update(&mut self, attachment: &Attachment) -> StorageResult<bool> {
        let params: [Value; 10] = [
            self.tenant.into(),
            attachment.id.into(),
            attachment.name.as_str().into(),
            searchable(attachment.name.as_str()),
            attachment.description.as_deref().into(),
            attachment.status.as_str().into(),
            attachment.blob_id.into(),
            attachment.expires_at.into(),
            attachment.updated_at.into(),
            attachment.version.into(),
        ];
        Ok(self.tx.execute(&UPDATE, &params).await? == 1)
    }

    async fn delete(&mut self, id: AttachmentId, version: i64) -> StorageResult<bool> {
        let params = [self.tenant.into(), id.into(), version.into()];
        Ok(self.tx.execute(&DELETE, &params).await? == 1)
    }

    async fn expired(
        &mut self,
        now: Timestamp,
        rows_max: u32,
    ) -> StorageResult<Vec<(TenantId, AttachmentId)>> {
        let rows = self.tx.query(&EXPIRED, &[now.into(), rows_max.into()]).await?;
        let pair = |row: crate::sql::value::Row| {
            let mut columns = row.columns("attachment");
            Ok((columns.get("tenant_id")?, columns.get("id")?))
        };
        rows.into_iter().map(pair).collect()
    }
}

pub static LIST: ListSql = ListSql {
    spec: &ATTACHMENT_LIST,
    select: concat!("SELECT ", attachment_columns!(), " FROM attachment a"),
    tenant: "a.tenant_id",
    key: &["a.id"],
    columns: &[
        ("id", "a.id"),
        ("documentType", "a.document_type"),
        ("documentId", "a.document_id"),
        ("name", "a.search"),
        ("contentType", "a.content_type"),
        ("size", "a.size_bytes"),
        ("status", "a.status"),
        ("createdBy", "a.created_by"),
        ("createdAt", "a.created_at"),
    ],
    sorted_as: &[],
};

#[async_trait]
impl AttachmentQueries for Db {
    async fn attachment(&self, tenant: TenantId, id: AttachmentId) -> AppResult<Option<Attachment>> {
        let row = Db::find(self, &GET, &[tenant.into(), id.into()]).await?;
        Ok(row.map(|row| read(&mut row.columns("attachment"))).transpose()?)
    }

    async fn attachments(
        &self,
        tenant: TenantId,
        types: &[DocumentType],
        query: &ListQuery,
    ) -> AppResult<Page<AttachmentView>> {
        // An empty list of types shows nothing; no document has the empty type.
        let names =
            if types.is_empty() { vec![""] } else { types.iter().map(|kind| kind.as_str()).collect() };
        let places: Vec<_> = (2..names.len() + 2).map(|place| format!("?{place}")).collect();
        let condition = format!("a.document_type IN ({})", places.join(", "));
        let extra = Some((condition.into(), names.into_iter().map(Value::from).collect()));
        LIST.page(self, tenant, query, extra, |columns| read(columns).map(|a| AttachmentView::from(&a))).await
    }
}
