//! The values of cells as people write them, in the one form that the domain reads: `1234.50`, `2026-12-31`.
//!
//! A text is read with the marks that were named for the file, in one way or not at all.

use std::borrow::Cow;

use chrono::NaiveDate;
use domain::accounting::import_profile::{DateFormat, DecimalMark, Digits, ThousandsMark, ValueMarks};
use domain::error::Violation;
use domain::text::{is_invisible, is_margin};

use super::cells::quoted;
use super::columns::CellKind;
use super::error::{IMPORT_CELL_DATE_WRITTEN, IMPORT_CELL_NUMBER_WRITTEN, IMPORT_CELL_OTHER_DIGITS};

/// Digits between two thousands marks.
const GROUP_DIGITS: usize = 3;
/// Longest number that is read, in characters; the longest of the domain has half as many.
const NUMBER_LENGTH_MAX: usize = 60;

/// The text of a cell in the form of its column.
pub(super) fn read<'t>(text: &'t str, kind: CellKind, marks: ValueMarks) -> Result<Cow<'t, str>, Violation> {
    match kind {
        CellKind::Text => Ok(Cow::Borrowed(text)),
        _ if text.contains(is_invisible) => {
            // Nobody sees them, and programs for Arabic put them around what they copy.
            let seen = text.replace(is_invisible, "");
            match kind {
                CellKind::Date => date(&seen, marks),
                _ => number(&seen, marks),
            }
            .map(|read| Cow::Owned(read.into_owned()))
        }
        CellKind::Number | CellKind::Percent => number(text, marks),
        CellKind::Date => date(text, marks),
    }
}

/// A number such as `1234.50`. What says nothing with these marks is left to the parser of the amount, which refuses it.
fn number(text: &str, marks: ValueMarks) -> Result<Cow<'_, str>, Violation> {
    if marks == ValueMarks::default() && !text.contains(could_be_read_otherwise) {
        return Ok(Cow::Borrowed(text));
    }
    let shown = text.trim_matches(is_margin);
    if shown.chars().count() > NUMBER_LENGTH_MAX {
        return Err(not_written(text, marks));
    }
    let (sign, unsigned) = match shown.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest.trim_start_matches(is_margin)),
        None => ("", shown),
    };
    let mut pieces = unsigned.split(marks.decimal.character());
    let (whole, fraction) = (pieces.next().unwrap_or_default(), pieces.next());
    if pieces.next().is_some() {
        return Err(not_written(text, marks));
    }
    let whole = whole_part(text, whole, marks)?;
    let fraction = fraction.map(|digits| in_latin(text, digits, marks)).transpose()?;
    if whole.is_empty() && fraction.as_ref().is_none_or(String::is_empty) {
        return Err(not_written(text, marks));
    }
    let fraction = fraction.map_or_else(String::new, |digits| format!(".{digits}"));
    Ok(Cow::Owned(format!("{sign}{whole}{fraction}")))
}

/// Marks and digits that other files have: with them a text may be a number elsewhere.
fn could_be_read_otherwise(character: char) -> bool {
    let mark = ThousandsMark::ALL.iter().any(|mark| mark.characters().contains(&character));
    let other_digit = !character.is_ascii_digit() && Digits::Any.value(character).is_some();
    other_digit || (mark && character != '.') || character == DecimalMark::Arabic.character()
}

/// The digits before the decimal mark: in groups of three, or in one piece.
fn whole_part(text: &str, whole: &str, marks: ValueMarks) -> Result<String, Violation> {
    let groups: Vec<&str> = whole.split(marks.thousands.characters()).collect();
    let [first, rest @ ..] = groups.as_slice() else { return Err(not_written(text, marks)) };
    let mut digits = in_latin(text, first, marks)?;
    let head = digits.len();
    for group in rest {
        let group = in_latin(text, group, marks)?;
        if group.len() != GROUP_DIGITS {
            return Err(not_written(text, marks));
        }
        digits.push_str(&group);
    }
    let grouped = rest.is_empty() || (1..=GROUP_DIGITS).contains(&head);
    if grouped { Ok(digits) } else { Err(not_written(text, marks)) }
}

/// The digits of the file as Latin ones.
fn in_latin(text: &str, digits: &str, marks: ValueMarks) -> Result<String, Violation> {
    let mut latin = String::with_capacity(digits.len());
    for character in digits.chars() {
        match marks.digits.value(character) {
            Some(value) => latin.push(char::from(b'0' + value)),
            None => return Err(not_digit(character, text).unwrap_or_else(|| not_written(text, marks))),
        }
    }
    Ok(latin)
}

/// A digit of another kind than the file's.
fn not_digit(character: char, text: &str) -> Option<Violation> {
    let kind = Digits::ALL.iter().find(|digits| digits.value(character).is_some())?;
    Some(Violation::new(&IMPORT_CELL_OTHER_DIGITS).with("value", quoted(text)).with("digits", kind))
}

