//! XML of a part: a stream of tags and texts within bounds.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use domain::error::{Phrase, Violation};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::error::{SPREADSHEET_DAMAGED, SPREADSHEET_TOO_LARGE};
use super::limits::{XML_DEPTH_MAX, XML_EVENT_BYTES_MAX};
use crate::ports::pace::breathe;

/// Bytes read at once.
const BUFFER_BYTES: usize = 64 * 1024;
pub(super) const BYTES: Phrase = Phrase::new("bytes", "بايت");

const MALFORMED: Phrase = Phrase::new("its XML is malformed", "نص XML فيه غير سليم");
const TOO_DEEP: Phrase = Phrase::new("its XML is nested too deeply", "تداخل عناصر XML فيه عميق جدًا");
const WITH_TYPE: Phrase = Phrase::new("its XML has a document type", "في نص XML تعريف لنوع المستند");
const ENTITY: Phrase = Phrase::new("its XML has an unknown entity", "في نص XML كيان غير معروف");

/// The part of a workbook cannot be read.
pub(super) fn damaged(part: &str, reason: Phrase) -> Violation {
    Violation::new(&SPREADSHEET_DAMAGED).with("part", part).with_phrase("reason", reason)
}

pub(super) fn too_large(part: &str, max: impl ToString, unit: Phrase) -> Violation {
    Violation::new(&SPREADSHEET_TOO_LARGE).with("part", part).with("max", max).with_phrase("unit", unit)
}

/// Bytes that may still be taken: of the part, and of the tag or text that is being read.
struct Budget {
    part: Cell<u64>,
    event: Cell<usize>,
    spent: Cell<bool>,
}

struct Bounded<R> {
    source: BufReader<R>,
    budget: Rc<Budget>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.budget.part.get() == 0 || self.budget.event.get() == 0 {
            self.budget.spent.set(true);
            return Err(std::io::Error::other("a bound"));
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.budget.part.set(self.budget.part.get().saturating_sub(count as u64));
        self.budget.event.set(self.budget.event.get().saturating_sub(count));
        self.source.consume(count);
    }
}

/// The next node of a document.
pub(super) enum Node<'a> {
    /// An element begins; its name is without a prefix.
    Open(&'a [u8], &'a BytesStart<'a>),
    Close,
    Text(&'a str),
    End,
}

/// A part of the workbook as XML.
pub(super) struct Part<R: Read> {
    name: String,
    bytes_max: u64,
    reader: Reader<Bounded<R>>,
    budget: Rc<Budget>,
    buffer: Vec<u8>,
    text: String,
    depth: usize,
}

impl<R: Read> Part<R> {
    pub(super) fn new(name: &str, source: R, bytes_max: u64) -> Self {
        let budget = Rc::new(Budget {
            part: Cell::new(bytes_max),
            event: Cell::new(XML_EVENT_BYTES_MAX),
            spent: Cell::new(false),
        });
        let source = BufReader::with_capacity(BUFFER_BYTES, source);
        let mut reader = Reader::from_reader(Bounded { source, budget: budget.clone() });
        reader.config_mut().expand_empty_elements = true;
        Self {
            name: name.to_owned(),
            bytes_max,
            reader,
            budget,
            buffer: Vec::new(),
            text: String::new(),
            depth: 0,
        }
    }

    /// Goes through the whole part, or until `each` has had enough.
    pub(super) fn walk(
        &mut self,
        mut each: impl FnMut(Node<'_>) -> Result<bool, Violation>,
    ) -> Result<(), Violation> {
        loop {
            breathe();
            self.buffer.clear();
            self.budget.event.set(XML_EVENT_BYTES_MAX);
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(_) if self.budget.spent.get() => {
                    return Err(if self.budget.part.get() == 0 {
                        too_large(&self.name, self.bytes_max, BYTES)
                    } else {
                        too_large(&self.name, XML_EVENT_BYTES_MAX, BYTES)
                    });
                }
                Err(_) => return Err(damaged(&self.name, MALFORMED)),
            };
            let malformed = || damaged(&self.name, MALFORMED);
            let more = match &event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > XML_DEPTH_MAX {
                        return Err(damaged(&self.name, TOO_DEEP));
                    }
                    each(Node::Open(start.local_name().as_ref(), start))?
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    each(Node::Close)?
                }
                Event::Text(text) => each(Node::Text(&text.decode().map_err(|_| malformed())?))?,
                Event::CData(text) => each(Node::Text(&text.decode().map_err(|_| malformed())?))?,
                Event::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| malformed())?;
                    self.text.clear();
                    match reference.resolve_char_ref().map_err(|_| malformed())? {
                        Some(character) => self.text.push(character),
                        None => {
                            self.text.push_str(predefined(&name).ok_or_else(|| damaged(&self.name, ENTITY))?)
                        }
                    }
                    each(Node::Text(&self.text))?
                }
                Event::DocType(_) => return Err(damaged(&self.name, WITH_TYPE)),
                Event::Eof if self.depth > 0 => return Err(malformed()),
                Event::Eof => {
                    each(Node::End)?;
                    false
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => true,
            };
            if !more {
                return Ok(());
            }
        }
    }
}

/// The five entities that need no declaration.
fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return None,
    })
}

/// The value of an attribute, whatever the prefix of its name. An attribute that cannot be read is none.
pub(super) fn attribute(start: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    // Duplicates are not looked for: that would take as long as the square of their number.
    let mut attributes = start.attributes();
    let mut readable = attributes.with_checks(false).filter_map(Result::ok);
    let found = readable.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = std::str::from_utf8(&found.value).ok()?;
    unescape(value).ok().map(std::borrow::Cow::into_owned)
}
