//! Shares in these tests were computed with another implementation of the same rule.

use chrono::{DateTime, FixedOffset, Weekday};

use super::*;

fn percentage(value: f64) -> Percentage {
    Percentage::new(value).unwrap()
}

fn caller(user: &str, groups: &[&str]) -> Caller {
    Caller { user: Some(user.to_owned()), groups: groups.iter().map(|group| (*group).to_owned()).collect() }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn flag(filters: Vec<Filter>) -> FeatureFlag {
    FeatureFlag { filters, ..FeatureFlag::simple("NewLedger", true) }
}

fn on(flag: &FeatureFlag, caller: &Caller) -> bool {
    flag.evaluate(caller, at("2026-03-15T09:00:00Z"), &mut || 0.5).enabled
}

fn audience(default: f64) -> Audience {
    Audience {
        users: Vec::new(),
        groups: Vec::new(),
        default: percentage(default),
        excluded_users: Vec::new(),
        excluded_groups: Vec::new(),
    }
}

fn targeted(audience: Audience) -> FeatureFlag {
    flag(vec![Filter::Targeting(audience)])
}

#[test]
fn a_flag_without_filters_is_what_it_says() {
    let anyone = Caller::default();
    assert!(on(&FeatureFlag::simple("A", true), &anyone));
    assert!(!on(&FeatureFlag::simple("A", false), &anyone));
    let off = FeatureFlag { enabled: false, ..flag(vec![Filter::AlwaysOn]) };
    assert!(!on(&off, &anyone));
}

#[test]
fn any_or_all_filters_must_pass() {
    let anyone = Caller::default();
    let with = |requirement, filters| FeatureFlag { requirement, ..flag(filters) };
    let (open, closed) = (|| Filter::AlwaysOn, || Filter::Closed);
    assert!(on(&with(Requirement::Any, vec![closed(), open()]), &anyone));
    assert!(!on(&with(Requirement::Any, vec![closed()]), &anyone));
    assert!(!on(&with(Requirement::All, vec![open(), closed()]), &anyone));
    assert!(on(&with(Requirement::All, vec![open(), open()]), &anyone));
    assert!(on(&with(Requirement::All, vec![]), &anyone));
}

/// Proves: B16.
#[test]
fn percentages_are_drawn_anew() {
    let flag = flag(vec![Filter::Percentage(50.0)]);
    let draw =
        |number: f64| flag.evaluate(&Caller::default(), at("2026-03-15T09:00:00Z"), &mut || number).enabled;
    assert!(draw(0.0) && draw(0.499) && !draw(0.5) && !draw(0.999));
    let none = self::flag(vec![Filter::Percentage(0.0)]);
    assert!(!none.evaluate(&Caller::default(), at("2026-03-15T09:00:00Z"), &mut || 0.0).enabled);
    // Two percentages that must both pass are independent.
    let both = FeatureFlag {
        requirement: Requirement::All,
        ..self::flag(vec![Filter::Percentage(50.0), Filter::Percentage(50.0)])
    };
    let mut draws = [0.1, 0.9].into_iter();
    assert!(
        !both.evaluate(&Caller::default(), at("2026-03-15T09:00:00Z"), &mut || draws.next().unwrap()).enabled
    );
}

/// Proves: B16.
#[test]
fn shares_are_those_of_other_implementations() {
    let close = |text: &str, expected: f64| {
        assert!((share(text) - expected).abs() < 1e-9, "{text:?}: {}", share(text))
    };
    close("sara@erp.example\nNewLedger", 22.394_392_667_895_74);
    close("omar@erp.example\nNewLedger", 53.131_321_783_440_97);
    close("سارة\nNewLedger", 7.338_153_339_768_33);
    close("\nNewLedger", 85.231_641_629_997_55);
    close("sara@erp.example\nNewLedger\npilots", 68.931_168_776_222_31);
}

#[test]
fn a_rollout_reaches_the_same_people_first() {
    let sara = caller("sara@erp.example", &[]);
    assert!(!on(&targeted(audience(22.0)), &sara));
    assert!(on(&targeted(audience(23.0)), &sara));
    assert!(on(&targeted(audience(100.0)), &caller("omar@erp.example", &[])));
    assert!(!on(&targeted(audience(0.0)), &sara));
    assert!(on(&targeted(audience(86.0)), &Caller::default()), "nobody is a user without a name");
    // The same person in another flag falls elsewhere.
    let other = FeatureFlag { id: "Brand".to_owned(), ..targeted(audience(23.0)) };
    assert!(!on(&other, &caller("omar@erp.example", &[])) || share("omar@erp.example\nBrand") < 23.0);
}

/// Proves: B16.
#[test]
fn users_groups_and_exclusions() {
    let rollout = |name: &str, share| GroupRollout { name: name.to_owned(), percentage: percentage(share) };
    let pilots = Audience {
        users: texts(&["omar@erp.example"]),
        groups: vec![rollout("ring0", 100.0), rollout("pilots", 69.0)],
        excluded_users: texts(&["ali@erp.example"]),
        excluded_groups: texts(&["auditors"]),
        ..audience(0.0)
    };
    let flag = targeted(pilots);
    assert!(on(&flag, &caller("omar@erp.example", &[])));
    assert!(!on(&flag, &caller("OMAR@erp.example", &[])), "case counts");
    assert!(on(&flag, &caller("anyone", &["ring0"])));
    assert!(on(&flag, &caller("sara@erp.example", &["pilots"])), "68.9 of 69");
    assert!(!on(&flag, &caller("omar2@erp.example", &["staff"])));
    assert!(
        !on(&flag, &caller("ali@erp.example", &["ring0"])),
        "an excluded user stays out whatever the group"
    );
    assert!(!on(&flag, &caller("omar@erp.example", &["auditors"])), "so does everybody of an excluded group");
    let less = Audience { groups: vec![rollout("pilots", 68.0)], ..audience(0.0) };
    assert!(!on(&targeted(less), &caller("sara@erp.example", &["pilots"])));
}

fn moment(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// Proves: B16.
#[test]
fn windows_include_their_start_and_not_their_end() {
    let window = |start: Option<&str>, end: Option<&str>| {
        TimeWindow::new(start.map(moment), end.map(moment), None).unwrap()
    };
    let both = window(Some("2026-03-01T00:00:00+03:00"), Some("2026-04-01T00:00:00+03:00"));
    assert!(!both.contains(at("2026-02-28T20:59:59Z")) && both.contains(at("2026-02-28T21:00:00Z")));
    assert!(both.contains(at("2026-03-31T20:59:59Z")) && !both.contains(at("2026-03-31T21:00:00Z")));
    let from = window(Some("2026-03-01T00:00:00Z"), None);
    assert!(from.contains(at("2199-01-01T00:00:00Z")) && !from.contains(at("2026-02-01T00:00:00Z")));
    let until = window(None, Some("2026-03-01T00:00:00Z"));
    assert!(until.contains(at("1999-01-01T00:00:00Z")) && !until.contains(at("2026-03-01T00:00:00Z")));
    assert_eq!(TimeWindow::new(None, None, None), Err(TimeWindowError::Unbounded));
}

fn recurring(start: &str, end: &str, pattern: Pattern, range: Range) -> Result<TimeWindow, TimeWindowError> {
    TimeWindow::new(Some(moment(start)), Some(moment(end)), Some(Recurrence { pattern, range }))
}

fn weekly(interval: u32, days: &[Weekday], first_day: Weekday) -> Pattern {
    Pattern::Weekly(Weekly { interval, days: days.to_vec(), first_day })
}

#[test]
fn daily_windows() {
    let (start, end) = ("2026-03-01T22:00:00Z", "2026-03-02T02:00:00Z");
    let nights = recurring(start, end, Pattern::Daily(1), Range::NoEnd).unwrap();
    for (text, inside) in [
        ("2026-03-01T21:59:59Z", false),
        ("2026-03-01T22:00:00Z", true),
        ("2026-03-02T01:59:59Z", true),
        ("2026-03-02T02:00:00Z", false),
        ("2026-03-02T22:00:00Z", true),
        ("2027-01-01T01:00:00Z", true),
        ("2027-01-01T03:00:00Z", false),
    ] {
        assert_eq!(nights.contains(at(text)), inside, "{text}");
    }
    let third = recurring(start, end, Pattern::Daily(3), Range::Numbered(2)).unwrap();
    assert!(!third.contains(at("2026-03-02T23:00:00Z")) && third.contains(at("2026-03-04T23:00:00Z")));
    assert!(!third.contains(at("2026-03-07T23:00:00Z")), "there are two windows");
    let dated =
        recurring(start, end, Pattern::Daily(1), Range::EndDate(moment("2026-03-03T22:00:00Z"))).unwrap();
    assert!(
        dated.contains(at("2026-03-04T01:00:00Z")),
        "the last window that starts in time runs to its end"
    );
    assert!(!dated.contains(at("2026-03-04T23:00:00Z")));
}

#[test]
fn weekly_windows() {
    use Weekday::{Fri, Mon, Sat, Sun, Thu};
    // Sunday 2026-03-01 to Thursday are working days; eight to five in Riyadh.
    let (start, end) = ("2026-03-01T08:00:00+03:00", "2026-03-01T17:00:00+03:00");
    let days = [Sun, Mon, Weekday::Tue, Weekday::Wed, Thu];
    let office = recurring(start, end, weekly(1, &days, Sun), Range::NoEnd).unwrap();
    for (text, inside) in [
        ("2026-03-01T04:59:59Z", false),
        ("2026-03-01T05:00:00Z", true),
        ("2026-03-05T13:59:59Z", true),
        ("2026-03-06T06:00:00Z", false),
        ("2026-03-07T06:00:00Z", false),
        ("2026-03-08T06:00:00Z", true),
        ("2027-03-04T06:00:00Z", true),
        ("2027-03-05T06:00:00Z", false),
    ] {
        assert_eq!(office.contains(at(text)), inside, "{text}");
    }
    let three = recurring(start, end, weekly(1, &days, Sun), Range::Numbered(6)).unwrap();
    assert!(three.contains(at("2026-03-08T06:00:00Z")), "the sixth window is the Sunday after");
    assert!(!three.contains(at("2026-03-09T06:00:00Z")));

    // Every second week, begun on a Friday: the Monday of the same week when weeks begin on Saturday is past.
    let (start, end) = ("2026-03-06T08:00:00Z", "2026-03-06T10:00:00Z");
    let second = recurring(start, end, weekly(2, &[Mon, Fri], Sat), Range::NoEnd).unwrap();
    for (text, inside) in [
        ("2026-03-06T09:00:00Z", true),
        ("2026-03-09T09:00:00Z", false),
        ("2026-03-13T09:00:00Z", false),
        ("2026-03-16T09:00:00Z", true),
        ("2026-03-20T09:00:00Z", true),
        ("2026-03-23T09:00:00Z", false),
        ("2026-03-30T09:00:00Z", true),
    ] {
        assert_eq!(second.contains(at(text)), inside, "{text}");
    }
    // The first day of the week decides which Monday belongs to that Friday.
    let sunday = recurring(start, end, weekly(2, &[Mon, Fri], Sun), Range::NoEnd).unwrap();
    assert!(!sunday.contains(at("2026-03-09T09:00:00Z")) && sunday.contains(at("2026-03-16T09:00:00Z")));
    let friday = recurring(start, end, weekly(2, &[Mon, Fri], Fri), Range::NoEnd).unwrap();
    assert!(friday.contains(at("2026-03-09T09:00:00Z")) && !friday.contains(at("2026-03-16T09:00:00Z")));
    // A window over the end of the week reaches into the days before the next cycle's first.
    let long = recurring(start, "2026-03-08T08:00:00Z", weekly(1, &[Fri], Sun), Range::Numbered(2)).unwrap();
    assert!(long.contains(at("2026-03-15T07:59:59Z")) && !long.contains(at("2026-03-20T09:00:00Z")));
}

#[test]
fn recurrences_that_make_no_sense_are_refused() {
    let (start, end) = ("2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z"); // a Monday
    let bad = |end, pattern, range| recurring(start, end, pattern, range).unwrap_err();
    let monday = |interval| weekly(interval, &[Weekday::Mon], Weekday::Sun);
    assert_eq!(bad(start, Pattern::Daily(1), Range::NoEnd), TimeWindowError::EndBeforeStart);
    assert_eq!(bad(end, Pattern::Daily(0), Range::NoEnd), TimeWindowError::Interval);
    assert_eq!(bad("2026-03-03T08:00:01Z", Pattern::Daily(1), Range::NoEnd), TimeWindowError::TooLong);
    assert_eq!(bad("2036-03-03T08:00:01Z", Pattern::Daily(9_999), Range::NoEnd), TimeWindowError::TooLong);
    assert_eq!(bad(end, monday(0), Range::NoEnd), TimeWindowError::Interval);
    assert_eq!(bad(end, weekly(1, &[], Weekday::Sun), Range::NoEnd), TimeWindowError::NoDays);
    let tuesday = weekly(1, &[Weekday::Tue], Weekday::Sun);
    assert_eq!(bad(end, tuesday, Range::NoEnd), TimeWindowError::StartOnOtherDay);
    let both = weekly(1, &[Weekday::Mon, Weekday::Tue], Weekday::Sun);
    assert_eq!(bad("2026-03-03T08:00:01Z", both, Range::NoEnd), TimeWindowError::TooLong);
    assert_eq!(bad("2026-03-09T08:00:01Z", monday(1), Range::NoEnd), TimeWindowError::TooLong);
    assert!(recurring(start, "2026-03-16T08:00:00Z", monday(2), Range::NoEnd).is_ok());
    assert_eq!(bad(end, monday(1), Range::Numbered(0)), TimeWindowError::Range);
    let before = Range::EndDate(moment("2026-03-01T00:00:00Z"));
    assert_eq!(bad(end, monday(1), before), TimeWindowError::Range);
    let recurrence = Some(Recurrence { pattern: Pattern::Daily(1), range: Range::NoEnd });
    let open = TimeWindow::new(Some(moment(start)), None, recurrence);
    assert_eq!(open, Err(TimeWindowError::RecurrenceWithoutBounds));
}

fn variant(name: &str, status_override: StatusOverride) -> Variant {
    Variant { name: name.to_owned(), configuration: None, status_override }
}

fn with_variants(enabled: bool, allocation: Option<Allocation>) -> FeatureFlag {
    let variants = vec![
        variant("Small", StatusOverride::None),
        variant("Big", StatusOverride::Enabled),
        variant("Gone", StatusOverride::Disabled),
    ];
    FeatureFlag { variants, allocation, ..FeatureFlag::simple("NewLedger", enabled) }
}

fn assigned<'a>(flag: &'a FeatureFlag, caller: &Caller) -> (bool, Option<&'a str>, Reason) {
    let found = flag.evaluate(caller, at("2026-03-15T09:00:00Z"), &mut || 0.5);
    (found.enabled, found.variant.map(|variant| variant.name.as_str()), found.reason)
}

/// Proves: B16.
#[test]
fn the_first_rule_that_fits_gives_the_variant() {
    let rule = |variant: &str, from, to| PercentileRule {
        variant: variant.to_owned(),
        from: percentage(from),
        to: percentage(to),
    };
    let allocation = Allocation {
        default_when_enabled: Some("Big".to_owned()),
        default_when_disabled: Some("Small".to_owned()),
        users: vec![UserRule { variant: "Small".to_owned(), users: texts(&["omar@erp.example"]) }],
        groups: vec![GroupRule { variant: "Gone".to_owned(), groups: texts(&["ring0"]) }],
        percentiles: vec![rule("Small", 0.0, 20.0), rule("Big", 40.0, 50.0)],
        seed: None,
    };
    let flag = with_variants(true, Some(allocation.clone()));
    let omar = caller("omar@erp.example", &["ring0"]);
    assert_eq!(assigned(&flag, &omar), (true, Some("Small"), Reason::User));
    let ring = caller("huda@erp.example", &["x", "ring0"]);
    assert_eq!(assigned(&flag, &ring), (false, Some("Gone"), Reason::Group));
    // 17.1, 46.9 and 72.2 of the flag's own seed.
    assert_eq!(assigned(&flag, &caller("huda@erp.example", &[])), (true, Some("Small"), Reason::Percentile));
    assert_eq!(assigned(&flag, &caller("sara@erp.example", &[])), (true, Some("Big"), Reason::Percentile));
    let rest = FeatureFlag {
        allocation: Some(Allocation { users: Vec::new(), ..allocation.clone() }),
        ..flag.clone()
    };
    let omar = caller("omar@erp.example", &[]);
    assert_eq!(assigned(&rest, &omar), (true, Some("Big"), Reason::DefaultWhenEnabled));
    // 36.9 of the seed.
    let seeded = FeatureFlag {
        allocation: Some(Allocation { seed: Some("seed-1".to_owned()), ..allocation }),
        ..flag.clone()
    };
    assert_eq!(
        assigned(&seeded, &caller("sara@erp.example", &[])),
        (true, Some("Big"), Reason::DefaultWhenEnabled)
    );
    let off = FeatureFlag { enabled: false, ..flag };
    assert_eq!(assigned(&off, &omar), (false, Some("Small"), Reason::DefaultWhenDisabled));
}

#[test]
fn a_variant_may_turn_the_flag_on_or_off_but_not_a_disabled_one() {
    let defaults = |enabled: &str, disabled: &str| {
        Some(Allocation {
            default_when_enabled: Some(enabled.to_owned()),
            default_when_disabled: Some(disabled.to_owned()),
            ..Allocation::default()
        })
    };
    let anyone = Caller::default();
    let on = with_variants(true, defaults("Gone", "Big"));
    assert_eq!(assigned(&on, &anyone), (false, Some("Gone"), Reason::DefaultWhenEnabled));
    let filtered = FeatureFlag { filters: vec![Filter::Closed], ..on.clone() };
    assert_eq!(assigned(&filtered, &anyone), (true, Some("Big"), Reason::DefaultWhenDisabled));
    let off = FeatureFlag { enabled: false, ..on };
    assert_eq!(assigned(&off, &anyone), (false, Some("Big"), Reason::DefaultWhenDisabled));
    let unknown = with_variants(true, defaults("Missing", "Missing"));
    assert_eq!(assigned(&unknown, &anyone), (true, None, Reason::DefaultWhenEnabled));
    assert_eq!(assigned(&with_variants(true, None), &anyone), (true, None, Reason::DefaultWhenEnabled));
}

#[test]
fn percentiles_meet_without_gap_or_overlap() {
    use super::targeting::within;
    assert!(within(0.0, 0.0, 50.0) && !within(50.0, 0.0, 50.0) && within(50.0, 50.0, 100.0));
    assert!(within(100.0, 50.0, 100.0) && !within(0.0, 0.0, 0.0));
    assert!(
        Percentage::new(-0.1).is_none()
            && Percentage::new(100.1).is_none()
            && Percentage::new(f64::NAN).is_none()
    );
}