fn not_written(text: &str, marks: ValueMarks) -> Violation {
    let violation = Violation::new(&IMPORT_CELL_NUMBER_WRITTEN).with("value", quoted(text));
    let violation = violation.with("decimalMark", marks.decimal).with("thousandsMark", marks.thousands);
    violation.with("example", example(marks))
}

/// How the file writes a thousand and a half.
fn example(marks: ValueMarks) -> String {
    let thousands = marks.thousands.characters().first().map_or_else(String::new, char::to_string);
    let latin = format!("1{thousands}234{}50", marks.decimal.character());
    let first = match marks.digits {
        Digits::Latin | Digits::Any => return latin,
        Digits::ArabicIndic => '٠',
        Digits::Persian => '۰',
    };
    let shown = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32(first as u32 + digit).unwrap_or(c),
        None => c,
    };
    latin.chars().map(shown).collect()
}

/// A date such as `2026-12-31`.
fn date(text: &str, marks: ValueMarks) -> Result<Cow<'_, str>, Violation> {
    let format = marks.date_format;
    let as_in_requests = text.len() == 10 && text.get(4..5) == Some("-");
    let no_digits = !text.contains(|character| Digits::Any.value(character).is_some());
    // A value that is no date in any format is refused by the parser of dates.
    if no_digits || (format == DateFormat::Iso && as_in_requests) {
        return Ok(Cow::Borrowed(text));
    }
    let refused = || {
        let violation = Violation::new(&IMPORT_CELL_DATE_WRITTEN).with("value", quoted(text));
        violation.with("format", format).with("example", example_of(format))
    };
    let mut latin = String::new();
    for character in text.trim_matches(is_margin).chars().take(NUMBER_LENGTH_MAX) {
        match marks.digits.value(character) {
            Some(value) => latin.push(char::from(b'0' + value)),
            None if character.is_ascii_digit() || !character.is_numeric() => {
                if let Some(violation) = not_digit(character, text) {
                    return Err(violation);
                }
                latin.push(character);
            }
            None => return Err(not_digit(character, text).unwrap_or_else(refused)),
        }
    }
    let date = parts(&latin, format).and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    date.map(|date| Cow::Owned(date.to_string())).ok_or_else(refused)
}

/// Year, month and day of a date in Latin digits.
fn parts(text: &str, format: DateFormat) -> Option<(i32, u32, u32)> {
    let number = |digits: &str, length: std::ops::RangeInclusive<usize>| {
        let good = length.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if good { digits.parse::<u32>().ok() } else { None }
    };
    let year = |digits: &str| number(digits, 4..=4).and_then(|year| i32::try_from(year).ok());
    if format == DateFormat::YearJoined {
        let good = text.len() == 8 && text.is_ascii();
        let (first, rest) = if good { text.split_at(4) } else { return None };
        return Some((year(first)?, number(&rest[..2], 2..=2)?, number(&rest[2..], 2..=2)?));
    }
    let separator = match format {
        DateFormat::Iso | DateFormat::DayHyphens => '-',
        DateFormat::DayPoints => '.',
        _ => '/',
    };
    let pieces: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = pieces.as_slice() else { return None };
    let (y, m, d) = match format {
        DateFormat::Iso | DateFormat::YearSlashes | DateFormat::YearJoined => (first, second, third),
        DateFormat::DaySlashes | DateFormat::DayHyphens | DateFormat::DayPoints => (third, second, first),
        DateFormat::MonthSlashes => (third, first, second),
    };
    Some((year(y)?, number(m, 1..=2)?, number(d, 1..=2)?))
}

