//! Generated books: seeded, so that two runs have the same.

use std::fmt::Write;

/// Posting accounts of the generated chart.
pub const ACCOUNTS: usize = 200;
/// Years of the generated books.
pub const YEARS: usize = 10;

/// A small generator (xorshift), the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }
}

/// `accounts` as CSV: the first half balance sheet, the other half income statement.
pub fn accounts_csv() -> String {
    let mut csv = String::from("code,name,type\n");
    for n in 0..ACCOUNTS {
        let kind = ["asset", "liability", "income", "expense"][n * 4 / ACCOUNTS];
        let _ = writeln!(csv, "{},Account {},{kind}", account(n), account(n));
    }
    csv
}

pub fn account(n: usize) -> String {
    format!("{}", 1000 + n)
}

/// When the entries of generated books happen.
#[derive(Clone, Copy)]
pub enum Dates {
    /// One after the other, as books are kept and exported: so much of all the years has passed, from 0 to 1.
    InOrder { from: f64, to: f64 },
    /// Anywhere in all the years.
    AtRandom,
}

impl Dates {
    const DAYS: usize = YEARS * 12 * 28;

    fn date(self, place: f64, random: &mut Random) -> String {
        let day = match self {
            Self::InOrder { from, to } => ((from + (to - from) * place) * Self::DAYS as f64) as usize,
            Self::AtRandom => random.below(Self::DAYS),
        };
        let day = day.min(Self::DAYS - 1);
        format!("{}-{:02}-{:02}", 2016 + day / 336, 1 + day % 336 / 28, 1 + day % 28)
    }
}

/// `entries` of `lines` lines each, from `first` on.
pub fn journal_csv(first: usize, entries: usize, lines: usize, dates: Dates) -> String {
    let mut random = Random::new(first as u64 * 2_654_435_761 + 17);
    let mut csv = String::with_capacity(entries * lines * 48);
    csv.push_str("entry,date,description,account,debit,credit,currency\n");
    for entry in first..first + entries {
        let date = dates.date((entry - first) as f64 / entries as f64, &mut random);
        let pairs = lines / 2;
        for _ in 0..pairs {
            let amount = 100 + random.below(99_900);
            let (a, b) = (random.below(ACCOUNTS), random.below(ACCOUNTS));
            let (whole, cents) = (amount / 100, amount % 100);
            let _ = writeln!(csv, "G{entry},{date},Generated entry,{},{whole}.{cents:02},,USD", account(a));
            let _ = writeln!(csv, "G{entry},{date},Generated entry,{},,{whole}.{cents:02},USD", account(b));
        }
    }
    csv
}

/// A four-line entry posted at once.
pub fn four_lines(random: &mut Random) -> String {
    let mut lines = String::new();
    for _ in 0..2 {
        let amount = format!("{}.{:02}", 1 + random.below(9_999), random.below(100));
        let (a, b) = (account(random.below(ACCOUNTS)), account(random.below(ACCOUNTS)));
        let comma = if lines.is_empty() { "" } else { "," };
        let _ = write!(
            lines,
            r#"{comma}{{"accountCode":"{a}","debit":"{amount}"}},{{"accountCode":"{b}","credit":"{amount}"}}"#
        );
    }
    format!(r#"{{"postingDate":"2025-06-15","description":"Bench","post":true,"lines":[{lines}]}}"#)
}
