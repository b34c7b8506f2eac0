//! Which concerns there are, and from when on each is one.

use infrastructure::cache::layered::LayeredParts;
use infrastructure::cache::redis::Timings;
use infrastructure::persistence::SqlUnitOfWork;
use infrastructure::sql::sqlite::options::SqliteOptions;
use infrastructure::system::{SystemClock, SystemIds};

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::Well => "well",
        Finding::Worrying(_) => "worrying",
        Finding::Bad(_) => "bad",
    }
}

async fn names(with_sources: bool, with_redis: bool) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let file = folder.path().join("erp.db");
    let database =
        Db::open_sqlite(&file, SqliteOptions::default(), clock.clone(), ids.clone(), SqlUnitOfWork::open)
            .await
            .unwrap();
    let redis = with_redis.then(|| {
        Arc::new(LayeredCache::connect(LayeredParts {
            options: "127.0.0.1:1".parse().unwrap(),
            ttl: infrastructure::cache::Ttl::default(),
            memory_bytes: 1 << 20,
            schema: "test".to_owned(),
            hash_tag: false,
            timings: Timings::default(),
            clock: clock.clone(),
            ids,
            recent: None,
        }))
    });
    let live = crate::config::live_for_tests(with_sources);
    let data_folder = folder.path().to_owned();
    let all = concerns(Watched { live, redis, database: Arc::new(database), clock, data_folder });
    for probe in &all {
        // The machine of the test may have little room.
        let expected: &[&str] = if probe.name() == "disk" { &["well", "worrying"] } else { &["well"] };
        let found = probe.look().await.unwrap();
        assert!(expected.contains(&kind(&found)), "{}: {found:?}", probe.name());
    }
    all.iter().map(|probe| probe.name()).collect()
}

/// Proves: I4, X84.
#[tokio::test]
async fn every_concern_that_can_arise_is_looked_at() {
    let everywhere = ["clock-skew", "disk", "certificate-expiry", "database-writes"];
    assert_eq!(names(false, false).await, everywhere);
    let mut all = vec!["vault-age", "app-configuration-age", "outbox-lag"];
    all.extend(everywhere);
    assert_eq!(names(true, true).await, all);
}

/// Proves: I4.
#[test]
fn a_source_may_miss_three_turns() {
    let of = |age| kind(&of_age(Duration::from_secs(age), Duration::from_secs(300)));
    assert_eq!([of(0), of(905), of(906)], ["well", "well", "worrying"]);
}

/// Proves: I4.
#[test]
fn a_change_is_told_within_a_minute() {
    let of = |lag: Option<u64>| kind(&of_lag(lag.map(Duration::from_secs)));
    assert_eq!([of(None), of(Some(60)), of(Some(61))], ["well", "well", "worrying"]);
}

/// Proves: I4.
#[test]
fn clocks_differ_by_what_a_lease_allows() {
    let of = |theirs| of_clocks(theirs, at(100), at(101));
    for (theirs, expected) in [(95, "well"), (94, "worrying"), (106, "well"), (107, "worrying")] {
        assert_eq!(kind(&of(DatabaseClock::Now(at(theirs)))), expected, "{theirs}");
    }
    // An embedded database only knows that it has been later already.
    for (newest, expected) in [(0, "well"), (106, "well"), (107, "worrying")] {
        assert_eq!(kind(&of(DatabaseClock::NotBefore(at(newest)))), expected, "{newest}");
    }
    let Finding::Worrying(text) = of(DatabaseClock::Now(at(3_701))) else { panic!() };
    assert_eq!(text, "the clock of this process is 3600 s behind the database's");
    let Finding::Worrying(text) = of(DatabaseClock::Now(at(40))) else { panic!() };
    assert_eq!(text, "the clock of this process is 60 s ahead of the database's");
}

/// Proves: I4.
#[test]
fn a_disk_is_written_and_has_room() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(kind(&of_folder(folder.path())), "well");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is left there");
    assert_eq!(kind(&of_folder(&folder.path().join("missing"))), "bad");
    let gib = 1 << 30;
    for (free, total, expected) in [
        (gib, 1_000 * gib, "well"),
        (gib - 1, 1_000 * gib, "worrying"),
        (gib / 2, 10 * gib, "well"),
        (gib / 2 - 1, 10 * gib, "worrying"),
        (0, 0, "well"),
    ] {
        assert_eq!(kind(&of_space(folder.path(), Space { free, total })), expected, "{free} of {total}");
    }
}

/// Proves: I4.
#[test]
fn a_certificate_is_renewed_two_weeks_before_its_end() {
    let two_weeks = CERTIFICATE_NOTICE_SECONDS;
    let of = |end| kind(&of_certificate("c.pem", end, at(1_000)));
    for (end, expected) in
        [(1_000, "bad"), (1_001, "worrying"), (1_000 + two_weeks, "worrying"), (1_001 + two_weeks, "well")]
    {
        assert_eq!(of(Ok(at(end))), expected, "{end}");
    }
    assert_eq!(of(Err("holds no certificate".to_owned())), "worrying", "nobody would know when it ends");
}
