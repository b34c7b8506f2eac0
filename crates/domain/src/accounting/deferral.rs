//! Deferrals (R158): an amount that is spread over the months it belongs to.

use chrono::{Datelike, Months, NaiveDate};

use crate::error::{Violation, Violations};
use crate::money::{AMOUNT_OUT_OF_RANGE, Amount, Currency, Rate};

/// Most parts of a schedule: fifty years of months.
pub const DEFERRAL_PARTS_MAX: u16 = 600;

/// Shares of a month are counted in these, which the days of every month divide.
const MONTH: i64 = 28 * 29 * 30 * 31;

crate::errors! {
    DEFERRAL_LENGTH_ONE = "deferral_length_one", Rule, User,
        "Give either the end or the number of periods.", "أدخل إما تاريخ النهاية أو عدد الفترات.";
    DEFERRAL_END_BEFORE_START = "deferral_end_before_start", Rule, User,
        "The end {end} lies before the start {start}.", "تاريخ النهاية {end} يسبق تاريخ البداية {start}.";
    DEFERRAL_TOO_LONG = "deferral_too_long", Rule, User,
        "A deferral has at most {max} periods.", "للتأجيل {max} فترة بحد أقصى.";
    DEFERRAL_AMOUNT_NOT_POSITIVE = "deferral_amount_not_positive", Rule, User,
        "The amount of a deferral is greater than zero.", "مبلغ التأجيل أكبر من صفر.";
    DEFERRAL_AMOUNT_TOO_SMALL = "deferral_amount_too_small", Rule, User,
        "The amount is too small to be spread over {periods} periods: a period would get nothing.",
        "المبلغ أصغر من أن يوزَّع على {periods} فترات: ستبقى فترة دون مبلغ.";
    DEFERRAL_SOURCE_ACCOUNT = "deferral_source_account", Rule, User,
        "The source of a deferral is an asset, liability or equity account without a control kind, not {account}.",
        "مصدر التأجيل حساب أصول أو خصوم أو حقوق ملكية ليس من حسابات الرقابة، وليس {account}.";
    DEFERRAL_TARGET_ACCOUNT = "deferral_target_account", Rule, User,
        "The target of a deferral is an income or expense account, not {account}.",
        "هدف التأجيل حساب إيرادات أو مصروفات، وليس {account}.";
    DEFERRAL_POSTED = "deferral_posted", Conflict, User,
        "Deferral {code} has posted lines; only its name, reference and journal still change.",
        "للتأجيل {code} أقساط مرحّلة؛ ولا يتغير بعدها سوى الاسم والمرجع ودفتر اليومية.";
    DEFERRAL_REST_NEEDS_APPROVAL = "deferral_rest_needs_approval", Rule, User,
        "An approval policy asks for approval of what is left of the deferral. Run its lines, so that each waits for approval, or give the rest up.",
        "تتطلب سياسة اعتماد الموافقة على ما بقي من التأجيل. نفّذ أسطره لينتظر كل منها الاعتماد، أو تخلَّ عن الباقي.";
    DEFERRAL_CLOSED = "deferral_closed", Conflict, User,
        "The deferral {code} is {status}; nothing of it is left to post.",
        "حالة التأجيل {code} هي {status}، ولم يبق منه ما يُرحّل.";
}

crate::choices! {
    /// How an amount is spread.
    pub enum DeferralMethod {
        /// The same for every month; the first and the last one by their days.
        Monthly = "monthly",
        /// The same for every day.
        Daily = "daily",
        /// The same for every period, however many days of it are covered.
        Equal = "equal",
    }
}

crate::choices! {
    pub enum DeferralStatus {
        /// Something is left to be posted.
        Active = "active",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

crate::choices! {
    pub enum DeferralLineStatus {
        Planned = "planned",
        Posted = "posted",
        /// Its entry is a draft that waits for approval.
        Waiting = "pending_approval",
        /// Approval was refused, or its submitter took it back.
        Rejected = "rejected",
        Failed = "failed",
        /// Given up when the deferral was cancelled.
        Dropped = "dropped",
        /// Posted and taken back when the deferral was cancelled.
        TakenBack = "taken_back",
    }
}

impl DeferralLineStatus {
    /// Whether it is still to be posted.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Planned | Self::Failed | Self::Waiting | Self::Rejected)
    }

    /// Whether the background posts it when it is due.
    pub const fn is_scheduled(self) -> bool {
        matches!(self, Self::Planned | Self::Failed)
    }
}

/// How long a deferral lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeferralLength {
    /// So many months from the start.
    Periods(u16),
    /// The last day.
    Until(NaiveDate),
}

