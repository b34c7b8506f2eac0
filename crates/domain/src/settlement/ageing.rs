//! Ageing: how long items are overdue (R109).

use chrono::NaiveDate;

use crate::error::Violation;

/// Most buckets of one report.
pub const AGEING_BUCKETS_MAX: usize = 12;
/// The longest time that a bucket can begin with, in days.
pub const AGEING_DAYS_MAX: u32 = 3_660;

crate::errors! {
    AGEING_BUCKETS = "ageing_buckets", Malformed, Developer,
        "Buckets are 1 to {max} whole numbers of days from 0 to {days}, each larger than the one before, such as 0,30,60,90.",
        "الفترات من 1 إلى {max} من أعداد الأيام الصحيحة بين 0 و{days}، كل منها أكبر مما قبله، مثل 0,30,60,90.";
    AGEING_TOO_LARGE = "ageing_too_large", TooLarge, User,
        "The report is made of more than {max} dates of parties. Ask for one party or one currency.",
        "يتكون التقرير من أكثر من {max} تاريخ للأطراف. اطلب طرفًا واحدًا أو عملة واحدة.";
}

/// Buckets of days overdue. `0,30,60` are three: 1 to 30 days, 31 to 60 days, and more than 60.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets(Vec<u32>);

impl Default for Buckets {
    fn default() -> Self {
        Self(vec![0, 30, 60, 90])
    }
}

impl Buckets {
    /// Makes buckets from the number of days after which each begins.
    pub fn new(after: Vec<u32>) -> Result<Self, Violation> {
        let ascending = after.windows(2).all(|pair| pair[0] < pair[1]);
        let fit = !after.is_empty() && after.len() <= AGEING_BUCKETS_MAX;
        if !fit || !ascending || after.iter().any(|days| *days > AGEING_DAYS_MAX) {
            let refused = Violation::new(&AGEING_BUCKETS).with("max", AGEING_BUCKETS_MAX);
            return Err(refused.with("days", AGEING_DAYS_MAX));
        }
        Ok(Self(after))
    }

    /// Parses a text such as `0,30,60,90`.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let days = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<u32>>>();
        Self::new(days.unwrap_or_default())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first and the last day overdue of each; the last has no end.
    pub fn ranges(&self) -> impl Iterator<Item = (u32, Option<u32>)> + '_ {
        let ends = self.0.iter().skip(1).map(|end| Some(*end)).chain([None]);
        self.0.iter().zip(ends).map(|(after, end)| (after + 1, end))
    }

    /// The bucket of an item, counted from `since`, on a day; `None` while it is not in any yet.
    pub fn of(&self, since: NaiveDate, day: NaiveDate) -> Option<usize> {
        let days = (day - since).num_days();
        self.0.iter().rposition(|after| days > i64::from(*after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_date;

    #[test]
    fn an_item_is_not_due_on_its_due_date_and_falls_into_the_first_bucket_the_day_after() {
        let buckets = Buckets::default();
        let day = parse_date("2026-06-30").unwrap();
        let of = |due: &str| buckets.of(parse_date(due).unwrap(), day);
        assert_eq!(of("2026-07-15"), None);
        assert_eq!(of("2026-06-30"), None);
        assert_eq!(of("2026-06-29"), Some(0));
        assert_eq!(of("2026-05-31"), Some(0));
        assert_eq!(of("2026-05-30"), Some(1));
        assert_eq!(of("2026-04-30"), Some(2));
        assert_eq!(of("2025-12-31"), Some(3));
        let ranges: Vec<_> = buckets.ranges().collect();
        assert_eq!(ranges, [(1, Some(30)), (31, Some(60)), (61, Some(90)), (91, None)]);
    }

    #[test]
    fn buckets_ascend_and_are_few() {
        assert_eq!(Buckets::parse("0, 15,45").unwrap().len(), 3);
        for refused in ["", "30,0", "0,0", "-1", "0,x", "0,99999", "0,1,2,3,4,5,6,7,8,9,10,11,12"] {
            assert_eq!(Buckets::parse(refused).unwrap_err().def, &AGEING_BUCKETS, "{refused}");
        }
    }
}
