//! How rhythm and last failure of what recurs are stored: JSON documents.

use application::accounting::views::recurring::WEEKDAYS;
use application::ports::storage_error::{StorageError, StorageResult};
use domain::accounting::recurrence::Frequency;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

#[derive(Serialize, Deserialize)]
#[serde(tag = "frequency", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Schedule {
    Monthly { day_of_month: u8, interval: u16 },
    Weekly { weekday: String, interval: u16 },
    Yearly { month: u8, day: u8 },
}

pub fn write<T: Serialize>(value: &T) -> StorageResult<String> {
    serde_json::to_string(value).map_err(|error| StorageError::Internal(format!("what recurs: {error}")))
}

pub fn read<T: DeserializeOwned>(column: &'static str, text: &str) -> StorageResult<T> {
    serde_json::from_str(text).map_err(|error| corrupt(column, error.to_string()))
}

pub fn corrupt(column: &'static str, detail: String) -> StorageError {
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
