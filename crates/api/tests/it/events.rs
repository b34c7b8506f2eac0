//! The change feed: pages, streams that go on where they broke off, the audit log.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use http::Request;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use testkit::{TenantKit, World};
use tower::ServiceExt;

const SALE: &[(&str, &str, &str)] = &[("1000", "10.00", ""), ("4000", "", "10.00")];

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income")]).await
}

fn text(data: &Bytes) -> String {
    String::from_utf8(data.to_vec()).unwrap()
}

/// An open stream, read event by event.
struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    async fn open(world: &World, token: &str, path: &str, last: Option<i64>) -> Self {
        let mut request = Request::get(format!("/api/v1{path}"))
            .header("Authorization", format!("Bearer {token}"))
            .header("Accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last.to_string());
        }
        let response = world.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next piece as it comes; `None` at the end of the stream.
    async fn piece(&mut self) -> Option<String> {
        let frame = tokio::time::timeout(Duration::from_secs(10), self.body.frame()).await.unwrap()?;
        Some(text(&frame.unwrap().into_data().unwrap()))
    }

    /// The piece that comes when the clock goes on by so much: not waited for by that clock.
    async fn piece_after(mut self, pause: Duration) -> (Option<String>, Self) {
        let waiting = tokio::spawn(async move {
            let frame = self.body.frame().await;
            (frame.map(|frame| text(&frame.unwrap().into_data().unwrap())), self)
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        tokio::time::pause();
        tokio::time::advance(pause).await;
        tokio::time::resume();
        waiting.await.unwrap()
    }

    /// The next event: its id and its data.
    async fn next(&mut self) -> (i64, Value) {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field =
                    |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                if let (Some(id), Some(data)) = (field("id:"), field("data:")) {
                    return (id.parse().unwrap(), serde_json::from_str(data).unwrap());
                }
                continue;
            }
            let frame = tokio::time::timeout(Duration::from_secs(10), self.body.frame()).await;
            let piece = frame.expect("an event in time").unwrap().unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

async fn token(world: &World) -> String {
    let form =
        "grant_type=password&username=admin%40alpha.example&password=correct%20horse%20battery%20staple";
    let headers = ["Content-Type: application/x-www-form-urlencoded"];
    let answer = world.anonymous().call("POST", "/auth/token", &headers, form).await;
    answer.ok()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap() {
    let (_world, tenant) = books().await;
    tenant.post("2026-03-01", SALE).await;
    let mut after = 0;
    let mut seen = Vec::new();
    loop {
        let page = tenant.client.get(&format!("/events?after={after}&limit=3")).await.ok();
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|event| event["sequence"].as_i64().unwrap()));
        after = page["lastSequence"].as_i64().unwrap();
        if items.len() < 3 {
            break;
        }
    }
    assert!(seen.len() > 3 && seen.iter().copied().eq(1..=seen.len() as i64), "{seen:?}");
    let posted = tenant.client.get("/events?type=journal_entry.posted").await.ok();
    assert_eq!(posted["items"].as_array().unwrap().len(), 1);
    assert_eq!(posted["lastSequence"], after);
    let latest = tenant.client.get("/events?after=latest").await.ok();
    assert_eq!((&latest["items"], &latest["lastSequence"]), (&json!([]), &json!(after)));
    tenant.client.get("/events?after=-1").await.expect(422);
}

#[tokio::test]
async fn a_stream_tells_commits_at_once_and_goes_on_where_it_broke_off() {
    let (world, tenant) = books().await;
    let token = token(&world).await;
    let path = "/events?after=latest&type=journal_entry.*";
    let mut stream = Stream::open(&world, &token, path, None).await;
    let posted = tenant.post("2026-03-01", SALE).await;
    let began = Instant::now();
    let (id, event) = stream.next().await;
    let took = began.elapsed();
    assert_eq!(
        (&event["type"], &event["data"]["number"]),
        (&json!("journal_entry.posted"), &posted["number"])
    );
    assert_eq!(event["sequence"], id);
    eprintln!("told after {took:?}");
    drop(stream);

    let second = tenant.post("2026-03-02", SALE).await;
    let third = tenant.post("2026-03-03", SALE).await;
    let mut stream = Stream::open(&world, &token, path, Some(id)).await;
    for expected in [&second, &third] {
        assert_eq!(stream.next().await.1["data"]["number"], expected["number"]);
    }
    let other = world.tenant("beta", "SAR", "empty").await;
    other.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    other.post("2026-03-01", SALE).await;
    let fourth = tenant.post("2026-03-04", SALE).await;
    assert_eq!(stream.next().await.1["data"]["number"], fourth["number"], "never another tenant's");
    world.parts.state.events.close();
    let last = tokio::time::timeout(Duration::from_secs(5), stream.body.collect()).await.unwrap().unwrap();
    let last = String::from_utf8(last.to_bytes().to_vec()).unwrap();
    assert_eq!(
        last, "event: reconnect\nretry: 1000\ndata: {}\n\n",
        "and the stream ends when the server stops"
    );
    let refused = tenant.client.call("GET", "/events", &["Accept: text/event-stream"], "").await.expect(503);
    assert_eq!(refused.code(), "stopping");
}

/// Longer than the stream waits between two signs of life.
const SILENCE: Duration = Duration::from_secs(16);

#[tokio::test]
async fn a_silent_stream_shows_that_it_lives_until_its_right_is_taken_away() {
    let (world, tenant) = books().await;
    let body = json!({ "name": "Follower", "scopes": ["platform.event.read"] });
    let key = tenant.client.post("/api-keys", body).await.expect(201).json();
    let mut stream = Stream::open(&world, key["key"].as_str().unwrap(), "/events?after=latest", None).await;
    assert_eq!(stream.piece().await.unwrap(), "retry: 1000\n\n");
    for _ in 0..3 {
        let (piece, same) = stream.piece_after(SILENCE).await;
        assert_eq!(piece.unwrap(), ":\n\n", "a comment, which clients skip");
        stream = same;
    }
    let posted = tenant.post("2026-03-01", SALE).await;
    assert_eq!(stream.next().await.1["entityId"], posted["id"]);

    let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
    tenant.client.with_etag("DELETE", &path, "*", Value::Null).await.expect(204);
    let (_its_own_end, mut stream) = stream.piece_after(SILENCE).await;
    let end = tokio::time::timeout(Duration::from_secs(5), stream.body.frame()).await.unwrap();
    assert!(end.is_none(), "who may no longer read is told nothing more");
}

#[tokio::test]
async fn a_slow_reader_gets_everything_later_and_nobody_waits_for_it() {
    let (world, tenant) = books().await;
    let token = token(&world).await;
    let mut slow = Stream::open(&world, &token, "/events?after=latest", None).await;
    slow.piece().await.unwrap();
    let began = tenant.client.get("/events?after=latest").await.ok()["lastSequence"].as_i64().unwrap();
    for day in 1..=28 {
        for _ in 0..5 {
            tenant.post(&format!("2026-02-{day:02}"), SALE).await;
        }
    }
    let last = tenant.client.get("/events?after=latest").await.ok()["lastSequence"].as_i64().unwrap();
    assert!(last >= began + 140);
    let mut read = began;
    let mut pieces = 0;
    while read < last {
        let piece = slow.piece().await.unwrap();
        let ids: Vec<i64> =
            piece.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
        assert!(ids.len() <= 100, "a page at a time, however far behind it is");
        assert!(ids.iter().copied().eq(read + 1..=read + ids.len() as i64), "{ids:?} after {read}");
        read += ids.len() as i64;
        pieces += 1;
    }
    assert!(pieces > 1);
}

#[tokio::test]
async fn places_for_streams_are_bounded_and_given_back() {
    let (world, tenant) = books().await;
    let token = token(&world).await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(Stream::open(&world, &token, "/events", None).await);
    }
    let refused = tenant.client.call("GET", "/events", &["Accept: text/event-stream"], "").await;
    assert_eq!(refused.expect(429).code(), "too_many_streams");
    tenant.client.get("/events").await.expect(200);
    open.pop();
    Stream::open(&world, &token, "/events", None).await;
}

#[tokio::test]
async fn the_audit_log_is_read_by_those_who_may() {
    let (world, tenant) = books().await;
    let entry = tenant.post("2026-03-01", SALE).await;
    let id = entry["id"].as_str().unwrap();
    let list = tenant.client.get(&format!("/audit-log?entityId={id}")).await.ok();
    assert_eq!(
        (&list["items"][0]["action"], &list["items"][0]["actorKind"]),
        (&json!("posted"), &json!("user"))
    );
    let audit = list["items"][0]["id"].as_str().unwrap();
    let whole = tenant.client.get(&format!("/audit-log/{audit}")).await.ok();
    assert_eq!(whole["after"]["number"], entry["number"]);
    let other = world.tenant("beta", "SAR", "empty").await;
    other.client.get(&format!("/audit-log/{audit}")).await.expect(404);
}
