//! Fiscal years: generated with their periods, contiguous, closed and reopened in order (R12).

mod generate;
mod rhythm;

pub use generate::{FiscalPeriodDraft, FiscalYearDraft, PeriodPattern, YearPlan, generate_year};
pub use rhythm::{
    FISCAL_YEARS_AHEAD_MAX, FISCAL_YEARS_BEYOND_MAX, FISCAL_YEARS_HISTORY_MAX, MissingYears, YearRhythm,
    missing_years,
};

use chrono::{Days, NaiveDate};

use super::fiscal_period::{FiscalPeriod, FiscalPeriodKind};
use crate::error::{Violation, Violations};
use crate::ids::FiscalYearId;
use crate::text::{Code, LocalizedName};

/// Most fiscal years of one tenant: two centuries.
pub const FISCAL_YEARS_MAX: usize = 200;
/// Months of a fiscal year that says nothing else.
pub const MONTHS_PER_YEAR: u32 = 12;
/// Most months of a fiscal year: a long first year or a change of its end.
pub const FISCAL_YEAR_MONTHS_MAX: u32 = 24;

crate::errors! {
    FISCAL_YEAR_END_BEFORE_START = "fiscal_year_end_before_start", Rule, User,
        "A fiscal year ends on its first day, {start}, or later, not on {end}.",
        "تنتهي السنة المالية في أول أيامها {start} أو بعده، وليس في {end}.";
    FISCAL_YEAR_TOO_LONG = "fiscal_year_too_long", Rule, User,
        "A fiscal year has at most {max} months, so this one ends on {latest} at the latest.",
        "لا تتجاوز السنة المالية {max} شهرًا، لذا تنتهي هذه السنة في {latest} على الأكثر.";
    FISCAL_YEAR_TOO_FAR = "fiscal_year_too_far", Rule, User,
        "{date} lies more than {max} fiscal years beyond those there are, {first} to {last}. Correct the date, or create the fiscal years first.",
        "يبعد التاريخ {date} أكثر من {max} سنوات مالية عن السنوات الموجودة من {first} إلى {last}. صحّح التاريخ أو أنشئ السنوات المالية أولًا.";
    FISCAL_YEARS_USED = "fiscal_years_used", Conflict, Administrator,
        "The fiscal years begin on {date} and are in use, so they stay as they are.",
        "تبدأ السنوات المالية في {date} وهي مستخدمة، لذا تبقى كما هي.";
    FISCAL_YEAR_END_ALONE = "fiscal_year_end_alone", Rule, User,
        "Give the first day of the fiscal year, too.", "أدخل أول يوم من السنة المالية أيضًا.";
    FISCAL_YEAR_LONG_NUMBERS = "fiscal_year_long_numbers", Conflict, Administrator,
        "Number series {code} starts again each month and names only the fiscal year, so it would repeat numbers in a year of more than twelve months. Change its pattern first.",
        "يبدأ تسلسل الأرقام {code} من جديد كل شهر ولا يذكر إلا السنة المالية، لذا ستتكرر أرقامه في سنة تزيد على اثني عشر شهرًا. غيّر نمطه أولًا.";
    FISCAL_YEAR_OUT_OF_RANGE = "fiscal_year_out_of_range", Rule, User,
        "A fiscal year lies between 1900 and 2199.", "تقع السنة المالية بين عامي 1900 و2199.";
    FISCAL_YEAR_OVERLAPS = "fiscal_year_overlaps", Conflict, User,
        "The fiscal year overlaps {year}.", "تتداخل السنة المالية مع {year}.";
    FISCAL_YEAR_GAP = "fiscal_year_gap", Rule, User,
        "Fiscal years follow each other without a gap: the next starts on {next} or the one before ends on {previous}.",
        "تتتابع السنوات المالية دون فجوات: تبدأ السنة التالية في {next} أو تنتهي السنة السابقة في {previous}.";
    FISCAL_YEAR_CODE_TAKEN = "fiscal_year_code_taken", Conflict, User,
        "There is already a fiscal year {year}.", "توجد سنة مالية بالرمز {year}.";
    FISCAL_YEAR_TOO_MANY = "fiscal_year_too_many", Rule, User,
        "At most {max} fiscal years.", "بحد أقصى {max} سنة مالية.";
    FISCAL_YEAR_ALREADY_CLOSED = "fiscal_year_already_closed", Conflict, User,
        "Fiscal year {year} is already closed.", "السنة المالية {year} مقفلة بالفعل.";
    FISCAL_YEAR_ALREADY_OPEN = "fiscal_year_already_open", Conflict, User,
        "Fiscal year {year} is already open.", "السنة المالية {year} مفتوحة بالفعل.";
    FISCAL_YEAR_EARLIER_OPEN = "fiscal_year_earlier_open", Conflict, User,
        "Close fiscal year {year} first: years are closed in order.",
        "أقفل السنة المالية {year} أولًا: تُقفل السنوات بالترتيب.";
    FISCAL_YEAR_LATER_CLOSED = "fiscal_year_later_closed", Conflict, User,
        "Reopen fiscal year {year} first: years are reopened from the last.",
        "أعد فتح السنة المالية {year} أولًا: يُعاد فتح السنوات بدءًا من الأخيرة.";
    FISCAL_YEAR_BETWEEN = "fiscal_year_between", Conflict, User,
        "Fiscal year {year} lies between others; only the first and the last can be deleted.",
        "تقع السنة المالية {year} بين سنوات أخرى؛ يمكن حذف الأولى أو الأخيرة فقط.";
    FISCAL_YEAR_PERIOD_OPEN = "fiscal_year_period_open", Conflict, User,
        "Close fiscal period {period} first.", "أقفل الفترة المالية {period} أولًا.";
}

