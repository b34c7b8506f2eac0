//! Errors in Arabic are Arabic to the end: what is filled in, too.

use serde_json::{Value, json};
use testkit::World;

/// Words that only an English phrase has; names of members, parameters and formats have none of them.
const ENGLISH: [&str; 16] = [
    "a", "an", "the", "of", "or", "and", "with", "is", "one", "at", "most", "such", "as", "number",
    "journal", "entries",
];

/// The texts of a problem: its own and those of its errors.
fn texts(problem: &Value) -> Vec<String> {
    let listed = problem["errors"].as_array().into_iter().flatten();
    std::iter::once(problem)
        .chain(listed)
        .map(|one| one["detail"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Without what a caller wrote and what stands in quotes.
fn is_arabic(text: &str) -> bool {
    let unquoted: String = text.split('\'').step_by(2).collect();
    let mut words = unquoted.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    !text.is_empty() && !words.any(|word| ENGLISH.contains(&word))
}

const NOBODY: &str = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11";

#[tokio::test]
async fn whatever_is_filled_in_is_arabic_too() {
    let world = World::new().await;
    let home = world.home().await;
    let series = json!({ "code": "X", "name": { "en": "X" }, "numberSeriesId": NOBODY });
    let mut requests: Vec<(&str, String, &[&str], Value)> = vec![
        ("POST", "/currencies".into(), &[], json!({ "code": 5, "name": [], "active": "x" })),
        ("POST", "/journal-entries".into(), &[], json!({ "lines": [7] })),
        ("POST", "/journals".into(), &[], series),
        ("PUT", "/settings/vat-rate".into(), &["If-Match: *"], json!({ "value": "x" })),
        ("DELETE", "/currencies/SAR".into(), &["If-Match: *"], Value::Null),
        ("PATCH", "/currencies/SAR".into(), &["If-Match: abc"], json!({})),
        ("POST", "/currencies".into(), &["Idempotency-Key: "], json!({})),
        ("POST", "/currencies".into(), &["Content-Type: text/html"], json!({})),
        ("POST", "/imports?type=accounts".into(), &["Content-Type: text/html"], json!({})),
    ];
    for query in [
        "/accounts?limit=1&limit=2",
        "/accounts?limit=x",
        "/accounts?cursor=",
        "/accounts?count=x",
        "/accounts?sort=x",
        "/accounts?expand=x",
        "/accounts?fields=,",
        "/accounts?id=x",
        "/accounts?id[in]=x,y",
        "/accounts?type=x",
        "/accounts?isPosting=x",
        "/accounts?updatedAt=x",
        "/journal-entries?postingDate[gte]=x",
        "/reports/trial-balance?asOf=2026-01-01&dimension=x",
        "/reports/trial-balance?asOf=2026-01-01&dimension=x:y",
        "/reports/income-statement?from=2026-01-01&to=2026-01-31&groupBy=x",
        "/events?after=x",
    ] {
        requests.push(("GET", query.into(), &[], Value::Null));
    }
    for path in [
        "accounts",
        "journals",
        "tax-codes",
        "journal-entries",
        "roles",
        "number-series",
        "fiscal-years",
        "attachments",
    ] {
        requests.push(("GET", format!("/{path}/{NOBODY}"), &[], Value::Null));
    }
    for (method, path, headers, body) in requests {
        let mut all = vec!["Accept-Language: ar"];
        all.extend(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = home.call(method, &path, &all, body).await;
        assert!((400..500).contains(&answer.status.as_u16()), "{method} {path}: {}", answer.status);
        for text in texts(&answer.json()) {
            assert!(is_arabic(&text), "{method} {path}: {text}");
        }
    }
}
