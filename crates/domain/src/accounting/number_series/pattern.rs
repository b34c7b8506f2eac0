//! Number patterns such as `GJ-{YYYY}-{000000}`.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::{
    COUNTER_DIGITS_MAX, COUNTER_DIGITS_MIN, NUMBER_BRANCH_MISSING, NUMBER_PATTERN_AMBIGUOUS,
    NUMBER_PATTERN_BRACES, NUMBER_PATTERN_BRANCH, NUMBER_PATTERN_COUNTER, NUMBER_PATTERN_LENGTH,
    NUMBER_PATTERN_LENGTH_MAX, NUMBER_PATTERN_LITERAL, NUMBER_PATTERN_REPEATS, NUMBER_PATTERN_UNKNOWN_PART,
    NumberReset,
};
use crate::error::{Violation, Violations};
use crate::text::length;

/// A parsed pattern together with its reset: only a pair that never repeats a number can exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern {
    text: String,
    parts: Vec<Part>,
    reset: NumberReset,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Year,
    ShortYear,
    Month,
    FiscalYear,
    Journal,
    Branch,
    Counter(usize),
}

impl Part {
    /// The text of the part in a pattern.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Year => "{YYYY}".to_owned(),
            Self::ShortYear => "{YY}".to_owned(),
            Self::Month => "{MM}".to_owned(),
            Self::FiscalYear => "{FY}".to_owned(),
            Self::Journal => "{JOURNAL}".to_owned(),
            Self::Branch => "{BRANCH}".to_owned(),
            Self::Counter(digits) => format!("{{{}}}", "0".repeat(*digits)),
        }
    }
}

/// The parts of a number that come from the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberContext<'a> {
    pub date: NaiveDate,
    pub fiscal_year_code: &'a str,
    pub journal_code: &'a str,
    pub branch: Option<&'a str>,
}

impl NumberPattern {
    /// Reads a pattern; all violations at once.
    pub fn parse(text: &str, reset: NumberReset) -> Result<Self, Vec<Violation>> {
        let text = text.trim();
        if !(1..=NUMBER_PATTERN_LENGTH_MAX).contains(&length(text)) {
            return Err(vec![Violation::new(&NUMBER_PATTERN_LENGTH).with("max", NUMBER_PATTERN_LENGTH_MAX)]);
        }
        let mut violations = Violations::new();
        let parts = read_parts(text, &mut violations);
        if violations.is_empty() {
            check_counter(&parts, &mut violations);
            check_reset(&parts, reset, &mut violations);
        }
        violations.into_result(Self { text: text.to_owned(), parts, reset })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn reset(&self) -> NumberReset {
        self.reset
    }

    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether numbers name their journal, so that each journal of the series has numbers of its own.
    pub fn names_journal(&self) -> bool {
        self.parts.contains(&Part::Journal)
    }

    /// Whether numbers name their fiscal year.
    pub fn names_fiscal_year(&self) -> bool {
        self.parts.contains(&Part::FiscalYear)
    }

    /// Whether a new series may have the pattern: only that of a branch names one, and in a fiscal year of more than twelve
    /// months a month comes twice, so that the fiscal year alone does not tell its numbers apart.
    pub fn check_new(&self, of_branch: bool) -> Vec<Violation> {
        let mut violations = Vec::new();
        if !of_branch && self.parts.contains(&Part::Branch) {
            violations.push(Violation::new(&NUMBER_PATTERN_BRANCH));
        }
        if self.repeats_in_long_years() {
            let repeats = Violation::new(&NUMBER_PATTERN_REPEATS);
            violations.push(repeats.with("reset", self.reset).with("parts", "{YYYY}{MM}"));
        }
        violations
    }

    /// Whether a fiscal year of more than twelve months would give a number twice.
    pub fn repeats_in_long_years(&self) -> bool {
        let year = self.parts.contains(&Part::Year) || self.parts.contains(&Part::ShortYear);
        self.reset == NumberReset::Month && !year
    }

    /// The number for a place in the sequence: more digits than zeros grow, nothing is cut.
    pub fn format(&self, sequence: u64, context: &NumberContext<'_>) -> Result<String, Violation> {
        fill(&self.parts, sequence, context)
    }

    /// The place in the sequence of a number that this pattern gave; `None` when another pattern did.
    pub fn sequence_of(&self, number: &str, context: &NumberContext<'_>) -> Option<u64> {
        let counter = self.parts.iter().position(|part| matches!(part, Part::Counter(_)))?;
        let before = fill(&self.parts[..counter], 0, context).ok()?;
        let after = fill(&self.parts[counter + 1..], 0, context).ok()?;
        let digits = number.strip_prefix(&before)?.strip_suffix(&after)?;
        let sequence = digits.parse().ok()?;
        // Only the exact spelling: `+7` or a number of too few digits is not ours.
        (self.format(sequence, context).as_deref() == Ok(number)).then_some(sequence)
    }
}

fn fill(parts: &[Part], sequence: u64, context: &NumberContext<'_>) -> Result<String, Violation> {
    let mut number = String::with_capacity(NUMBER_PATTERN_LENGTH_MAX);
    for part in parts {
        // Writing to a String cannot fail, so the results below carry nothing.
        let _ = match part {
            Part::Literal(text) => number.write_str(text),
            Part::Year => write!(number, "{:04}", context.date.year()),
            Part::ShortYear => write!(number, "{:02}", context.date.year().rem_euclid(100)),
            Part::Month => write!(number, "{:02}", context.date.month()),
            Part::FiscalYear => number.write_str(context.fiscal_year_code),
            Part::Journal => number.write_str(context.journal_code),
            Part::Branch => match context.branch {
                Some(branch) if !branch.is_empty() => number.write_str(branch),
                _ => return Err(Violation::new(&NUMBER_BRANCH_MISSING)),
            },
            Part::Counter(digits) => write!(number, "{sequence:0digits$}"),
        };
    }
    Ok(number)
}

pub(super) fn read_parts(text: &str, violations: &mut Violations) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let literal_end = rest.find(['{', '}']).unwrap_or(rest.len());
        let (literal, tail) = rest.split_at(literal_end);
        if !literal.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/')) {
            violations.push(Violation::new(&NUMBER_PATTERN_LITERAL));
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
        if tail.is_empty() {
            break;
        }
        let Some((inner, after)) = tail.strip_prefix('{').and_then(|tail| tail.split_once('}')) else {
            violations.push(Violation::new(&NUMBER_PATTERN_BRACES));
            break;
        };
        match placeholder(inner) {
            Some(part) => parts.push(part),
            None => violations.push(Violation::new(&NUMBER_PATTERN_UNKNOWN_PART).with("part", inner)),
        }
        rest = after;
    }
    parts
}

