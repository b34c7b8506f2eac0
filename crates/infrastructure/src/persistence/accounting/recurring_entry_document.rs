//! How the template of a recurring entry is stored: a JSON document.

use application::ports::storage_error::{StorageError, StorageResult};
use domain::accounting::recurring_entry::EntryTemplate;
use domain::ids::JournalId;
use domain::money::CurrencyCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::draft_document;
use super::recurring_document::{corrupt, read, write};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Template {
    journal: Uuid,
    currency: String,
    description: Option<String>,
    reference: Option<String>,
    control_reason: Option<String>,
    /// The lines, stored like those of a draft.
    lines: Box<RawValue>,
    #[serde(default)]
    changed_by: Vec<Uuid>,
}

pub fn write_template(template: &EntryTemplate) -> StorageResult<String> {
    let lines = RawValue::from_string(draft_document::write(&template.lines)?);
    write(&Template {
        changed_by: template.changed_by.iter().map(|user| user.uuid()).collect(),
        journal: template.journal_id.uuid(),
        currency: template.currency.to_string(),
        description: template.description.clone(),
        reference: template.reference.clone(),
        control_reason: template.control_reason.clone(),
        lines: lines.map_err(|error| StorageError::Internal(format!("recurring entry: {error}")))?,
    })
}

pub fn read_template(text: &str) -> StorageResult<EntryTemplate> {
    let template: Template = read("template", text)?;
    let currency = CurrencyCode::parse(&template.currency);
    Ok(EntryTemplate {
        journal_id: JournalId::new(template.journal),
        currency: currency.map_err(|violation| corrupt("template", violation.def.code.to_owned()))?,
        description: template.description,
        reference: template.reference,
        control_reason: template.control_reason,
        lines: draft_document::read(template.lines.get())?,
        changed_by: template.changed_by.into_iter().map(Into::into).collect(),
    })
}
