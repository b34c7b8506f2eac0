//! A server that hangs, is slow, goes away, or whose answer is lost.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use testkit::world::entry;

use super::{COMMIT, Faulty, GRACE, PATIENT, TIMEOUT, Timed, away, unserved, until};

/// How long the oldest write may wait to begin before others are refused.
const WRITE_DELAY_MAX: Duration = Duration::from_secs(2);

/// Proves: G1, G2, X58, X61.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_hung_server_costs_its_timeouts_and_nothing_else() {
    let faulty = Faulty::new("Max Pool Size=8").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.timeouts(TIMEOUT).await;
    faulty.client().get("/accounts").await.ok();
    faulty.relay.hang();
    // Those who get a connection wait for the command, the others first for a connection and then for the dial.
    let reading = join_all((11..17).map(|limit| faulty.read(limit)));
    // When writes have waited for a connection as long as they may, the next one is not let in.
    let late = async {
        tokio::time::sleep(WRITE_DELAY_MAX + Duration::from_millis(500)).await;
        faulty.post(11).await
    };
    let (posted, read, late) = tokio::join!(join_all((1..=10).map(|key| faulty.post(key))), reading, late);
    for timed in posted.iter().chain(&read) {
        unserved(&timed.answer);
        assert!(timed.took <= TIMEOUT * 2 + GRACE, "answered after {:?}", timed.took);
    }
    read.iter().for_each(|timed| away(&timed.answer));
    unserved(&late.answer);
    assert_eq!(late.answer.code(), "overloaded");
    assert!(late.took < TIMEOUT, "refused after {:?}", late.took);
    faulty.relay.heal().await;
    numbers.extend(join_all((1..=11).map(|key| faulty.posted(key))).await);
    // No connection of the pool is left hanging.
    until("as many as the pool has are served at once", async || {
        let answers = join_all((1..=8).map(|limit| faulty.read(limit))).await;
        answers.iter().all(|timed| timed.answer.status == 200)
    })
    .await;
    faulty.timeouts(PATIENT).await;
    faulty.holds(numbers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_commit_that_reaches_the_server_late_counts_once() {
    let faulty = Faulty::new("Encrypt=False").await;
    let first = faulty.posted(0).await;
    faulty.holds(vec![first.clone()]).await; // what is read is remembered
    faulty.timeouts(TIMEOUT).await;
    faulty.relay.hang_at(COMMIT);
    let unknown = faulty.post(1).await;
    assert_eq!(faulty.relay.caught(), 1);
    away(&unknown.answer);
    assert_eq!(unknown.answer.code(), "outcome_unknown");
    assert!(unknown.took <= TIMEOUT * 2 + GRACE, "answered after {:?}", unknown.took);
    faulty.relay.heal().await;
    faulty.timeouts(PATIENT).await;
    // Also for those who do not ask again.
    until("reports show it", async || faulty.total().await.contains("\"2.00\"")).await;
    let second = faulty.posted(1).await;
    faulty.holds(vec![first, second]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_lost_answer_to_the_commit_is_told_and_not_done_twice() {
    let faulty = Faulty::new("Encrypt=False").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.holds(numbers.clone()).await;
    for key in 1..4 {
        faulty.relay.lose_answer_to(COMMIT);
        let unknown = faulty.post(key).await.answer;
        assert_eq!(faulty.relay.caught(), u32::try_from(key).unwrap());
        away(&unknown);
        assert_eq!(unknown.code(), "outcome_unknown", "it is in the books, and nobody says it is not");
        let total = format!("\"{}.00\"", key + 1);
        until("reports show it", async || faulty.total().await.contains(&total)).await;
        let again = faulty.post(key).await.answer.expect(201);
        let number = again.json()["number"].as_str().unwrap().to_owned();
        assert!(number.ends_with(&format!("{:06}", key + 1)), "the first request's answer: {number}");
        assert_eq!(again.header("idempotency-replayed"), "true");
        numbers.push(number);
        faulty.holds(numbers.clone()).await;
    }
}

/// The bytes of a file whose row was committed are evidence, whoever did not hear of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_file_whose_commit_was_not_answered_keeps_its_bytes() {
    let faulty = Faulty::new("Encrypt=False").await;
    let draft = entry("2026-03-01", &[("1000", "1", ""), ("4000", "", "1")], false);
    let draft = faulty.client().post("/journal-entries", draft).await.expect(201).json();
    let document = draft["id"].as_str().unwrap();
    let path = format!("/attachments?documentType=journal_entry&documentId={document}&name=a.pdf");
    let headers = ["Content-Type: application/pdf", "Idempotency-Key: scan"];
    let bytes = b"%PDF-1.7\n%%EOF".to_vec();
    let upload = async || faulty.client().call("POST", &path, &headers, bytes.clone()).await;
    // The first commit notes the bytes, the second the attachment.
    faulty.relay.lose_answer_to_nth(COMMIT, 2);
    let unknown = upload().await;
    away(&unknown);
    assert_eq!((unknown.code().as_str(), faulty.relay.caught()), ("outcome_unknown", 1));
    let again = upload().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let content = format!("/attachments/{}/content", again.json()["id"].as_str().unwrap());
    assert_eq!(faulty.client().get(&content).await.expect(200).body, bytes);
    let state = &faulty.world.parts.state;
    application::platform::attachments::sweep(&state.application, &*state.files.store).await.unwrap();
    assert_eq!(faulty.client().get(&content).await.expect(200).body, bytes);
}

/// All of a batch or nothing, and what is read afterwards is not what was remembered before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_batch_whose_commit_was_not_answered_is_seen_by_all() {
    let faulty = Faulty::new("Encrypt=False").await;
    let accounts = async || {
        let list = faulty.client().get("/accounts").await.ok();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(accounts().await, 2);
    let operation = |code: &str| {
        let body = json!({ "code": code, "name": { "en": code }, "type": "asset" });
        json!({ "method": "POST", "path": "/api/v1/accounts", "body": body })
    };
    let batch = json!({ "atomic": true, "items": [operation("1100"), operation("1200")] });
    faulty.relay.lose_answer_to(COMMIT);
    let unknown = faulty.client().post("/batch", batch).await;
    away(&unknown);
    assert_eq!(unknown.code(), "outcome_unknown", "{}", unknown.text());
    until("both accounts are seen", async || accounts().await == 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_slow_server_gives_right_answers() {
    let faulty = Faulty::new("").await;
    let mut numbers = vec![faulty.posted(0).await];
    faulty.relay.slow(Duration::from_millis(50));
    let posted = join_all((1..=6).map(|key| faulty.post(key))).await;
    for Timed { answer, took } in posted {
        assert!(took >= Duration::from_millis(4 * 50), "it was slow: {took:?}");
        numbers.push(answer.expect(201).json()["number"].as_str().unwrap().to_owned());
    }
    faulty.holds(numbers.clone()).await;
    faulty.relay.heal().await;
    faulty.holds(numbers).await;
}

/// Proves: A6, G2, X61.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn a_server_that_goes_and_comes_back_loses_nothing_of_sixteen_clients() {
    const CLIENTS: usize = 16;
    const EACH: usize = 4;
    let faulty = Faulty::new("Max Pool Size=8").await;
    let refused = AtomicU32::new(0);
    let client = async |client: usize| {
        let mut numbers = Vec::new();
        for n in 0..EACH {
            let key = client * EACH + n;
            if faulty.post(key).await.answer.status == 503 {
                refused.fetch_add(1, Ordering::Relaxed);
            }
            numbers.push(faulty.posted(key).await);
        }
        numbers
    };
    let restarting = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(400)).await;
            faulty.relay.go_away().await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            faulty.relay.heal().await;
        }
    };
    let (numbers, ()) = tokio::join!(join_all((0..CLIENTS).map(client)), restarting);
    assert!(refused.load(Ordering::Relaxed) > 0, "somebody was refused");
    faulty.holds(numbers.concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs ERP_TEST_SQLSERVER"]
async fn an_export_that_breaks_off_never_looks_whole() {
    let faulty = Faulty::new("").await;
    let lines: Vec<_> = (0..400).flat_map(|_| [("1000", "1", ""), ("4000", "", "1")]).collect();
    for _ in 0..3 {
        faulty.books.post("2026-03-01", &lines).await;
    }
    let export = async || faulty.client().get("/exports/ledger?format=ndjson").await;
    let whole = export().await.expect(200).body;
    assert!(whole.len() > 100_000, "{}", whole.len());
    faulty.relay.slow(Duration::from_millis(20));
    let mut broken = 0;
    for pause in [100, 300, 500, 700, 900] {
        let cutting = async {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            faulty.relay.cut();
        };
        let (answer, ()) = tokio::join!(export(), cutting);
        if answer.status == 200 {
            // A body that ended with an error is read as an empty one.
            assert!(
                answer.body.is_empty() || answer.body == whole,
                "{} of {}",
                answer.body.len(),
                whole.len()
            );
            broken += u32::from(answer.body.is_empty());
        } else {
            away(&answer);
        }
    }
    assert!(broken > 0, "one of them was cut while it was on its way");
    faulty.relay.heal().await;
    assert_eq!(export().await.expect(200).body, whole);
}
