//! A directory with a file a setting, as Kubernetes mounts secrets (GV11).

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::decode::decode;
use super::error::Problem;
use super::layers::{Layer, Scope};

/// Largest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Most files of one directory.
pub const FILES_MAX: usize = 1_000;
/// Kubernetes swaps this link to put all files of a new version in place at once.
pub const SWAPPED_LINK: &str = "..data";
/// How often a directory that is swapped while it is read is read again.
const ATTEMPTS: usize = 3;

/// Reads a directory into a layer called after it; `None` when there is no such directory.
pub fn layer(directory: &Path) -> Result<Option<Layer>, Vec<Problem>> {
    let mut read = Ok(None);
    for _ in 0..ATTEMPTS {
        let before = version(directory);
        read = read_once(directory);
        if before == version(directory) {
            break;
        }
    }
    read
}

/// The target of the link to the current version.
fn version(directory: &Path) -> Option<PathBuf> {
    fs::read_link(directory.join(SWAPPED_LINK)).ok()
}

fn read_once(directory: &Path) -> Result<Option<Layer>, Vec<Problem>> {
    let name = directory.display().to_string();
    let files = match files(directory) {
        Ok(Some(files)) => files,
        Ok(None) => return Ok(None),
        Err(reason) => return Err(vec![Problem::new(name, reason)]),
    };
    let mut layer = Layer::new(&name, Scope::Own);
    let mut problems = Vec::new();
    for (file, path) in files {
        let key = file.replace("__", ":").replace("--", ":");
        match value(&path) {
            // A file that is swapped out at this moment is found by the next attempt.
            Ok(None) => {}
            Ok(Some(value)) => {
                if !layer.set(&key, Some(value)) {
                    problems.push(Problem::new(&key, format!("has two files in {name}")));
                }
            }
            Err(reason) => problems.push(Problem::new(path.display().to_string(), reason)),
        }
    }
    if problems.is_empty() { Ok(Some(layer)) } else { Err(problems) }
}

/// Names and paths of the files that are not hidden, in order.
pub fn files(directory: &Path) -> Result<Option<Vec<(String, PathBuf)>>, String> {
    let fail = |error: std::io::Error| format!("cannot be read: {error}");
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(fail)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err("has a file whose name is not UTF-8".to_owned());
        };
        // Follows links: the files of a mounted secret are links into the version's directory.
        let is_file = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file());
        if is_file && !name.starts_with('.') {
            files.push((name, entry.path()));
        }
        if files.len() > FILES_MAX {
            return Err(format!("has more than {FILES_MAX} files"));
        }
    }
    files.sort();
    Ok(Some(files))
}

fn value(path: &Path) -> Result<Option<String>, String> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot be read: {error}")),
    };
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    let length = read.map_err(|error| format!("cannot be read: {error}"))?;
    if length as u64 > FILE_BYTES_MAX {
        return Err(format!("is larger than {FILE_BYTES_MAX} bytes"));
    }
    let mut text = decode(&bytes).map_err(|_| "is not UTF-8".to_owned())?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(layer: &Layer) -> Vec<&str> {
        layer.keys().collect()
    }

    /// Proves: E10, GV11.
    #[test]
    fn names_become_keys_and_one_trailing_newline_goes() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("ConnectionStrings__Redis", "memory://\n"),
            ("ConnectionStrings--DefaultConnection", "Provider=Sqlite;Data Source=a\r\n"),
            ("jwt-key", " spaces stay \n\n"),
            (".hidden", "x"),
            ("..2024_01_15", "x"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::create_dir(folder.path().join("folder")).unwrap();
        let layer = layer(folder.path()).unwrap().unwrap();
        assert_eq!(
            keys(&layer),
            ["ConnectionStrings:DefaultConnection", "ConnectionStrings:Redis", "jwt-key"]
        );
        assert_eq!(layer.get("connectionstrings:redis"), Some("memory://"));
        assert_eq!(layer.get("ConnectionStrings:DefaultConnection"), Some("Provider=Sqlite;Data Source=a"));
        assert_eq!(layer.get("jwt-key"), Some(" spaces stay \n"));
        assert!(super::layer(&folder.path().join("nowhere")).unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named_without_its_content() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("A__B"), "sentinel").unwrap();
        fs::write(folder.path().join("a--b"), "sentinel").unwrap();
        fs::write(folder.path().join("binary"), [0xff, 0x01]).unwrap();
        fs::write(folder.path().join("large"), vec![b'x'; FILE_BYTES_MAX as usize + 1]).unwrap();
        let problems = layer(folder.path()).unwrap_err();
        let text = problems.iter().map(|problem| format!("{problem}\n")).collect::<String>();
        for part in ["a:b: has two files", "binary: is not UTF-8", "large: is larger than 65536 bytes"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("sentinel"), "{text}");
    }

    /// Proves: E10.
    #[cfg(unix)]
    #[test]
    fn a_mounted_secret_is_read_through_its_links() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (version, text) in [("..one", "first"), ("..two", "second")] {
            fs::create_dir(path(version)).unwrap();
            fs::write(path(version).join("jwt-key"), text).unwrap();
        }
        symlink("..one", path(SWAPPED_LINK)).unwrap();
        symlink("..data/jwt-key", path("jwt-key")).unwrap();
        assert_eq!(layer(folder.path()).unwrap().unwrap().get("jwt-key"), Some("first"));
        symlink("..two", path("..new")).unwrap();
        fs::rename(path("..new"), path(SWAPPED_LINK)).unwrap();
        let layer = layer(folder.path()).unwrap().unwrap();
        assert_eq!((keys(&layer), layer.get("jwt-key")), (vec!["jwt-key"], Some("second")));
    }
}
