//! The journals of a template.

use domain::accounting::journal::JournalKind;

/// A journal of a template and the series of its numbers, which has the same code.
pub(super) struct JournalPlan {
    pub code: &'static str,
    pub kind: JournalKind,
    pub pattern: &'static str,
    pub ar: &'static str,
    pub en: &'static str,
}
