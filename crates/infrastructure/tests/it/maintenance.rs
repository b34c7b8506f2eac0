//! What operators of SQL Server run beside the product (`deploy/sql-server`, rows G6–G9): its text and its calendar.

use serde_json::Value;

/// A day in minutes.
const DAY: u32 = 24 * 60;
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/// When the full backup begins, every day.
const FULL_BACKUP: u32 = 2 * 60;

fn file(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/sql-server/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// Each run of the week: name, first and last minute after Sunday 00:00.
fn runs() -> Vec<(String, u32, u32)> {
    let schedule: Value = serde_json::from_str(&file("schedule.json")).unwrap();
    assert_eq!(schedule["timeZone"], "UTC");
    let mut runs = Vec::new();
    for job in schedule["jobs"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        if let Some(script) = job["script"].as_str() {
            assert!(!file(script).is_empty());
        }
        let minutes = u32::try_from(job["minutes"].as_u64().unwrap()).unwrap();
        for day in job["days"].as_array().unwrap() {
            let day = u32::try_from(DAYS.iter().position(|known| day == known).unwrap()).unwrap();
            for at in job["at"].as_array().unwrap() {
                let at = text(at);
                let (hours, rest) = at.split_once(':').unwrap();
                let begins = day * DAY + hours.parse::<u32>().unwrap() * 60 + rest.parse::<u32>().unwrap();
                runs.push((text(&job["name"]), begins, begins + minutes));
            }
        }
    }
    runs
}

/// X76: nothing runs beside anything else, and maintenance never at the time of the full backup.
/// Proves: G7, L1, X76.
#[test]
fn no_two_jobs_run_at_once() {
    let runs = runs();
    let full: Vec<_> = runs.iter().filter(|(name, ..)| name == "full-backup").collect();
    assert_eq!(full.len(), 7);
    assert!(full.iter().all(|(_, begins, _)| begins % DAY == FULL_BACKUP));
    for (index, (name, begins, ends)) in runs.iter().enumerate() {
        for (other, other_begins, other_ends) in &runs[index + 1..] {
            // The week is a circle: the last run may reach into the first day.
            let apart =
                |(begins, ends): (u32, u32), (others, end): (u32, u32)| ends <= others || end <= begins;
            let (one, two) = ((*begins, *ends), (*other_begins, *other_ends));
            let later = |(begins, ends): (u32, u32)| (begins + 7 * DAY, ends + 7 * DAY);
            let never = apart(one, two) && apart(later(one), two) && apart(one, later(two));
            assert!(never, "{name} at {begins} and {other} at {other_begins}");
        }
    }
}

/// X62–X65: what the specification's snippets lack or do too much.
/// Proves: G6, G7, G8, G9, X62, X63, X64, X65.
#[test]
fn scripts_say_what_they_should() {
    let store = file("query_store.sql");
    for option in [
        "OPERATION_MODE = READ_WRITE",
        "STALE_QUERY_THRESHOLD_DAYS = 30",
        "DATA_FLUSH_INTERVAL_SECONDS = 900",
        "MAX_STORAGE_SIZE_MB = 1000",
        "INTERVAL_LENGTH_MINUTES = 60",
        "QUERY_CAPTURE_MODE = AUTO",
        "SIZE_BASED_CLEANUP_MODE = AUTO",
        "MAX_PLANS_PER_QUERY = 200",
        "WAIT_STATS_CAPTURE_MODE = ON",
    ] {
        assert!(store.contains(option), "{option}");
    }
    let code = |name: &str| -> String {
        file(name).lines().map(|line| line.split("--").next().unwrap()).collect::<Vec<_>>().join("\n")
    };
    let indexes = code("index_maintenance.sql");
    assert!(indexes.contains(">= 5") && indexes.contains("<= 30"), "{indexes}");
    assert!(indexes.contains("RESUMABLE = ON") && !indexes.contains("sp_MSforeachtable"), "{indexes}");
    let statistics = code("statistics.sql");
    assert!(statistics.contains("modification_counter") && !statistics.contains("sp_updatestats"));
    for queries in ["slow_queries_cache.sql", "slow_queries_query_store.sql"] {
        let text = code(queries);
        assert!(text.contains("total_ms") && text.contains("/ 1000"), "{queries}");
    }
    assert!(code("slow_queries_cache.sql").contains("DB_ID()"), "of this database only");
}
