//! Maps a place in an entry to the row and column it came from.

use domain::error::Violation;

use super::cells::Place;
use super::entry_file::{EntryFile, FileEntry};
use super::row_errors::RowErrors;

/// Notes what a rule said about an entry, whose lines are those of the file in their order.
pub fn note(file: &EntryFile, entry: &FileEntry, violations: Vec<Violation>, errors: &mut RowErrors) {
    for violation in violations {
        let (place, column) = locate(file, entry, &violation.pointer);
        errors.push(place, &column, violation);
    }
}

fn locate(file: &EntryFile, entry: &FileEntry, pointer: &str) -> (Place, String) {
    let head = entry.place.unwrap_or(Place::row(1));
    let mut parts = pointer.trim_start_matches('/').split('/');
    match (parts.next().unwrap_or(""), parts.next(), parts.next()) {
        ("lines", Some(index), field) => {
            let line = index.parse().ok().and_then(|index: usize| file.lines[entry.lines.clone()].get(index));
            let column = match field {
                Some("dimensions") => line.and_then(|line| dimension(file, line.combination)),
                Some(field) => Some(column(field).to_owned()),
                None => Some("debit".to_owned()),
            };
            (line.map_or(head, |line| line.place), column.unwrap_or_else(|| "account".to_owned()))
        }
        ("lines", None, _) => (head, "entry".to_owned()),
        ("reference", ..) => (head, reference(entry).to_owned()),
        (field, ..) => (head, column(field).to_owned()),
    }
}

/// The column that the reference of the entry comes from.
fn reference(entry: &FileEntry) -> &'static str {
    match (&entry.reference, &entry.line_reference) {
        (Some(_), _) => "entry_reference",
        (None, Some(shared)) if *shared != entry.label => "reference",
        _ => "entry",
    }
}

/// The first dimension of a line stands for its combination.
fn dimension(file: &EntryFile, combination: u32) -> Option<String> {
    let (dimension, _) = file.combinations.get(combination as usize)?.first()?;
    file.dimensions.get(*dimension as usize).map(|dimension| dimension.heading.clone())
}

fn column(field: &str) -> &str {
    match field {
        "accountId" => "account",
        "companyAmount" => "company_amount",
        "taxCode" => "tax_code",
        "taxBase" => "tax_base",
        "dueDate" => "due_date",
        "postingDate" => "date",
        "documentDate" => "document_date",
        "controlReason" => "control_reason",
        "journalId" | "journalCode" => "journal",
        "" => "entry",
        other => other,
    }
}
