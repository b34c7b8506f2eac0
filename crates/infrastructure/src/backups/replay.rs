//! Brings pages of the archive into a copy of a database, up to a moment, and joins files of pages.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

use application::platform::backups::Lsn;
use domain::time::Timestamp;

use crate::sql::sqlite::archive::pages::{Commit, PageReader, PageWriter, Record};

const BUFFER_BYTES: usize = 256 * 1024;

/// A copy of a database that pages are brought into, in the order in which they were written.
pub struct Replay {
    file: File,
    /// The place of the next record.
    place: Lsn,
    /// Nothing is left out before this place: until then the copy is no moment's.
    whole_from: Lsn,
    until: Timestamp,
    /// The first transaction after `until` was found.
    ended: bool,
}

impl Replay {
    /// Brings in every transaction committed until `until`, and all before `whole_from`.
    pub fn onto(copy: &Path, start: Lsn, whole_from: Lsn, until: Timestamp) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(copy)?;
        Ok(Self { file, place: start, whole_from, until, ended: false })
    }

    /// Brings in a log. All of it is read and compared with its checksum before any of it counts.
    pub fn log(&mut self, path: &Path) -> io::Result<()> {
        let last = self.last_wanted(path)?;
        let mut reader = open(path)?;
        let mut page = Vec::new();
        while reader.next < last
            && let Some(record) = reader.next(&mut page)?
        {
            if reader.next <= self.place {
                continue;
            }
            self.place = reader.next;
            self.write(record, &page)?;
        }
        Ok(())
    }

    /// The place after the last transaction of a log that is to be brought in.
    fn last_wanted(&mut self, path: &Path) -> io::Result<Lsn> {
        let mut reader = open(path)?;
        if reader.next > self.place {
            let (next, place) = (reader.next, self.place);
            return Err(damaged(format!("it begins at place {next}, and what is before it ends at {place}")));
        }
        let (mut last, mut page) = (self.place, Vec::new());
        while let Some(record) = reader.next(&mut page)? {
            let Some(commit) = record.commit.filter(|_| reader.next > self.place && !self.ended) else {
                continue;
            };
            if commit.at <= self.until || reader.next <= self.whole_from {
                last = reader.next;
            } else {
                self.ended = true;
            }
        }
        Ok(last)
    }

    /// Brings in a differential backup, whose pages are those of one moment, whatever their places.
    pub fn differential(&mut self, path: &Path, to: Lsn) -> io::Result<()> {
        let mut page = Vec::new();
        let mut sound = open(path)?;
        while sound.next(&mut page)?.is_some() {}
        let mut reader = open(path)?;
        while let Some(record) = reader.next(&mut page)? {
            self.write(record, &page)?;
        }
        self.place = to;
        Ok(())
    }

    fn write(&mut self, record: Record, page: &[u8]) -> io::Result<()> {
        let bytes = page.len() as u64;
        self.file.seek(SeekFrom::Start(u64::from(record.page - 1) * bytes))?;
        self.file.write_all(page)?;
        match record.commit {
            Some(commit) => self.file.set_len(u64::from(commit.size_after) * bytes),
            None => Ok(()),
        }
    }

    /// Makes the copy durable.
    pub fn end(self) -> io::Result<()> {
        if self.place < self.whole_from {
            return Err(damaged(format!("pages until place {} are missing", self.whole_from)));
        }
        self.file.sync_all()
    }
}

/// Joins files of pages into one with each page once, as it is at the end: a differential backup. Answers how many there are.
pub fn differential(segments: &[impl AsRef<Path>], first: Lsn, to: impl Write) -> io::Result<u64> {
    // By page: the number of the record that has it last, counted from 1 over all segments.
    let mut last: Vec<u64> = Vec::new();
    let (mut end, mut number, mut page, mut page_bytes) = (None, 0, Vec::new(), 0);
    for segment in segments {
        let mut reader = open(segment.as_ref())?;
        page_bytes = reader.page_bytes;
        while let Some(record) = reader.next(&mut page)? {
            number += 1;
            let at = record.page as usize;
            if last.len() <= at {
                last.resize(at + 1, 0);
            }
            last[at] = number;
            end = record.commit.or(end);
        }
    }
    let Some(Commit { size_after, .. }) = end else { return Ok(0) };
    // Pages beyond the end of the database were given back.
    last.truncate(size_after as usize + 1);
    let total = last.iter().filter(|number| **number != 0).count() as u64;
    let mut writer = PageWriter::begin(to, page_bytes, first)?;
    let (mut number, mut written) = (0, 0);
    for segment in segments {
        let mut reader = open(segment.as_ref())?;
        while let Some(record) = reader.next(&mut page)? {
            number += 1;
            if last.get(record.page as usize) == Some(&number) {
                written += 1;
                let commit = end.filter(|_| written == total);
                writer.add(Record { page: record.page, commit }, &page)?;
            }
        }
    }
    writer.end()?;
    Ok(total)
}

/// Joins files of pages into one, from a place on.
pub fn joined(segments: &[impl AsRef<Path>], first: Lsn, to: impl Write) -> io::Result<()> {
    let (mut writer, mut place, mut page, mut to) = (None, first, Vec::new(), Some(to));
    for segment in segments {
        let mut reader = open(segment.as_ref())?;
        if reader.next > place {
            return Err(damaged(format!("pages from place {place} on are missing")));
        }
        while let Some(record) = reader.next(&mut page)? {
            if reader.next <= place {
                continue;
            }
            if let Some(to) = to.take() {
                writer = Some(PageWriter::begin(to, reader.page_bytes, first)?);
            }
            place = reader.next;
            if let Some(writer) = &mut writer {
                writer.add(record, &page)?;
            }
        }
    }
    writer.map_or(Ok(()), |writer| writer.end().map(drop))
}

fn open(path: &Path) -> io::Result<PageReader<BufReader<File>>> {
    PageReader::open(BufReader::with_capacity(BUFFER_BYTES, File::open(path)?))
}

fn damaged(what: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}
