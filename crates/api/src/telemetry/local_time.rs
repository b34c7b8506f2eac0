//! Moments as clocks on the wall of this machine show them.

use chrono::{DateTime, Datelike, Timelike};
use domain::time::Timestamp;
use jiff::tz::TimeZone;

const MICROS: i64 = 1_000_000;

/// A time zone with the second it was asked for last: lines come many a second.
pub struct LocalTime {
    zone: TimeZone,
    second: Option<i64>,
    shown: Moment,
}

/// One second of a place.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// 20240115.
    pub day: u32,
    /// `2024-01-15 14:30:05`.
    text: String,
    /// `+03:00`.
    offset: String,
}

impl Moment {
    /// `14:30:05`.
    pub fn clock(&self) -> &str {
        self.text.split_at_checked(11).map_or("", |(_, clock)| clock)
    }
    /// `2024-01-15`.
    pub fn date(&self) -> &str {
        self.text.split_at_checked(10).map_or("", |(date, _)| date)
    }
    pub fn date_and_clock(&self) -> &str {
        &self.text
    }
    pub fn offset(&self) -> &str {
        &self.offset
    }
}

impl LocalTime {
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, second: None, shown: Moment::default() }
    }

    pub fn utc() -> Self {
        Self::new(TimeZone::UTC)
    }

    /// The time zone of `TZ` or, without it, of the machine; UTC where neither is known.
    pub fn of_machine() -> Self {
        Self::new(TimeZone::system())
    }

    pub fn at(&mut self, time: Timestamp) -> &Moment {
        let second = time.micros().div_euclid(MICROS);
        if self.second != Some(second) {
            self.second = Some(second);
            self.shown = moment(&self.zone, second);
        }
        &self.shown
    }
}

/// The first digits of the part of a second that a moment has beyond the last whole one, with a point before them.
pub fn fraction<const DIGITS: usize>(time: Timestamp, out: &mut String) {
    out.push('.');
    let micros = time.micros().rem_euclid(MICROS);
    let mut unit = MICROS / 10;
    for _ in 0..DIGITS {
        out.push(char::from(b'0' + u8::try_from(micros / unit.max(1) % 10).unwrap_or(0)));
        unit /= 10;
    }
}

fn moment(zone: &TimeZone, second: i64) -> Moment {
    let offset =
        jiff::Timestamp::from_second(second).map_or(0, |time| i64::from(zone.to_offset(time).seconds()));
    let local = DateTime::from_timestamp(second + offset, 0).unwrap_or(DateTime::UNIX_EPOCH);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
    let (year, month, day) = (u32::try_from(local.year()).unwrap_or(0), local.month(), local.day());
    let (hour, minute, second) = (local.hour(), local.minute(), local.second());
    Moment {
        day: year * 10_000 + month * 100 + day,
        text: format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        offset: format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::tests::riyadh;

    #[test]
    fn seconds_are_shown_in_their_zone() {
        let mut riyadh = LocalTime::new(riyadh());
        let moment = riyadh.at(Timestamp::parse("2024-01-15T21:30:05.25Z").unwrap()).clone();
        assert_eq!((moment.day, moment.clock(), moment.offset()), (20_240_116, "00:30:05", "+03:00"));
        assert_eq!((moment.date_and_clock(), moment.date()), ("2024-01-16 00:30:05", "2024-01-16"));
        for (time, expected) in
            [("2024-01-15T21:30:05.25Z", ".250.250000"), ("1969-12-31T23:59:59.000007Z", ".000.000007")]
        {
            let (time, mut out) = (Timestamp::parse(time).unwrap(), String::new());
            fraction::<3>(time, &mut out);
            fraction::<6>(time, &mut out);
            assert_eq!(out, expected);
        }
        let later = riyadh.at(Timestamp::parse("2024-01-15T21:30:06Z").unwrap());
        assert_eq!(later.clock(), "00:30:06");
        let name = "America/St_Johns";
        let mut west = LocalTime::new(jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap());
        let moment = west.at(Timestamp::parse("2024-01-15T02:00:00Z").unwrap());
        assert_eq!((moment.day, moment.clock(), moment.offset()), (20_240_114, "22:30:00", "-03:30"));
    }
}
