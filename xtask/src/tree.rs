//! The files of the repository, as git tracks them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Larger files are data, not text to look at, in bytes.
const TEXT_BYTES_MAX: u64 = 2 * 1024 * 1024;

pub struct Tree {
    pub root: PathBuf,
    /// Relative paths with `/`, tracked or new, but not ignored.
    pub paths: Vec<String>,
}

impl Tree {
    pub fn read() -> Result<Self, String> {
        let manifest =
            std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "run this as `cargo xtask`".to_owned())?;
        Self::at(Path::new(&manifest).parent().ok_or("the workspace has no folder")?.to_owned())
    }

    /// Another checkout.
    pub fn at(root: PathBuf) -> Result<Self, String> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&root)
            .output()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        let names = String::from_utf8_lossy(&output.stdout);
        let mut paths: Vec<_> =
            names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        paths.retain(|path| root.join(path).is_file());
        paths.sort();
        paths.dedup();
        Ok(Self { root, paths })
    }

    /// The text of a file; `None` when it is not text.
    pub fn text(&self, path: &str) -> Option<String> {
        let path = self.root.join(path);
        let small = path.metadata().is_ok_and(|metadata| metadata.len() <= TEXT_BYTES_MAX);
        if small { std::fs::read_to_string(path).ok() } else { None }
    }

    /// The Rust files below a folder with their text.
    pub fn rust<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, String)> {
        let below = self.paths.iter().filter(move |path| path.starts_with(folder) && path.ends_with(".rs"));
        below.filter_map(|path| Some((path.as_str(), self.text(path)?)))
    }
}

/// The lines that are the program: without the test module at the end of the file.
pub fn without_tests(text: &str) -> Vec<&str> {
    let lines: Vec<_> = text.lines().collect();
    let tail = lines.windows(2).position(|pair| {
        pair[0].trim_end() == "#[cfg(test)]"
            && pair[1].starts_with("mod ")
            && pair[1].trim_end().ends_with('{')
    });
    lines[..tail.unwrap_or(lines.len())].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_module_does_not_count() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod x;\nb\n#[cfg(test)]\nmod tests {\n}\n").len(), 4);
    }
}
