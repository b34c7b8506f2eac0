//! Numbers in Arabic words. Those from 3 to 10 have the opposite gender of what they count, the counted noun changes with the
//! last two digits, and a dual loses its ending before a noun.

use super::Parts;
use super::units::{ArabicNoun, CurrencyWords};

/// From 3 to 10 of a masculine noun; the forms for a feminine one follow.
const FEW: [(&str, &str); 8] = [
    ("ثلاثة", "ثلاث"),
    ("أربعة", "أربع"),
    ("خمسة", "خمس"),
    ("ستة", "ست"),
    ("سبعة", "سبع"),
    ("ثمانية", "ثماني"),
    ("تسعة", "تسع"),
    ("عشرة", "عشر"),
];
const TENS: [&str; 8] = ["عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"];
const HUNDREDS: [&str; 9] =
    ["مائة", "مئتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة"];
/// Two hundred of something.
const TWO_HUNDRED_OF: &str = "مئتا";

/// A power of a thousand, which is counted like a noun itself.
struct Scale {
    noun: ArabicNoun,
    /// Two of it before a noun: `ألفا`.
    dual_of: &'static str,
}

const fn scale([singular, dual, plural, accusative]: [&'static str; 4], dual_of: &'static str) -> Scale {
    Scale { noun: ArabicNoun { feminine: false, singular, dual, plural, accusative }, dual_of }
}

/// The powers of a thousand, beginning with the largest: those of the largest amount there is.
const SCALES: [(u64, Scale); 4] = [
    (1_000_000_000_000, scale(["تريليون", "تريليونان", "تريليونات", "تريليوناً"], "تريليونا")),
    (1_000_000_000, scale(["مليار", "ملياران", "مليارات", "ملياراً"], "مليارا")),
    (1_000_000, scale(["مليون", "مليونان", "ملايين", "مليوناً"], "مليونا")),
    (1_000, scale(["ألف", "ألفان", "آلاف", "ألفاً"], "ألفا")),
];

/// Units and subunits; subunits only when there are some.
pub(super) fn amount(parts: Parts, words: &CurrencyWords) -> String {
    let (unit, subunit) = &words.arabic;
    match (parts.units, parts.subunits) {
        (units, 0) => counted(units, unit),
        (0, subunits) => counted(subunits, subunit),
        (units, subunits) => format!("{} و{}", counted(units, unit), counted(subunits, subunit)),
    }
}

/// So many of the noun.
fn counted(number: u64, noun: &ArabicNoun) -> String {
    let last = number % 100;
    match number {
        0 => format!("صفر {}", noun.singular),
        1 => format!("{} {}", noun.singular, one(noun.feminine)),
        2 => noun.dual.to_owned(),
        _ if last == 1 || last == 2 => {
            format!(
                "{} {} و{}",
                number_before(number - last, noun.feminine),
                noun.singular,
                counted(last, noun)
            )
        }
        _ => format!("{} {}", number_before(number, noun.feminine), form(last, noun)),
    }
}

/// The form of a noun after a number with these last two digits.
const fn form(last: u64, noun: &ArabicNoun) -> &'static str {
    match last {
        3..=10 => noun.plural,
        11..=99 => noun.accusative,
        _ => noun.singular,
    }
}

const fn one(feminine: bool) -> &'static str {
    if feminine { "واحدة" } else { "واحد" }
}

/// A number that a noun of this gender follows.
fn number_before(number: u64, feminine: bool) -> String {
    let (mut rest, mut pieces) = (number, Vec::new());
    for (size, scale) in &SCALES {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            pieces.push(of_scale(count, scale, rest == 0));
        }
    }
    if rest > 0 {
        pieces.push(below_thousand(rest, feminine, true));
    }
    pieces.join(" و")
}

/// So many thousands or millions; `last` when the counted noun follows at once.
fn of_scale(count: u64, scale: &Scale, last: bool) -> String {
    let noun = &scale.noun;
    let two = if last { scale.dual_of } else { noun.dual };
    let single = |count: u64| if count == 1 { noun.singular } else { two };
    let two_digits = count % 100;
    match (count, two_digits) {
        (1 | 2, _) => single(count).to_owned(),
        (_, 1 | 2) => {
            let hundreds = below_thousand(count - two_digits, false, true);
            format!("{hundreds} {} و{}", noun.singular, single(two_digits))
        }
        // Before a noun the accusative loses its ending: أحد عشر ألف ريال.
        (_, 11..=99) if last => format!("{} {}", below_thousand(count, false, true), noun.singular),
        _ => format!("{} {}", below_thousand(count, false, true), form(two_digits, noun)),
    }
}

/// From 1 to 999.
fn below_thousand(number: u64, feminine: bool, before_noun: bool) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let hundred = match hundreds {
        0 => return below_hundred(rest, feminine),
        2 if rest == 0 && before_noun => TWO_HUNDRED_OF,
        hundreds => at(&HUNDREDS, hundreds, 1),
    };
    match rest {
        0 => hundred.to_owned(),
        rest => format!("{hundred} و{}", below_hundred(rest, feminine)),
    }
}

/// From 1 to 99.
fn below_hundred(number: u64, feminine: bool) -> String {
    let (tens, ones) = (number / 10, number % 10);
    let ten = if feminine { "عشرة" } else { "عشر" };
    match number {
        1..=10 => digit(number, feminine).to_owned(),
        11 => format!("{} {ten}", if feminine { "إحدى" } else { "أحد" }),
        12 => format!("{} {ten}", if feminine { "اثنتا" } else { "اثنا" }),
        13..=19 => format!("{} {ten}", digit(ones, feminine)),
        _ if ones == 0 => at(&TENS, tens, 2).to_owned(),
        _ => {
            let one = match (ones, feminine) {
                (1, true) => "إحدى",
                (8, true) => "ثمانٍ",
                _ => digit(ones, feminine),
            };
            format!("{one} و{}", at(&TENS, tens, 2))
        }
    }
}

/// From 1 to 10.
fn digit(number: u64, feminine: bool) -> &'static str {
    match number {
        0 | 1 => one(feminine),
        2 if feminine => "اثنتان",
        2 => "اثنان",
        _ => {
            let (masculine, of_feminine) =
                FEW[usize::try_from(number - 3).unwrap_or_default().min(FEW.len() - 1)];
            if feminine { of_feminine } else { masculine }
        }
    }
}

/// The word of a number in a table that begins with `first`.
fn at<const N: usize>(words: &[&'static str; N], number: u64, first: u64) -> &'static str {
    words[usize::try_from(number.saturating_sub(first)).unwrap_or_default().min(N - 1)]
}
