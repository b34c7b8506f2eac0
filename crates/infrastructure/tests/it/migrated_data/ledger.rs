//! Entries and their numbers; the maintained balances are in `periods::opening_balances`.

use infrastructure::sql::value::Value;
use uuid::Uuid;

use super::{Earlier, amount, day, id, moment};

/// The ids of what entries need.
const SERIES: u8 = 100;
const YEAR: u8 = 101;
const PERIOD: u8 = 102;

/// The last columns of most rows of master data.
fn kept() -> [(&'static str, Value); 3] {
    [("created_at", moment(1)), ("updated_at", moment(1)), ("version", Value::Int(1))]
}

impl Earlier {
    pub fn account(&mut self, n: u8, code: &str, kind: &str) {
        let mut columns = vec![
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("code", code.into()),
            ("search", "".into()),
            ("type", kind.into()),
            ("is_posting", true.into()),
            ("control", "none".into()),
            ("cash_flow", "none".into()),
            ("reconcilable", false.into()),
            ("active", true.into()),
        ];
        columns.extend(kept());
        self.insert("account", &columns);
    }

    fn journal(&mut self, n: u8) {
        let mut columns = vec![
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("code", format!("J{n}").into()),
            ("search", "".into()),
            ("kind", "general".into()),
            ("number_series_id", id(SERIES)),
            ("active", true.into()),
        ];
        columns.extend(kept());
        self.insert("journal", &columns);
    }

    /// A company with journals of these ids, a year and its period.
    fn books(&mut self, journals: &[u8]) {
        self.tenant(1, "alpha");
        let mut series = vec![
            ("tenant_id", id(1)),
            ("id", id(SERIES)),
            ("code", "ALL".into()),
            ("document_type", "journal_entry".into()),
            ("pattern", "{JOURNAL}-{0}".into()),
            ("reset", "never".into()),
            ("gapless", true.into()),
            ("active", true.into()),
        ];
        series.extend(kept());
        self.insert("number_series", &series);
        journals.iter().for_each(|journal| self.journal(*journal));
        let span = [("start_date", day("2026-01-01")), ("end_date", day("2026-12-31"))];
        let mut year =
            vec![("tenant_id", id(1)), ("id", id(YEAR)), ("code", "2026".into()), ("status", "open".into())];
        year.extend(span.clone());
        year.extend(kept());
        self.insert("fiscal_year", &year);
        let mut period = vec![
            ("tenant_id", id(1)),
            ("id", id(PERIOD)),
            ("fiscal_year_id", id(YEAR)),
            ("number", Value::Int(1)),
            ("name", "2026".into()),
            ("kind", "regular".into()),
            ("status", "open".into()),
        ];
        period.extend(span);
        period.extend(kept());
        self.insert("fiscal_period", &period);
    }
}

fn entry(n: u8, journal: u8, number: Option<&str>, recorded: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("tenant_id", id(1)),
        ("id", id(n)),
        ("journal_id", id(journal)),
        ("kind", "standard".into()),
        ("status", if number.is_some() { "posted" } else { "draft" }.into()),
        ("number", number.map_or(Value::Null, Value::from)),
        ("posting_date", day("2026-03-05")),
        ("currency", "SAR".into()),
        ("total", amount("1")),
        ("line_count", Value::Int(2)),
        ("created_at", moment(1)),
        ("updated_at", moment(1)),
        ("recorded_at", moment(recorded)),
        ("version", Value::Int(1)),
    ]
}

#[tokio::test]
async fn books_with_repeated_numbers_are_kept_as_they_are() {
    let mut earlier = Earlier::version(6).await;
    earlier.books(&[1, 2, 3]);
    for (n, journal, number, recorded) in [
        (1, 1, Some("GJ-1"), 5),
        (2, 2, Some("GJ-1"), 4),
        (3, 3, Some("GJ-1"), 6),
        (4, 1, Some("GJ-2"), 7),
        (5, 1, None, 8),
        (6, 1, None, 9),
    ] {
        earlier.insert("journal_entry", &entry(n, journal, number, recorded));
    }
    let upgraded = earlier.upgraded().await;
    for number in ["GJ-2", "GJ-1"] {
        let again = upgraded.place.insert("journal_entry", &entry(7, 3, Some(number), 9));
        let refused = upgraded.place.run(&again).await.unwrap_err();
        assert!(refused.contains("number"), "from now on {number} comes once: {refused}");
    }
    let draft = upgraded.place.insert("journal_entry", &entry(9, 3, None, 9));
    upgraded.place.run(&draft).await.unwrap();
    let sql =
        "SELECT id, number_repeat FROM journal_entry WHERE tenant_id = ?1 AND number IS NOT NULL ORDER BY id";
    let repeats: Vec<(Uuid, i64)> =
        upgraded.rows(sql, |columns| Ok((columns.get("id")?, columns.get("number_repeat")?))).await;
    let expected = [(1, 1), (2, 0), (3, 2), (4, 0)].map(|(n, repeat)| (Uuid::from_bytes([n; 16]), repeat));
    assert_eq!(repeats, expected, "the first recorded has the number, the others are told apart");
}
