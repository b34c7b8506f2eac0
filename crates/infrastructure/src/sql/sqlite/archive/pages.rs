//! A file of pages in the order in which they were written: what logs and differential backups are made of.
//!
//! Head, records, end. A record is a page, its number and, where a transaction ends with it, the size of the database
//! and the moment. The end counts the records and has the SHA-256 of everything before it.

use std::io::{self, Read, Write};

use application::platform::backups::Lsn;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"ERPPAGE1";
const PAGE_BYTES_MAX: u32 = 65_536;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The number of the page, from 1.
    pub page: u32,
    /// Set on a page that ends a transaction.
    pub commit: Option<Commit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commit {
    /// Pages of the database from then on.
    pub size_after: u32,
    pub at: Timestamp,
}

pub struct PageWriter<W> {
    to: W,
    hash: Sha256,
    records: u64,
}

impl<W: Write> PageWriter<W> {
    /// `first` is the place of the first record.
    pub fn begin(to: W, page_bytes: u32, first: Lsn) -> io::Result<Self> {
        let mut writer = Self { to, hash: Sha256::new(), records: 0 };
        writer.put(MAGIC)?;
        writer.put(&page_bytes.to_be_bytes())?;
        writer.put(&first.0.to_be_bytes())?;
        Ok(writer)
    }

    pub fn add(&mut self, record: Record, page: &[u8]) -> io::Result<()> {
        let (size, at) = record.commit.map_or((0, 0), |commit| (commit.size_after, commit.at.micros()));
        self.put(&record.page.to_be_bytes())?;
        self.put(&size.to_be_bytes())?;
        self.put(&at.to_be_bytes())?;
        self.records += 1;
        self.put(page)
    }

    /// Writes the end and gives back what was written to.
    pub fn end(mut self) -> io::Result<W> {
        self.put(&0_u32.to_be_bytes())?;
        self.put(&self.records.to_be_bytes())?;
        let hash = self.hash.finalize();
        self.to.write_all(&hash)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.to.write_all(bytes)
    }
}

pub struct PageReader<R> {
    from: R,
    hash: Sha256,
    pub page_bytes: u32,
    /// The place of the next record.
    pub next: Lsn,
    records: u64,
}

impl<R: Read> PageReader<R> {
    pub fn open(from: R) -> io::Result<Self> {
        let mut reader = Self { from, hash: Sha256::new(), page_bytes: 0, next: Lsn(0), records: 0 };
        let mut magic = [0; 8];
        reader.take(&mut magic)?;
        if magic != *MAGIC {
            return Err(damaged("it is no file of pages"));
        }
        reader.page_bytes = u32::from_be_bytes(reader.array()?);
        reader.next = Lsn(u64::from_be_bytes(reader.array()?));
        if !reader.page_bytes.is_power_of_two() || reader.page_bytes > PAGE_BYTES_MAX {
            return Err(damaged("the size of its pages cannot be"));
        }
        Ok(reader)
    }

    /// The next record, its page in `page`; `None` at a sound end. An end too early, or one that does not fit what came
    /// before, is an error.
    pub fn next(&mut self, page: &mut Vec<u8>) -> io::Result<Option<Record>> {
        let number = u32::from_be_bytes(self.array()?);
        if number == 0 {
            return self.at_end().map(|()| None);
        }
        let size_after = u32::from_be_bytes(self.array()?);
        let at = Timestamp::from_micros(i64::from_be_bytes(self.array()?));
        page.resize(self.page_bytes as usize, 0);
        self.take(page)?;
        self.records += 1;
        self.next = Lsn(self.next.0 + 1);
        let commit = (size_after != 0).then_some(Commit { size_after, at });
        Ok(Some(Record { page: number, commit }))
    }

    fn at_end(&mut self) -> io::Result<()> {
        let records = u64::from_be_bytes(self.array()?);
        let found: [u8; 32] = self.hash.clone().finalize().into();
        let mut expected = [0; 32];
        self.from.read_exact(&mut expected)?;
        if records != self.records || found != expected {
            return Err(damaged("its checksum is another one"));
        }
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.take(&mut bytes)?;
        Ok(bytes)
    }

    fn take(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(bytes)?;
        self.hash.update(bytes);
        Ok(())
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut writer = PageWriter::begin(Vec::new(), 512, Lsn(7)).unwrap();
        let commit = Commit { size_after: 2, at: Timestamp::from_micros(5) };
        writer.add(Record { page: 2, commit: None }, &[1; 512]).unwrap();
        writer.add(Record { page: 1, commit: Some(commit) }, &[2; 512]).unwrap();
        writer.end().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<Record>> {
        let mut reader = PageReader::open(bytes)?;
        let (mut page, mut all) = (Vec::new(), Vec::new());
        while let Some(record) = reader.next(&mut page)? {
            all.push(record);
        }
        assert_eq!(reader.next, Lsn(9));
        Ok(all)
    }

    #[test]
    fn pages_come_back_and_no_changed_byte_is_taken() {
        let bytes = written();
        let records = read(&bytes).unwrap();
        assert_eq!(records.iter().map(|record| record.page).collect::<Vec<_>>(), [2, 1]);
        assert!(records[0].commit.is_none() && records[1].commit.unwrap().size_after == 2);
        for at in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
            let mut other = bytes.clone();
            other[at] ^= 4;
            assert!(read(&other).is_err(), "byte {at}");
            assert!(read(&bytes[..at]).is_err(), "cut at {at}");
        }
    }
}
