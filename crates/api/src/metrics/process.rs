//! The kernel's figures of this process. Where it has none, there is no value.

use std::fs;
use std::time::Duration;

/// Ticks of processor time in a second, as Linux has them on every machine.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time so far.
pub fn cpu_time() -> Option<Duration> {
    of_stat(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// User and system time of `/proc/self/stat`. The name of the program, in parentheses, may have anything in it.
fn of_stat(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()? + ticks()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

pub fn threads() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Threads:"))?.trim().parse().ok()
}

pub fn open_files() -> Option<u64> {
    // The one that is read through is not counted.
    fs::read_dir("/proc/self/fd").ok().map(|files| (files.count() as u64).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "17 (a ) b (c) R 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 9 0 100";
        assert_eq!(of_stat(stat), Some(Duration::from_millis(1_750)));
        assert_eq!(of_stat("17 (x) R"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_all_of_them() {
        assert!(cpu_time().is_some() && threads().is_some_and(|count| count > 0) && open_files().is_some());
    }
}
