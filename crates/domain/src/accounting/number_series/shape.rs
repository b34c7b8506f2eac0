//! The form of the numbers a series prints, and whether two series could print the same text.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};

use super::pattern::{NumberPattern, Part, read_parts};
use crate::error::Violations;

/// The first digits of the years of posting dates.
const CENTURIES: [&str; 3] = ["19", "20", "21"];

/// A pattern of one journal and branch: what is left open are dates, fiscal years and the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberShape {
    parts: Vec<Part>,
}

impl NumberShape {
    /// The form of the numbers that a pattern gives in a journal; `None` when it needs a journal or branch it has not.
    pub fn of(pattern: &NumberPattern, journal: Option<&str>, branch: Option<&str>) -> Option<Self> {
        let mut parts: Vec<Part> = Vec::new();
        for part in pattern.parts() {
            let part = match part {
                Part::Journal => Part::Literal(journal?.to_owned()),
                Part::Branch => Part::Literal(branch?.to_owned()),
                other => other.clone(),
            };
            match (parts.last_mut(), part) {
                (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
                (_, part) => parts.push(part),
            }
        }
        Some(Self { parts })
    }

    /// Reads what [`NumberShape::text`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let mut violations = Violations::new();
        let parts = read_parts(text, &mut violations);
        violations.is_empty().then_some(Self { parts })
    }

    pub fn text(&self) -> String {
        self.parts.iter().map(Part::text).collect()
    }

    /// Whether both are the same but for the number of zeros: one counter gives each of their numbers once.
    pub fn differs_in_width_only(&self, other: &Self) -> bool {
        let same = |(a, b): (&Part, &Part)| a == b || matches!((a, b), (Part::Counter(_), Part::Counter(_)));
        self.parts.len() == other.parts.len() && self.parts.iter().zip(&other.parts).all(same)
    }

    /// A number that both could print, if there is one; `years` are the codes of the tenant's fiscal years, beside
    /// which every code that a fiscal year gets by itself is taken into account.
    pub fn common_number(&self, other: &Self, years: &[&str]) -> Option<String> {
        let (left, right) = (Automaton::of(&self.parts, years), Automaton::of(&other.parts, years));
        left.common(&right)
    }
}

/// One step: the characters that lead on.
#[derive(Debug, Clone, Copy)]
enum Step {
    One(char),
    Digit,
    NonZero,
}

impl Step {
    /// A character of both.
    fn common(self, other: Self) -> Option<char> {
        match (self, other) {
            (Self::One(a), Self::One(b)) => (a == b).then_some(a),
            (Self::One(a), Self::Digit) | (Self::Digit, Self::One(a)) => a.is_ascii_digit().then_some(a),
            (Self::One(a), Self::NonZero) | (Self::NonZero, Self::One(a)) => {
                (a.is_ascii_digit() && a != '0').then_some(a)
            }
            _ => Some('1'),
        }
    }
}

/// A state of each of two automata.
type Place = (usize, usize);

/// A non-deterministic automaton of the texts a shape prints.
struct Automaton {
    /// The steps out of each state; the first one begins.
    states: Vec<Vec<(Step, usize)>>,
    end: usize,
}

impl Automaton {
    fn of(parts: &[Part], years: &[&str]) -> Self {
        let mut automaton = Self { states: vec![Vec::new()], end: 0 };
        for part in parts {
            automaton.end = automaton.part(automaton.end, part, years);
        }
        automaton
    }

    fn add(&mut self) -> usize {
        self.states.push(Vec::new());
        self.states.len() - 1
    }

    /// Reads a part from the state `from`; answers the state after it.
    fn part(&mut self, from: usize, part: &Part, years: &[&str]) -> usize {
        let digits = |count: usize| vec![Step::Digit; count];
        let text = |text: &str| text.chars().map(Step::One).collect::<Vec<_>>();
        let centuries =
            |tail: &[Step]| CENTURIES.iter().map(|first| [&text(first), tail].concat()).collect::<Vec<_>>();
        match part {
            Part::Literal(literal) => self.words(from, &[text(literal)]),
            Part::Year => self.words(from, &centuries(&digits(2))),
            Part::ShortYear => self.words(from, &[digits(2)]),
            Part::Month => {
                let months: Vec<_> = (1..=12).map(|month| text(&format!("{month:02}"))).collect();
                self.words(from, &months)
            }
            Part::FiscalYear => {
                let mut codes: Vec<_> = years.iter().map(|code| text(code)).collect();
                codes.extend(centuries(&digits(2)));
                codes.extend(centuries(&[&digits(2)[..], &text("/"), &digits(2)].concat()));
                codes.extend(centuries(&[&digits(2)[..], &text("-"), &[Step::NonZero]].concat()));
                self.words(from, &codes)
            }
            Part::Counter(width) => self.counter(from, *width),
            // A shape has neither.
            Part::Journal | Part::Branch => from,
        }
    }

    /// One of several words; all end in one state.
    fn words(&mut self, from: usize, words: &[Vec<Step>]) -> usize {
        let end = self.add();
        for word in words {
            let mut at = from;
            for (index, step) in word.iter().enumerate() {
                let to = if index + 1 == word.len() { end } else { self.add() };
                self.states[at].push((*step, to));
                at = to;
            }
        }
        end
    }

