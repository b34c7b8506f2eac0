//! Decimal texts as whole numbers of their smallest step, and back.

/// Why a text cannot be read.
pub(super) enum Unread {
    Malformed,
    TooLarge,
}

/// Reads `1234.50`, `-3`, `.5` as a whole number of `10^-scale`; no grouping, no exponent, no sign `+`.
pub(super) fn read(text: &str, scale: u32) -> Result<i64, Unread> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.len() > scale as usize {
        return Err(Unread::Malformed);
    }
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(Unread::Malformed);
    }
    let padding = scale as usize - fraction.len();
    let mut digits =
        whole.bytes().chain(fraction.bytes()).map(|b| i64::from(b - b'0')).chain((0..padding).map(|_| 0));
    let scaled = digits.try_fold(0_i64, |scaled, digit| scaled.checked_mul(10)?.checked_add(digit));
    let scaled = scaled.ok_or(Unread::TooLarge)?;
    Ok(if negative { -scaled } else { scaled })
}

/// Writes the number with at least so many decimals, more only if it has more.
pub(super) fn write(scaled: i64, scale: u32, decimals_min: u32) -> String {
    let mut decimals = decimals_min.min(scale);
    let magnitude = scaled.unsigned_abs();
    while decimals < scale && !magnitude.is_multiple_of(10_u64.pow(scale - decimals)) {
        decimals += 1;
    }
    let sign = if scaled < 0 { "-" } else { "" };
    let unit = 10_u64.pow(scale);
    let whole = magnitude / unit;
    if decimals == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = (magnitude % unit) / 10_u64.pow(scale - decimals);
    format!("{sign}{whole}.{fraction:0width$}", width = decimals as usize)
}