/// The facts that make a schedule.
#[derive(Debug, Clone, Copy)]
pub struct DeferralTerms {
    pub amount: Amount,
    pub currency: Currency,
    pub company: Currency,
    /// Units of the company currency for one unit of the currency, the same for every part: what is deferred is no claim to
    /// money, so it keeps the rate of its day (IAS 21.23).
    pub rate: Rate,
    pub start: NaiveDate,
    pub length: DeferralLength,
    pub method: DeferralMethod,
}

/// What falls due on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeferralPart {
    pub date: NaiveDate,
    pub amount: Amount,
    pub company_amount: Amount,
}

/// The last day, and the parts in their order.
pub type DeferralSchedule = (NaiveDate, Vec<DeferralPart>);

impl DeferralTerms {
    /// All violations at once.
    pub fn schedule(&self) -> Result<DeferralSchedule, Vec<Violation>> {
        let mut violations = Violations::new();
        if !self.amount.is_positive() {
            violations.push(Violation::new(&DEFERRAL_AMOUNT_NOT_POSITIVE).at("/amount"));
        }
        violations.check("/amount", self.amount.check_in(self.currency));
        let days = violations.check("", self.days());
        let Some((end, days)) = days.filter(|_| violations.is_empty()) else {
            return Err(violations.into_vec());
        };
        Ok((end, self.parts(&days).map_err(|violation| vec![violation.at("/amount")])?))
    }

    /// The last day, and by part its day and weight.
    fn days(&self) -> Result<(NaiveDate, Vec<(NaiveDate, i64)>), Violation> {
        let too_long = |at: &str| Violation::new(&DEFERRAL_TOO_LONG).at(at).with("max", DEFERRAL_PARTS_MAX);
        let (end, whole_months) = match self.length {
            DeferralLength::Periods(periods) => {
                let after = self.start.checked_add_months(Months::new(periods.into()));
                let end = after.and_then(|after| after.pred_opt()).ok_or_else(|| too_long("/periods"))?;
                let last = last_day(self.start).checked_add_months(Months::new(u32::from(periods) - 1));
                (end, last.map(last_day).filter(|_| self.method == DeferralMethod::Equal))
            }
            DeferralLength::Until(end) => (end, None),
        };
        if end < self.start {
            let before = Violation::new(&DEFERRAL_END_BEFORE_START).at("/end");
            return Err(before.with("start", self.start).with("end", end));
        }
        let through = whole_months.unwrap_or(end);
        let mut days = Vec::new();
        let mut first = self.start;
        loop {
            if days.len() == usize::from(DEFERRAL_PARTS_MAX) {
                return Err(too_long("/end"));
            }
            let last = last_day(first).min(through);
            days.push((last, self.weight(first, last)));
            match last.succ_opt().filter(|next| *next <= through) {
                Some(next) => first = next,
                None => return Ok((end, days)),
            }
        }
    }

    fn weight(&self, first: NaiveDate, last: NaiveDate) -> i64 {
        let covered = (last - first).num_days() + 1;
        match self.method {
            DeferralMethod::Equal => 1,
            DeferralMethod::Daily => covered,
            DeferralMethod::Monthly => covered * (MONTH / i64::from(last_day(first).day())),
        }
    }

    fn parts(&self, days: &[(NaiveDate, i64)]) -> Result<Vec<DeferralPart>, Violation> {
        let weights: Vec<i64> = days.iter().map(|(_, weight)| *weight).collect();
        let too_small = || Violation::new(&DEFERRAL_AMOUNT_TOO_SMALL).with("periods", days.len());
        let out_of_range = || Violation::new(&AMOUNT_OUT_OF_RANGE);
        let amounts = self.amount.spread(&weights, self.currency.scale).ok_or_else(out_of_range)?;
        let mut parts = Vec::with_capacity(days.len());
        let (mut through, mut converted) = (Amount::ZERO, Amount::ZERO);
        for ((date, _), amount) in days.iter().zip(amounts) {
            through = through.checked_add(amount).ok_or_else(out_of_range)?;
            // What was converted so far is right at every part, so that nothing is left at the end and no part is off by
            // more than a step.
            let all = match self.currency.code == self.company.code {
                true => through,
                false => through.convert(self.rate, self.company.scale).ok_or_else(out_of_range)?,
            };
            let company_amount = all.checked_sub(converted).ok_or_else(out_of_range)?;
            converted = all;
            if !amount.is_positive() || !company_amount.is_positive() {
                return Err(too_small());
            }
            parts.push(DeferralPart { date: *date, amount, company_amount });
        }
        Ok(parts)
    }
}

