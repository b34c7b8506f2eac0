//! Where lines go: standard output, a file.

use std::io::{self, Write};

use domain::time::Timestamp;

use super::console;
use super::local_time::LocalTime;
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
    gathered: String,
    to: W,
}

impl<W: Write + Send + 'static> Console<W> {
    pub fn new(format: Format, enrichers: Enrichers, time: LocalTime, to: W) -> Self {
        Self { format, enrichers, time, gathered: String::new(), to }
    }
}

impl<W: Write + Send + 'static> Output for Console<W> {
    fn write(&mut self, record: &Record) {
        match self.format {
            Format::Text => console::line(record, &self.enrichers, &mut self.time, &mut self.gathered),
            Format::Json => clef::line(record, &self.enrichers, &mut self.gathered),
        }
        if self.gathered.len() >= GATHERED_BYTES_MAX {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.gathered.is_empty() {
            // Nobody is left to tell when standard output is closed.
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
        let (gathered, now) = (String::new(), Timestamp::from_micros(0));
        Self { format, enrichers, time, gathered, held: 0, now, to, missed: 0, failing: false }
    }

    fn line(&mut self, record: &Record) {
        let out = &mut self.gathered;
        if self.format == Format::Json {
            return clef::line(record, &self.enrichers, out);
        }
        let time = self.time.at(record.time);
        out.push_str(time.date_and_clock());
        out.push('.');
        let milliseconds = record.time.micros().rem_euclid(1_000_000) / 1_000;
        for digit in [milliseconds / 100, milliseconds / 10 % 10, milliseconds % 10] {
            out.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
        }
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
