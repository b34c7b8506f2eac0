//! Numbers in English words.

use super::Parts;
use super::units::{CurrencyWords, EnglishNoun};

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
/// The powers of a thousand, beginning with the largest: those of the largest amount there is.
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1_000, "thousand"),
];

/// Units and subunits; subunits only when there are some.
pub(super) fn amount(parts: Parts, words: &CurrencyWords) -> String {
    let (unit, subunit) = &words.english;
    match (parts.units, parts.subunits) {
        (units, 0) => counted(units, unit),
        (0, subunits) => counted(subunits, subunit),
        (units, subunits) => format!("{} and {}", counted(units, unit), counted(subunits, subunit)),
    }
}

fn counted(number: u64, noun: &EnglishNoun) -> String {
    format!("{} {}", in_words(number), if number == 1 { noun.one } else { noun.many })
}

fn in_words(number: u64) -> String {
    let (mut rest, mut pieces) = (number, Vec::new());
    for (size, name) in SCALES {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            pieces.push(format!("{} {name}", below_thousand(count)));
        }
    }
    match rest {
        0 if pieces.is_empty() => return SMALL[0].to_owned(),
        0 => {}
        1..=99 if !pieces.is_empty() => pieces.push(format!("and {}", below_hundred(rest))),
        _ => pieces.push(below_thousand(rest)),
    }
    pieces.join(" ")
}

fn below_thousand(number: u64) -> String {
    match (number / 100, number % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", small(hundreds)),
        (hundreds, rest) => format!("{} hundred and {}", small(hundreds), below_hundred(rest)),
    }
}

fn below_hundred(number: u64) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => small(number).to_owned(),
        (tens, 0) => ten(tens).to_owned(),
        (tens, ones) => format!("{}-{}", ten(tens), small(ones)),
    }
}

fn small(number: u64) -> &'static str {
    SMALL[usize::try_from(number).unwrap_or_default().min(SMALL.len() - 1)]
}

fn ten(tens: u64) -> &'static str {
    TENS[usize::try_from(tens).unwrap_or_default().min(TENS.len() - 1)]
}
