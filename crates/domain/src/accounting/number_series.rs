//! Series of document numbers (R14, R15): what a number looks like and when counting starts again.

mod pattern;
mod shape;

pub use pattern::{NumberContext, NumberPattern};
pub use shape::NumberShape;

use crate::company::branch::BranchId;
use crate::error::Violation;
use crate::ids::NumberSeriesId;
use crate::text::{Code, LocalizedName};
use chrono::{Datelike, NaiveDate};

/// Longest pattern, in characters.
pub const NUMBER_PATTERN_LENGTH_MAX: usize = 50;
/// Fewest and most zeros of a counter.
pub const COUNTER_DIGITS_MIN: usize = 3;
pub const COUNTER_DIGITS_MAX: usize = 12;
/// Most earlier forms of a series' numbers that are kept.
pub const EARLIER_PATTERNS_MAX: usize = 50;

crate::errors! {
    NUMBER_PATTERN_LENGTH = "number_pattern_length", Rule, Administrator,
        "A number pattern has 1 to {max} characters.", "نمط الترقيم من 1 إلى {max} حرفًا.";
    NUMBER_PATTERN_UNKNOWN_PART = "number_pattern_unknown_part", Rule, Administrator,
        "'{part}' is not a part of a number pattern: use YYYY, YY, MM, FY, JOURNAL, BRANCH or 3 to 12 zeros in braces.",
        "'{part}' ليس جزءًا معروفًا من نمط الترقيم: استخدم YYYY أو YY أو MM أو FY أو JOURNAL أو BRANCH أو من 3 إلى 12 صفرًا بين قوسين.";
    NUMBER_PATTERN_BRACES = "number_pattern_braces", Rule, Administrator,
        "A brace in the number pattern is not closed or not opened.", "قوس في نمط الترقيم غير مغلق أو غير مفتوح.";
    NUMBER_PATTERN_COUNTER = "number_pattern_counter", Rule, Administrator,
        "A number pattern has exactly one counter of zeros; this has {count}.",
        "يحتوي نمط الترقيم على عدّاد أصفار واحد فقط؛ العدد الحالي {count}.";
    NUMBER_PATTERN_LITERAL = "number_pattern_literal", Rule, Administrator,
        "Between its parts a number pattern has letters, digits and . _ - / only.",
        "يحتوي نمط الترقيم بين أجزائه على أحرف وأرقام و . _ - / فقط.";
    NUMBER_PATTERN_AMBIGUOUS = "number_pattern_ambiguous", Rule, Administrator,
        "Separate the counter from {part} by a sign such as '-': otherwise two documents could get the same number.",
        "افصل العدّاد عن {part} بعلامة مثل '-': وإلا فقد يحصل مستندان على الرقم نفسه.";
    NUMBER_PATTERN_REPEATS = "number_pattern_repeats", Rule, Administrator,
        "Counting starts again each {reset}, so the pattern must contain {parts}: otherwise numbers would repeat.",
        "يبدأ العد من جديد كل {reset}، لذا يجب أن يحتوي النمط على {parts}: وإلا تكررت الأرقام.";
    NUMBER_SERIES_RESET_FIXED = "number_series_reset_fixed", Conflict, Administrator,
        "Series {code} has given numbers; when it starts again no longer changes, or numbers could repeat.",
        "أصدر التسلسل {code} أرقامًا؛ لا يمكن تغيير موعد بدء العد من جديد وإلا قد تتكرر الأرقام.";
    NUMBER_PATTERN_BRANCH = "number_pattern_branch", Rule, Administrator,
        "Only a number series of a branch has the part BRANCH. Name the branch in branchId or branchCode.",
        "لا يحتوي على الجزء BRANCH إلا تسلسل أرقام لفرع. اذكر الفرع في branchId أو branchCode.";
    NUMBER_SERIES_OVERLAPS = "number_series_overlaps", Conflict, Administrator,
        "Number series {code} gives or gave numbers such as {number}, which this pattern would give again. Choose a pattern that tells them apart.",
        "يصدر تسلسل الأرقام {code} أو أصدر أرقامًا مثل {number}، وسيصدرها هذا النمط مرة أخرى. اختر نمطًا يميز بينها.";
    NUMBER_ALREADY_USED = "number_already_used", Conflict, Administrator,
        "Another entry already has the number that this posting would get. Change the pattern of the journal's number series.",
        "رقم هذا القيد مستخدم في قيد آخر. غيّر نمط تسلسل أرقام دفتر اليومية.";
    NUMBER_PATTERN_CHANGES = "number_pattern_changes", Conflict, Administrator,
        "The numbers of series {code} have had {max} forms already; make a new series instead.",
        "أخذت أرقام التسلسل {code} بالفعل {max} شكلًا؛ أنشئ تسلسلًا جديدًا بدلًا من ذلك.";
    NUMBER_SERIES_USED = "number_series_used", Conflict, Administrator,
        "Number series {code} cannot be deactivated while journals are numbered by it: {journals}.",
        "لا يمكن إيقاف تسلسل الأرقام {code} ما دامت دفاتر يومية تُرقّم به: {journals}.";
    NUMBER_BRANCH_MISSING = "number_branch_missing", Rule, User,
        "The number series needs a branch, but the document has none.",
        "يتطلب تسلسل الأرقام فرعًا، لكن المستند بلا فرع.";
}

