//! Names of files, as people gave them.

use unicode_normalization::UnicodeNormalization;

use super::{FILE_NAME_REFUSED, INVALID_FILE_NAME};
use crate::error::Violation;
use crate::text::length;

/// Longest file name, in characters; also what most file systems take.
pub const FILE_NAME_LENGTH_MAX: usize = 200;

/// Endings that a double click runs, or that a browser shows as active content.
const REFUSED_EXTENSIONS: &[&str] = &[
    "app", "apk", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta", "htm", "html",
    "iso", "jar", "js", "jse", "lnk", "mhtml", "mjs", "msc", "msi", "msp", "pif", "ps1", "psm1", "reg",
    "scf", "scr", "sh", "shtml", "svg", "url", "vb", "vbe", "vbs", "wsf", "wsh", "xht", "xhtml",
];

/// A name without a path, in NFC, that no common system takes for a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    pub fn parse(value: &str) -> Result<Self, Violation> {
        // Windows drops dots and spaces at the end, which would hide another ending.
        let name: String = value.trim().trim_end_matches(['.', ' ']).nfc().collect();
        let length = length(&name);
        let forbidden = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c) || is_direction_mark(c);
        if length == 0 || length > FILE_NAME_LENGTH_MAX || name.chars().any(forbidden) {
            return Err(Violation::new(&INVALID_FILE_NAME).with("max", FILE_NAME_LENGTH_MAX));
        }
        match extension(&name) {
            Some(extension) if REFUSED_EXTENSIONS.contains(&extension.as_str()) => {
                Err(Violation::new(&FILE_NAME_REFUSED).with("extension", extension))
            }
            _ => Ok(Self(name)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Marks that reorder what is shown, by which `gpj.exe` is made to look like `exe.jpg`. Arabic letters need none.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn extension(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, extension)| extension.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_kept_and_those_of_programs_refused() {
        for good in ["فاتورة ٢٠٢٦.pdf", "Rechnung (1).PDF", "no extension", "a.b.c.xlsx"] {
            assert_eq!(FileName::parse(good).unwrap().as_str(), good);
        }
        let long = format!("{}.pdf", "س".repeat(FILE_NAME_LENGTH_MAX));
        for bad in ["", " . ", "../a.pdf", "a\\b.pdf", "a\u{0}b", "a\nb", "fdp.\u{202E}exe", &long] {
            assert_eq!(FileName::parse(bad).unwrap_err().def, &INVALID_FILE_NAME, "{bad:?}");
        }
        for refused in ["virus.exe", "page.HTML", "picture.svg", "invoice.pdf.js", "run.ps1. . "] {
            assert_eq!(FileName::parse(refused).unwrap_err().def, &FILE_NAME_REFUSED, "{refused}");
        }
    }
}
