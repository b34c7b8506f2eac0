//! When each transaction of the log was committed. SQLite does not say it, so the writer notes it: in memory, and in a file
//! that outlives a kill.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use domain::time::Timestamp;

use crate::private_files;

const FILE: &str = "commits";
const NOTE_BYTES: usize = 16;
/// More is not read from the file of an earlier process: a log has been archived long before.
const NOTES_MAX: u64 = 1_000_000;

pub struct Commits {
    file: File,
    /// The moments of commits by the number of the frame that ends the transaction, ascending.
    notes: Vec<(u64, Timestamp)>,
}

impl Commits {
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        private_files::create_file(&path)?;
        let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
        let mut bytes = Vec::new();
        (&mut file).take(NOTES_MAX * NOTE_BYTES as u64).read_to_end(&mut bytes)?;
        let mut notes: Vec<(u64, Timestamp)> = Vec::new();
        for note in bytes.as_chunks::<NOTE_BYTES>().0 {
            let [frames, micros] = [&note[..8], &note[8..]].map(|half| half.try_into().unwrap_or_default());
            let frames = u64::from_be_bytes(frames);
            // The log has begun anew: what was noted before is archived.
            if notes.last().is_some_and(|(last, _)| *last >= frames) {
                notes.clear();
            }
            notes.push((frames, Timestamp::from_micros(i64::from_be_bytes(micros))));
        }
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, notes })
    }

    pub fn add(&mut self, frames: u64, at: Timestamp) {
        if self.notes.last().is_some_and(|(last, _)| *last >= frames) {
            self.clear();
        }
        self.notes.push((frames, at));
        let mut note = [0; NOTE_BYTES];
        note[..8].copy_from_slice(&frames.to_be_bytes());
        note[8..].copy_from_slice(&at.micros().to_be_bytes());
        // A moment that is missing after a crash is taken to be a later one.
        let _ = self.file.write_all(&note);
    }

    pub fn last(&self) -> Option<u64> {
        self.notes.last().map(|(frames, _)| *frames)
    }

    /// When the transaction that ends with a frame was committed; of one that was not noted, when the next one was.
    pub fn moment_of(&self, frame: u64) -> Option<Timestamp> {
        let at = self.notes.partition_point(|(frames, _)| *frames < frame);
        self.notes.get(at).map(|(_, moment)| *moment)
    }

    pub fn clear(&mut self) {
        self.notes.clear();
        let _ = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let at = Timestamp::from_micros;
        let mut commits = Commits::open(folder.path()).unwrap();
        commits.add(900, at(1));
        for (frames, moment) in [(3, 10), (7, 20)] {
            commits.add(frames, at(moment));
        }
        drop(commits);
        let mut commits = Commits::open(folder.path()).unwrap();
        assert_eq!(commits.last(), Some(7));
        let moments = [3, 5, 7, 8].map(|frame| commits.moment_of(frame));
        assert_eq!(moments, [Some(at(10)), Some(at(20)), Some(at(20)), None]);
        commits.clear();
        assert_eq!(Commits::open(folder.path()).unwrap().last(), None);
    }
}