crate::choices! {
    /// The moments at which counting starts again at 1.
    pub enum NumberReset {
        Never = "never",
        FiscalYear = "fiscal_year",
        Year = "year",
        Month = "month",
    }
}

impl NumberReset {
    /// The counter's own period: one counter for each key.
    pub fn period_key(self, date: NaiveDate, fiscal_year_code: &str) -> String {
        match self {
            Self::Never => String::new(),
            Self::FiscalYear => format!("FY{fiscal_year_code}"),
            Self::Year => format!("{:04}", date.year()),
            Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
        }
    }
}

/// A series: documents of one kind count in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberSeries {
    pub id: NumberSeriesId,
    pub code: Code,
    pub name: LocalizedName,
    pub pattern: NumberPattern,
    /// Legal series are gapless (R14); others may have gaps and take no lock (R15).
    pub gapless: bool,
    pub active: bool,
    pub version: i64,
}

/// A number series as it is stored, including the data that posting does not need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberSeriesRecord {
    pub id: NumberSeriesId,
    pub code: Code,
    pub name: LocalizedName,
    /// The type of document that it numbers: `journal_entry`.
    pub document_type: Code,
    /// The branch whose documents it numbers; `None` for those of all branches that have no series of their own.
    pub branch_id: Option<BranchId>,
    pub pattern: NumberPattern,
    pub gapless: bool,
    pub active: bool,
    pub version: i64,
}

impl NumberSeriesRecord {
    /// Whether the series may become `next`; `has_numbers` once it has given one.
    pub fn may_become(&self, next: &Self, has_numbers: bool) -> Result<(), Violation> {
        if has_numbers && next.pattern.reset() != self.pattern.reset() {
            return Err(Violation::new(&NUMBER_SERIES_RESET_FIXED).at("/reset").with("code", &self.code));
        }
        Ok(())
    }
}

impl NumberSeries {
    pub fn period_key(&self, date: NaiveDate, fiscal_year_code: &str) -> String {
        self.pattern.reset().period_key(date, fiscal_year_code)
    }

    pub fn format(&self, sequence: u64, context: &NumberContext<'_>) -> Result<String, Violation> {
        self.pattern.format(sequence, context)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_series_that_gave_numbers_keeps_its_reset() {
        let series = |text, reset| NumberSeriesRecord {
            id: NumberSeriesId::new(Uuid::from_u128(1)),
            code: Code::parse("GJ").unwrap(),
            name: LocalizedName::parse(None, Some("General")).unwrap(),
            document_type: Code::parse("journal_entry").unwrap(),
            branch_id: None,
            pattern: NumberPattern::parse(text, reset).unwrap(),
            gapless: true,
            active: true,
            version: 1,
        };
        let old = series("GJ-{YYYY}-{000000}", NumberReset::Never);
        let yearly = series("GJ-{YYYY}-{000000}", NumberReset::Year);
        assert_eq!(old.may_become(&yearly, true).unwrap_err().def, &NUMBER_SERIES_RESET_FIXED);
        assert!(old.may_become(&yearly, false).is_ok());
        assert!(old.may_become(&series("GJ-{YYYY}-{00000000}", NumberReset::Never), true).is_ok());
    }
}
