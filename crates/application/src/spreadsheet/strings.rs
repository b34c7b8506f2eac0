//! The texts that cells share.

use std::io::Read;

use domain::error::Violation;

use super::limits::STRINGS_BYTES_MAX;
use super::xml::{BYTES, Node, Part, too_large};

/// All texts in one piece: a list of strings of their own would take several times the memory.
#[derive(Default)]
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start =
            index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        self.text.get(start..end)
    }

    pub(super) fn read<R: Read>(name: &str, mut part: Part<R>) -> Result<Self, Violation> {
        let mut strings = Self::default();
        let mut rich = RichText::default();
        let mut raw = String::new();
        let mut inside = false;
        part.walk(|node| {
            match node {
                Node::Open(b"si", _) => {
                    raw.clear();
                    rich = RichText::default();
                    inside = true;
                }
                Node::Open(name, _) => rich.opens(name),
                Node::Close if inside && rich.is_at_top() => {
                    inside = false;
                    strings.text.push_str(&unescaped(&raw));
                    strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
                }
                Node::Close => rich.closes(),
                Node::Text(text) if inside && rich.takes() => raw.push_str(text),
                Node::Text(_) | Node::End => {}
            }
            if strings.text.len() + raw.len() > STRINGS_BYTES_MAX {
                return Err(too_large(name, STRINGS_BYTES_MAX, BYTES));
            }
            Ok(true)
        })?;
        Ok(strings)
    }
}

/// Where in a text with formats of its own something stands: pieces of text count, but not how they are to be pronounced.
#[derive(Default)]
pub(super) struct RichText {
    depth: usize,
    text_at: Option<usize>,
    phonetic_at: Option<usize>,
}

impl RichText {
    pub(super) fn opens(&mut self, name: &[u8]) {
        self.depth += 1;
        match name {
            b"t" if self.text_at.is_none() => self.text_at = Some(self.depth),
            b"rPh" if self.phonetic_at.is_none() => self.phonetic_at = Some(self.depth),
            _ => {}
        }
    }

    pub(super) fn closes(&mut self) {
        for at in [&mut self.text_at, &mut self.phonetic_at] {
            if *at == Some(self.depth) {
                *at = None;
            }
        }
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) const fn is_at_top(&self) -> bool {
        self.depth == 0
    }

    pub(super) const fn takes(&self) -> bool {
        self.text_at.is_some() && self.phonetic_at.is_none()
    }
}

/// A text without the escapes `_x000D_` of characters that XML cannot hold (ECMA-376 Part 1, 22.9.2.19).
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let escape = rest.get(at..at + 7).filter(|escape| escape.ends_with('_'));
        let code = escape.and_then(|escape| u32::from_str_radix(&escape[2..6], 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}
