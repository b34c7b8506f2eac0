//! Files by day and size, named and kept as Serilog's file sink does: `erp-20240115.log`, `erp-20240115_001.log` (GV4).

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use domain::time::Timestamp;

/// Files of one day that other processes may hold before the next name is not tried any more.
const HELD_MAX: u32 = 16;
/// Fewest digits of the number of a day's further file.
const SEQUENCE_DIGITS: usize = 3;

/// How a file is rolled and how long files stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rolling {
    /// With the day before its extension: `logs/erp-.log`.
    pub path: PathBuf,
    /// A file this large is not written any more; the next one is begun.
    pub bytes_max: u64,
    /// Files that stay, the current one included.
    pub files_max: usize,
}

/// The file of today.
pub struct RollingFile {
    rolling: Rolling,
    names: Names,
    current: Option<Current>,
    /// The day of the current file, or of the last attempt.
    day: Option<u32>,
    retry_at: Option<Timestamp>,
}

struct Current {
    file: File,
    path: PathBuf,
    sequence: Option<u32>,
    bytes: u64,
}

impl RollingFile {
    /// Until a file that could not be opened or written is tried again.
    pub const RETRY_MINUTES: i64 = 30;

    pub fn new(rolling: Rolling) -> Self {
        let names = Names::of(&rolling.path);
        Self { rolling, names, current: None, day: None, retry_at: None }
    }

    pub fn is_open(&self) -> bool {
        self.current.is_some()
    }

    /// The current file, or the one that was to be.
    pub fn shown(&self) -> String {
        let path = self.current.as_ref().map_or(&self.rolling.path, |current| &current.path);
        path.display().to_string()
    }

    /// Whether a line of this day and time belongs to another file, `gathered` bytes being on their way to this one.
    pub fn turns_over(&self, day: u32, now: Timestamp, gathered: usize) -> bool {
        match &self.current {
            Some(current) => {
                let bytes = current.bytes.saturating_add(gathered as u64);
                // A line from before midnight that comes late stays with those after it.
                self.day.is_none_or(|own| day > own) || bytes >= self.rolling.bytes_max
            }
            None => self.retry_at.is_none_or(|again| now >= again) || self.day.is_none_or(|own| day > own),
        }
    }

    /// Opens the file for this moment and removes those that are too many.
    pub fn open(&mut self, day: u32, now: Timestamp) -> io::Result<()> {
        let full = self.current.take().filter(|_| self.day.is_some_and(|own| day <= own));
        let day = self.day.map_or(day, |own| own.max(day));
        self.day = Some(day);
        let opened = self.begin(day, full.map(|full| full.sequence.unwrap_or(0) + 1));
        match opened {
            Ok(current) => {
                self.retain(&current.path);
                self.current = Some(current);
                self.retry_at = None;
                Ok(())
            }
            Err(error) => {
                self.retry_at = Some(again(now));
                Err(error)
            }
        }
    }

    pub fn write(&mut self, bytes: &[u8], now: Timestamp) -> io::Result<()> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.bytes += bytes.len() as u64;
        let written = current.file.write_all(bytes);
        if written.is_err() {
            self.current = None;
            self.retry_at = Some(again(now));
        }
        written
    }

    fn begin(&self, day: u32, sequence_min: Option<u32>) -> io::Result<Current> {
        let folder = self.folder();
        fs::create_dir_all(folder)?;
        let last = self.files()?.into_iter().filter(|file| file.day == day).map(|file| file.sequence).max();
        let mut sequence = last.flatten().max(sequence_min);
        for _ in 0..HELD_MAX {
            let path = folder.join(self.names.name(day, sequence));
            match opened(&path)? {
                Some((_, bytes)) if bytes >= self.rolling.bytes_max => {}
                Some((file, bytes)) => return Ok(Current { file, path, sequence, bytes }),
                None => {}
            }
            sequence = Some(sequence.unwrap_or(0) + 1);
        }
        Err(io::Error::new(ErrorKind::ResourceBusy, "other processes write the files of this day"))
    }

    fn folder(&self) -> &Path {
        match self.rolling.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The files that are this log's by their names.
    fn files(&self) -> io::Result<Vec<Named>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder())? {
            let entry = entry?;
            let named = entry.file_name().to_str().and_then(|name| self.names.parse(name));
            if let Some(named) = named.filter(|_| entry.file_type().is_ok_and(|kind| kind.is_file())) {
                files.push(named);
            }
        }
        Ok(files)
    }

    /// Removes the oldest files. A file that cannot be removed now is tried again with the next one.
    fn retain(&self, current: &Path) {
        let Ok(mut files) = self.files() else { return };
        files.sort();
        let too_many = files.len().saturating_sub(self.rolling.files_max.max(1));
        for file in &files[..too_many] {
            let path = self.folder().join(self.names.name(file.day, file.sequence));
            if path != current {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn again(now: Timestamp) -> Timestamp {
    now.plus_seconds(RollingFile::RETRY_MINUTES * 60)
}

/// The file with its size; `None` when another process writes it.
fn opened(path: &Path) -> io::Result<Option<(File, u64)>> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o640);
    }
    let file = options.open(path)?;
    match file.try_lock() {
        // Some file systems have no locks; then nobody holds one.
        Ok(()) | Err(TryLockError::Error(_)) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
    }
    let bytes = file.metadata()?.len();
    Ok(Some((file, bytes)))
}

/// A file of this log: older ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    day: u32,
    sequence: Option<u32>,
}

/// How files are called.
struct Names {
    prefix: String,
    suffix: String,
}

impl Names {
    fn of(path: &Path) -> Self {
        let text = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned());
        let suffix = text(path.extension()).map_or_else(String::new, |extension| format!(".{extension}"));
        Self { prefix: text(path.file_stem()).unwrap_or_default(), suffix }
    }

    fn name(&self, day: u32, sequence: Option<u32>) -> String {
        let number = sequence.map_or_else(String::new, |number| format!("_{number:0SEQUENCE_DIGITS$}"));
        format!("{}{day:08}{number}{}", self.prefix, self.suffix)
    }

    /// `^erp-(\d{8})(_[0-9]{3,})?\.log$`, of a day there is.
    fn parse(&self, name: &str) -> Option<Named> {
        let middle = name.strip_prefix(self.prefix.as_str())?.strip_suffix(self.suffix.as_str())?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (date, rest) = middle.split_at_checked(8)?;
        if !digits(date) || NaiveDate::parse_from_str(date, "%Y%m%d").is_err() {
            return None;
        }
        let sequence = match rest.strip_prefix('_') {
            None if rest.is_empty() => None,
            Some(number) if number.len() >= SEQUENCE_DIGITS && digits(number) => Some(number.parse().ok()?),
            _ => return None,
        };
        let named = Named { day: date.parse().ok()?, sequence };
        // Another spelling of the same number would be another file.
        (self.name(named.day, sequence) == name).then_some(named)
    }
}

#[cfg(test)]
mod tests;
