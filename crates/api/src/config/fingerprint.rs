//! Fingerprints of files: they tell from the file system's metadata whether files have changed, without reading them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::key_per_file::{SWAPPED_LINK, files};
use super::local::Watched;

/// The properties by which one file is compared; follows links, so that a swapped link is another file.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

/// The state of all watched files at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Fingerprint {
    files: Vec<Option<Stamp>>,
    /// The targets of the links to the versions of mounted secrets.
    links: Vec<Option<PathBuf>>,
}

impl Fingerprint {
    pub fn take(watched: &Watched) -> Self {
        let mut stamps: Vec<_> = watched.files.iter().map(|file| stamp(file)).collect();
        let mut links = Vec::new();
        for directory in &watched.directories {
            links.push(fs::read_link(directory.join(SWAPPED_LINK)).ok());
            let files = files(directory).ok().flatten().unwrap_or_default();
            stamps.extend(files.iter().map(|(_, path)| stamp(path)));
        }
        Self { files: stamps, links }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some(Stamp {
        path: path.to_owned(),
        modified: metadata.modified().ok(),
        length: metadata.len(),
        inode: inode(&metadata),
    })
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}
#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: E10.
    #[test]
    fn every_kind_of_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("appsettings.json");
        let secrets = folder.path().join("secrets");
        fs::create_dir(&secrets).unwrap();
        let watched = Watched { files: vec![file.clone()], directories: vec![secrets.clone()] };
        let mut last = Fingerprint::take(&watched);
        let mut changed = |what: &str| {
            let now = Fingerprint::take(&watched);
            assert_ne!(now, last, "{what}");
            last = now;
            assert_eq!(Fingerprint::take(&watched), last, "{what}");
        };
        fs::write(&file, "{}").unwrap();
        changed("a new file");
        fs::write(folder.path().join("other"), "[]").unwrap();
        fs::rename(folder.path().join("other"), &file).unwrap();
        changed("a replaced file of the same length");
        fs::write(secrets.join("jwt-key"), "a").unwrap();
        changed("a new secret");
        fs::write(secrets.join(".hidden"), "a").unwrap();
        assert_eq!(Fingerprint::take(&watched), last, "hidden files do not count");
        fs::remove_file(secrets.join("jwt-key")).unwrap();
        let now = Fingerprint::take(&watched);
        assert_ne!(now, last, "a removed secret");
    }
}
