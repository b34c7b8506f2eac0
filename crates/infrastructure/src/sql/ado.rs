//! The grammar of ADO.NET connection strings (row B3): `Keyword=value;` pairs, keywords in any case, blanks around both
//! ignored; a value in single or double quotes may hold `;`, and a doubled quote stands for itself.

use crate::shown_keyword;

/// Splits into keyword (lower case, single blanks) and value. The error never repeats a value.
pub fn pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.is_empty() {
            return Ok(pairs);
        }
        let end = rest.find(['=', ';']).unwrap_or(rest.len());
        let keyword = rest[..end].split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let Some(after) = rest[end..].strip_prefix('=') else {
            return Err(format!("has a part without '=' after {} keyword(s)", pairs.len()));
        };
        if keyword.is_empty() {
            return Err("has a value without a keyword".to_owned());
        }
        let (value, remaining) = value(after.trim_start(), &shown_keyword(&keyword))?;
        pairs.push((keyword, value));
        rest = remaining;
    }
}

/// A value, and the rest of the text.
fn value<'a>(text: &'a str, keyword: &str) -> Result<(String, &'a str), String> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let end = text.find(';').unwrap_or(text.len());
        return Ok((text[..end].trim().to_owned(), &text[end..]));
    };
    let mut out = String::new();
    let mut rest = &text[1..];
    loop {
        let Some(end) = rest.find(quote) else {
            return Err(format!("has an unclosed quotation mark in '{keyword}'"));
        };
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(after) => {
                out.push(quote);
                rest = after;
            }
            None => break,
        }
    }
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with(';') {
        return Ok((out, rest));
    }
    Err(format!("has text after the closing quotation mark of '{keyword}'"))
}
