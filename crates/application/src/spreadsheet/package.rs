//! The archive that a workbook is, and the relations between its parts (ECMA-376 Part 2).

use std::io::{Cursor, Read};

use domain::error::{Phrase, Violation};
use zip::ZipArchive;

use super::error::SPREADSHEET_ENCRYPTED;
use super::limits::{PARTS_MAX, SMALL_PART_BYTES_MAX, WORKBOOK_BYTES_MAX};
use super::xml::{BYTES, Node, Part, attribute, damaged, too_large};

const FILE: &str = "ZIP";
const ARCHIVE: Phrase = Phrase::new("the archive is damaged", "الأرشيف تالف");
const MISSING: Phrase = Phrase::new("it is missing", "وهو غير موجود");
const PARTS: Phrase = Phrase::new("files", "ملف");
/// The first bytes of compound files: workbooks of before 2007, and encrypted ones.
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0";
/// The record at the end of an archive: its first bytes, its length, and where it has the number of files.
const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;
const END_RECORD_FILES: usize = 10;
/// The record of archives with more than 65,535 files.
const LARGE_RECORD: &[u8] = b"PK\x06\x07";
/// The longest comment that may follow the end record.
const COMMENT_BYTES_MAX: usize = 65_535;

pub(super) struct Package {
    archive: ZipArchive<Cursor<Vec<u8>>>,
}

/// A relation of one part to another.
pub(super) struct Relation {
    pub id: String,
    /// The last piece of the type's address, which strict and transitional workbooks have in common.
    pub kind: String,
    /// The path of the part in the archive.
    pub target: String,
}

impl Package {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Violation> {
        if bytes.starts_with(COMPOUND_FILE) {
            return Err(Violation::new(&SPREADSHEET_ENCRYPTED));
        }
        if bytes.len() > WORKBOOK_BYTES_MAX {
            return Err(too_large(FILE, WORKBOOK_BYTES_MAX, BYTES));
        }
        check_count(&bytes)?;
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(FILE, ARCHIVE))?;
        Ok(Self { archive })
    }

    /// The XML of a part; case does not matter in its path, as programs do not agree on it.
    pub(super) fn part(&mut self, path: &str, bytes_max: u64) -> Result<Part<impl Read + '_>, Violation> {
        let exact = self.archive.index_for_name(path);
        let index = exact.or_else(|| {
            self.archive.file_names().position(|name| name.is_ok_and(|name| name.eq_ignore_ascii_case(path)))
        });
        let index = index.ok_or_else(|| damaged(path, MISSING))?;
        let file = self.archive.by_index(index).map_err(|_| damaged(path, ARCHIVE))?;
        Ok(Part::new(path, file, bytes_max))
    }

    /// The relations of a part, or of the package itself for an empty path.
    pub(super) fn relations(&mut self, of: &str) -> Result<Vec<Relation>, Violation> {
        let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
        let path = if folder.is_empty() {
            format!("_rels/{name}.rels")
        } else {
            format!("{folder}/_rels/{name}.rels")
        };
        let mut relations = Vec::new();
        self.part(&path, SMALL_PART_BYTES_MAX)?.walk(|node| {
            if let Node::Open(b"Relationship", start) = node {
                let read = |name| attribute(start, name);
                if let (Some(id), Some(kind), Some(target)) = (read(b"Id"), read(b"Type"), read(b"Target")) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    relations.push(Relation { id, kind, target: resolve(folder, &target) });
                }
            }
            Ok(relations.len() < usize::from(PARTS_MAX))
        })?;
        Ok(relations)
    }
}

/// Refuses an archive of very many files before a list of them is made.
fn check_count(bytes: &[u8]) -> Result<(), Violation> {
    let start = bytes.len().saturating_sub(END_RECORD_BYTES + COMMENT_BYTES_MAX);
    let tail = &bytes[start..];
    let many = tail.windows(LARGE_RECORD.len()).any(|window| window == LARGE_RECORD)
        || tail.windows(END_RECORD_BYTES).filter(|window| window.starts_with(END_RECORD)).any(|window| {
            u16::from_le_bytes([window[END_RECORD_FILES], window[END_RECORD_FILES + 1]]) > PARTS_MAX
        });
    if many { Err(too_large(FILE, PARTS_MAX, PARTS)) } else { Ok(()) }
}

/// The path in the archive of a target that is relative to a folder, or absolute.
fn resolve(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut pieces: Vec<&str> = Vec::new();
    for piece in from.split('/').chain(target.split('/')) {
        match piece {
            "" | "." => {}
            ".." => drop(pieces.pop()),
            piece => pieces.push(piece),
        }
    }
    pieces.join("/")
}
