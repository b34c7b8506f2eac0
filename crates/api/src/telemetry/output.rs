//! Where lines go: standard output, a file.

use std::io::{self, Write};

use domain::time::Timestamp;

use super::console;
use super::local_time::{LocalTime, fraction};
use super::record::{Enrichers, Record};
use super::rolling::RollingFile;
use super::{Format, clef};

/// Bytes that are gathered before they are written at the latest.
const GATHERED_BYTES_MAX: usize = 64 * 1024;

/// Takes the events of one queue, on the thread of that queue.
pub trait Output: Send + 'static {
    fn write(&mut self, record: &Record);
    /// Leaves nothing behind in this process.
    fn flush(&mut self);
}

/// Lines for whoever watches the process.
pub struct Console<W> {
    format: Format,
    enrichers: Enrichers,
    time: LocalTime,
    utc: LocalTime,
    gathered: String,
    to: W,
}

impl<W: Write + Send + 'static> Console<W> {
    pub fn new(format: Format, enrichers: Enrichers, time: LocalTime, to: W) -> Self {
        Self { format, enrichers, time, utc: LocalTime::utc(), gathered: String::new(), to }
    }
}

impl<W: Write + Send + 'static> Output for Console<W> {
    fn write(&mut self, record: &Record) {
        match self.format {
            Format::Text => console::line(record, &self.enrichers, &mut self.time, &mut self.gathered),
            Format::Json => clef::line(record, &self.enrichers, &mut self.utc, &mut self.gathered),
        }
        if self.gathered.len() >= GATHERED_BYTES_MAX {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.gathered.is_empty() {
            // When standard output is closed, there is no place left to report it.
            let _ = self.to.write_all(self.gathered.as_bytes()).and_then(|()| self.to.flush());
            self.gathered.clear();
        }
    }
}

/// Lines of a file, which begin with the whole date. The message stands alone, as in Serilog's own template.
pub struct File {
    format: Format,
    enrichers: Enrichers,
    time: LocalTime,
    utc: LocalTime,
    gathered: String,
    /// Events that are gathered.
    held: u64,
    /// The time of the last one.
    now: Timestamp,
    to: RollingFile,
    /// Events that are not in the file, because it could not be written.
    missed: u64,
    failing: bool,
}

impl File {
    pub fn new(format: Format, enrichers: Enrichers, time: LocalTime, to: RollingFile) -> Self {
        let (utc, gathered, now) = (LocalTime::utc(), String::new(), Timestamp::from_micros(0));
        Self { format, enrichers, time, utc, gathered, held: 0, now, to, missed: 0, failing: false }
    }

    fn line(&mut self, record: &Record) {
        let out = &mut self.gathered;
        if self.format == Format::Json {
            return clef::line(record, &self.enrichers, &mut self.utc, out);
        }
        let time = self.time.at(record.time);
        out.push_str(time.date_and_clock());
        fraction::<3>(record.time, out);
        out.push(' ');
        out.push_str(time.offset());
        out.push_str(" [");
        out.push_str(record.level.short());
        out.push_str("] ");
        super::message::message(record, &self.enrichers, out);
        out.push('\n');
        console::exception(record, out);
    }

    /// Once for each time it begins to fail: the events themselves are on the console.
    fn failed(&mut self, error: &io::Error) {
        if !std::mem::replace(&mut self.failing, true) {
            let (file, again) = (self.to.shown(), RollingFile::RETRY_MINUTES);
            tracing::warn!(
                target: super::LOGGING, file, error = %error, again,
                "The log file {{file}} cannot be written, so logs go to the console alone: {{error}}. It is tried again in {{again}} minutes; Logging:File:Enabled=false does without"
            );
        }
    }
}

impl Output for File {
    fn write(&mut self, record: &Record) {
        let day = self.time.at(record.time).day;
        if self.to.turns_over(day, record.time, self.gathered.len()) {
            self.flush();
            if let Err(error) = self.to.open(day, record.time) {
                self.failed(&error);
            }
        }
        if !self.to.is_open() {
            self.missed += 1;
            return;
        }
        self.now = record.time;
        self.held += 1;
        self.line(record);
        if self.gathered.len() >= GATHERED_BYTES_MAX {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let written = self.to.write(self.gathered.as_bytes(), self.now);
        self.gathered.clear();
        let held = std::mem::take(&mut self.held);
        match written {
            Ok(()) if std::mem::take(&mut self.failing) => {
                let (file, missed) = (self.to.shown(), std::mem::take(&mut self.missed));
                tracing::info!(target: super::LOGGING, file, missed, "The log file {{file}} is written again; {{missed}} events are not in it");
            }
            Ok(()) => {}
            Err(error) => {
                self.missed += held;
                self.failed(&error);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use domain::time::Timestamp;
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;
    use crate::telemetry::rolling::Rolling;
    use crate::telemetry::tests::{Listening, record, riyadh};
    use crate::telemetry::{Level, LevelRules};

    fn file(folder: &std::path::Path, format: Format, zone: TimeZone) -> File {
        let rolling = Rolling { path: folder.join("erp-.log"), bytes_max: 1 << 30, files_max: 30 };
        File::new(format, Enrichers::default(), LocalTime::new(zone), RollingFile::new(rolling))
    }

    /// Proves: J6.
    #[test]
    fn a_file_has_the_lines_of_its_template() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = file(folder.path(), Format::Text, riyadh());
        let mut posted = record("Account {Id} posted", &[("Id", json!(123)), ("other", json!(1))]);
        file.write(&posted);
        posted.level = Level::Error;
        posted.exception = Some("disk full\n ---> no space".to_owned());
        file.write(&posted);
        posted.time = Timestamp::parse("2024-01-15T21:00:00.0009Z").unwrap();
        posted.exception = None;
        file.write(&posted);
        file.flush();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            read("erp-20240115.log"),
            "2024-01-15 17:30:05.250 +03:00 [INF] Account 123 posted\n\
             2024-01-15 17:30:05.250 +03:00 [ERR] Account 123 posted\ndisk full\n ---> no space\n"
        );
        // The day of the place has begun, that of UTC has not.
        assert_eq!(read("erp-20240116.log"), "2024-01-16 00:00:00.000 +03:00 [ERR] Account 123 posted\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_full_disk_is_said_once_and_when_it_is_over_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let full = folder.path().join("erp-20240115.log");
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let log = Listening::start(LevelRules::new(Level::Information, []));
        let mut file = file(folder.path(), Format::Text, TimeZone::UTC);
        let mut event = record("x", &[]);
        for _ in 0..3 {
            file.write(&event);
            file.flush();
        }
        let said = log.text();
        assert!(said.contains("WRN] The log file ") && said.lines().count() == 1, "{said}");
        fs::remove_file(&full).unwrap();
        event.time = event.time.plus_seconds(29 * 60);
        file.write(&event);
        file.flush();
        assert_eq!(log.text(), "");
        event.time = event.time.plus_seconds(60);
        file.write(&event);
        file.flush();
        let said = log.text();
        assert!(said.contains("is written again; 4 events are not in it"), "{said}");
        assert_eq!(fs::read_to_string(&full).unwrap().lines().count(), 1);
    }
}