crate::choices! {
    pub enum FiscalYearStatus {
        Open = "open",
        Closed = "closed",
    }
}

/// A year of the books: twelve months, or shorter or longer at the beginning and where its end changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalYear {
    pub id: FiscalYearId,
    /// `2026`, or `2025/26` when it is not within one calendar year.
    pub code: Code,
    pub name: Option<LocalizedName>,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub status: FiscalYearStatus,
    pub version: i64,
}

impl FiscalYear {
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.start <= date && date <= self.end
    }

    pub fn is_open(&self) -> bool {
        self.status == FiscalYearStatus::Open
    }

    /// Closes the year: every earlier year and every regular period of this one must be closed (R12).
    ///
    /// The closing entry itself is posted before, while the closing period is still open.
    pub fn close(self, years: &[FiscalYear], periods: &[FiscalPeriod]) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        if !self.is_open() {
            violations.push(Violation::new(&FISCAL_YEAR_ALREADY_CLOSED).with("year", &self.code));
        }
        let earlier = years.iter().filter(|year| year.end < self.start && year.is_open());
        violations
            .extend(earlier.map(|year| Violation::new(&FISCAL_YEAR_EARLIER_OPEN).with("year", &year.code)));
        let open = periods.iter().filter(|period| {
            period.fiscal_year_id == self.id && period.kind == FiscalPeriodKind::Regular && period.is_open()
        });
        violations
            .extend(open.map(|period| Violation::new(&FISCAL_YEAR_PERIOD_OPEN).with("period", &period.name)));
        let version = self.version + 1;
        violations.into_result(Self { status: FiscalYearStatus::Closed, version, ..self })
    }

    /// Opens the year again: no later year may be closed, because its opening figures came from this one.
    pub fn reopen(self, years: &[FiscalYear]) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::new();
        if self.is_open() {
            violations.push(Violation::new(&FISCAL_YEAR_ALREADY_OPEN).with("year", &self.code));
        }
        let later = years.iter().filter(|year| year.start > self.end && !year.is_open());
        violations
            .extend(later.map(|year| Violation::new(&FISCAL_YEAR_LATER_CLOSED).with("year", &year.code)));
        let version = self.version + 1;
        violations.into_result(Self { status: FiscalYearStatus::Open, version, ..self })
    }

    /// Whether the year may disappear: open, and the first or the last, so that no gap is left.
    pub fn check_delete(&self, years: &[FiscalYear]) -> Result<(), Violation> {
        if !self.is_open() {
            return Err(Violation::new(&FISCAL_YEAR_ALREADY_CLOSED).with("year", &self.code));
        }
        let earlier = years.iter().any(|year| year.end < self.start);
        let later = years.iter().any(|year| year.start > self.end);
        if earlier && later {
            return Err(Violation::new(&FISCAL_YEAR_BETWEEN).with("year", &self.code));
        }
        Ok(())
    }
}

