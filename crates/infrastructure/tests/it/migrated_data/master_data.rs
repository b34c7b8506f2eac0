//! Recurring entries, dimensions and codes.

use chrono::NaiveDate;
use infrastructure::sql::value::Value;
use uuid::Uuid;

use super::{Earlier, day, id, moment};

const EPOCH: i64 = 0;

#[tokio::test]
async fn recurring_entries_belong_to_whoever_saved_them_last() {
    let mut earlier = Earlier::version(4).await;
    earlier.tenant(1, "alpha");
    for (n, code) in [(2, "RENT"), (3, "OTHER")] {
        let columns = [
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("code", code.into()),
            ("schedule", "{}".into()),
            ("template", "{}".into()),
            ("start_date", day("2026-01-01")),
            ("next_date", day("2026-05-01")),
            ("auto_post", true.into()),
            ("active", true.into()),
            ("created_at", moment(EPOCH)),
            ("updated_at", moment(EPOCH)),
            ("version", Value::Int(3)),
        ];
        earlier.insert("recurring_entry", &columns);
    }
    for (n, user, action) in
        [(10, Some(7), "created"), (11, Some(8), "updated"), (12, Some(9), "ran"), (13, None, "updated")]
    {
        let columns = [
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("recorded_at", moment(EPOCH)),
            ("actor_kind", "user".into()),
            ("user_id", user.map_or(Value::Null, id)),
            ("action", action.into()),
            ("entity", "recurring_entry".into()),
            ("entity_id", id(2)),
            ("request_id", "r".into()),
        ];
        earlier.insert("audit_log", &columns);
    }
    let upgraded = earlier.upgraded().await;
    let sql = "SELECT ordered_by, next_date, failed_count FROM recurring_entry \
         WHERE tenant_id = ?1 AND settled_through IS NULL AND ordered_by_key IS NULL ORDER BY id";
    let entries = upgraded.rows(sql, |columns| {
        let ordered_by: Option<Uuid> = columns.get("ordered_by")?;
        Ok((ordered_by, columns.get("next_date")?, columns.get("failed_count")?))
    });
    let next = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let expected: [(Option<Uuid>, NaiveDate, i64); 2] =
        [(Some(Uuid::from_bytes([8; 16])), next, 0), (None, next, 0)];
    assert_eq!(entries.await, expected);
}

impl Earlier {
    fn dimension(&mut self, n: u8, code: &str) {
        let columns = [
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("code", code.into()),
            ("active", true.into()),
            ("created_at", moment(EPOCH)),
            ("updated_at", moment(EPOCH)),
            ("version", Value::Int(1)),
        ];
        self.insert("dimension", &columns);
    }

    fn dimension_value(&mut self, n: u8, dimension: u8, code: &str) {
        let columns = [
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("dimension_id", id(dimension)),
            ("code", code.into()),
            ("search", "".into()),
            ("active", true.into()),
            ("created_at", moment(EPOCH)),
            ("updated_at", moment(EPOCH)),
            ("version", Value::Int(1)),
        ];
        self.insert("dimension_value", &columns);
    }

    fn dimension_rule(&mut self, n: u8, dimension: u8, prefix: &str) {
        let columns = [
            ("tenant_id", id(1)),
            ("id", id(n)),
            ("kind", "mandatory".into()),
            ("account_code_prefix", prefix.into()),
            ("dimension_id", id(dimension)),
            ("active", true.into()),
            ("created_at", moment(5)),
            ("updated_at", moment(6)),
            ("version", Value::Int(7)),
        ];
        self.insert("dimension_rule", &columns);
    }
}

#[tokio::test]
async fn values_take_postings_and_rules_stay() {
    let mut earlier = Earlier::version(4).await;
    earlier.tenant(1, "alpha");
    earlier.dimension(2, "city");
    earlier.dimension_value(3, 2, "RUH");
    earlier.dimension_rule(4, 2, "62");
    let upgraded = earlier.upgraded().await;
    let postable = upgraded
        .rows("SELECT postable FROM dimension_value WHERE tenant_id = ?1", |columns| {
            columns.get::<bool>("postable")
        })
        .await;
    assert_eq!(postable, [true]);
    let sql = "SELECT kind, account_code_prefix, created_at, updated_at, version FROM dimension_rule \
         WHERE tenant_id = ?1 AND active = 1";
    let rules = upgraded.rows(sql, |columns| {
        let (kind, prefix): (String, String) = (columns.get("kind")?, columns.get("account_code_prefix")?);
        let mut micros = |name| columns.get(name).map(|time: domain::time::Timestamp| time.micros());
        let (created, updated) = (micros("created_at")?, micros("updated_at")?);
        Ok((kind, prefix, created, updated, columns.get::<i64>("version")?))
    });
    assert_eq!(rules.await, [("mandatory".to_owned(), "62".to_owned(), 5, 6, 7)]);
    upgraded.place.run("UPDATE dimension_rule SET kind = 'optional';").await.unwrap();
    upgraded.place.run("UPDATE dimension_rule SET kind = 'other';").await.unwrap_err();
}

#[tokio::test]
async fn codes_have_the_digits_that_people_type_now() {
    let mut earlier = Earlier::version(10).await;
    earlier.tenant(1, "alpha");
    let taken = ["٦٢١٠", "6210", "A٠١٢٣٤٥٦٧٨٩-١", "Z"];
    for (n, code) in (20..).zip(taken) {
        earlier.account(n, code, "expense");
    }
    earlier.dimension(2, "مدينة-٢");
    earlier.dimension(3, "other");
    // The same code in another dimension does not stand in the way.
    earlier.dimension_value(4, 2, "١٢");
    earlier.dimension_value(5, 3, "12");
    earlier.dimension_value(6, 3, "١٢");
    earlier.dimension_rule(7, 2, "٦٢");
    let upgraded = earlier.upgraded().await;
    let codes = async |table: &str, column: &str| {
        let sql = format!("SELECT {column} AS text FROM {table} WHERE tenant_id = ?1 ORDER BY id");
        upgraded.rows(&sql, |columns| columns.get::<String>("text")).await
    };
    assert_eq!(codes("account", "code").await, ["٦٢١٠", "6210", "A0123456789-1", "Z"]);
    assert_eq!(codes("dimension", "code").await, ["مدينة-2", "other"]);
    assert_eq!(codes("dimension_value", "code").await, ["12", "12", "١٢"]);
    assert_eq!(codes("dimension_rule", "account_code_prefix").await, ["62"]);
}
