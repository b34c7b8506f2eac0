//! A workbook: its sheets, and what their cells refer to.

use domain::error::{Phrase, Violation};

use super::error::SPREADSHEET_SHEET_UNKNOWN;
use super::limits::{SHEET_BYTES_MAX, SHEETS_MAX, SMALL_PART_BYTES_MAX, STRINGS_PART_BYTES_MAX};
use super::package::{Package, Relation};
use super::sheet::{SheetReader, SheetSink};
use super::strings::SharedStrings;
use super::styles::Styles;
use super::xml::{Node, attribute, damaged};

const NO_SHEET: Phrase = Phrase::new("it has no sheet", "ليس فيه أي ورقة");
const NO_WORKBOOK: Phrase = Phrase::new("it has no workbook", "ليس فيه مصنف");
/// Most names of sheets that are told.
const NAMES_TOLD_MAX: usize = 20;

struct Sheet {
    name: String,
    hidden: bool,
    relation: String,
}

/// A workbook that was opened; its sheets are read one at a time.
pub struct Workbook {
    package: Package,
    sheets: Vec<Sheet>,
    relations: Vec<Relation>,
    strings: SharedStrings,
    styles: Styles,
    from_1904: bool,
}

impl Workbook {
    /// Opens the bytes of a file. Takes a while: to be done where blocking is allowed.
    pub fn open(bytes: Vec<u8>) -> Result<Self, Violation> {
        let mut package = Package::open(bytes)?;
        let root = package.relations("")?;
        let path = root.into_iter().find(|relation| relation.kind == "officeDocument");
        let path = path.ok_or_else(|| damaged("_rels/.rels", NO_WORKBOOK))?.target;
        let (mut sheets, mut from_1904) = (Vec::new(), false);
        package.part(&path, SMALL_PART_BYTES_MAX)?.walk(|node| {
            if let Node::Open(element, start) = node {
                let read = |name| attribute(start, name);
                match element {
                    b"workbookPr" => {
                        from_1904 = read(b"date1904").is_some_and(|flag| flag == "1" || flag == "true")
                    }
                    b"sheet" => {
                        if let (Some(name), Some(relation)) = (read(b"name"), read(b"id")) {
                            let hidden = read(b"state").is_some_and(|state| state != "visible");
                            sheets.push(Sheet { name, hidden, relation });
                        }
                    }
                    _ => {}
                }
            }
            Ok(sheets.len() < SHEETS_MAX)
        })?;
        let relations = package.relations(&path)?;
        let target = |kind: &str| {
            relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
        };
        let strings = match target("sharedStrings") {
            Some(path) => SharedStrings::read(&path, package.part(&path, STRINGS_PART_BYTES_MAX)?)?,
            None => SharedStrings::default(),
        };
        let styles = match target("styles") {
            Some(path) => Styles::read(&path, package.part(&path, SMALL_PART_BYTES_MAX)?)?,
            None => Styles::default(),
        };
        Ok(Self { package, sheets, relations, strings, styles, from_1904 })
    }

    /// Gives the rows of the sheet with this name, or of the first one that is not hidden, to `sink`. Answers its name.
    pub fn read(&mut self, name: Option<&str>, sink: &mut dyn SheetSink) -> Result<String, Violation> {
        let named = |sheet: &&Sheet| match name {
            Some(name) => sheet.name.trim() == name.trim(),
            None => !sheet.hidden,
        };
        let sheet = self.sheets.iter().find(named).ok_or_else(|| self.unknown(name))?;
        let relation = self.relations.iter().find(|relation| relation.id == sheet.relation);
        let path = relation.ok_or_else(|| damaged(&sheet.name, NO_SHEET))?.target.clone();
        let part = self.package.part(&path, SHEET_BYTES_MAX)?;
        SheetReader::new(&path, &self.strings, &self.styles, self.from_1904).read(part, sink)?;
        Ok(sheet.name.clone())
    }

    fn unknown(&self, name: Option<&str>) -> Violation {
        let Some(name) = name else { return damaged("workbook", NO_SHEET) };
        let names: Vec<&str> =
            self.sheets.iter().take(NAMES_TOLD_MAX).map(|sheet| sheet.name.as_str()).collect();
        Violation::new(&SPREADSHEET_SHEET_UNKNOWN).with("name", name).with("sheets", names.join(", "))
    }
}
