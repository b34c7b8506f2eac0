//! How rhythm, template and last failure of a recurring entry are stored: JSON documents.

use application::accounting::views::recurring_entry::WEEKDAYS;
use application::ports::storage_error::{StorageError, StorageResult};
use domain::accounting::recurrence::Frequency;
use domain::accounting::recurring_entry::EntryTemplate;
use domain::ids::JournalId;
use domain::money::CurrencyCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::draft_document;

#[derive(Serialize, Deserialize)]
#[serde(tag = "frequency", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Schedule {
    Monthly { day_of_month: u8, interval: u16 },
    Weekly { weekday: String, interval: u16 },
    Yearly { month: u8, day: u8 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Template {
    journal: Uuid,
    currency: String,
    description: Option<String>,
    reference: Option<String>,
    control_reason: Option<String>,
    /// As the lines of a draft.
    lines: Box<RawValue>,
}

pub fn write<T: Serialize>(value: &T) -> StorageResult<String> {
    serde_json::to_string(value).map_err(|error| StorageError::Internal(format!("recurring entry: {error}")))
}

pub fn read<T: DeserializeOwned>(column: &'static str, text: &str) -> StorageResult<T> {
    serde_json::from_str(text).map_err(|error| corrupt(column, error.to_string()))
}

fn corrupt(column: &'static str, detail: String) -> StorageError {
    StorageError::Corrupt { table: "recurring_entry", column, detail }
}

pub fn write_schedule(frequency: Frequency) -> StorageResult<String> {
    write(&match frequency {
        Frequency::Monthly { day_of_month, interval } => Schedule::Monthly { day_of_month, interval },
        Frequency::Weekly { weekday, interval } => {
            let word = WEEKDAYS.iter().find(|(_, day)| *day == weekday).map_or("", |(word, _)| word);
            Schedule::Weekly { weekday: word.to_owned(), interval }
        }
        Frequency::Yearly { month, day } => Schedule::Yearly { month, day },
    })
}

pub fn read_schedule(text: &str) -> StorageResult<Frequency> {
    Ok(match read("schedule", text)? {
        Schedule::Monthly { day_of_month, interval } => Frequency::Monthly { day_of_month, interval },
        Schedule::Weekly { weekday, interval } => {
            let day = WEEKDAYS.iter().find(|(word, _)| *word == weekday).map(|(_, day)| *day);
            Frequency::Weekly { weekday: day.ok_or_else(|| corrupt("schedule", weekday))?, interval }
        }
        Schedule::Yearly { month, day } => Frequency::Yearly { month, day },
    })
}

pub fn write_template(template: &EntryTemplate) -> StorageResult<String> {
    let lines = RawValue::from_string(draft_document::write(&template.lines)?);
    write(&Template {
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
    })
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;

    use super::*;

    #[test]
    fn rhythms_are_read_as_written() {
        for frequency in [
            Frequency::Monthly { day_of_month: 31, interval: 3 },
            Frequency::Weekly { weekday: Weekday::Sun, interval: 2 },
            Frequency::Yearly { month: 2, day: 29 },
        ] {
            assert_eq!(read_schedule(&write_schedule(frequency).unwrap()).unwrap(), frequency);
        }
        let text = write_schedule(Frequency::Monthly { day_of_month: 1, interval: 1 }).unwrap();
        assert_eq!(text, r#"{"frequency":"monthly","dayOfMonth":1,"interval":1}"#);
    }
}
