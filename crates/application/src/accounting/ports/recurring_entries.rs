//! Lists of recurring entries and of their occurrences.

use domain::accounting::recurring_entry::EntryTemplate;

use super::recurring::{ShownRecurring, StoredRecurring, UNMADE_FIELDS, occurrence_list};
use crate::accounting::views::recurring_entry::{RecurringEntryView, UpcomingEntryView};
use crate::paging::ListSpec;
use crate::recurring_list;

pub type StoredRecurringEntry = StoredRecurring<EntryTemplate>;

impl ShownRecurring for EntryTemplate {
    type View = RecurringEntryView;
    type Upcoming = UpcomingEntryView;
}

/// The fields by which `GET /recurring-entries` filters and sorts.
pub static RECURRING_ENTRY_LIST: ListSpec = recurring_list!("recurring_entry", [], ["lines"]);

/// The fields by which `GET /recurring-entries/{id}/occurrences` filters and sorts.
pub static OCCURRENCE_LIST: ListSpec = occurrence_list("recurring_occurrence", UNMADE_FIELDS);
