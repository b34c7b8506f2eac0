//! Journals, their number series, and the proof that numbers have no gaps.

use serde_json::{Value, json};
use testkit::{TenantKit, World};

async fn books(world: &World) -> TenantKit {
    let kit = world.tenant("alpha", "SAR", "empty").await;
    kit.accounts(&[("1", "asset"), ("2", "income")]).await;
    kit
}

async fn post(kit: &TenantKit, journal: &str, date: &str) -> String {
    let mut body = testkit::world::entry(date, &[("1", "5.00", ""), ("2", "", "5.00")], true);
    body["journalCode"] = json!(journal);
    let view = kit.client.post("/journal-entries", body).await.expect(201).json();
    view["number"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_series_numbers_its_journal_without_gaps() {
    let world = World::new().await;
    let kit = books(&world).await;
    let series = json!({
        "code": "ADJ", "name": { "ar": "التسويات", "en": "Adjustments" },
        "pattern": "{JOURNAL}-{YYYY}{MM}-{000}", "reset": "month",
    });
    let series = kit.client.post("/number-series", series).await.expect(201).json();
    let path = format!("/number-series/{}", series["id"].as_str().unwrap());
    let preview = kit.client.get(&format!("{path}/preview?date=2026-02-03")).await.ok();
    assert_eq!(preview["number"], "ADJ-202602-001");
    let journal = json!({ "code": "ADJUST", "name": { "en": "Adjustments" }, "numberSeriesCode": "ADJ" });
    kit.client.post("/journals", journal).await.expect(201);
    assert_eq!(post(&kit, "ADJUST", "2026-02-03").await, "ADJUST-202602-001");
    assert_eq!(post(&kit, "ADJUST", "2026-01-31").await, "ADJUST-202601-001");
    assert_eq!(post(&kit, "ADJUST", "2026-02-01").await, "ADJUST-202602-002");
    let preview = kit.client.get(&format!("{path}/preview?date=2026-02-28")).await.ok();
    assert_eq!((&preview["number"], &preview["sequence"]), (&json!("ADJUST-202602-003"), &json!(3)));

    // Numbers given under an earlier pattern still count.
    kit.client.with_etag("PATCH", &path, "*", json!({ "pattern": "A{YYYY}{MM}-{0000}" })).await.expect(200);
    assert_eq!(post(&kit, "ADJUST", "2026-02-04").await, "A202602-0003");
    let gaps = kit.client.get(&format!("{path}/gaps")).await.ok();
    assert_eq!(gaps["gapless"], true);
    let february = &gaps["periods"][1];
    assert_eq!((&february["period"], &february["last"]), (&json!("2026-02"), &json!(3)));
    assert_eq!((&february["used"], &february["earlierPattern"]), (&json!(3), &json!(2)));

    let reset = kit.client.with_etag("PATCH", &path, "*", json!({ "reset": "year" })).await.expect(409);
    assert_eq!(reset.code(), "number_series_reset_fixed");
    let stopped = kit.client.with_etag("PATCH", &path, "*", json!({ "active": false })).await.expect(409);
    assert_eq!(stopped.code(), "number_series_used");
    assert!(stopped.text().contains("ADJUST"), "{}", stopped.text());
    kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
}

#[tokio::test]
async fn patterns_that_would_repeat_are_refused() {
    let world = World::new().await;
    let client = world.home().await;
    for (pattern, reset, code) in [
        ("X-{000}", "year", "number_pattern_repeats"),
        ("X-{YYYY}", "never", "number_pattern_counter"),
        ("X {000}", "never", "number_pattern_literal"),
        ("{BRANCH}-{000}", "never", "number_pattern_branch"),
        ("X-{FY}-{MM}-{000}", "month", "number_pattern_repeats"),
    ] {
        let body = json!({ "code": "X", "name": { "en": "X" }, "pattern": pattern, "reset": reset });
        assert_eq!(
            client.post("/number-series", body).await.expect(422).errors()[0],
            ("/pattern".into(), code.into())
        );
    }
}

#[tokio::test]
async fn a_journal_with_entries_keeps_kind_and_series() {
    let world = World::new().await;
    let kit = books(&world).await;
    post(&kit, "GENERAL", "2026-02-03").await;
    let list = kit.client.get("/journals?code=GENERAL").await.ok();
    let path = format!("/journals/{}", list["items"][0]["id"].as_str().unwrap());
    let answer = kit
        .client
        .with_etag(
            "PATCH",
            &path,
            "*",
            json!({ "kind": "sales", "numberSeriesCode": "OPENING", "code": "CLOSING" }),
        )
        .await
        .expect(409);
    let codes: Vec<_> = answer.errors().into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["already_exists", "journal_series_fixed", "journal_used_no_change"]);
    kit.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(409);
    let renamed =
        kit.client.with_etag("PATCH", &path, "*", json!({ "name": { "en": "Main book" } })).await.ok();
    assert_eq!((&renamed["name"]["en"], &renamed["version"]), (&json!("Main book"), &json!(2)));
    let missing = json!({ "code": "J", "name": { "en": "J" } });
    assert_eq!(kit.client.post("/journals", missing).await.errors()[0].0, "/numberSeriesId");
}
