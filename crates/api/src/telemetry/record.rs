//! One event, ready to be written.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

use domain::time::Timestamp;
use serde_json::Value;

use super::levels::Level;
use super::request::{PROPERTIES, RequestScope};

/// The weight of a record beside its texts, in bytes.
const WEIGHT: usize = 256;

/// An event with everything a renderer needs. Names are unique; the event's own come before those of its spans.
#[derive(Debug, Clone)]
pub struct Record {
    pub time: Timestamp,
    pub level: Level,
    /// The Rust target, such as `erp::request`.
    pub source: &'static str,
    /// The message; `{Name}` and `{@Name}` stand for properties.
    pub template: Cow<'static, str>,
    pub properties: Vec<(&'static str, Value)>,
    /// An error with its causes, one a line.
    pub exception: Option<String>,
    pub request: Option<Arc<RequestScope>>,
}

/// A property's value.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    Value(&'a Value),
    Text(&'a str),
}

impl Shown<'_> {
    pub fn json(self, out: &mut String) {
        match self {
            Self::Value(Value::String(text)) => quoted(text, out),
            Self::Text(text) => quoted(text, out),
            // A string takes whatever is written.
            Self::Value(value) => drop(write!(out, "{value}")),
        }
    }
}

/// Properties of a record that its message shows, by their places.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Used(u64);

impl Used {
    pub fn note(&mut self, place: usize) {
        self.0 |= Self::bit(place);
    }
    pub fn has(self, place: usize) -> bool {
        self.0 & Self::bit(place) != 0
    }
    /// More properties than bits are never taken for shown; the line then repeats them.
    fn bit(place: usize) -> u64 {
        u32::try_from(place).ok().and_then(|place| 1u64.checked_shl(place)).unwrap_or(0)
    }
}

impl Record {
    fn own(&self, name: &str) -> Option<usize> {
        self.properties.iter().position(|(own, _)| *own == name)
    }

    /// Every property with its place: the event's, the request's, the enrichers'.
    pub fn each(&self, enrichers: &Enrichers, mut show: impl FnMut(usize, &'static str, Shown<'_>)) {
        for (place, (name, value)) in self.properties.iter().enumerate() {
            show(place, name, Shown::Value(value));
        }
        let mut first = self.properties.len();
        if let Some(request) = &self.request {
            for (index, name) in PROPERTIES.into_iter().enumerate() {
                if self.own(name).is_none() {
                    request.with(index, |text| show(first + index, name, Shown::Text(text)));
                }
            }
        }
        first += PROPERTIES.len();
        for (index, (name, text)) in enrichers.0.iter().enumerate() {
            if self.own(name).is_none() {
                show(first + index, name, Shown::Text(text));
            }
        }
    }

    /// One property by its name.
    pub fn with(&self, enrichers: &Enrichers, name: &str, show: impl FnOnce(Shown<'_>)) -> Option<usize> {
        if let Some(place) = self.own(name) {
            show(Shown::Value(&self.properties[place].1));
            return Some(place);
        }
        let first = self.properties.len();
        if let Some(index) = PROPERTIES.iter().position(|own| *own == name) {
            self.request.as_ref()?.with(index, |text| show(Shown::Text(text)))?;
            return Some(first + index);
        }
        let index = enrichers.0.iter().position(|(own, _)| *own == name)?;
        show(Shown::Text(&enrichers.0[index].1));
        Some(first + PROPERTIES.len() + index)
    }

    /// About how much memory it holds, in bytes.
    pub fn weight(&self) -> usize {
        let texts = self.properties.iter().map(|(_, value)| value.as_str().map_or(0, str::len));
        let template = if let Cow::Owned(text) = &self.template { text.len() } else { 0 };
        WEIGHT + texts.sum::<usize>() + template + self.exception.as_ref().map_or(0, String::len)
    }
}

/// Properties every event gets.
#[derive(Debug, Clone, Default)]
pub struct Enrichers(pub Vec<(&'static str, String)>);

impl Enrichers {
    /// `MachineName`, `EnvironmentName` and `Application` (J2).
    pub fn standard(machine: impl Into<String>, environment: impl Into<String>) -> Self {
        let application = "ERP-API".to_owned();
        Self(vec![
            ("MachineName", machine.into()),
            ("EnvironmentName", environment.into()),
            ("Application", application),
        ])
    }
}

/// Whether a text is the same in any notation: no control characters, no quotation marks, nothing beyond ASCII. Most are,
/// and this looks at all bytes at once.
pub fn is_plain(text: &str) -> bool {
    let odd = |byte: u8| !(0x20..=0x7e).contains(&byte) | (byte == b'"') | (byte == b'\\');
    !text.bytes().fold(false, |any, byte| any | odd(byte))
}

/// A JSON string.
pub fn quoted(text: &str, out: &mut String) {
    out.push('"');
    if is_plain(text) {
        out.push_str(text);
        return out.push('"');
    }
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => drop(write!(out, "\\u{:04x}", u32::from(other))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_string_reads_as_what_it_was() {
        for text in ["", "a\"b\\c", "line\nbreak\r\t\u{0}\u{1f}\u{7f}\u{85}", "الرياض 🏦"] {
            let mut out = String::new();
            quoted(text, &mut out);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text, "{out}");
            assert!(!out.chars().any(char::is_control), "{out}");
        }
    }
}
