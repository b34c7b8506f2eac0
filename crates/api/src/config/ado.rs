//! As much of ADO.NET connection strings as choosing an engine takes: `Keyword=value;…` with quoted values.

use std::path::PathBuf;

/// One `Keyword=value`; the value without its quotes.
struct Pair {
    /// In lower case.
    keyword: String,
    value: String,
}

/// Splits a string; a part without `=` is a keyword without a value.
fn pairs(text: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find([';', '=']).unwrap_or(rest.len());
        let keyword = rest[..end].trim().to_lowercase();
        let mut value = String::new();
        if rest[end..].starts_with('=') {
            (value, rest) = split_value(rest[end + 1..].trim_start());
        } else {
            rest = &rest[end..];
        }
        rest = rest.find(';').map_or("", |end| &rest[end + 1..]);
        if !keyword.is_empty() {
            pairs.push(Pair { keyword, value });
        }
    }
    pairs
}

/// A value and what follows it. In quotes a doubled quote is one, and `;` has no meaning.
fn split_value(text: &str) -> (String, &str) {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            value.push(character);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            value.push(quote);
        } else {
            return (value, &text[at + 1..]);
        }
    }
    (value, "")
}

pub fn has_keyword(text: &str, keyword: &str) -> bool {
    pairs(text).iter().any(|pair| pair.keyword == keyword)
}

/// The file of `Provider=Sqlite;Data Source=<file>`, keywords in any case and order.
pub fn sqlite_file(text: &str) -> Result<PathBuf, String> {
    let mut file = None;
    for Pair { keyword, value } in pairs(text) {
        match keyword.as_str() {
            "provider" if value.eq_ignore_ascii_case("sqlite") => {}
            "provider" => {
                return Err(format!("names the provider '{value}'; leave Provider out for SQL Server"));
            }
            "data source" | "datasource" | "filename" => file = Some(value),
            _ => return Err(format!("has the unknown keyword '{keyword}' (known: Provider, Data Source)")),
        }
    }
    match file.as_deref() {
        None | Some("") => Err("has no Data Source".to_owned()),
        Some(":memory:") => Err("keeps the books in memory; name a file".to_owned()),
        Some(file) => Ok(PathBuf::from(file)),
    }
}

/// The string with a password, if it has a user and no password; without a user the process's identity signs in.
pub fn with_password(text: &str, password: &str) -> String {
    let pairs = pairs(text);
    let has = |names: &[&str]| pairs.iter().any(|pair| names.contains(&pair.keyword.as_str()));
    if !has(&["user id", "uid", "user", "username"]) || has(&["password", "pwd"]) {
        return text.to_owned();
    }
    format!("{};Password=\"{}\"", text.trim().trim_end_matches(';'), password.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn connection_strings_choose_the_engine() {
        let file = sqlite_file(" provider = SQLite ; Data Source = \"/srv/a;b.db\" ;").unwrap();
        assert_eq!(file, Path::new("/srv/a;b.db"));
        for (text, part) in [
            ("Provider=Sqlite", "no Data Source"),
            ("Provider=Sqlite;Data Source=:memory:", "name a file"),
            ("Provider=Sqlite;Data Source=a;Frobnicate=1", "'frobnicate'"),
            ("Provider=Oracle;Data Source=a", "'Oracle'"),
        ] {
            let reason = sqlite_file(text).unwrap_err();
            assert!(reason.contains(part), "{reason}");
        }
        assert!(!has_keyword("Server=h;Password=\"x;Provider=Sqlite\"", "provider"));
        assert!(has_keyword("Server='a''b' ;PROVIDER=x", "provider") && !has_keyword("nonsense", "provider"));
    }

    #[test]
    fn a_password_of_its_own_joins_a_string_that_lacks_one() {
        let with = |text: &str| with_password(text, "a;\"b");
        assert_eq!(with("Server=h;User Id=u;"), "Server=h;User Id=u;Password=\"a;\"\"b\"");
        assert_eq!(pairs(&with("Server=h;UID=u"))[2].value, "a;\"b");
        for unchanged in ["Server=h", "Server=h;User Id=u;PWD=x", "Server=h;User Id=u;Password=;"] {
            assert_eq!(with(unchanged), unchanged);
        }
    }
}
