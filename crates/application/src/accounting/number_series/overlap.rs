//! No two series of a tenant may print one number: refused when a series or its journals change, before an entry is
//! posted. An overlap from before that check is refused by the unique index of numbers.

use domain::accounting::number_series::{
    EARLIER_PATTERNS_MAX, NUMBER_PATTERN_CHANGES, NUMBER_SERIES_OVERLAPS, NumberPattern, NumberShape,
};
use domain::error::Violation;
use domain::ids::{JournalId, NumberSeriesId};

/// The facts that decide which numbers a series gives, and which it gave before.
#[derive(Debug, Clone)]
pub struct SeriesNumbers {
    pub id: NumberSeriesId,
    pub code: String,
    pub pattern: NumberPattern,
    pub active: bool,
    /// It has given a number.
    pub has_numbers: bool,
    /// Forms of numbers it gave before its pattern or a journal's code changed.
    pub earlier: Vec<NumberShape>,
    /// The journals it numbers, with their codes.
    pub journals: Vec<(JournalId, String)>,
    /// The code of the branch whose documents it numbers.
    pub branch: Option<String>,
}

impl SeriesNumbers {
    /// The forms of the numbers it gives now: one, or one for each of its journals.
    pub fn shapes(&self) -> Vec<NumberShape> {
        let shape = |journal| NumberShape::of(&self.pattern, journal, self.branch.as_deref());
        if self.pattern.names_journal() {
            self.journals.iter().filter_map(|(_, code)| shape(Some(code.as_str()))).collect()
        } else {
            shape(None).into_iter().collect()
        }
    }

    /// The forms that numbers of other series must not have.
    fn taken(&self) -> Vec<NumberShape> {
        let mut taken = if self.active || self.has_numbers { self.shapes() } else { Vec::new() };
        taken.extend(self.earlier.iter().cloned());
        taken
    }

    /// Puts the journal among those it numbers, under its new code.
    pub fn name_journal(&mut self, journal: JournalId, code: &str) {
        self.journals.retain(|(id, _)| *id != journal);
        self.journals.push((journal, code.to_owned()));
    }

    /// Keeps the forms that `after` no longer has, because numbers were given in them.
    pub fn keep_earlier(&self, after: &mut Self) -> Result<(), Violation> {
        if self.has_numbers {
            let now = after.shapes();
            for shape in self.shapes() {
                if !now.contains(&shape) && !after.earlier.contains(&shape) {
                    after.earlier.push(shape);
                }
            }
        }
        if after.earlier.len() > EARLIER_PATTERNS_MAX {
            let many = Violation::new(&NUMBER_PATTERN_CHANGES).with("code", &self.code);
            return Err(many.with("max", EARLIER_PATTERNS_MAX));
        }
        Ok(())
    }
}

/// A series that gives or gave a number which `changed` could give, `changed` itself under its earlier forms included.
pub fn overlap(all: &[SeriesNumbers], changed: &SeriesNumbers, years: &[String]) -> Option<Violation> {
    if !changed.active {
        return None;
    }
    let years: Vec<&str> = years.iter().map(String::as_str).collect();
    let shapes = changed.shapes();
    let refuse = |code: &str, number: String| {
        Violation::new(&NUMBER_SERIES_OVERLAPS).with("code", code).with("number", number)
    };
    for other in all.iter().filter(|other| other.id != changed.id) {
        for taken in other.taken() {
            let number = shapes.iter().find_map(|shape| shape.common_number(&taken, &years));
            if let Some(number) = number {
                return Some(refuse(&other.code, number));
            }
        }
    }
    // One counter gives each number of one form once, however many zeros it has.
    let own = changed.earlier.iter().flat_map(|earlier| shapes.iter().map(move |shape| (earlier, shape)));
    let mut own = own.filter(|(earlier, shape)| !shape.differs_in_width_only(earlier));
    own.find_map(|(earlier, shape)| shape.common_number(earlier, &years))
        .map(|number| refuse(&changed.code, number))
}

/// Two series that could print one number once a fiscal year had the code.
pub fn overlap_of_year(all: &[SeriesNumbers], years: &[String]) -> Option<Violation> {
    let named = |series: &&SeriesNumbers| series.active && series.pattern.names_fiscal_year();
    all.iter().filter(named).find_map(|series| overlap(all, series, years))
}

#[cfg(test)]
mod tests {
    use domain::accounting::number_series::NumberReset;
    use uuid::Uuid;

    use super::*;

