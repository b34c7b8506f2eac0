//! Drafts, quotations and orders of a party that became another one (R46).

use domain::error::Violation;
use domain::parties::party::{PARTY_MERGE_TOO_LARGE, Party};
use serde_json::{Value, json};

use super::error::SUPPLIER_INVOICE_EXISTS;
use super::ports::StoredDocument;
use super::trade::same_supplier_number;
use super::views::{DocumentNameView, DocumentSideView, DocumentView};
use crate::changes::{record, stale};
use crate::error::{AppError, AppResult};
use crate::unit_of_work::UnitOfWork;

/// Most documents that are moved at once.
pub const MOVED_DOCUMENTS_MAX: usize = 1_000;

/// Gives what is not in the ledger to another party. What was posted stays as it is.
pub async fn move_documents(uow: &mut dyn UnitOfWork, from: &Party, into: &Party) -> AppResult<()> {
    let max = i64::try_from(MOVED_DOCUMENTS_MAX).unwrap_or(i64::MAX);
    let ids = uow.documents().unposted_of(from.id, max.saturating_add(1)).await?;
    if ids.len() > MOVED_DOCUMENTS_MAX {
        let too_large = Violation::new(&PARTY_MERGE_TOO_LARGE).with("code", &from.code);
        return Err(too_large.with("max", MOVED_DOCUMENTS_MAX).into());
    }
    for document in uow.documents().find_documents(&ids).await? {
        if let Some(other) = same_supplier_number(uow, &document, into.id).await? {
            let number = document.view.supplier_number.clone().unwrap_or_default();
            let exists = Violation::new(&SUPPLIER_INVOICE_EXISTS).with("number", number);
            return Err(exists.with("id", other).into());
        }
        move_document(uow, document, into).await?;
    }
    Ok(())
}

async fn move_document(uow: &mut dyn UnitOfWork, document: StoredDocument, into: &Party) -> AppResult<()> {
    let scale = document.view.totals.total.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let scale = u8::try_from(scale).unwrap_or(u8::MAX);
    let before = document.shown(None, scale);
    let mut body: Value = serde_json::from_str(&document.body)
        .map_err(|error| AppError::internal(format!("the body of a draft cannot be read: {error}")))?;
    if let Some(members) = body.as_object_mut() {
        members.remove("partyCode");
        members.insert("partyId".to_owned(), json!(into.id.uuid()));
    }
    let view = DocumentView {
        party_id: into.id.uuid(),
        party_code: into.code.to_string(),
        party_name: DocumentNameView::of(&into.name),
        party: Some(DocumentSideView::of_party(into)),
        ..document.view.clone()
    };
    let moved = StoredDocument {
        party: into.id,
        party_code: into.code.to_string(),
        body: body.to_string(),
        view,
        version: document.version + 1,
        ..document
    };
    if !uow.documents().update_document(&moved).await? {
        return Err(stale(moved.version - 1));
    }
    let after = moved.shown(None, scale);
    let entity = moved.document_type.as_str();
    record(uow, entity, after.id, "updated", Some(&before), Some(&after));
    Ok(())
}
