//! Moments and business dates. A [`Timestamp`] is whole microseconds of UTC, so that every engine stores it alike.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

use crate::error::Violation;

crate::errors! {
    INVALID_DATE = "invalid_date", Rule, User,
        "'{value}' is not a date: write it as 2026-11-22, between 1900-01-01 and 2199-12-31.",
        "'{value}' ليس تاريخًا صحيحًا: اكتبه بالشكل 2026-11-22 بين 1900-01-01 و2199-12-31.";
    INVALID_TIMESTAMP = "invalid_timestamp", Rule, User,
        "'{value}' is not a timestamp of RFC 3339, such as 2026-11-22T10:30:00Z.",
        "'{value}' ليس طابعًا زمنيًا حسب RFC 3339 مثل 2026-11-22T10:30:00Z.";
}

/// A moment in UTC with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z, as stored.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    pub const fn micros(self) -> i64 {
        self.0
    }
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }
    pub fn parse(text: &str) -> Result<Self, Violation> {
        DateTime::parse_from_rfc3339(text)
            .map(|moment| Self(moment.timestamp_micros()))
            .map_err(|_| Violation::new(&INVALID_TIMESTAMP).with("value", text))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Every answer has several of these, and a pattern would be read anew for each.
        let moment = self.to_datetime();
        let (year, month, day) = (moment.year(), moment.month(), moment.day());
        let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
        let micros = moment.nanosecond() / 1_000;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

/// Parses a business date, `2026-11-22`, exactly ten characters.
pub fn parse_date(text: &str) -> Result<NaiveDate, Violation> {
    let bad = || Violation::new(&INVALID_DATE).with("value", text);
    if text.len() != 10 {
        return Err(bad());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| bad())?;
    if (1900..=2199).contains(&date.year()) { Ok(date) } else { Err(bad()) }
}

/// A date as stored and compared: 20261122.
pub fn date_key(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}