fn placeholder(inner: &str) -> Option<Part> {
    Some(match inner {
        "YYYY" => Part::Year,
        "YY" => Part::ShortYear,
        "MM" => Part::Month,
        "FY" => Part::FiscalYear,
        "JOURNAL" => Part::Journal,
        "BRANCH" => Part::Branch,
        zeros
            if (COUNTER_DIGITS_MIN..=COUNTER_DIGITS_MAX).contains(&zeros.len())
                && zeros.bytes().all(|b| b == b'0') =>
        {
            Part::Counter(zeros.len())
        }
        _ => return None,
    })
}

fn check_counter(parts: &[Part], violations: &mut Violations) {
    let count = parts.iter().filter(|part| matches!(part, Part::Counter(_))).count();
    if count != 1 {
        violations.push(Violation::new(&NUMBER_PATTERN_COUNTER).with("count", count));
    }
    // Branch A1 with 1 and branch A with 1001 would both read A1001 under {BRANCH}{000}.
    for pair in parts.windows(2) {
        let neighbour = match pair {
            [Part::Counter(_), other] | [other, Part::Counter(_)] => other,
            _ => continue,
        };
        let part = match neighbour {
            Part::FiscalYear => "{FY}",
            Part::Journal => "{JOURNAL}",
            Part::Branch => "{BRANCH}",
            _ => continue,
        };
        violations.push(Violation::new(&NUMBER_PATTERN_AMBIGUOUS).with("part", part));
    }
}

