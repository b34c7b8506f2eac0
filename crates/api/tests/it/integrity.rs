//! Where the hash chains end, kept elsewhere and compared later; and who posted what.

use serde_json::{Value, json};
use testkit::world::{PASSWORD, entry};
use testkit::{TenantKit, World};

async fn books() -> (World, TenantKit) {
    let world = World::new().await;
    let tenant = world.tenant("acme", "SAR", "sa-standard").await;
    tenant.post("2026-03-01", &[("1113", "100.00", ""), ("4120", "", "100.00")]).await;
    (world, tenant)
}

#[tokio::test]
async fn a_head_that_was_kept_is_still_there_after_more_was_posted() {
    let (world, tenant) = books().await;
    let kept = tenant.client.get("/integrity/head").await.ok();
    assert_eq!(kept["digest"].as_str().unwrap().len(), 64);
    let chains = kept["chains"].as_array().unwrap();
    let last = chains.last().unwrap();
    assert_eq!((&chains[0]["chain"], &chains[0]["journalCode"]), (&json!("journal"), &json!("GENERAL")));
    assert_eq!((&chains[0]["position"], &chains[0]["version"]), (&json!(1), &json!(2)));
    assert!(chains[0]["number"].as_str().unwrap().ends_with("000001"));
    assert_eq!((&last["chain"], &last["journalId"]), (&json!("audit"), &Value::Null));
    let entry = tenant.client.get("/journal-entries?status=posted").await.ok()["items"][0].clone();
    assert_eq!(chains[0]["hash"], entry["hash"]);

    tenant.post("2026-03-02", &[("1113", "1.00", ""), ("4120", "", "1.00")]).await;
    let verified = tenant.client.post("/integrity/verify", json!({ "head": kept })).await.ok();
    assert_eq!((&verified["ok"], &verified["earlierHead"]["ok"]), (&json!(true), &json!(true)), "{verified}");
    assert_eq!(verified["earlierHead"]["digestOk"], true);
    assert_ne!(tenant.client.get("/integrity/head").await.ok()["digest"], kept["digest"]);

    let mut beyond = kept.clone();
    beyond["chains"][0]["position"] = json!(3);
    let verified = tenant.client.post("/integrity/verify", json!({ "head": beyond })).await.ok();
    assert_eq!(verified["ok"], false);
    assert_eq!(verified["earlierHead"]["chains"][0]["differs"], "missing");
    assert_eq!(verified["earlierHead"]["digestOk"], false);
    let mut rewritten = kept.clone();
    rewritten["chains"][0]["hash"] = json!("0".repeat(64));
    rewritten.as_object_mut().unwrap().remove("digest");
    let verified = tenant.client.post("/integrity/verify", json!({ "head": rewritten })).await.ok();
    assert_eq!(verified["earlierHead"]["chains"][0]["differs"], "hash");

    let other = world.tenant("other", "SAR", "empty").await;
    let refused = other.client.post("/integrity/verify", json!({ "head": kept })).await.expect(422);
    assert_eq!(refused.errors(), [("/head/tenantId".to_owned(), "head_of_another_tenant".to_owned())]);
}

#[tokio::test]
async fn a_head_is_read_with_everything_that_is_wrong_with_it_and_may_be_left_out() {
    let (_world, tenant) = books().await;
    for body in ["", "null", "{}", r#"{"head":null}"#] {
        let verified = tenant.client.call("POST", "/integrity/verify", &[], body).await.ok();
        assert_eq!((&verified["ok"], &verified["earlierHead"]), (&json!(true), &Value::Null), "{body}");
        assert_eq!(verified["audit"]["beforeChain"], 0);
    }
    let head = json!({ "chains": [
        { "chain": "journal", "position": 1, "hash": "0".repeat(64) },
        { "chain": "audit", "position": 0, "hash": "ab" },
        { "chain": "ledger", "position": 1, "hash": "0".repeat(64) },
    ] });
    let refused = tenant.client.post("/integrity/verify", json!({ "head": head })).await.expect(422).errors();
    let at = |pointer: &str| refused.iter().find(|(at, _)| at == pointer).map(|(_, code)| code.as_str());
    assert_eq!(at("/head/chains/1/position"), Some("number_out_of_range"));
    assert_eq!(at("/head/chains/1/hash"), Some("invalid_checksum"));
    assert_eq!(at("/head/chains/2/chain"), Some("unknown_word"));
    let nameless =
        json!({ "head": { "chains": [{ "chain": "journal", "position": 1, "hash": "0".repeat(64) }] } });
    let refused = tenant.client.post("/integrity/verify", nameless).await.expect(422).errors();
    assert_eq!(refused, [("/head/chains/0/journalId".to_owned(), "required".to_owned())]);
}

#[tokio::test]
async fn entries_and_lines_say_who_posted_them_and_in_which_journal() {
    let (world, tenant) = books().await;
    let client = &tenant.client;
    let role = client.get("/roles?code=administrator").await.ok()["items"][0]["id"].clone();
    let second = world.user(client, "second@acme.example", &[role.as_str().unwrap()]).await;
    let made = json!({ "id": second });
    let second = world.sign_in("second@acme.example", PASSWORD, Some("acme")).await;

    let draft =
        client.post("/journal-entries", entry("2026-03-03", &[("1113", "5", ""), ("4120", "", "5")], false));
    let draft = draft.await.expect(201);
    let shown = draft.json();
    let me = shown["createdBy"].clone();
    assert!(me.is_string() && me != made["id"], "{shown}");
    assert_eq!((&shown["postedBy"], &shown["journalCode"]), (&Value::Null, &json!("GENERAL")));
    let path = format!("/journal-entries/{}", shown["id"].as_str().unwrap());
    let posted = second.with_etag("POST", &format!("{path}/post"), &draft.etag(), Value::Null).await.ok();
    assert_eq!((&posted["createdBy"], &posted["postedBy"]), (&me, &made["id"]));
    let read = client.get(&path).await.ok();
    assert_eq!(read, posted, "the answer of a posting is what is read later");
    let listed = client.get("/journal-entries?status=posted&sort=-id&limit=1").await.ok()["items"][0].clone();
    assert_eq!((&listed["postedBy"], &listed["journalCode"]), (&made["id"], &json!("GENERAL")));
    let id = shown["id"].as_str().unwrap();
    let cash = read["lines"][0]["accountId"].as_str().unwrap();
    for list in
        [format!("/ledger-lines?entryId={id}"), format!("/ledger-lines?entryId={id}&accountId={cash}")]
    {
        let line = client.get(&list).await.ok()["items"][0].clone();
        assert_eq!((&line["postedBy"], &line["postedByName"]), (&made["id"], &json!("Guest")), "{list}");
        assert_eq!(line["journalCode"], "GENERAL");
    }
}

/// An event and its audit row are one change: the same id, and the same content.
#[tokio::test]
async fn an_event_leads_to_its_audit_row() {
    let (_world, tenant) = books().await;
    let events = tenant.client.get("/events?type=journal_entry.posted&limit=200").await.ok();
    let events = events["items"].as_array().unwrap();
    let posted = events.iter().find(|event| event["type"] == "journal_entry.posted").unwrap();
    let path = format!("/audit-log/{}", posted["id"].as_str().unwrap());
    let row = tenant.client.get(&path).await.ok();
    assert_eq!((&row["entity"], &row["action"]), (&json!("journal_entry"), &json!("posted")));
    assert_eq!(row["entityId"], posted["entityId"]);
    assert_eq!(row["after"], posted["data"]);
}
