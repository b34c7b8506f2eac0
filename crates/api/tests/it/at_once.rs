//! Requests of which only one may succeed, sent several times at the same moment: one succeeds, on either engine, and the
//! others are told why they do not. Codes and settings are in `conflicts`, imports in `import_duplicates`.

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{Answer, Client, TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "5", ""), ("4000", "", "5")];
const SEVERAL: usize = 4;

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income")]).await
}

/// Exactly one answer has this status; the codes of all others.
fn once(answers: &[Answer], status: u16) -> Vec<String> {
    let (done, others): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status.as_u16() == status);
    assert_eq!(done.len(), 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    let code = |answer: &&Answer| match answer.errors().first() {
        Some((_, code)) => code.clone(),
        None => answer.code(),
    };
    others.iter().map(code).collect()
}

fn told(codes: &[String], expected: &[&str]) {
    assert_eq!(codes.len(), SEVERAL - 1);
    assert!(codes.iter().all(|code| expected.contains(&code.as_str())), "{codes:?}");
}

async fn number_of_entries(client: &Client) -> Value {
    client.get("/journal-entries?count=exact").await.ok()["total"].clone()
}

/// No number is missing or there twice, and every balance is the sum of its entries.
async fn whole(client: &Client) {
    let checks = client.get("/integrity/checks").await.ok();
    assert_eq!(checks["ok"], true, "{checks}");
    let verified = client.post("/integrity/verify", json!({})).await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_accepted_once() {
    let (world, kit) = books().await;
    let body = json!({ "email": "sara@alpha.example", "name": "Sara", "roleIds": [] });
    let token = kit.client.post("/invitations", body).await.expect(201).json()["token"].clone();
    let passwords = ["seven violet umbrellas dancing", "nine amber lanterns asleep"];
    let accepting = (0..SEVERAL).map(|n| world.accept(&token, passwords[n % 2]));
    told(&once(&join_all(accepting).await, 200), &["invitation_unusable", "already_exists"]);
    let users = kit.client.get("/users").await.ok();
    let there = users["items"].as_array().unwrap().iter();
    assert_eq!(there.filter(|user| user["email"] == "sara@alpha.example").count(), 1, "{users}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_one_open_invitation() {
    let (_world, kit) = books().await;
    let body = json!({ "email": "sara@alpha.example", "name": "Sara", "roleIds": [] });
    let inviting = (0..SEVERAL).map(|_| kit.client.post("/invitations", body.clone()));
    told(&once(&join_all(inviting).await, 201), &["already_invited"]);
    let invitations = kit.client.get("/invitations").await.ok();
    assert_eq!(invitations["items"].as_array().unwrap().len(), 1, "{invitations}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_posted_once_and_an_entry_reversed_once() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    let draft = client.post("/journal-entries", entry("2026-03-05", SALE, false)).await.expect(201).json();
    let path = format!("/journal-entries/{}", draft["id"].as_str().unwrap());
    let post = format!("{path}/post");
    let posting = (0..SEVERAL).map(|_| client.with_etag("POST", &post, "*", Value::Null));
    told(&once(&join_all(posting).await, 200), &["entry_not_draft"]);
    let reverse = format!("{path}/reverse");
    let why = json!({ "reason": "wrong", "postingDate": "2026-03-06" });
    let reversing = (0..SEVERAL).map(|_| client.with_etag("POST", &reverse, "*", why.clone()));
    told(&once(&join_all(reversing).await, 201), &["entry_already_reversed"]);
    assert_eq!(number_of_entries(client).await, 2);
    let next = kit.post("2026-03-07", SALE).await;
    assert!(next["number"].as_str().unwrap().ends_with("000003"), "{next}");
    whole(client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_comes_several_times_at_once_posts_once() {
    let (_world, kit) = books().await;
    let body = entry("2026-03-05", SALE, true).to_string();
    let headers = ["Idempotency-Key: sale-1"];
    let posting = (0..SEVERAL).map(|_| kit.client.call("POST", "/journal-entries", &headers, body.clone()));
    let answers = join_all(posting).await;
    let ids: Vec<_> = answers.into_iter().map(|answer| answer.expect(201).json()["id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(number_of_entries(&kit.client).await, 1);
    whole(&kit.client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_the_opening_balances_are_posted_side_by_side() {
    let (_world, kit) = World::books().await;
    let lines = entry("2026-01-01", &[("1113", "5", ""), ("3110", "", "5")], true)["lines"].clone();
    let body = json!({ "postingDate": "2026-01-01", "lines": lines });
    let opening = (0..SEVERAL).map(|_| kit.client.post("/opening-balances", body.clone()));
    for answer in join_all(opening).await {
        answer.expect(201);
    }
    assert_eq!(number_of_entries(&kit.client).await, SEVERAL);
    let opened = kit.client.get("/opening-balances").await.ok();
    assert_eq!((&opened["complete"], opened["entries"].as_array().unwrap().len()), (&json!(true), SEVERAL));
    whole(&kit.client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_comes_several_times_at_once_is_imported_once() {
    let (_world, kit) = books().await;
    let text = "entry,date,account,debit,credit\n1,2026-02-01,1000,5,\n1,2026-02-01,4000,,5\n";
    let path = "/imports?type=journal-entries&post=true";
    let importing = (0..SEVERAL)
        .map(|_| kit.client.call("POST", path, &["Content-Type: text/csv", "Prefer: wait=60"], text));
    told(&once(&join_all(importing).await, 200), &["import_duplicate"]);
    assert_eq!(number_of_entries(&kit.client).await, 1);
    whole(&kit.client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_occurrence_is_made_once() {
    let (_world, kit) = books().await;
    let body = json!({
        "code": "RENT", "name": { "en": "Rent" }, "startDate": "2026-03-01", "autoPost": true,
        "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
        "lines": entry("2026-03-01", SALE, true)["lines"],
    });
    let made = kit.client.post("/recurring-entries", body).await.expect(201).json();
    let run = format!("/recurring-entries/{}/run", made["id"].as_str().unwrap());
    let date = json!({ "date": "2026-03-01" });
    let running = (0..SEVERAL).map(|_| kit.client.with_etag("POST", &run, "*", date.clone()));
    for answer in join_all(running).await {
        // The later ones find nothing to make, or that another one has just made it.
        assert!([200, 409, 412].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    assert_eq!(number_of_entries(&kit.client).await, 1);
    whole(&kit.client).await;
}

/// Entries posted before the lock stay, and none is posted behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_slips_behind_a_lock() {
    let (_world, kit) = books().await;
    let client = &kit.client;
    let posting = async {
        let one = |_| client.post("/journal-entries", entry("2026-03-05", SALE, true));
        join_all((0..SEVERAL).map(one)).await
    };
    let locking = async {
        let lock = json!({ "lockedThrough": "2026-03-10" });
        client.with_etag("PUT", "/locks/fiscal", "*", lock).await.expect(200);
        number_of_entries(client).await
    };
    let (answers, at_lock) = tokio::join!(posting, locking);
    for refused in answers.iter().filter(|answer| answer.status.as_u16() != 201) {
        assert_eq!(refused.errors()[0].1, "date_locked", "{}", refused.text());
    }
    let posted = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(json!(posted), at_lock, "as many as there were when the lock was answered");
    client.post("/journal-entries", entry("2026-03-05", SALE, true)).await.expect(422);
    whole(client).await;
}
