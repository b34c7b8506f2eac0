//! The time zone of a tenant, which decides when a business day begins.

use std::sync::LazyLock;

use chrono::NaiveDate;
use jiff::tz::TimeZoneDatabase;

use crate::error::Violation;
use crate::time::Timestamp;

crate::errors! {
    INVALID_TIME_ZONE = "invalid_time_zone", Rule, User,
        "'{value}' is not a time zone: give a name of the IANA database, such as Asia/Riyadh.",
        "'{value}' ليست منطقة زمنية: أدخل اسمًا من قاعدة بيانات IANA مثل Asia/Riyadh.";
}

/// Longest name of a time zone, in characters.
pub const TIME_ZONE_LENGTH_MAX: usize = 64;
/// Characters of a refused name that its message repeats.
const SHOWN_MAX: usize = 64;

/// The rules of all zones come with the program, so that every machine and every container counts the same days.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A country and the zone of its capital on each line: what a tenant has unless another one is chosen.
static OF_COUNTRIES: &str = include_str!("time_zone/of_countries.txt");

/// A time zone of the IANA database, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

impl TimeZone {
    /// The time zone for records that belong to no tenant.
    pub const UTC: Self = Self(jiff::tz::TimeZone::UTC);

    /// Takes any letter case and keeps the database's own.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let known = |text: &str| ZONES.get(text).ok().filter(|zone| zone.iana_name().is_some());
        let short = text.len() <= TIME_ZONE_LENGTH_MAX;
        let zone = Some(text).filter(|_| short).and_then(known);
        zone.map(Self).ok_or_else(|| {
            let shown: String = text.chars().take(SHOWN_MAX).collect();
            Violation::new(&INVALID_TIME_ZONE).with("value", shown)
        })
    }

    /// The zone of a country's capital, by its code of ISO 3166-1; UTC where the database knows no such country.
    pub fn of_country(country: &str) -> Self {
        let zone = OF_COUNTRIES.lines().find_map(|line| line.strip_prefix(country)?.strip_prefix(' '));
        zone.and_then(|name| Self::parse(name).ok()).unwrap_or(Self::UTC)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The day of the calendar on which a moment falls here. The only way from a moment to a day.
    #[expect(clippy::disallowed_methods, reason = "of a moment that was moved to the zone's own clock")]
    pub fn day_of(&self, moment: Timestamp) -> NaiveDate {
        let offset = jiff::Timestamp::from_microsecond(moment.micros())
            .map_or(0, |moment| i64::from(self.0.to_offset(moment).seconds()));
        moment.plus_seconds(offset).to_datetime().date_naive()
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(zone: &str, moment: &str) -> String {
        TimeZone::parse(zone).unwrap().day_of(Timestamp::parse(moment).unwrap()).to_string()
    }

    #[test]
    fn a_day_begins_where_the_company_is() {
        for (zone, moment, expected) in [
            ("Asia/Riyadh", "2026-12-31T20:59:59.999999Z", "2026-12-31"),
            ("Asia/Riyadh", "2026-12-31T21:00:00Z", "2027-01-01"),
            ("UTC", "2026-12-31T21:30:00Z", "2026-12-31"),
            ("America/New_York", "2026-07-01T03:30:00Z", "2026-06-30"),
            ("America/New_York", "2026-07-01T04:00:00Z", "2026-07-01"),
            ("America/New_York", "2026-12-01T04:30:00Z", "2026-11-30"),
            ("Asia/Kathmandu", "2026-03-01T18:15:00Z", "2026-03-02"),
            ("Pacific/Kiritimati", "2026-03-01T10:00:00Z", "2026-03-02"),
            ("asia/riyadh", "1969-12-31T22:00:00Z", "1970-01-01"),
        ] {
            assert_eq!(day(zone, moment), expected, "{zone} {moment}");
        }
    }

    #[test]
    fn names_are_those_of_the_database() {
        assert_eq!(TimeZone::parse("asia/RIYADH").unwrap().name(), "Asia/Riyadh");
        assert_eq!(TimeZone::parse("utc").unwrap().name(), "UTC");
        let long = "A".repeat(TIME_ZONE_LENGTH_MAX + 1);
        for wrong in ["", "Riyadh", "Asia/Riyad", "+03:00", "AST-3", " Asia/Riyadh", "Etc/Unknown", &long] {
            assert_eq!(TimeZone::parse(wrong).unwrap_err().def, &INVALID_TIME_ZONE, "{wrong}");
        }
        assert!(ZONES.available().all(|name| name.as_str().len() <= TIME_ZONE_LENGTH_MAX));
    }

    #[test]
    fn every_country_has_a_zone_of_its_own() {
        for line in OF_COUNTRIES.lines() {
            let (country, zone) = line.split_once(' ').unwrap();
            assert_eq!(TimeZone::of_country(country).name(), TimeZone::parse(zone).unwrap().name());
        }
        assert_eq!(TimeZone::of_country("SA").name(), "Asia/Riyadh");
        assert_eq!(TimeZone::of_country("EG").name(), "Africa/Cairo");
        assert_eq!(TimeZone::of_country("ZZ"), TimeZone::UTC);
    }
}