/// Whether a new year fits the existing ones: its own code, no overlap, directly before or after them, and not before
/// a closed one, whose opening figures it would change.
pub fn check_new_year(existing: &[FiscalYear], new: &FiscalYearDraft) -> Result<(), Vec<Violation>> {
    let mut violations = Violations::new();
    if existing.len() >= FISCAL_YEARS_MAX {
        violations.push(Violation::new(&FISCAL_YEAR_TOO_MANY).with("max", FISCAL_YEARS_MAX));
    }
    if let Some(same) = existing.iter().find(|year| year.code == new.code) {
        violations.push(Violation::new(&FISCAL_YEAR_CODE_TAKEN).at("/code").with("year", &same.code));
    }
    let overlapping = existing.iter().find(|year| year.start <= new.end && new.start <= year.end);
    if let Some(year) = overlapping {
        violations.push(Violation::new(&FISCAL_YEAR_OVERLAPS).at("/start").with("year", &year.code));
    } else if let (Some(first), Some(last)) =
        (existing.iter().map(|y| y.start).min(), existing.iter().map(|y| y.end).max())
    {
        let next = last.checked_add_days(Days::new(1));
        let previous = first.checked_sub_days(Days::new(1));
        if next != Some(new.start) && previous != Some(new.end) {
            let shown = |date: Option<NaiveDate>| date.map(|d| d.to_string()).unwrap_or_default();
            violations.push(
                Violation::new(&FISCAL_YEAR_GAP)
                    .at("/start")
                    .with("next", shown(next))
                    .with("previous", shown(previous)),
            );
        }
    }
    if let Some(closed) = existing.iter().find(|year| year.start > new.end && !year.is_open()) {
        violations.push(Violation::new(&FISCAL_YEAR_LATER_CLOSED).at("/start").with("year", &closed.code));
    }
    violations.into_result(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::accounting::fiscal_period::FiscalPeriodStatus;
    use crate::ids::FiscalPeriodId;
    use crate::time::parse_date;

    fn draft(start: &str) -> FiscalYearDraft {
        generate_year(parse_date(start).unwrap(), PeriodPattern::Monthly).unwrap()
    }

    fn year(n: u128, start: &str, status: FiscalYearStatus) -> FiscalYear {
        let draft = draft(start);
        let id = FiscalYearId::new(Uuid::from_u128(n));
        FiscalYear {
            id,
            code: draft.code,
            name: None,
            start: draft.start,
            end: draft.end,
            status,
            version: 1,
        }
    }

    fn codes<T: std::fmt::Debug>(result: Result<T, Vec<Violation>>) -> Vec<&'static str> {
        result.unwrap_err().into_iter().map(|violation| violation.def.code).collect()
    }

    #[test]
    fn new_years_join_the_existing_ones() {
        let existing =
            [year(1, "2025-01-01", FiscalYearStatus::Open), year(2, "2026-01-01", FiscalYearStatus::Open)];
        assert!(check_new_year(&[], &draft("2030-07-01")).is_ok());
        assert!(check_new_year(&existing, &draft("2027-01-01")).is_ok());
        assert!(check_new_year(&existing, &draft("2024-01-01")).is_ok());
        assert_eq!(codes(check_new_year(&existing, &draft("2028-01-01"))), ["fiscal_year_gap"]);
        assert_eq!(codes(check_new_year(&existing, &draft("2026-07-01"))), ["fiscal_year_overlaps"]);
        assert_eq!(
            codes(check_new_year(&existing, &draft("2025-01-01"))),
            ["fiscal_year_code_taken", "fiscal_year_overlaps"],
            "the draft was made without regard to the others"
        );
    }

    #[test]
    fn no_year_joins_before_a_closed_one_or_leaves_a_gap() {
        use FiscalYearStatus::{Closed, Open};
        let years = [year(1, "2025-01-01", Closed), year(2, "2026-01-01", Open), year(3, "2027-01-01", Open)];
        assert_eq!(codes(check_new_year(&years, &draft("2024-01-01"))), ["fiscal_year_later_closed"]);
        assert_eq!(years[0].check_delete(&years).unwrap_err().def, &FISCAL_YEAR_ALREADY_CLOSED);
        assert_eq!(years[1].check_delete(&years).unwrap_err().def, &FISCAL_YEAR_BETWEEN);
        assert!(years[2].check_delete(&years).is_ok());
        assert!(years[1].check_delete(&years[1..]).is_ok());
    }

    #[test]
    fn years_close_in_order_and_reopen_from_the_last() {
        use FiscalYearStatus::{Closed, Open};
        let years = [year(1, "2025-01-01", Open), year(2, "2026-01-01", Open)];
        assert_eq!(codes(years[1].clone().close(&years, &[])), ["fiscal_year_earlier_open"]);
        assert_eq!(years[0].clone().close(&years, &[]).unwrap().status, Closed);

        let closed = [year(1, "2025-01-01", Closed), year(2, "2026-01-01", Closed)];
        assert_eq!(codes(closed[0].clone().reopen(&closed)), ["fiscal_year_later_closed"]);
        assert_eq!(closed[1].clone().reopen(&closed).unwrap().status, Open);
        assert_eq!(codes(closed[1].clone().close(&closed, &[])), ["fiscal_year_already_closed"]);
        assert_eq!(codes(years[1].clone().reopen(&years)), ["fiscal_year_already_open"]);
    }

    #[test]
    fn a_year_with_an_open_period_stays_open() {
        let year = year(1, "2026-01-01", FiscalYearStatus::Open);
        let period = |kind, status| FiscalPeriod {
            id: FiscalPeriodId::new(Uuid::from_u128(7)),
            fiscal_year_id: year.id,
            number: 1,
            name: "2026-01".to_owned(),
            start: year.start,
            end: year.end,
            kind,
            status,
            version: 1,
        };
        let open = [period(FiscalPeriodKind::Regular, FiscalPeriodStatus::Open)];
        assert_eq!(codes(year.clone().close(&[], &open)), ["fiscal_year_period_open"]);
        let ready = [
            period(FiscalPeriodKind::Regular, FiscalPeriodStatus::Closed),
            period(FiscalPeriodKind::Closing, FiscalPeriodStatus::Open),
        ];
        assert!(year.clone().close(&[], &ready).is_ok());
    }
}
