use std::collections::BTreeSet;

use super::*;

const DAY_MICROS: i64 = 86_400 * 1_000_000;

fn noon(day: i64) -> (u32, Timestamp) {
    let first = Timestamp::parse("2024-01-15T12:00:00Z").unwrap();
    let now = Timestamp::from_micros(first.micros() + day * DAY_MICROS);
    let date = now.to_datetime().format("%Y%m%d").to_string();
    (date.parse().unwrap(), now)
}

fn rolling(folder: &Path) -> Rolling {
    Rolling { path: folder.join("logs").join("erp-.log"), bytes_max: 1 << 30, files_max: 30 }
}

/// A line at a moment, as the output writes it.
fn write(file: &mut RollingFile, (day, now): (u32, Timestamp), line: &str) {
    if file.turns_over(day, now, 0) {
        let _ = file.open(day, now);
    }
    let _ = file.write(line.as_bytes(), now);
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder.join("logs")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Proves: J6, GV4, X85.
#[test]
fn after_45_days_there_are_30_files_and_the_others_are_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let foreign = [
        "erp-.log",
        "erp-2024011.log",
        "erp-20240101_01.log",
        "erp-20240101_0x1.log",
        "erp-20241399.log",
        "erp-20240101.log.gz",
        "app-20240101.log",
        "erp-20240101_0001.log",
        "erp-20240101 .log",
    ];
    for name in foreign {
        fs::write(logs.join(name), "kept").unwrap();
    }
    fs::create_dir(logs.join("erp-20240102.log")).unwrap();
    fs::write(logs.join("erp-20231231_002.log"), "old").unwrap();
    let mut file = RollingFile::new(rolling(folder.path()));
    for day in 0..45 {
        write(&mut file, noon(day), "a line\n");
        write(&mut file, noon(day), "another\n");
    }
    let mut expected: BTreeSet<_> = (15..45).map(|day| format!("erp-{}.log", noon(day).0)).collect();
    assert_eq!(expected.len(), 30);
    expected.extend(foreign.map(str::to_owned));
    expected.insert("erp-20240102.log".to_owned());
    assert_eq!(names(folder.path()), expected);
    let last = logs.join("erp-20240228.log");
    assert_eq!(fs::read_to_string(&last).unwrap(), "a line\nanother\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&last).unwrap().permissions().mode();
        assert_eq!(mode & 0o137, 0, "for owner and group alone: {mode:o}");
    }
}

/// Proves: J7, GV4, X85.
#[test]
fn a_full_file_is_followed_by_the_next_number_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let small = Rolling { bytes_max: 10, files_max: 4, ..rolling(folder.path()) };
    let read = |name: &str| fs::read_to_string(folder.path().join("logs").join(name)).unwrap();
    let mut file = RollingFile::new(small.clone());
    for line in ["12345\n", "1234\n", "full\n", "x\n", "1234567890\n", "z\n"] {
        write(&mut file, noon(0), line);
    }
    assert_eq!(read("erp-20240115.log"), "12345\n1234\n", "a line is never torn");
    assert_eq!(read("erp-20240115_001.log"), "full\nx\n1234567890\n");
    assert_eq!(read("erp-20240115_002.log"), "z\n");
    drop(file);
    let mut file = RollingFile::new(small);
    for line in ["again\n", "yyyyyyyyy\n", "third\n", "wwwwwww\n", "fourth\n"] {
        write(&mut file, noon(0), line);
    }
    assert_eq!(read("erp-20240115_002.log"), "z\nagain\nyyyyyyyyy\n", "the last file is gone on with");
    assert_eq!(read("erp-20240115_004.log"), "fourth\n");
    assert!(!names(folder.path()).contains("erp-20240115.log"), "files count, not days");
    write(&mut file, noon(1), "day\n");
    assert!(names(folder.path()).contains("erp-20240116.log"));
    // A line that is late stays where the others are.
    write(&mut file, noon(0), "late\n");
    assert_eq!(read("erp-20240116.log"), "day\nlate\n");
}

/// Proves: J6.
#[test]
fn a_file_somebody_else_writes_is_left_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, mut second) =
        (RollingFile::new(rolling(folder.path())), RollingFile::new(rolling(folder.path())));
    write(&mut first, noon(0), "first\n");
    write(&mut second, noon(0), "second\n");
    write(&mut first, noon(0), "first\n");
    let read = |name: &str| fs::read_to_string(folder.path().join("logs").join(name)).unwrap();
    assert_eq!(
        (read("erp-20240115.log"), read("erp-20240115_001.log")),
        ("first\nfirst\n".into(), "second\n".into())
    );
}

/// Proves: J6.
#[test]
fn what_cannot_be_opened_is_tried_again_in_half_an_hour_or_the_next_day() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::write(&logs, "in the way").unwrap();
    let mut file = RollingFile::new(rolling(folder.path()));
    let (day, now) = noon(0);
    let at = |minutes: i64| now.plus_seconds(minutes * 60);
    assert!(file.turns_over(day, now, 0) && file.open(day, now).is_err() && !file.is_open());
    assert!(!file.turns_over(day, at(29), 0));
    assert!(file.turns_over(day + 1, at(29), 0) && file.turns_over(day, at(30), 0));
    fs::remove_file(&logs).unwrap();
    file.open(day, at(30)).unwrap();
    assert!(file.is_open() && !file.turns_over(day, at(31), 0));
    assert_eq!(file.shown(), logs.join("erp-20240115.log").display().to_string());
}

/// Proves: J6, GV4.
#[test]
fn only_names_of_this_log_are_taken_for_its_files() {
    let names = Names::of(Path::new("logs/erp-.log"));
    for (name, day, sequence) in [
        ("erp-20240115.log", 20_240_115, None),
        ("erp-20240115_001.log", 20_240_115, Some(1)),
        ("erp-20240115_1000.log", 20_240_115, Some(1_000)),
    ] {
        assert_eq!(names.parse(name), Some(Named { day, sequence }), "{name}");
        assert_eq!(names.name(day, sequence), name);
    }
    for name in [
        "erp-20240115_01.log",
        "erp-20240115-001.log",
        "erp-20240230.log",
        "xerp-20240115.log",
        "erp-٢٠٢٤٠١١٥.log",
    ] {
        assert_eq!(names.parse(name), None, "{name}");
    }
}
