//! What the writer remembers of reference data: accounts, journals, periods, settings.
//!
//! Posting asks for the same few rows thousands of times a second. The embedded engine has one writer, so whatever
//! changes them passes through it: any write but those of posting itself forgets everything, and nothing is remembered
//! again until the work that wrote has ended, committed or not.

use std::collections::HashMap;

use super::value::{Row, Value};

/// Answers remembered at once; beyond it all are forgotten.
const ANSWERS_MAX: usize = 50_000;

/// Writes that leave reference data alone, by the beginning of their names.
const HARMLESS: [&str; 16] = [
    "accounting.journal_entry.",
    "accounting.journal_entry_draft.",
    "accounting.ledger_line.",
    "accounting.account_balance.",
    "accounting.daily_balance.",
    "accounting.dimension_balance.",
    "accounting.number_series_counter.",
    "accounting.journal_chain.",
    "accounting.recurring_entry.",
    "bookkeeping.",
    "platform.session.",
    "platform.user.",
    "platform.api_key.",
    "platform.job.",
    "platform.lease.",
    "platform.retention.",
];

/// Whether a write leaves reference data alone, by its statement's name.
pub fn is_harmless(name: &str) -> bool {
    HARMLESS.iter().any(|harmless| name.starts_with(harmless))
}

#[derive(Default)]
pub struct ReferenceMemory {
    answers: HashMap<&'static str, HashMap<Vec<Value>, Vec<Row>>>,
    count: usize,
    /// Reference data was written in the work that is running.
    changing: bool,
}

impl ReferenceMemory {
    pub fn get(&self, name: &'static str, params: &[Value]) -> Option<Vec<Row>> {
        self.answers.get(name)?.get(params).cloned()
    }

    pub fn put(&mut self, name: &'static str, params: &[Value], rows: &[Row]) {
        if self.changing {
            return;
        }
        if self.count >= ANSWERS_MAX {
            self.forget();
        }
        self.count += 1;
        self.answers.entry(name).or_default().insert(params.to_vec(), rows.to_vec());
    }

    /// Called before each write, by the statement's name.
    pub fn will_write(&mut self, name: &str) {
        if !is_harmless(name) {
            self.changing = true;
            self.forget();
        }
    }

    /// The work has ended; from here on what is read is committed.
    pub fn work_ended(&mut self) {
        self.changing = false;
    }

    /// Also after a commit that failed: what its works read of one another never was.
    pub fn forget(&mut self) {
        self.answers.clear();
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_uncommitted_is_remembered() {
        let mut memory = ReferenceMemory::default();
        let (name, params, row) = ("accounting.facts.accounts", [Value::Int(1)], [Row(vec![Value::Int(7)])]);
        memory.put(name, &params, &row);
        memory.will_write("accounting.journal_entry.insert_posted");
        assert_eq!(memory.get(name, &params), Some(row.to_vec()), "posting changes no account");
        memory.will_write("accounting.account.update");
        assert_eq!(memory.get(name, &params), None);
        memory.put(name, &params, &row);
        assert_eq!(memory.get(name, &params), None, "the work that wrote may still be rolled back");
        memory.work_ended();
        memory.put(name, &params, &row);
        assert!(memory.get(name, &params).is_some());
    }
}