fn last_day(date: NaiveDate) -> NaiveDate {
    date.with_day(u32::from(date.num_days_in_month())).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::CurrencyCode;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn terms(amount: &str, start: &str, length: DeferralLength, method: DeferralMethod) -> DeferralTerms {
        let sar = Currency::iso(CurrencyCode::parse("SAR").unwrap());
        DeferralTerms {
            amount: Amount::parse(amount).unwrap(),
            currency: sar,
            company: sar,
            rate: Rate::ONE,
            start: day(start),
            length,
            method,
        }
    }

    fn shown(terms: DeferralTerms) -> Vec<(String, String)> {
        let (_, parts) = terms.schedule().unwrap();
        parts.into_iter().map(|part| (part.date.to_string(), part.amount.display(2))).collect()
    }

    #[test]
    fn an_insurance_from_the_middle_of_march_is_spread_by_months_days_or_periods() {
        let year = DeferralLength::Periods(12);
        let monthly = shown(terms("12000", "2026-03-15", year, DeferralMethod::Monthly));
        assert_eq!(monthly.len(), 13);
        assert_eq!(monthly[0], ("2026-03-31".to_owned(), "548.39".to_owned()));
        assert_eq!(monthly[1], ("2026-04-30".to_owned(), "1000.00".to_owned()));
        assert_eq!(monthly[12], ("2027-03-14".to_owned(), "451.61".to_owned()));
        let daily = shown(terms("12000", "2026-03-15", year, DeferralMethod::Daily));
        assert_eq!(daily[0], ("2026-03-31".to_owned(), "558.90".to_owned()));
        assert_eq!(daily[1], ("2026-04-30".to_owned(), "986.30".to_owned()));
        assert_eq!(daily[12].0, "2027-03-14");
        let equal = shown(terms("1000", "2026-03-15", DeferralLength::Periods(3), DeferralMethod::Equal));
        let expected = [("2026-03-31", "333.33"), ("2026-04-30", "333.33"), ("2026-05-31", "333.34")];
        assert_eq!(equal, expected.map(|(date, amount)| (date.to_owned(), amount.to_owned())));
        let until = DeferralLength::Until(day("2026-05-14"));
        let equal = shown(terms("1000", "2026-03-31", until, DeferralMethod::Equal));
        let expected = [("2026-03-31", "333.33"), ("2026-04-30", "333.33"), ("2026-05-14", "333.34")];
        assert_eq!(equal, expected.map(|(date, amount)| (date.to_owned(), amount.to_owned())));
    }

    #[test]
    fn what_cannot_be_spread_is_refused_with_everything_that_is_wrong() {
        let codes = |terms: DeferralTerms| -> Vec<_> {
            let violations = terms.schedule().unwrap_err();
            violations.iter().map(|violation| (violation.pointer.clone(), violation.def.code)).collect()
        };
        let before = DeferralLength::Until(day("2026-03-14"));
        let both = codes(terms("-1", "2026-03-15", before, DeferralMethod::Daily));
        assert_eq!(
            both,
            [
                ("/amount".to_owned(), "deferral_amount_not_positive"),
                ("/end".to_owned(), "deferral_end_before_start")
            ]
        );
        let small = codes(terms("0.11", "2026-03-01", DeferralLength::Periods(12), DeferralMethod::Equal));
        assert_eq!(small, [("/amount".to_owned(), "deferral_amount_too_small")]);
        let long = DeferralLength::Until(day("2099-03-14"));
        let long = codes(terms("1", "2026-03-15", long, DeferralMethod::Daily));
        assert_eq!(long, [("/end".to_owned(), "deferral_too_long")]);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_amount_in_both_currencies(
            steps in 1_i64..100_000_000,
            offset in 0_u32..800,
            periods in 1_u16..60,
            rate in 1_000_000_000_i64..60_000_000_000,
            method in prop::sample::select(DeferralMethod::ALL.to_vec()),
        ) {
            let start = day("2026-01-01") + chrono::Days::new(offset.into());
            let usd = Currency::iso(CurrencyCode::parse("USD").unwrap());
            let rate = Rate::from_scaled(rate);
            let all = DeferralTerms {
                amount: Amount::from_scaled(steps * 100),
                currency: usd,
                rate,
                ..terms("1", "2026-01-01", DeferralLength::Periods(periods), method)
            };
            let all = DeferralTerms { start, ..all };
            if let Ok((end, parts)) = all.schedule() {
                prop_assert_eq!(Amount::sum(parts.iter().map(|part| part.amount)), Some(all.amount));
                let company = Amount::sum(parts.iter().map(|part| part.company_amount));
                prop_assert_eq!(company, all.amount.convert(rate, 2));
                prop_assert!(parts.windows(2).all(|pair| pair[0].date < pair[1].date));
                prop_assert!(method == DeferralMethod::Equal || parts.last().map(|part| part.date) == Some(end));
            } else {
                // Every period of a thousand riyals gets something.
                prop_assert!(steps < 100_000);
            }
        }
    }
}