const fn example_of(format: DateFormat) -> &'static str {
    match format {
        DateFormat::Iso => "2026-12-31",
        DateFormat::YearSlashes => "2026/12/31",
        DateFormat::YearJoined => "20261231",
        DateFormat::DaySlashes => "31/12/2026",
        DateFormat::DayHyphens => "31-12-2026",
        DateFormat::DayPoints => "31.12.2026",
        DateFormat::MonthSlashes => "12/31/2026",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(decimal: DecimalMark, thousands: ThousandsMark, digits: Digits) -> ValueMarks {
        ValueMarks { decimal, thousands, digits, ..ValueMarks::default() }
    }

    fn read_number(text: &str, marks: ValueMarks) -> Result<String, &'static str> {
        number(text, marks).map(Cow::into_owned).map_err(|violation| violation.def.code)
    }

    #[test]
    fn numbers_are_read_with_the_marks_of_the_file() {
        let german = marks(DecimalMark::Comma, ThousandsMark::Point, Digits::Latin);
        let french = marks(DecimalMark::Comma, ThousandsMark::Space, Digits::Latin);
        let swiss = marks(DecimalMark::Point, ThousandsMark::Apostrophe, Digits::Latin);
        let english = marks(DecimalMark::Point, ThousandsMark::Comma, Digits::Latin);
        let arabic = marks(DecimalMark::Arabic, ThousandsMark::Arabic, Digits::ArabicIndic);
        let persian = marks(DecimalMark::Arabic, ThousandsMark::Arabic, Digits::Persian);
        for (text, marks, value) in [
            ("1.234,50", german, "1234.50"),
            ("1234,5", german, "1234.5"),
            ("-1.234.567,89", german, "-1234567.89"),
            ("1,234", german, "1.234"),
            ("1.234", german, "1234"),
            ("1\u{202F}234,50", french, "1234.50"),
            ("1 234 567", french, "1234567"),
            ("1’234.50", swiss, "1234.50"),
            ("1,234", english, "1234"),
            ("١٬٢٣٤٫٥٠", arabic, "1234.50"),
            ("\u{200F}-٥٫٢٥", arabic, "-5.25"),
            ("۱٬۲۳۴٫۵", persian, "1234.5"),
        ] {
            assert_eq!(read_number(text, marks).as_deref(), Ok(value), "{text}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_refused() {
        let german = marks(DecimalMark::Comma, ThousandsMark::Point, Digits::Latin);
        let comma = marks(DecimalMark::Comma, ThousandsMark::None, Digits::Latin);
        let english = marks(DecimalMark::Point, ThousandsMark::Comma, Digits::Latin);
        for (text, marks) in [
            ("1,234", ValueMarks::default()),
            ("1 234", ValueMarks::default()),
            ("1.234", comma),
            ("1,23", english),
            ("1234,567", english),
            ("12,34,567", english),
            (",234", english),
            ("1,,234", english),
            ("1,5,0", german),
            ("5 EUR", german),
            ("--5", german),
            (",", german),
        ] {
            assert_eq!(read_number(text, marks), Err("import_cell_number_written"), "{text}");
        }
        let arabic = marks(DecimalMark::Arabic, ThousandsMark::Arabic, Digits::ArabicIndic);
        assert_eq!(read_number("12", arabic), Err("import_cell_other_digits"));
        assert_eq!(read_number("١٢", ValueMarks::default()), Err("import_cell_other_digits"));
        assert_eq!(
            read_number("12x", ValueMarks::default()).as_deref(),
            Ok("12x"),
            "left to the amount's own parser"
        );
    }

    #[test]
    fn the_message_shows_how_the_file_writes_numbers() {
        let arabic = marks(DecimalMark::Arabic, ThousandsMark::Arabic, Digits::ArabicIndic);
        assert_eq!(example(arabic), "١٬٢٣٤٫٥٠");
        assert_eq!(example(ValueMarks::default()), "1234.50");
    }

    #[test]
    fn dates_are_read_in_the_order_that_was_named() {
        let read_date = |text: &str, date_format, digits| {
            let marks = ValueMarks { date_format, digits, ..ValueMarks::default() };
            date(text, marks).map(Cow::into_owned).map_err(|violation| violation.def.code)
        };
        for (text, format, digits, value) in [
            ("03/02/2026", DateFormat::DaySlashes, Digits::Latin, "2026-02-03"),
            ("3/2/2026", DateFormat::DaySlashes, Digits::Latin, "2026-02-03"),
            ("03/02/2026", DateFormat::MonthSlashes, Digits::Latin, "2026-03-02"),
            ("31.12.2026", DateFormat::DayPoints, Digits::Latin, "2026-12-31"),
            ("20261231", DateFormat::YearJoined, Digits::Latin, "2026-12-31"),
            ("2026/12/31", DateFormat::YearSlashes, Digits::Latin, "2026-12-31"),
            ("٣١/١٢/٢٠٢٦", DateFormat::DaySlashes, Digits::ArabicIndic, "2026-12-31"),
            ("٢٠٢٦-١٢-٣١", DateFormat::Iso, Digits::Any, "2026-12-31"),
        ] {
            assert_eq!(read_date(text, format, digits).as_deref(), Ok(value), "{text}");
        }
        for (text, format) in [
            ("12/31/2026", DateFormat::DaySlashes),
            ("31/12/26", DateFormat::DaySlashes),
            ("31-12-2026", DateFormat::DaySlashes),
            ("2026-12-31", DateFormat::DaySlashes),
            ("30.2.2026", DateFormat::DayPoints),
            ("2026123", DateFormat::YearJoined),
            ("31/12/2026 10:00", DateFormat::DaySlashes),
        ] {
            assert_eq!(read_date(text, format, Digits::Latin), Err("import_cell_date_written"), "{text}");
        }
        let other = read_date("٣١/١٢/٢٠٢٦", DateFormat::DaySlashes, Digits::Latin);
        assert_eq!(other, Err("import_cell_other_digits"));
    }
}
