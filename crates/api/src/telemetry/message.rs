//! Messages: templates with their properties filled in.

use std::fmt::Write;

use serde_json::Value;

use super::record::{Enrichers, Record, Shown, Used, is_plain};

/// Widest alignment of a hole, in characters.
const WIDTH_MAX: usize = 128;
/// Most decimals a format asks for.
const DECIMALS_MAX: usize = 16;

/// `{Name}`, `{@Name}`, `{$Name}`, with `,10` for alignment and `:0.00` for a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole<'a> {
    pub name: &'a str,
    /// Positive: to the right.
    width: Option<isize>,
    pub format: Option<&'a str>,
}

impl<'a> Hole<'a> {
    /// From the text between the braces, with the places of its first comma and, after it or without it, its first colon.
    fn parse(inner: &'a str, comma: Option<usize>, colon: Option<usize>) -> Self {
        let end = colon.unwrap_or(inner.len());
        let name = &inner[..comma.unwrap_or(end)];
        let width = comma.and_then(|comma| inner[comma + 1..end].trim().parse().ok());
        let format = colon.map(|colon| &inner[colon + 1..]);
        Self { name: name.trim_start_matches(['@', '$']), width, format }
    }

    /// The value as this hole shows it.
    pub fn fill(&self, value: Shown<'_>, out: &mut String) {
        let from = out.len();
        match (value, self.format) {
            (value, Some("j")) => value.json(out),
            (Shown::Value(Value::Number(number)), Some(format)) => match decimal(number, format) {
                Some(text) => out.push_str(&text),
                None => drop(write!(out, "{number}")),
            },
            (Shown::Text(text), _) => escape(text, out),
            (Shown::Value(Value::String(text)), _) => escape(text, out),
            (value, _) => value.json(out),
        }
        let Some(width) = self.width else { return };
        let missing = width.unsigned_abs().min(WIDTH_MAX).saturating_sub(out[from..].chars().count());
        let spaces = " ".repeat(missing);
        if width > 0 {
            out.insert_str(from, &spaces);
        } else {
            out.push_str(&spaces);
        }
    }
}

/// A number by a pattern of zeros, `000` or `0.00`; other patterns are not known.
fn decimal(number: &serde_json::Number, pattern: &str) -> Option<String> {
    let (whole, decimals) = pattern.split_once('.').unwrap_or((pattern, ""));
    let zeros = |part: &str| part.bytes().all(|byte| byte == b'0');
    if whole.is_empty() || !zeros(whole) || !zeros(decimals) || decimals.len() > DECIMALS_MAX {
        return None;
    }
    let whole = whole.len().min(WIDTH_MAX);
    let width = if decimals.is_empty() { whole } else { whole + 1 + decimals.len() };
    let number = number.as_f64()?;
    let width = width + usize::from(number.is_sign_negative());
    Some(format!("{number:0width$.decimals$}", decimals = decimals.len()))
}

/// The pieces of a template: text, and holes with how they are written.
pub enum Piece<'a> {
    Text(&'a str),
    Hole(Hole<'a>, &'a str),
}

/// The first piece of a template, and the rest.
pub fn next(template: &str) -> Option<(Piece<'_>, &str)> {
    let bytes = template.as_bytes();
    if *bytes.first()? != b'{' {
        let end = bytes.iter().position(|byte| *byte == b'{').unwrap_or(bytes.len());
        let (text, rest) = template.split_at(end);
        return Some((Piece::Text(text), rest));
    }
    let inner = &template[1..];
    let (mut comma, mut colon) = (None, None);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => break,
            b'}' => {
                let (written, rest) = template.split_at(at + 2);
                return Some((Piece::Hole(Hole::parse(&inner[..at], comma, colon), written), rest));
            }
            b',' if comma.or(colon).is_none() => comma = Some(at),
            b':' if colon.is_none() => colon = Some(at),
            _ => {}
        }
    }
    Some((Piece::Text("{"), inner))
}

/// Writes the message, and answers which properties it shows. Control characters are escaped, so that no value can forge
/// a line of its own.
pub fn message(record: &Record, enrichers: &Enrichers, out: &mut String) -> Used {
    let mut used = Used::default();
    let mut rest: &str = &record.template;
    while let Some((piece, after)) = next(rest) {
        match piece {
            Piece::Text(text) => escape(text, out),
            Piece::Hole(hole, written) => {
                match record.with(enrichers, hole.name, |value| hole.fill(value, out)) {
                    Some(place) => used.note(place),
                    None => escape(written, out),
                }
            }
        }
        rest = after;
    }
    used
}

/// A text on one line, whatever it contains.
pub fn escape(text: &str, out: &mut String) {
    if is_plain(text) {
        return out.push_str(text);
    }
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::telemetry::tests::record;

    fn filled(template: &str, value: Value) -> String {
        let mut out = String::new();
        message(&record(template, &[("V", value)]), &Enrichers::default(), &mut out);
        out
    }

    #[test]
    fn holes_align_and_format_what_they_show() {
        for (template, value, expected) in [
            ("{V,5}|", json!(7), "    7|"),
            ("{V,-5}|", json!("ab"), "ab   |"),
            ("{V,2}|", json!("فرع"), "فرع|"),
            ("{V:000}", json!(7), "007"),
            ("{V:0.00}", json!(1.005), "1.00"),
            ("{V:0.000}", json!(12), "12.000"),
            ("{V:00.0}", json!(-1.25), "-01.2"),
            ("{V,8:0.0}|", json!(1.5), "     1.5|"),
            ("{V:N2}", json!(1.5), "1.5"),
            ("{V:j}", json!("a\"b"), "\"a\\\"b\""),
            ("{V:l}", json!("a\"b"), "a\"b"),
            ("{@V}", json!({ "a": [1, null] }), "{\"a\":[1,null]}"),
            ("{$V}", json!(true), "true"),
            ("{ {V} } {", json!(1), "{ 1 } {"),
            ("{W} {V}", json!("x\ny"), "{W} x\\ny"),
        ] {
            assert_eq!(filled(template, value), expected, "{template}");
        }
    }
}
