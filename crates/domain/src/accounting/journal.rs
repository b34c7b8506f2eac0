//! Journals: the books that entries are written in, each with its own hash chain and number series.

use crate::error::Violation;
use crate::ids::{JournalId, NumberSeriesId};
use crate::text::{Code, LocalizedName};

crate::errors! {
    JOURNAL_USED_NO_CHANGE = "journal_used_no_change", Conflict, User,
        "Journal {code} has entries; its kind no longer changes.",
        "دفتر اليومية {code} عليه قيود؛ لا يمكن تغيير نوعه.";
    JOURNAL_RESERVED = "journal_reserved", Rule, User,
        "A journal of the kind {kind} takes only entries of its own kind; choose another journal.",
        "لا يقبل دفتر يومية من نوع {kind} إلا القيود الخاصة به؛ اختر دفترًا آخر.";
}

crate::choices! {
    /// Decides which locks apply to a journal's entries (R11).
    pub enum JournalKind {
        General = "general",
        Sales = "sales",
        Purchase = "purchase",
        Bank = "bank",
        Cash = "cash",
        Opening = "opening",
        Closing = "closing",
    }
}

impl JournalKind {
    /// Whether the journal holds nothing but the entries it is named for, so that its numbers are theirs alone.
    pub const fn is_reserved(self) -> bool {
        matches!(self, Self::Opening | Self::Closing)
    }
}

/// A book of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    pub id: JournalId,
    pub code: Code,
    pub name: LocalizedName,
    pub kind: JournalKind,
    pub number_series_id: NumberSeriesId,
    pub active: bool,
    pub version: i64,
}

impl Journal {
    /// Whether the journal may become `next`. Its kind stays once there are entries, because locks were checked against it.
    pub fn may_become(&self, next: &Self, has_entries: bool) -> Result<(), Violation> {
        if has_entries && next.kind != self.kind {
            return Err(Violation::new(&JOURNAL_USED_NO_CHANGE).at("/kind").with("code", &self.code));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_kind_stays_once_there_are_entries() {
        let journal = Journal {
            id: JournalId::new(Uuid::from_u128(1)),
            code: Code::parse("GJ").unwrap(),
            name: LocalizedName::parse(None, Some("General journal")).unwrap(),
            kind: JournalKind::General,
            number_series_id: NumberSeriesId::new(Uuid::from_u128(2)),
            active: true,
            version: 3,
        };
        let sales = Journal { kind: JournalKind::Sales, ..journal.clone() };
        assert!(journal.may_become(&sales, false).is_ok());
        let refused = journal.may_become(&sales, true).unwrap_err();
        assert_eq!((refused.def, refused.pointer.as_str()), (&JOURNAL_USED_NO_CHANGE, "/kind"));
        let closed = Journal { active: false, ..journal.clone() };
        assert!(journal.may_become(&closed, true).is_ok());
    }

    #[test]
    fn kinds_are_read_as_written() {
        for kind in JournalKind::ALL {
            assert_eq!(JournalKind::parse(kind.as_str()).unwrap(), *kind);
        }
        let refused = JournalKind::parse("Sales").unwrap_err();
        assert!(refused.text(crate::error::Language::English).contains("general, sales, purchase"));
    }
}
