use proptest::prelude::*;

use super::*;
use crate::time::parse_date;

fn day(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn dates(recurrence: Recurrence, from: &str, to: &str) -> Vec<String> {
    recurrence.occurrences(day(from), day(to)).iter().map(ToString::to_string).collect()
}

#[test]
fn the_31st_becomes_the_last_day_of_short_months() {
    let monthly = Frequency::Monthly { day_of_month: 31, interval: 1 };
    let recurrence = Recurrence::new(monthly, day("2027-12-15"), Some(day("2028-04-29"))).unwrap();
    assert_eq!(
        dates(recurrence, "2000-01-01", "2100-01-01"),
        ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]
    );
    assert_eq!(recurrence.next_after(day("2028-02-28")), Some(day("2028-02-29")));
    assert_eq!(recurrence.next_after(day("2028-03-31")), None);
}

#[test]
fn intervals_count_from_the_start() {
    let quarterly = Frequency::Monthly { day_of_month: 5, interval: 3 };
    let recurrence = Recurrence::new(quarterly, day("2026-01-10"), None).unwrap();
    assert_eq!(dates(recurrence, "2026-01-01", "2026-12-31"), ["2026-04-05", "2026-07-05", "2026-10-05"]);

    let fortnightly = Frequency::Weekly { weekday: Weekday::Sun, interval: 2 };
    let recurrence = Recurrence::new(fortnightly, day("2026-11-22"), None).unwrap();
    assert_eq!(dates(recurrence, "2026-11-01", "2026-12-25"), ["2026-11-22", "2026-12-06", "2026-12-20"]);
}

#[test]
fn a_leap_day_is_kept_where_there_is_one() {
    let yearly = Frequency::Yearly { month: 2, day: 29 };
    let recurrence = Recurrence::new(yearly, day("2027-03-01"), None).unwrap();
    assert_eq!(dates(recurrence, "2027-01-01", "2029-12-31"), ["2028-02-29", "2029-02-28"]);
}

#[test]
fn an_answer_is_bounded() {
    let weekly = Frequency::Weekly { weekday: Weekday::Mon, interval: 1 };
    let recurrence = Recurrence::new(weekly, day("1900-01-01"), None).unwrap();
    assert_eq!(recurrence.occurrences(day("1900-01-01"), day("2199-12-31")).len(), OCCURRENCES_MAX);
}

#[test]
fn nonsense_is_refused_all_at_once() {
    let monthly = Frequency::Monthly { day_of_month: 32, interval: 0 };
    let refused = Recurrence::new(monthly, day("2026-02-01"), Some(day("2026-01-01"))).unwrap_err();
    let codes: Vec<_> = refused.iter().map(|violation| violation.def.code).collect();
    assert_eq!(codes, ["recurrence_day", "recurrence_interval", "recurrence_end_before_start"]);
    let yearly =
        Recurrence::new(Frequency::Yearly { month: 13, day: 0 }, day("2026-02-01"), None).unwrap_err();
    assert_eq!(yearly.len(), 2);
}

fn frequency() -> impl Strategy<Value = Frequency> {
    let weekdays = [Weekday::Mon, Weekday::Wed, Weekday::Sat, Weekday::Sun];
    prop_oneof![
        (1_u8..=31, 1_u16..=14)
            .prop_map(|(day_of_month, interval)| Frequency::Monthly { day_of_month, interval }),
        (0_usize..4, 1_u16..=9)
            .prop_map(move |(n, interval)| Frequency::Weekly { weekday: weekdays[n], interval }),
        (1_u8..=12, 1_u8..=31).prop_map(|(month, day)| Frequency::Yearly { month, day }),
    ]
}

proptest! {
    /// Stepping from one occurrence to the next finds the same dates as asking from any day between them.
    #[test]
    fn no_occurrence_is_skipped(every in frequency(), offset in 0_u64..400, probe in 0_u64..3_000) {
        let start = day("2024-01-01").checked_add_days(Days::new(offset)).unwrap();
        let recurrence = Recurrence::new(every, start, None).unwrap();
        let all = recurrence.occurrences(start, day("2036-12-31"));
        prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(all[0] >= start);
        let asked = start.checked_add_days(Days::new(probe)).unwrap();
        prop_assert_eq!(recurrence.next_after(asked), all.iter().copied().find(|date| *date > asked));
    }
}