/// A fiscal year may touch two calendar years and the other way round, so each reset asks for its own part.
fn check_reset(parts: &[Part], reset: NumberReset, violations: &mut Violations) {
    let has = |part: &Part| parts.contains(part);
    let year = has(&Part::Year) || has(&Part::ShortYear);
    let missing = match reset {
        NumberReset::Never => None,
        NumberReset::FiscalYear => (!has(&Part::FiscalYear)).then_some("{FY}"),
        NumberReset::Year => (!year).then_some("{YYYY}"),
        NumberReset::Month => {
            (!(has(&Part::Month) && (year || has(&Part::FiscalYear)))).then_some("{YYYY}{MM}")
        }
    };
    if let Some(parts) = missing {
        violations.push(Violation::new(&NUMBER_PATTERN_REPEATS).with("reset", reset).with("parts", parts));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn context(branch: Option<&str>) -> NumberContext<'_> {
        let date = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        NumberContext { date, fiscal_year_code: "2025/26", journal_code: "SJ", branch }
    }

    fn codes(text: &str, reset: NumberReset) -> Vec<&'static str> {
        match NumberPattern::parse(text, reset) {
            Ok(_) => Vec::new(),
            Err(violations) => violations.into_iter().map(|violation| violation.def.code).collect(),
        }
    }

    #[test]
    fn every_part_is_filled() {
        let pattern =
            NumberPattern::parse("{JOURNAL}/{BRANCH}-{FY}.{YYYY}{YY}{MM}_{0000}", NumberReset::Never)
                .unwrap();
        assert_eq!(pattern.format(42, &context(Some("RUH"))).unwrap(), "SJ/RUH-2025/26.20262603_0042");
        assert_eq!(pattern.format(123_456, &context(Some("RUH"))).unwrap(), "SJ/RUH-2025/26.20262603_123456");
        assert_eq!(pattern.format(1, &context(None)).unwrap_err().def, &NUMBER_BRANCH_MISSING);
    }

    #[test]
    fn a_number_says_its_place() {
        let pattern = NumberPattern::parse("{JOURNAL}/{YYYY}-{0000}/A", NumberReset::Year).unwrap();
        for sequence in [1, 42, 9_999, 123_456] {
            let number = pattern.format(sequence, &context(None)).unwrap();
            assert_eq!(pattern.sequence_of(&number, &context(None)), Some(sequence));
        }
        for other in ["SJ/2026-42/A", "SJ/2025-0042/A", "GJ/2026-0042/A", "SJ/2026-+042/A", "SJ/2026-0042"] {
            assert_eq!(pattern.sequence_of(other, &context(None)), None, "{other}");
        }
    }

    #[test]
    fn bad_patterns_say_why() {
        use NumberReset::*;
        assert_eq!(codes("", Never), ["number_pattern_length"]);
        assert_eq!(codes(&"A".repeat(51), Never), ["number_pattern_length"]);
        assert_eq!(codes("GJ-{YYYY}", Never), ["number_pattern_counter"]);
        assert_eq!(codes("{000}-{000}", Never), ["number_pattern_counter"]);
        assert_eq!(codes("GJ-{00}", Never), ["number_pattern_unknown_part"]);
        assert_eq!(codes("GJ-{0000000000000}", Never), ["number_pattern_unknown_part"]);
        assert_eq!(codes("G J-{DD}-{000}", Never), ["number_pattern_literal", "number_pattern_unknown_part"]);
        assert_eq!(codes("GJ-{000", Never), ["number_pattern_braces"]);
        assert_eq!(codes("GJ}-{000}", Never), ["number_pattern_braces"]);
        assert_eq!(codes("{BRANCH}{000}", Never), ["number_pattern_ambiguous"]);
    }

    #[test]
    fn a_reset_needs_its_period_in_the_number() {
        use NumberReset::*;
        assert_eq!(codes("GJ-{000000}", Year), ["number_pattern_repeats"]);
        assert_eq!(codes("GJ-{FY}-{000000}", Year), ["number_pattern_repeats"]);
        assert!(codes("GJ-{YYYY}-{000000}", Year).is_empty());
        assert_eq!(codes("GJ-{YYYY}-{000000}", FiscalYear), ["number_pattern_repeats"]);
        assert!(codes("GJ-{FY}-{000000}", FiscalYear).is_empty());
        assert_eq!(codes("GJ-{YYYY}-{000000}", Month), ["number_pattern_repeats"]);
        assert_eq!(codes("GJ-{MM}-{000000}", Month), ["number_pattern_repeats"]);
        assert!(codes("GJ-{YYYY}{MM}-{000000}", Month).is_empty());
        assert!(codes("GJ-{000000}", Never).is_empty());
    }

    #[test]
    fn each_period_counts_for_itself() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        let keys = NumberReset::ALL.iter().map(|reset| reset.period_key(date, "2025/26"));
        assert_eq!(keys.collect::<Vec<_>>(), ["", "FY2025/26", "2026", "2026-03"]);
    }

    proptest! {
        #[test]
        fn increasing_sequences_give_unique_numbers(start in 0_u64..2_000_000, zeros in 3_usize..=12, before: bool) {
            let counter = format!("{{{}}}", "0".repeat(zeros));
            let text = if before { format!("{counter}{{YYYY}}") } else { format!("{{YYYY}}{counter}") };
            let pattern = NumberPattern::parse(&text, NumberReset::Year).unwrap();
            let numbers: HashSet<_> =
                (start..start + 300).map(|n| pattern.format(n, &context(None)).unwrap()).collect();
            prop_assert_eq!(numbers.len(), 300);
        }

        #[test]
        fn any_text_parses_or_is_refused(text in "[-{}A-Z0 ]{0,30}") {
            if let Ok(pattern) = NumberPattern::parse(&text, NumberReset::Never) {
                let number = pattern.format(7, &context(Some("X"))).unwrap();
                prop_assert!(number.contains("007"));
            }
        }
    }
}
