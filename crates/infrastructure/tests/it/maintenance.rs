//! The scripts that operators of SQL Server run beside the product (`deploy/sql`, rows G6–G9): their text and their
//! calendar.

use std::path::Path;

/// A day in minutes.
const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;
/// When the full backup begins, every day.
const FULL_BACKUP: u32 = 2 * 60;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/sql/");
/// `@freq_type` of SQL Agent.
const DAILY: u32 = 4;
const WEEKLY: u32 = 8;
/// `@freq_subday_type` of SQL Agent: minutes between runs for each.
const SUBDAY_UNITS: [(u32, u32); 2] = [(4, 1), (8, 60)];

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(FOLDER).join(name)).unwrap()
}

/// One job of `agent-jobs`.
struct Job {
    name: String,
    /// First and last minute of each run, after Sunday 00:00.
    runs: Vec<(u32, u32)>,
}

fn job(path: &Path) -> Job {
    let text = std::fs::read_to_string(path).unwrap();
    let number = |name: &str| -> u32 {
        let (_, rest) = text.split_once(name).unwrap_or_else(|| panic!("{path:?} has no {name}"));
        let digits: String =
            rest.trim_start_matches([' ', '=', ':']).chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    let clock = |name: &str| number(name) / 10_000 * 60 + number(name) / 100 % 100;
    let minutes = number("-- Minutes");
    // Bit 0 of a weekly job's interval is Sunday.
    let days = match number("@freq_type") {
        DAILY => 0b111_1111,
        WEEKLY => number("@freq_interval"),
        other => panic!("{path:?}: @freq_type {other}"),
    };
    let (begins, ends) = (clock("@active_start_time"), clock("@active_end_time"));
    let kind = number("@freq_subday_type");
    let unit = SUBDAY_UNITS.iter().find(|(known, _)| *known == kind).map(|(_, unit)| *unit);
    let step = unit.map_or(DAY, |unit| unit * number("@freq_subday_interval"));
    let mut runs = Vec::new();
    for day in (0..7).filter(|day| (days >> day) & 1 == 1) {
        let mut at = begins;
        while at <= ends {
            runs.push((day * DAY + at, day * DAY + at + minutes));
            at += step;
        }
    }
    let (_, script) = text.split_once("$(Folder)/").unwrap();
    assert!(!file(script.split('"').next().unwrap()).is_empty());
    Job { name: path.file_stem().unwrap().to_str().unwrap().to_owned(), runs }
}

fn jobs() -> Vec<Job> {
    let entries = std::fs::read_dir(Path::new(FOLDER).join("agent-jobs")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| job(path)).collect()
}

/// X76: nothing runs beside anything else, and maintenance never at the time of the full backup. Log backups wait for nothing and
/// run beside everything.
/// Proves: G7, L1, X76.
#[test]
fn no_two_jobs_run_at_once() {
    let jobs = jobs();
    let names: Vec<_> = jobs.iter().map(|job| job.name.as_str()).collect();
    assert_eq!(names, ["diff", "full", "index-optimize", "integrity-check", "log", "statistics"]);
    let full = &jobs[1].runs;
    assert_eq!(full.len(), 7);
    assert!(full.iter().all(|(begins, _)| begins % DAY == FULL_BACKUP));
    assert_eq!((jobs[0].runs.len(), jobs[4].runs.len()), (3 * 7, 288 * 7));
    let of_job = |job: &Job| job.runs.iter().map(|run| (job.name.clone(), *run)).collect::<Vec<_>>();
    let runs: Vec<_> = jobs.iter().filter(|job| job.name != "log").flat_map(of_job).collect();
    for (index, (name, one)) in runs.iter().enumerate() {
        for (other, two) in &runs[index + 1..] {
            // The week is a circle: the last run may reach into the first day.
            let apart =
                |(begins, ends): (u32, u32), (others, end): (u32, u32)| ends <= others || end <= begins;
            let later = |(begins, ends): (u32, u32)| (begins + WEEK, ends + WEEK);
            let never = apart(*one, *two) && apart(later(*one), *two) && apart(*one, later(*two));
            assert!(never, "{name} at {one:?} and {other} at {two:?}");
        }
    }
}

/// X62–X65: what the specification's snippets lack or do too much.
/// Proves: G6, G7, G8, G9, X62, X63, X64, X65.
#[test]
fn scripts_say_what_they_should() {
    let store = file("maintenance/query-store.sql");
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
    let indexes = code("maintenance/index-optimize.sql");
    assert!(indexes.contains(">= 5") && indexes.contains("<= 30"), "{indexes}");
    assert!(indexes.contains("RESUMABLE = ON") && !indexes.contains("sp_MSforeachtable"), "{indexes}");
    let statistics = code("maintenance/statistics.sql");
    assert!(statistics.contains("modification_counter") && !statistics.contains("sp_updatestats"));
    let queries = code("maintenance/expensive-queries.sql");
    assert_eq!((queries.matches("total_ms").count(), queries.matches("\nGO\n").count()), (2, 1), "{queries}");
    assert!(queries.contains("/ 1000") && queries.contains("DB_ID()"), "of this database only");
}
