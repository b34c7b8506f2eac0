//! The rhythm on the wire: one of three shapes, told apart by `frequency`.

use application::accounting::views::recurring::WEEKDAYS;
use chrono::Weekday;
use domain::accounting::recurrence::{Frequency, RECURRENCE_INTERVAL_MAX};
use domain::error::{Violation, Violations};
use serde_json::{Value, json};

use crate::request;
use crate::wire::{
    AN_OBJECT, Int, Pointer, REQUIRED, Schemas, UNKNOWN_WORD, WireType, quoted, string, word, wrong_type,
};

type Interval = Int<1, { RECURRENCE_INTERVAL_MAX as i64 }>;
type Day = Int<1, 31>;

request! {
    /// A schedule on one day of every month, or of every few months.
    pub struct MonthlyScheduleBody {
        /// Always `monthly`.
        frequency: Word<0> = "monthly",
        /// The day of the month. In a month without this day the last day is used.
        day_of_month: Day = 1,
        /// The number of months from one occurrence to the next.
        interval: Interval => 1,
    }

    /// A schedule on one day of every week, or of every few weeks.
    pub struct WeeklyScheduleBody {
        /// Always `weekly`.
        frequency: Word<1> = "weekly",
        /// The weekday.
        weekday: WeekdayWord = "sunday",
        /// The number of weeks from one occurrence to the next.
        interval: Interval => 1,
    }

    /// A schedule on one day of every year.
    pub struct YearlyScheduleBody {
        /// Always `yearly`.
        frequency: Word<2> = "yearly",
        /// The month, 1 to 12.
        month: Int<1, 12> = 12,
        /// The day of the month. In a month without this day the last day is used.
        day: Day = 31,
    }
}

const FREQUENCIES: [&str; 3] = ["monthly", "weekly", "yearly"];

/// The word that tells the shapes apart, by its place in [`FREQUENCIES`].
#[derive(Debug)]
pub struct Word<const N: usize>;

impl<const N: usize> WireType for Word<N> {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "enum": [FREQUENCIES[N]] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        word(value, &FREQUENCIES, |word| (word == FREQUENCIES[N]).then_some(Self), at, errors)
    }
}

#[derive(Debug)]
pub struct WeekdayWord(Weekday);

const WEEKDAY_WORDS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl WireType for WeekdayWord {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "title": "weekday", "enum": WEEKDAY_WORDS })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let day = |word: &'static str| WEEKDAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day);
        word(value, &WEEKDAY_WORDS, day, at, errors).map(Self)
    }
}

/// The schedule of what recurs.
#[derive(Debug)]
pub struct ScheduleBody(pub Frequency);

impl WireType for ScheduleBody {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("ScheduleBody", |schemas| {
            json!({
                "description": "When an entry falls due.",
                "oneOf": [
                    MonthlyScheduleBody::schema(schemas),
                    WeeklyScheduleBody::schema(schemas),
                    YearlyScheduleBody::schema(schemas),
                ],
            })
        })
    }

    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Object(members) = value else { return wrong_type(AN_OBJECT, value, at, errors) };
        let here = at.member("frequency");
        let Some(frequency) = members.get("frequency") else {
            errors.push(Violation::new(&REQUIRED).at(here.to_string()));
            return None;
        };
        match string(frequency, &here, errors)? {
            "monthly" => MonthlyScheduleBody::parse(value, at, errors).map(monthly),
            "weekly" => WeeklyScheduleBody::parse(value, at, errors).map(weekly),
            "yearly" => YearlyScheduleBody::parse(value, at, errors).map(yearly),
            other => {
                let violation = Violation::new(&UNKNOWN_WORD)
                    .with("value", quoted(other))
                    .with("allowed", FREQUENCIES.join(", "));
                errors.push(violation.at(here.to_string()));
                None
            }
        }
    }
}

/// The bounds of the wire types are those of the domain, which has the last word.
fn small<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

fn monthly(body: MonthlyScheduleBody) -> ScheduleBody {
    let MonthlyScheduleBody { frequency: Word, day_of_month, interval } = body;
    let (day_of_month, interval) = (small(day_of_month.0), small(interval.0));
    ScheduleBody(Frequency::Monthly { day_of_month, interval })
}

fn weekly(body: WeeklyScheduleBody) -> ScheduleBody {
    let WeeklyScheduleBody { frequency: Word, weekday, interval } = body;
    ScheduleBody(Frequency::Weekly { weekday: weekday.0, interval: small(interval.0) })
}

fn yearly(body: YearlyScheduleBody) -> ScheduleBody {
    let YearlyScheduleBody { frequency: Word, month, day } = body;
    ScheduleBody(Frequency::Yearly { month: small(month.0), day: small(day.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: Value) -> Result<Frequency, Vec<(&'static str, String)>> {
        let mut errors = Violations::new();
        let body = ScheduleBody::parse(&value, &Pointer::ROOT, &mut errors);
        let errors: Vec<_> = errors.into_vec().into_iter().map(|v| (v.def.code, v.pointer)).collect();
        body.map(|body| body.0).ok_or(errors)
    }

    #[test]
    fn each_frequency_has_its_own_members() {
        let monthly = parsed(json!({ "frequency": "monthly", "dayOfMonth": 31 })).unwrap();
        assert_eq!(monthly, Frequency::Monthly { day_of_month: 31, interval: 1 });
        let weekly = parsed(json!({ "frequency": "weekly", "weekday": "sunday", "interval": 2 })).unwrap();
        assert_eq!(weekly, Frequency::Weekly { weekday: Weekday::Sun, interval: 2 });
        let yearly = parsed(json!({ "frequency": "yearly", "month": 2, "day": 29 })).unwrap();
        assert_eq!(yearly, Frequency::Yearly { month: 2, day: 29 });
        let refused = parsed(json!({ "frequency": "weekly", "dayOfMonth": 1 })).unwrap_err();
        let expected = [("unknown_member", "/dayOfMonth"), ("required", "/weekday")];
        assert_eq!(refused, expected.map(|(code, at)| (code, at.to_owned())));
        assert_eq!(parsed(json!({ "frequency": "daily" })).unwrap_err()[0].0, "unknown_word");
        assert_eq!(parsed(json!({})).unwrap_err()[0].0, "required");
    }
}
