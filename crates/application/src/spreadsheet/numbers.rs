//! Numbers of cells, which are binary fractions, as the decimals that people see.

use chrono::{Days, NaiveDate};
use domain::error::Violation;

use super::error::{CELL_DATE_OUT_OF_RANGE, CELL_NUMBER_INEXACT};

/// Digits of a number that a spreadsheet program keeps.
const DIGITS_MAX: usize = 15;
/// From here on numbers lose whole units.
const EXACT_MAX: f64 = 1e15;
/// From here on a number with a fraction has fewer than two certain decimals.
const FRACTION_MAX: f64 = 1e13;
/// Smaller numbers are no amounts, and writing them out would take many zeros.
const SMALLEST: f64 = 1e-15;
/// The first serial date that all programs agree on: 1 March 1900. The day before it never was.
const FIRST_SERIAL: f64 = 61.0;
/// Longest number quoted back, in characters.
const QUOTED_LENGTH_MAX: usize = 40;

fn inexact(raw: &str) -> Violation {
    let value: String = raw.chars().take(QUOTED_LENGTH_MAX).collect();
    Violation::new(&CELL_NUMBER_INEXACT).with("value", value)
}

/// The decimal that is stored, without the noise of the binary fraction: `0.1 + 0.2` is `0.3`, as the program shows it.
pub(super) fn decimal(raw: &str) -> Result<String, Violation> {
    let number: f64 = raw.trim().parse().map_err(|_| inexact(raw))?;
    of_float(number).ok_or_else(|| inexact(raw))
}

/// A number that is shown in per cent.
pub(super) fn percent(raw: &str) -> Result<String, Violation> {
    let number: f64 = raw.trim().parse().map_err(|_| inexact(raw))?;
    // Rounding to fifteen digits takes away what the multiplication adds.
    of_float(number * 100.0).ok_or_else(|| inexact(raw))
}

fn of_float(number: f64) -> Option<String> {
    let size = number.abs();
    if number == 0.0 {
        return Some("0".to_owned());
    }
    if !(SMALLEST..EXACT_MAX).contains(&size) {
        return None;
    }
    let shown = format!("{number:.*e}", DIGITS_MAX - 1);
    let rounded: f64 = shown.parse().ok()?;
    if size >= FRACTION_MAX && rounded.to_bits() != number.to_bits() {
        return None;
    }
    let (digits, exponent) = shown.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits: String = digits.chars().filter(|c| *c != '.').collect();
    let digits = digits.trim_end_matches('0');
    let whole = usize::try_from(exponent + 1).unwrap_or_default();
    let text = if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        format!("{sign}0.{}{digits}", "0".repeat(zeros))
    } else if digits.len() <= whole {
        format!("{sign}{digits}{}", "0".repeat(whole - digits.len()))
    } else {
        format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
    };
    Some(text)
}

/// A serial date: days since the end of 1899, or in workbooks of older Macs since the beginning of 1904. A time of day is
/// left aside.
pub(super) fn date(raw: &str, from_1904: bool) -> Result<String, Violation> {
    let refused = || {
        let value: String = raw.chars().take(QUOTED_LENGTH_MAX).collect();
        Violation::new(&CELL_DATE_OUT_OF_RANGE).with("value", value)
    };
    let serial: f64 = raw.trim().parse().map_err(|_| refused())?;
    let first = if from_1904 { 0.0 } else { FIRST_SERIAL };
    // The last day of 9999.
    if !(first..2_958_466.0).contains(&serial) {
        return Err(refused());
    }
    let base =
        if from_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
    // Between zero and three million.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let days = Days::new(serial as u64);
    let date = base.and_then(|base| base.checked_add_days(days)).ok_or_else(refused)?;
    Ok(date.to_string())
}

/// A date that is written as text in the cell (ISO 8601), with or without a time.
pub(super) fn iso_date(raw: &str) -> Result<String, Violation> {
    let day = raw.trim().get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok());
    let refused = || {
        Violation::new(&CELL_DATE_OUT_OF_RANGE)
            .with("value", raw.chars().take(QUOTED_LENGTH_MAX).collect::<String>())
    };
    day.map(|day| day.to_string()).ok_or_else(refused)
}
