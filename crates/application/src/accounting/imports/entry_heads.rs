//! The values that rows give for their entry. A value of the entry may be in any of its rows: rows that give one give
//! the same, and an empty cell gives none, so the order of the rows does not matter.

use domain::error::Violation;
use domain::money::CurrencyCode;

use super::cells::{Cells, Place, quoted};
use super::columns::Column;
use super::entry_file::FileEntry;
use super::entry_rows::{Builder, text};
use super::error::{IMPORT_CELL_EMPTY, IMPORT_DESCRIPTIONS_DIFFER, IMPORT_ENTRY_FIELD_DIFFERS};

/// Keeps what is named for the first time; answers the other value when two are named.
fn agree<T: PartialEq + ToString>(slot: &mut Option<T>, value: Option<T>) -> Option<(String, String)> {
    let value = value?;
    match slot {
        Some(known) if *known != value => Some((value.to_string(), known.to_string())),
        Some(_) => None,
        None => {
            *slot = Some(value);
            None
        }
    }
}

impl Builder {
    /// A new entry that nothing is known of but where it begins.
    pub(super) fn new_entry(&mut self, place: Place, label: &str) -> Option<u32> {
        let index = u32::try_from(self.file.entries.len()).ok()?;
        let entry = FileEntry { place: Some(place), label: label.to_owned(), ..FileEntry::default() };
        self.file.entries.push(entry);
        self.counts.push(0);
        Some(index)
    }

    /// Takes over what a row, or the head of a `whole` entry, says about the entry.
    pub(super) fn entry_says(&mut self, index: u32, place: Place, cells: &dyn Cells, whole: bool) {
        let date = self.date(place, Column::Date, cells);
        let document_date = self.date(place, Column::DocumentDate, cells);
        let journal = Some(cells.get(Column::Journal)).filter(|code| !code.is_empty());
        let journal = journal.map(|code| self.file.journals.intern(code));
        let opening = self.file.opening;
        let entry = &mut self.file.entries[index as usize];
        entry.date_refused |= date.is_err();
        entry.broken |= date.is_err();
        let mut differing = Vec::new();
        let mut check = |column, differs: Option<(String, String)>| {
            differing.extend(differs.map(|(value, other)| (column, value, other)));
        };
        check(Column::Date, agree(&mut entry.date, date.ok().flatten()));
        check(Column::DocumentDate, agree(&mut entry.document_date, document_date.ok().flatten()));
        let known = entry.journal;
        if agree(&mut entry.journal, journal).is_some()
            && let (Some(journal), Some(known)) = (journal, known)
        {
            let code = |index| self.file.journals.get(index).to_owned();
            check(Column::Journal, Some((code(journal), code(known))));
        }
        let mut same_text = |column, slot: &mut Option<String>| {
            let said = cells.get(column);
            // Most rows repeat what the one before said.
            if !said.is_empty() && slot.as_deref() != Some(said) {
                check(column, agree(slot, Some(said.to_owned())));
            }
        };
        same_text(Column::EntryReference, &mut entry.reference);
        same_text(Column::ControlReason, &mut entry.control_reason);
        if whole {
            same_text(Column::Description, &mut entry.description);
        } else {
            describe(entry, place, cells);
        }
        if opening {
            let mut label = Some(std::mem::take(&mut entry.label)).filter(|label| !label.is_empty());
            same_text(Column::Entry, &mut label);
            entry.label = label.unwrap_or_default();
        }
        if whole && !opening {
            // One that cannot be read is refused on the lines, which take it over.
            entry.currency = CurrencyCode::parse(&cells.get(Column::Currency).to_ascii_uppercase()).ok();
        }
        if differing.is_empty() {
            return;
        }
        let label = entry.label.clone();
        for (column, value, other) in differing {
            let violation = Violation::new(&IMPORT_ENTRY_FIELD_DIFFERS).with("entry", quoted(&label));
            self.refuse(place, column, violation.with("value", quoted(&value)).with("first", quoted(&other)));
        }
    }

    /// Checks that need all rows of an entry.
    pub(super) fn check_heads(&mut self) {
        let opening = self.file.opening;
        for index in 0..self.file.entries.len() {
            let entry = &mut self.file.entries[index];
            let place = entry.place.unwrap_or(Place::row(1));
            if entry.date.is_none() && !opening {
                entry.broken = true;
                if !entry.date_refused {
                    self.refuse(place, Column::Date, Violation::new(&IMPORT_CELL_EMPTY));
                }
            }
            let entry = &self.file.entries[index];
            if let Some(place) = entry.described_twice.filter(|_| entry.descriptions_differ) {
                let violation =
                    Violation::new(&IMPORT_DESCRIPTIONS_DIFFER).with("entry", quoted(&entry.label));
                self.refuse(place, Column::Description, violation);
            }
        }
    }
}

/// A description is the entry's as long as its rows agree, otherwise each row's own.
fn describe(entry: &mut FileEntry, place: Place, cells: &dyn Cells) {
    let said = cells.get(Column::Description);
    if said.is_empty() {
        return;
    }
    match entry.description.as_deref() {
        Some(known) => entry.descriptions_differ |= known != said,
        None => entry.description = text(said),
    }
    if entry.described_twice.is_none() && !cells.get(Column::LineDescription).is_empty() {
        entry.described_twice = Some(place);
    }
}
