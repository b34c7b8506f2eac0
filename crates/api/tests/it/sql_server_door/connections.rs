//! How many connections a process may open (rows G1, X60), and what its metrics say of them.

use std::process::Command;
use std::time::{Duration, Instant};

use erp_stubs::tds::{Answer, Gate};
use testkit::Server;

use super::{Door, LIMIT, SIGN_IN, UNKNOWN, sign_in, until};

/// The beginning of the warning.
const WARNING: &str = "more than its share of";

/// The value of a metric with these labels.
async fn metric(server: &Server, name: &str) -> Option<f64> {
    let text = reqwest::get(format!("{}/metrics", server.admin_url())).await.unwrap().text().await.unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map(|value| value.parse().unwrap())
}

/// Waits until the value of a metric is as wanted.
async fn becomes(server: &Server, name: &str, wanted: impl Fn(f64) -> bool) {
    let (began, mut seen) = (Instant::now(), None);
    while !seen.is_some_and(&wanted) {
        assert!(began.elapsed() < LIMIT, "{name} stays {seen:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        seen = metric(server, name).await;
    }
}

fn with_workers(mut command: Command, workers: &str) -> Command {
    command.env("Database__WorkersMax", workers).env("Database__ReplicasMax", "10");
    command
}

/// Proves: G1, X60.
#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_the_share_of_a_process_are_warned_of() {
    let door = Door::new().await;
    let started = async |more: &str, workers: Option<&str>| {
        let command = door.command("Production", &door.sql.connection_string(more));
        let command = match workers {
            Some(workers) => with_workers(command, workers),
            None => command,
        };
        let server = door.started(command).await;
        let limit = metric(&server, "db_client_connections_limit").await;
        (server.log(), limit)
    };
    let (log, limit) = started("Max Pool Size=100", Some("200")).await;
    assert_eq!(log.matches(WARNING).count(), 1, "{log}");
    for said in ["100 connections", "its share of 8", "200 workers", "10 processes", "10928"] {
        assert!(log.contains(said), "{said}: {log}");
    }
    assert_eq!(limit, Some(100.0), "what the string says counts");

    let (log, limit) = started("Max Pool Size=8", Some("200")).await;
    assert!(!log.contains(WARNING) && limit == Some(8.0), "{limit:?} {log}");
    let (log, limit) = started("", Some("200")).await;
    assert!(!log.contains(WARNING) && limit == Some(8.0), "a string that names none: {limit:?} {log}");
    let (log, limit) = started("", None).await;
    assert!(log.contains("Database:WorkersMax is not set") && limit == Some(100.0), "{limit:?} {log}");
}

/// Proves: G1.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_who_has_a_connection_and_who_waits_for_one() {
    let door = Door::new().await;
    let database = door.sql.connection_string("Min Pool Size=2;Max Pool Size=2");
    let server = door.started(door.command("Production", &database)).await;
    assert_eq!(metric(&server, "db_client_connections_limit").await, Some(2.0));
    let gate = Gate::default();
    door.sql.always(SIGN_IN, Answer::Behind(gate.clone()));
    let waits = metric(&server, "db_client_connection_wait_seconds_count").await.unwrap();
    let signing_in = async |name: &'static str| sign_in(&server, name).await.status();
    let watching = async {
        until("both are busy", async || door.sql.asked(SIGN_IN) == 2).await;
        becomes(&server, "db_client_connections{state=\"used\"}", |used| used == 2.0).await;
        becomes(&server, "db_client_connections{state=\"idle\"}", |idle| idle == 0.0).await;
        // Background work may wait, too.
        becomes(&server, "db_client_connections_waiting", |waiting| waiting >= 1.0).await;
        gate.open();
    };
    let (first, second, third, ()) = tokio::join!(
        signing_in("first@home.example"),
        signing_in("second@home.example"),
        signing_in("third@home.example"),
        watching
    );
    assert_eq!([first, second, third].map(|status| status.as_u16()), [UNKNOWN; 3]);
    becomes(&server, "db_client_connections_waiting", |waiting| waiting == 0.0).await;
    let after = metric(&server, "db_client_connection_wait_seconds_count").await.unwrap();
    let took = metric(&server, "db_client_connection_wait_seconds_sum").await.unwrap();
    assert!(after >= waits + 3.0 && took > 0.0, "{waits} {after} {took}");
}

/// Proves: G1.
#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_dials_and_those_that_fail() {
    let door = Door::new().await;
    let server =
        door.started(door.command("Production", &door.sql.connection_string("Min Pool Size=3"))).await;
    // One more looked at the schema before there was anything to count.
    let dials = metric(&server, "db_client_dials_total").await.unwrap();
    assert!(dials >= 3.0 && dials < door.sql.dials() as f64, "{dials}");
    assert_eq!(metric(&server, "db_client_dials_failed_total").await, Some(0.0));
    door.sql.cut();
    door.sql.next_logins(2, Answer::error_of(40613, 17));
    assert_eq!(sign_in(&server, "first@home.example").await.status(), UNKNOWN);
    until("both were refused", async || door.sql.dials() as f64 >= dials + 4.0).await;
    becomes(&server, "db_client_dials_failed_total", |failed| failed == 2.0).await;
    assert!(metric(&server, "db_client_dials_total").await.unwrap() >= dials + 3.0);
}