    /// `width` digits, or more when the first is not zero.
    fn counter(&mut self, from: usize, width: usize) -> usize {
        let end = self.words(from, &[vec![Step::Digit; width]]);
        let mut at = self.add();
        self.states[from].push((Step::NonZero, at));
        for _ in 1..width {
            let to = self.add();
            self.states[at].push((Step::Digit, to));
            at = to;
        }
        self.states[at].push((Step::Digit, at));
        self.states[at].push((Step::Digit, end));
        end
    }

    /// A shortest text that both accept.
    fn common(&self, other: &Self) -> Option<String> {
        let goal = (self.end, other.end);
        let mut reached: HashMap<Place, Option<(Place, char)>> = HashMap::new();
        reached.insert((0, 0), None);
        let mut next = VecDeque::from([(0, 0)]);
        while let Some(at) = next.pop_front() {
            if at == goal {
                let mut text = Vec::new();
                let mut place = at;
                while let Some(Some((before, character))) = reached.get(&place) {
                    text.push(*character);
                    place = *before;
                }
                return Some(text.into_iter().rev().collect());
            }
            for (left, left_to) in &self.states[at.0] {
                for (right, right_to) in &other.states[at.1] {
                    let Some(character) = left.common(*right) else { continue };
                    let to = (*left_to, *right_to);
                    if let Entry::Vacant(unseen) = reached.entry(to) {
                        unseen.insert(Some((at, character)));
                        next.push_back(to);
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounting::number_series::NumberReset;

    fn shape(pattern: &str) -> NumberShape {
        NumberShape::of(&NumberPattern::parse(pattern, NumberReset::Never).unwrap(), Some("GJ"), None)
            .unwrap()
    }

    fn common(left: &str, right: &str) -> Option<String> {
        let (left, right) = (shape(left), shape(right));
        let found = left.common_number(&right, &["2026", "FIRST"]);
        assert_eq!(found.is_some(), right.common_number(&left, &["2026", "FIRST"]).is_some(), "both ways");
        found
    }

    #[test]
    fn patterns_that_can_print_one_text_are_found() {
        for (left, right) in [
            ("GJ-{FY}-{000000}", "GJ-{FY}-{000000}"),
            ("GJ-{FY}-{000000}", "GJ-{YYYY}-{000000}"),
            ("GJ-{FY}-{000000}", "GJ-{FY}-{000}"),
            ("GJ-{FY}-{000000}", "{JOURNAL}-{FY}-{000000}"),
            ("GJ-{FY}-{000000}", "GJ-2026-{000000}"),
            ("GJ-{FY}-{000000}", "GJ-2026/27-{000000}"),
            ("GJ-{FY}-{000}", "GJ-FIRST-{000}"),
            ("{YYYY}{MM}-{000}", "{FY}12-{000}"),
            ("{YYYY}{MM}{000}", "{YYYY}{00000}"),
            ("A{000}", "A1{000}"),
            ("A{000}", "A{000}5"),
            ("20{YY}-{000}", "{YYYY}-{000}"),
        ] {
            assert!(common(left, right).is_some(), "{left} and {right}");
        }
    }

    #[test]
    fn the_text_found_is_one_that_both_print() {
        assert_eq!(common("A{000}", "A1{000}").unwrap(), "A1111");
        assert_eq!(common("GJ-{FY}-{000}", "GJ-{YYYY}-{000}").unwrap(), "GJ-2026-111");
    }

    #[test]
    fn patterns_that_never_meet_are_let_be() {
        for (left, right) in [
            ("GJ-{FY}-{000000}", "OB-{FY}-{000000}"),
            ("GJ-{FY}-{000000}", "GJ{FY}-{000000}"),
            ("GJ-{FY}-{000000}", "{FY}-{000000}"),
            ("GJ-{YYYY}-{000}", "GJ-{YY}-{000}"),
            ("GJ-{YYYY}-{000}", "gj-{YYYY}-{000}"),
            ("GJ-{YYYY}{MM}-{000}", "GJ-{YYYY}13-{000}"),
            ("A-0{000}", "A-{0000}B"),
            ("GJ-{FY}-{000}", "GJ-SECOND-{000}"),
        ] {
            assert_eq!(common(left, right), None, "{left} and {right}");
        }
    }

    #[test]
    fn a_shape_is_kept_as_text() {
        let pattern =
            NumberPattern::parse("{JOURNAL}/{FY}.{YYYY}{YY}{MM}-{0000}", NumberReset::Never).unwrap();
        let shape = NumberShape::of(&pattern, Some("B-1"), None).unwrap();
        assert_eq!(shape.text(), "B-1/{FY}.{YYYY}{YY}{MM}-{0000}");
        assert_eq!(NumberShape::read(&shape.text()).unwrap(), shape);
        assert_eq!(NumberShape::of(&pattern, None, None), None, "it needs a journal");
        let of_branch = NumberPattern::parse("{BRANCH}-{000}", NumberReset::Never).unwrap();
        assert_eq!(NumberShape::of(&of_branch, None, None), None, "it needs a branch");
        assert_eq!(NumberShape::of(&of_branch, None, Some("RUH")).unwrap().text(), "RUH-{000}");
        let wider = NumberShape::read("B-1/{FY}.{YYYY}{YY}{MM}-{000000}").unwrap();
        assert!(shape.differs_in_width_only(&wider));
        assert!(!shape.differs_in_width_only(&NumberShape::read("B-1/{FY}.{YYYY}{YY}-{0000}").unwrap()));
    }
}
