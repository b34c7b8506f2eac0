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

/// Changes to a journal; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalPatch {
    pub code: Option<Code>,
    pub name: Option<LocalizedName>,
    pub kind: Option<JournalKind>,
    pub number_series_id: Option<NumberSeriesId>,
    pub active: Option<bool>,
}

impl Journal {
    /// The journal after the change, one version later.
    ///
    /// The kind stays once there are entries: locks were checked against it.
    pub fn update(self, patch: JournalPatch, has_entries: bool) -> Result<Self, Violation> {
        let kind = patch.kind.unwrap_or(self.kind);
        if has_entries && kind != self.kind {
            return Err(Violation::new(&JOURNAL_USED_NO_CHANGE).at("/kind").with("code", &self.code));
        }
        Ok(Self {
            id: self.id,
            code: patch.code.unwrap_or(self.code),
            name: patch.name.unwrap_or(self.name),
            kind,
            number_series_id: patch.number_series_id.unwrap_or(self.number_series_id),
            active: patch.active.unwrap_or(self.active),
            version: self.version + 1,
        })
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
        let to_sales = || JournalPatch { kind: Some(JournalKind::Sales), ..JournalPatch::default() };
        assert_eq!(journal.clone().update(to_sales(), false).unwrap().kind, JournalKind::Sales);
        let refused = journal.clone().update(to_sales(), true).unwrap_err();
        assert_eq!((refused.def, refused.pointer.as_str()), (&JOURNAL_USED_NO_CHANGE, "/kind"));
        let closed = JournalPatch { active: Some(false), ..JournalPatch::default() };
        let journal = journal.update(closed, true).unwrap();
        assert!(!journal.active);
        assert_eq!(journal.version, 4);
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
