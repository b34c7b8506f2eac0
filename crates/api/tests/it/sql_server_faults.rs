//! Faults of a SQL Server as clients see them: it hangs, is slow, goes away, refuses the login, ends sessions or loses an
//! answer, as the table of docs/SQL.md says. Ignored but for `ERP_TEST_PROFILE=cloud`, like `sql_server`.

mod logins;
mod network;
mod sessions;

use std::time::{Duration, Instant};

use infrastructure::sql::mssql::connection_string::SqlServerOptions;
use infrastructure::sql::mssql::migrate::execute;
use serde_json::json;
use testkit::peers::Relay;
use testkit::sql_server::{database_of, needed};
use testkit::world::entry;
use testkit::{Answer, Client, TenantKit, World, until};

/// `Command Timeout` and `Connect Timeout` where a test waits for them.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Both otherwise: the machine may be busy.
const PATIENT: Duration = Duration::from_secs(30);
/// Beyond the time-out: the wait for the server to acknowledge it, and a busy machine.
const GRACE: Duration = Duration::from_secs(3);
/// The last words of a transaction.
const COMMIT: &str = "COMMIT TRANSACTION;";
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");

/// The product with a relay before its database.
struct Faulty {
    relay: Relay,
    options: SqlServerOptions,
    world: World,
    books: TenantKit,
}

impl Faulty {
    /// With more for the connection string.
    async fn new(more: &str) -> Self {
        let relay = relay().await;
        let text = format!("{};{more}", through(&relay).await);
        let world = World::with(&[EMPTY, ("ConnectionStrings:DefaultConnection", &text)]).await;
        let books = world.tenant("acme", "SAR", "empty").await;
        books.accounts(&[("1000", "asset"), ("4000", "income")]).await;
        let options = SqlServerOptions::parse(&text).unwrap();
        Self { relay, options, world, books }
    }

    /// From here on with these time-outs: to make a tenant takes longer on a busy machine.
    async fn timeouts(&self, timeout: Duration) {
        let options =
            SqlServerOptions { command_timeout: timeout, connect_timeout: timeout, ..self.options.clone() };
        self.world.parts.database.reconnect(&options).await.unwrap();
    }

    fn client(&self) -> &Client {
        &self.books.client
    }

    /// Sends entry `key`, worth one riyal, once.
    async fn post(&self, key: usize) -> Timed {
        let began = Instant::now();
        let header = format!("Idempotency-Key: {key}");
        let answer = self.client().call("POST", "/journal-entries", &[&header], sale()).await;
        Timed { answer, took: began.elapsed() }
    }

    /// Asks for a list that is not in the cache; each limit is another one.
    async fn read(&self, limit: usize) -> Timed {
        let began = Instant::now();
        let answer = self.client().get(&format!("/accounts?limit={limit}")).await;
        Timed { answer, took: began.elapsed() }
    }

    /// The number of entry `key`, sent as often as it takes.
    async fn posted(&self, key: usize) -> String {
        for _ in 0..100 {
            let answer = self.post(key).await.answer;
            if answer.status == 201 {
                return answer.json()["number"].as_str().unwrap().to_owned();
            }
            unserved(&answer);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("entry {key} was never accepted");
    }

    async fn total(&self) -> String {
        self.client().get("/reports/trial-balance?from=2026-01-01&to=2026-12-31").await.ok().to_string()
    }

    /// These entries are in the books, once each and nothing else.
    async fn holds(&self, mut numbers: Vec<String>) {
        numbers.sort();
        let mut listed = Vec::new();
        let page = self.client().get("/journal-entries?limit=1000&sort=number").await.ok();
        for entry in page["items"].as_array().unwrap() {
            listed.push(entry["number"].as_str().unwrap().to_owned());
        }
        assert_eq!(listed, numbers, "every acknowledged entry once, and nothing else");
        for (index, number) in numbers.iter().enumerate() {
            assert!(number.ends_with(&format!("{:06}", index + 1)), "a gap before {number}");
        }
        let (trial, total) = (self.total().await, format!("\"{}.00\"", numbers.len()));
        assert!(trial.contains(&total), "{total}: {trial}");
        let verified = self.client().post("/integrity/verify", json!({})).await.ok();
        assert_eq!(verified["ok"], json!(true), "{verified}");
        let checks = self.client().get("/integrity/checks").await.ok();
        assert_eq!(checks["ok"], json!(true), "{checks}");
    }
}

struct Timed {
    answer: Answer,
    took: Duration,
}

fn sale() -> String {
    entry("2026-03-01", &[("1000", "1", ""), ("4000", "", "1")], true).to_string()
}

async fn relay() -> Relay {
    let options = needed();
    Relay::to(format!("{}:{}", options.host, options.port)).await
}

/// The connection string of an empty database behind the relay.
async fn through(relay: &Relay) -> String {
    database_of(&format!("tcp:127.0.0.1,{}", relay.port())).await
}

/// The answer to every request that the database did not serve.
#[track_caller]
fn away(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    let code = answer.code();
    assert!(["temporarily_unavailable", "outcome_unknown"].contains(&code.as_str()), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

/// The answer to a write that the database did not serve; it is not even let in while another one has waited for two seconds
/// to begin.
#[track_caller]
fn unserved(answer: &Answer) {
    if answer.status == 503 && answer.code() == "overloaded" {
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    } else {
        away(answer);
    }
}

/// Runs T-SQL beside the product.
async fn on_server(sql: &str) {
    let options = SqlServerOptions { database: Some("master".to_owned()), ..needed() };
    execute(&options, sql).await.unwrap();
}