    fn series(id: u128, pattern: &str, journals: &[&str]) -> SeriesNumbers {
        let journals = journals.iter().enumerate();
        SeriesNumbers {
            id: NumberSeriesId::new(Uuid::from_u128(id)),
            code: format!("S{id}"),
            pattern: NumberPattern::parse(pattern, NumberReset::Never).unwrap(),
            active: true,
            has_numbers: false,
            earlier: Vec::new(),
            journals: journals
                .map(|(n, code)| (JournalId::new(Uuid::from_u128(id * 100 + n as u128)), (*code).to_owned()))
                .collect(),
            branch: None,
        }
    }

    fn overlaps(all: &[SeriesNumbers], changed: &SeriesNumbers) -> bool {
        overlap(all, changed, &[]).is_some()
    }

    #[test]
    fn a_journal_in_the_number_tells_series_apart() {
        let sales = series(1, "{JOURNAL}-{FY}-{000}", &["SJ", "CASH"]);
        assert!(!overlaps(std::slice::from_ref(&sales), &series(2, "{JOURNAL}-{FY}-{000}", &["PJ"])));
        assert!(
            !overlaps(std::slice::from_ref(&sales), &series(2, "{JOURNAL}-{FY}-{000}", &[])),
            "gives none"
        );
        assert!(overlaps(std::slice::from_ref(&sales), &series(2, "CASH-{YYYY}-{000}", &[])));
    }

    #[test]
    fn a_branch_in_the_number_tells_series_apart() {
        let of = |id, branch: &str| SeriesNumbers {
            branch: Some(branch.to_owned()),
            ..series(id, "INV-{BRANCH}-{000}", &[])
        };
        assert!(!overlaps(&[of(1, "RUH")], &of(2, "JED")));
        assert!(overlaps(&[of(1, "RUH")], &series(2, "INV-RUH-{000000}", &[])));
    }

    #[test]
    fn what_a_series_gave_before_stays_taken() {
        let mut before = series(1, "GJ-{000}", &["G"]);
        before.has_numbers = true;
        let mut after = SeriesNumbers { pattern: series(1, "JV-{000}", &[]).pattern, ..before.clone() };
        before.keep_earlier(&mut after).unwrap();
        assert_eq!(after.earlier.len(), 1);
        assert!(overlaps(std::slice::from_ref(&after), &series(2, "GJ-{000000}", &[])));
        assert!(!overlaps(&[], &after));

        let mut wider = SeriesNumbers { pattern: series(1, "GJ-{000000}", &[]).pattern, ..after.clone() };
        after.keep_earlier(&mut wider).unwrap();
        assert!(!overlaps(&[], &wider), "the same counter under more zeros");
        let mut other = SeriesNumbers { pattern: series(1, "GJ-1{000}", &[]).pattern, ..wider.clone() };
        wider.keep_earlier(&mut other).unwrap();
        assert!(overlaps(&[], &other), "GJ-1005 would come again");
    }

    #[test]
    fn a_series_that_rests_and_gave_nothing_takes_nothing() {
        let mut resting = series(1, "GJ-{000}", &[]);
        resting.active = false;
        assert!(!overlaps(std::slice::from_ref(&resting), &series(2, "GJ-{000}", &[])));
        resting.has_numbers = true;
        assert!(overlaps(std::slice::from_ref(&resting), &series(2, "GJ-{000}", &[])));
        assert!(!overlaps(&[series(2, "GJ-{000}", &[])], &resting), "it gives nothing now");
    }

    #[test]
    fn a_renamed_journal_leaves_its_numbers_taken() {
        let mut before = series(1, "{JOURNAL}-{000}", &["A"]);
        before.has_numbers = true;
        let mut after = before.clone();
        let journal = before.journals[0].0;
        after.name_journal(journal, "B");
        before.keep_earlier(&mut after).unwrap();
        assert!(overlaps(std::slice::from_ref(&after), &series(2, "{JOURNAL}-{000}", &["A"])));
        assert!(overlaps(std::slice::from_ref(&after), &series(2, "{JOURNAL}-{000}", &["B"])));
        assert!(!overlaps(std::slice::from_ref(&after), &series(2, "{JOURNAL}-{000}", &["C"])));
    }

    #[test]
    fn the_forms_kept_are_bounded() {
        let mut now = series(1, "A0-{000}", &[]);
        now.has_numbers = true;
        for change in 1..=EARLIER_PATTERNS_MAX {
            let mut after = SeriesNumbers {
                pattern: series(1, &format!("A{change}-{{000}}"), &[]).pattern,
                ..now.clone()
            };
            now.keep_earlier(&mut after).unwrap();
            now = after;
        }
        let mut last = SeriesNumbers { pattern: series(1, "B-{000}", &[]).pattern, ..now.clone() };
        assert_eq!(now.keep_earlier(&mut last).unwrap_err().def, &NUMBER_PATTERN_CHANGES);
    }
}
