//! SQLite's write-ahead log as a file (<https://www.sqlite.org/fileformat2.html#walformat>).

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

const HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// Its lowest bit says in which order bytes are summed.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;
const PAGE_BYTES_MIN: u32 = 512;
const PAGE_BYTES_MAX: u32 = 65_536;

/// The two numbers that tell one life of the log from the next. The first counts up by one when the log begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Salts(pub u32, pub u32);

impl Salts {
    /// Whether the log with these salts is the one after `before`.
    pub fn follow(self, before: Self) -> bool {
        self.0 == before.0.wrapping_add(1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub page: u32,
    /// Pages of the database after the commit that this frame ends; zero inside a transaction.
    pub size_after: u32,
}

impl Frame {
    pub fn commits(self) -> bool {
        self.size_after != 0
    }
}

/// The name of the log beside a database.
pub fn path_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Reads the frames of a log in order, as far as their checksums hold.
pub struct WalReader {
    file: BufReader<File>,
    pub page_bytes: u32,
    pub salts: Salts,
    big_endian: bool,
    sums: (u32, u32),
}

impl WalReader {
    /// `None` when there is no log, or nothing was ever written to it.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut file = BufReader::with_capacity(256 * 1024, file);
        let mut header = [0; HEADER_BYTES];
        if !filled(&mut file, &mut header)? {
            return Ok(None);
        }
        let word = |at: usize| word(&header, at);
        let (magic, page_bytes) = (word(0), word(8));
        let big_endian = magic & 1 == 1;
        let sums = summed(&header[..24], (0, 0), big_endian);
        let sound = magic & !1 == MAGIC
            && word(4) == VERSION
            && (PAGE_BYTES_MIN..=PAGE_BYTES_MAX).contains(&page_bytes)
            && page_bytes.is_power_of_two()
            && sums == (word(24), word(28));
        if !sound {
            return Ok(None);
        }
        Ok(Some(Self { file, page_bytes, salts: Salts(word(16), word(20)), big_endian, sums }))
    }

    /// Goes on after the first `frames`, which must have been read before: their last checksum is taken as it stands.
    pub fn skip(&mut self, frames: u64) -> io::Result<()> {
        let Some(last) = frames.checked_sub(1) else { return Ok(()) };
        let step = FRAME_HEADER_BYTES as u64 + u64::from(self.page_bytes);
        self.file.seek(SeekFrom::Start(HEADER_BYTES as u64 + last * step))?;
        let mut header = [0; FRAME_HEADER_BYTES];
        self.file.read_exact(&mut header)?;
        self.sums = (word(&header, 16), word(&header, 20));
        self.file.seek_relative(i64::from(self.page_bytes))
    }

    /// The next frame, its page in `page`; `None` where the log ends.
    pub fn next(&mut self, page: &mut Vec<u8>) -> io::Result<Option<Frame>> {
        let mut header = [0; FRAME_HEADER_BYTES];
        page.resize(self.page_bytes as usize, 0);
        if !filled(&mut self.file, &mut header)? || !filled(&mut self.file, page)? {
            return Ok(None);
        }
        let word = |at: usize| word(&header, at);
        let sums = summed(&header[..8], self.sums, self.big_endian);
        let sums = summed(page, sums, self.big_endian);
        if Salts(word(8), word(12)) != self.salts || sums != (word(16), word(20)) || word(0) == 0 {
            return Ok(None);
        }
        self.sums = sums;
        Ok(Some(Frame { page: word(0), size_after: word(4) }))
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// Whether the whole buffer could be filled.
fn filled(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The checksum of the format, over pairs of words.
fn summed(bytes: &[u8], (mut first, mut second): (u32, u32), big_endian: bool) -> (u32, u32) {
    let read = if big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
    for pair in bytes.as_chunks::<8>().0 {
        let [a, b, c, d, e, f, g, h] = *pair;
        first = first.wrapping_add(read([a, b, c, d])).wrapping_add(second);
        second = second.wrapping_add(read([e, f, g, h])).wrapping_add(first);
    }
    (first, second)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    fn frames(path: &Path, after: u64) -> (Salts, Vec<Frame>) {
        let mut reader = WalReader::open(path).unwrap().unwrap();
        reader.skip(after).unwrap();
        let (mut page, mut all) = (Vec::new(), Vec::new());
        while let Some(frame) = reader.next(&mut page).unwrap() {
            all.push(frame);
        }
        (reader.salts, all)
    }

    #[test]
    fn frames_are_read_as_the_engine_wrote_them() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.db");
        let wal = path_of(&database);
        assert!(WalReader::open(&wal).unwrap().is_none());
        let connection = Connection::open(&database).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (x);")
            .unwrap();
        connection
            .execute_batch("INSERT INTO t VALUES (zeroblob(20000)); INSERT INTO t VALUES (1);")
            .unwrap();
        let (salts, all) = frames(&wal, 0);
        assert_eq!(all.iter().filter(|frame| frame.commits()).count(), 3);
        assert_eq!(frames(&wal, 2).1, all[2..]);

        // A torn page ends the log before it.
        let mut bytes = std::fs::read(&wal).unwrap();
        let at = HEADER_BYTES + 3 * (FRAME_HEADER_BYTES + 4096) + FRAME_HEADER_BYTES + 9;
        bytes[at] ^= 1;
        let torn = folder.path().join("torn");
        std::fs::write(&torn, &bytes).unwrap();
        assert_eq!(frames(&torn, 0).1, all[..3]);

        // Begun anew, the log has other salts, and what is left of the old one is not read.
        let copied: (i64, i64, i64) = connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!(copied.1, copied.2, "everything was checkpointed");
        connection.execute_batch("INSERT INTO t VALUES (2);").unwrap();
        let (again, rest) = frames(&wal, 0);
        assert!(again.follow(salts) && !salts.follow(again), "{salts:?} {again:?}");
        assert!(!rest.is_empty() && rest.len() < all.len());
    }
}
