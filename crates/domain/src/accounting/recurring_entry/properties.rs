//! For any sequence of changes to a recurring entry, no due date comes twice and none is lost. The reference walks
//! the calendar day by day and shares nothing with the code it checks.

use std::collections::{BTreeSet, HashMap};

use chrono::{Datelike, Days, Weekday};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::accounting::journal_entry::LineAmount;
use crate::accounting::recurrence::{Frequency, Recurrence};
use crate::accounting::recurring::Changed;
use crate::ids::{AccountId, RecurringEntryId};
use crate::text::{Code, LocalizedName};

/// Days from the first of January 2024.
fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap().checked_add_days(Days::new(offset)).unwrap()
}

/// Whether the rhythm falls on this day, by the words of its definition.
fn falls_on(recurrence: &Recurrence, date: NaiveDate) -> bool {
    let (start, end) = (recurrence.start(), recurrence.end());
    if date < start || end.is_some_and(|end| date > end) {
        return false;
    }
    match recurrence.every() {
        Frequency::Monthly { day_of_month, interval } => {
            let months = (date.year() - start.year()) * 12 + date.month() as i32 - start.month() as i32;
            months % i32::from(interval) == 0
                && date.day() == u32::from(day_of_month).min(date.num_days_in_month().into())
        }
        Frequency::Weekly { weekday, interval } => {
            let first = (0..7).map(|n| start + Days::new(n)).find(|day| day.weekday() == weekday).unwrap();
            date.weekday() == weekday && ((date - first).num_days() / 7) % i64::from(interval) == 0
        }
        Frequency::Yearly { month, day } => {
            date.month() == u32::from(month)
                && date.day() == u32::from(day).min(date.num_days_in_month().into())
        }
    }
}

/// Day by day, but no day is looked at that nobody asks for.
fn falling(
    recurrence: &Recurrence,
    after: Option<NaiveDate>,
    through: NaiveDate,
) -> impl Iterator<Item = NaiveDate> {
    let from = after.map_or(recurrence.start(), |date| date + Days::new(1));
    let through = recurrence.end().map_or(through, |end| end.min(through));
    from.iter_days().take_while(move |date| *date <= through).filter(|date| falls_on(recurrence, *date))
}

#[derive(Debug, Clone)]
enum Step {
    Rhythm {
        recurrence: Recurrence,
        drop: bool,
    },
    Active {
        active: bool,
        drop: bool,
    },
    /// Makes, refuses or skips everything that is due.
    Run,
    /// Settles one occurrence, due or not.
    Skip,
    Wait(u64),
}

fn recurrence() -> impl Strategy<Value = Recurrence> {
    let every = prop_oneof![
        4 => (prop_oneof![Just(31_u8), 1_u8..=31], 1_u16..=4)
            .prop_map(|(day_of_month, interval)| Frequency::Monthly { day_of_month, interval }),
        2 => (0_u8..7, 1_u16..=3).prop_map(|(n, interval)| {
            let weekday = Weekday::try_from(n).unwrap();
            Frequency::Weekly { weekday, interval }
        }),
        1 => (1_u8..=12, 1_u8..=31).prop_map(|(month, day)| Frequency::Yearly { month, day }),
    ];
    (every, 0_u64..500, proptest::option::weighted(0.3, 30_u64..900)).prop_map(|(every, start, length)| {
        Recurrence::new(every, day(start), length.map(|length| day(start + length))).unwrap()
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (recurrence(), any::<bool>()).prop_map(|(recurrence, drop)| Step::Rhythm { recurrence, drop }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(active, drop)| Step::Active { active, drop }),
        3 => Just(Step::Run),
        1 => Just(Step::Skip),
        3 => (1_u64..120).prop_map(Step::Wait),
    ]
}

fn entry(recurrence: Recurrence) -> Result<RecurringEntry, Vec<Violation>> {
    let line = |account: u128, side: fn(Amount) -> LineAmount| {
        NewLine::new(AccountId::new(Uuid::from_u128(account)), side(Amount::parse("5").unwrap()))
    };
    RecurringEntry::new(
        NewRecurringEntry {
            id: RecurringEntryId::new(Uuid::from_u128(1)),
            code: Code::parse("RENT").unwrap(),
            name: LocalizedName::parse(None, Some("Rent")).unwrap(),
            recurrence,
            template: EntryTemplate {
                changed_by: Vec::new(),
                journal_id: JournalId::new(Uuid::from_u128(2)),
                currency: CurrencyCode::parse("SAR").unwrap(),
                description: None,
                reference: None,
                control_reason: None,
                lines: vec![line(1, LineAmount::Debit), line(2, LineAmount::Credit)],
            },
            auto_post: false,
            active: true,
            ordered_by: None,
        },
        &HashMap::new(),
    )
}

/// How many of the new rhythm's dates could stand for what was overdue: those before the old rhythm's next date.
fn successors(before: &RecurringEntry, after: &RecurringEntry, today: NaiveDate) -> usize {
    let horizon = today.iter_days().skip(1).take(2_000).find(|date| falls_on(&before.recurrence, *date));
    let through = horizon.map_or(day(5_000), |date| date - Days::new(1));
    falling(&after.recurrence, after.settled_through, through).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_due_date_comes_twice_or_is_lost(
        start in recurrence(),
        steps in proptest::collection::vec(step(), 1..25),
    ) {
        let Ok(mut now) = entry(start) else { return Ok(()) };
        let mut today = day(200);
        let mut settled = BTreeSet::new();
        for step in steps {
            let expected = falling(&now.recurrence, now.settled_through, day(6_000)).next();
            prop_assert_eq!(now.next_date, expected, "the first date after what is settled");
            let patch = match step {
                Step::Wait(days) => { today = today + Days::new(days); continue }
                Step::Run => {
                    let due: Vec<_> = falling(&now.recurrence, now.settled_through, today).collect();
                    let mut made = Vec::new();
                    while let Some(date) = now.due(today) {
                        made.push(date);
                        prop_assert!(settled.insert(date), "{date} twice");
                        now = now.advance();
                    }
                    prop_assert_eq!(made, if now.active { due } else { Vec::new() });
                    continue;
                }
                Step::Skip => {
                    if let Some(date) = now.next_date {
                        prop_assert!(settled.insert(date), "{date} twice");
                    }
                    now = now.advance();
                    continue;
                }
                Step::Rhythm { recurrence, drop } => RecurringEntryPatch {
                    recurrence: Some(recurrence), drop_overdue: drop, ..Default::default()
                },
                Step::Active { active, drop } => RecurringEntryPatch {
                    active: Some(active), drop_overdue: drop, ..Default::default()
                },
            };
            let drop = patch.drop_overdue;
            let overdue: Vec<_> = falling(&now.recurrence, now.settled_through, today).collect();
            let Ok(Changed { entry, dropped }) = now.clone().update(patch, today, &HashMap::new()) else { continue };
            if drop {
                prop_assert_eq!(&dropped, &overdue, "every one is named");
                for date in dropped {
                    prop_assert!(settled.insert(date), "{date} twice");
                }
                prop_assert!(entry.next_date.is_none_or(|date| date > today));
            } else {
                prop_assert_eq!(entry.settled_through, now.settled_through);
                prop_assert!(successors(&now, &entry, today) >= overdue.len(), "{overdue:?} of {now:?}");
            }
            now = entry;
        }
    }
}
