//! The kinds of numbers that the formats of cells imply.

use std::collections::HashMap;
use std::io::Read;

use domain::error::{Phrase, Violation};

use super::limits::FORMATS_MAX;
use super::number_format::{Meaning, built_in, custom};
use super::xml::{Node, Part, attribute, too_large};

const FORMATS: Phrase = Phrase::new("formats", "تنسيق");

/// The meaning of each format, by its index.
#[derive(Default)]
pub(super) struct Styles(Vec<Meaning>);

impl Styles {
    pub(super) fn meaning(&self, index: usize) -> Meaning {
        self.0.get(index).copied().unwrap_or(Meaning::Number)
    }

    pub(super) fn read<R: Read>(name: &str, mut part: Part<R>) -> Result<Self, Violation> {
        let mut codes: HashMap<u32, Meaning> = HashMap::new();
        let mut meanings = Vec::new();
        let (mut depth, mut formats_at) = (0_usize, None);
        part.walk(|node| {
            match node {
                Node::Open(element, start) => {
                    depth += 1;
                    let number = |name| attribute(start, name).and_then(|text| text.parse::<u32>().ok());
                    match element {
                        b"numFmt" => {
                            if let (Some(id), Some(code)) =
                                (number(b"numFmtId"), attribute(start, b"formatCode"))
                            {
                                codes.insert(id, custom(&code));
                            }
                        }
                        // `cellStyleXfs` has elements of the same name, which cells do not count.
                        b"cellXfs" => formats_at = Some(depth),
                        b"xf" if formats_at == Some(depth - 1) => {
                            let id = number(b"numFmtId").unwrap_or_default();
                            meanings.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                        }
                        _ => {}
                    }
                }
                Node::Close => {
                    if formats_at == Some(depth) {
                        formats_at = None;
                    }
                    depth = depth.saturating_sub(1);
                }
                Node::Text(_) | Node::End => {}
            }
            if meanings.len() > FORMATS_MAX || codes.len() > FORMATS_MAX {
                return Err(too_large(name, FORMATS_MAX, FORMATS));
            }
            Ok(true)
        })?;
        Ok(Self(meanings))
    }
}
