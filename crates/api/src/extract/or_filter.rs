//! `or=(…)`: conditions of which at least one holds.
//!
//! ```text
//! or        = group
//! group     = "(" member *( "," member ) ")"
//! member    = ( "and" / "or" ) group / field [ "[" operator "]" ] "=" value
//! value     = text / quoted / "(" ( text / quoted ) *( "," ( text / quoted ) ) ")"     several values for [in]
//! text      = anything but commas, brackets and double quotes
//! quoted    = double quotes around anything; \\" and \\\\ stand for themselves
//! ```

use std::borrow::Cow;

use application::paging::{
    Condition, FILTERS_TOO_DEEP, INVALID_OR, ListSpec, OR_DEPTH_MAX, OR_LENGTH_MAX, PARAMETER_TOO_LONG,
};
use domain::error::{Phrase, Violation, Violations};

use super::filter::{self, Given, Place};
use crate::wire::Pointer;

/// The parameter's name.
pub const OR: &str = "or";
/// The words that stand beside conditions inside a group.
const GROUPS: [&str; 2] = ["and(…)", "or(…)"];
/// A condition as messages show it.
const CONDITION: &str = "field=value";

/// Reads `(…)`. Its members come back as far as they are right; everything wrong is reported.
pub fn parse(spec: &'static ListSpec, text: &str, errors: &mut Violations) -> Vec<Condition> {
    if text.len() > OR_LENGTH_MAX {
        errors.push(at_or(Violation::new(&PARAMETER_TOO_LONG).with("name", OR).with("max", OR_LENGTH_MAX)));
        return Vec::new();
    }
    let mut parser = Parser { spec, text, at: 0, found: Violations::new() };
    match parser.group(1).and_then(|members| parser.end().map(|()| members)) {
        // Errors of single conditions count only when the conditions were read as they were meant.
        Err(violation) => errors.push(at_or(violation)),
        Ok(members) => {
            errors.extend(parser.found.into_vec());
            return members;
        }
    }
    Vec::new()
}

/// How many conditions there are in all.
pub fn count(conditions: &[Condition]) -> usize {
    let one = |condition: &Condition| match condition {
        Condition::One(_) => 1,
        Condition::All(members) | Condition::Any(members) => count(members),
    };
    conditions.iter().map(one).sum()
}

fn at_or(violation: Violation) -> Violation {
    violation.at(Pointer::parameter(OR).to_string())
}

struct Parser<'a> {
    spec: &'static ListSpec,
    text: &'a str,
    /// In bytes.
    at: usize,
    found: Violations,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn take(&mut self, expected: char) -> bool {
        let taken = self.rest().starts_with(expected);
        self.at += if taken { expected.len_utf8() } else { 0 };
        taken
    }

    /// Everything up to one of the characters that end it.
    fn until(&mut self, ends: &[char]) -> &'a str {
        let rest = self.rest();
        let text = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += text.len();
        text
    }

    fn expected(&self, what: &'static str) -> Violation {
        let position = self.text[..self.at].chars().count() + 1;
        Violation::new(&INVALID_OR).with("position", position).with_phrase("expected", Phrase::literal(what))
    }

    fn end(&self) -> Result<(), Violation> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.expected("&")) }
    }

    fn group(&mut self, depth: usize) -> Result<Vec<Condition>, Violation> {
        if depth > OR_DEPTH_MAX {
            return Err(Violation::new(&FILTERS_TOO_DEEP).with("max", OR_DEPTH_MAX));
        }
        if !self.take('(') {
            return Err(self.expected("("));
        }
        let mut members = Vec::new();
        loop {
            members.extend(self.member(depth)?);
            if self.take(')') {
                return Ok(members);
            }
            if !self.take(',') {
                return Err(self.expected(", )"));
            }
        }
    }

    /// `None` when it could be read but means nothing in this list.
    fn member(&mut self, depth: usize) -> Result<Option<Condition>, Violation> {
        let begin = self.at;
        let name = self.until(&['=', '(', ')', ',', '"']);
        match name {
            "and" if self.rest().starts_with('(') => return Ok(Some(Condition::All(self.group(depth + 1)?))),
            "or" if self.rest().starts_with('(') => return Ok(Some(Condition::Any(self.group(depth + 1)?))),
            _ => {}
        }
        if name.is_empty() || !self.take('=') {
            self.at = if name.is_empty() { begin } else { self.at };
            return Err(self.expected(if name.is_empty() { CONDITION } else { "=" }));
        }
        let given = self.given()?;
        let place = Place { parameter: OR, others: &GROUPS };
        Ok(filter::parse(self.spec, name, &given, place, &mut self.found).map(Condition::One))
    }

    fn given(&mut self) -> Result<Given<'a>, Violation> {
        if !self.take('(') {
            return Ok(Given::One(self.value()?));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            if self.take(')') {
                return Ok(Given::Many(values));
            }
            if !self.take(',') {
                return Err(self.expected(", )"));
            }
        }
    }

    fn value(&mut self) -> Result<Cow<'a, str>, Violation> {
        if !self.take('"') {
            return Ok(Cow::Borrowed(self.until(&[',', '(', ')', '"'])));
        }
        let mut value = String::new();
        loop {
            value.push_str(self.until(&['"', '\\']));
            if self.take('"') {
                return Ok(Cow::Owned(value));
            }
            let escaped = self.rest().chars().nth(1).filter(|_| self.take('\\'));
            match escaped {
                Some(quoted @ ('"' | '\\')) => {
                    self.at += quoted.len_utf8();
                    value.push(quoted);
                }
                _ => return Err(self.expected("\"")),
            }
        }
    }
}
