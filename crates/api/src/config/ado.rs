//! Connection strings of the database as far as choosing an engine takes.

use std::path::PathBuf;

/// Splits such a string into keyword (lower case, single blanks) and value; the grammar is the adapter's.
pub type Pairs = fn(&str) -> Result<Vec<(String, String)>, String>;

/// A string that cannot be read has none; whoever reads all of it says why.
pub fn has_keyword(pairs: Pairs, text: &str, keyword: &str) -> bool {
    pairs(text).is_ok_and(|pairs| pairs.iter().any(|(present, _)| present == keyword))
}

/// The file of `Provider=Sqlite;Data Source=<file>`, keywords in any case and order.
pub fn sqlite_file(pairs: Pairs, text: &str) -> Result<PathBuf, String> {
    let mut file = None;
    for (keyword, value) in pairs(text)? {
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
pub fn with_password(pairs: Pairs, text: &str, password: &str) -> String {
    let has = |names: &[&str]| names.iter().any(|name| has_keyword(pairs, text, name));
    if !has(&["user id", "uid", "user"]) || has(&["password", "pwd"]) {
        return text.to_owned();
    }
    format!("{};Password=\"{}\"", text.trim().trim_end_matches(';'), password.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::bootstrap::database_pairs as pairs;

    #[test]
    fn connection_strings_choose_the_engine() {
        let file = sqlite_file(pairs, " provider = SQLite ; Data Source = \"/srv/a;b.db\" ;").unwrap();
        assert_eq!(file, Path::new("/srv/a;b.db"));
        for (text, part) in [
            ("Provider=Sqlite", "no Data Source"),
            ("Provider=Sqlite;Data Source=:memory:", "name a file"),
            ("Provider=Sqlite;Data Source=a;Frobnicate=1", "'frobnicate'"),
            ("Provider=Oracle;Data Source=a", "'Oracle'"),
        ] {
            let reason = sqlite_file(pairs, text).unwrap_err();
            assert!(reason.contains(part), "{reason}");
        }
        assert!(!has_keyword(pairs, "Server=h;Password=\"x;Provider=Sqlite\"", "provider"));
        assert!(
            has_keyword(pairs, "Server='a''b' ;PROVIDER=x", "provider")
                && !has_keyword(pairs, "nonsense", "provider")
        );
    }

    /// Proves: K8.
    #[test]
    fn a_password_of_its_own_joins_a_string_that_lacks_one() {
        let with = |text: &str| with_password(pairs, text, "a;\"b");
        assert_eq!(with("Server=h;User Id=u;"), "Server=h;User Id=u;Password=\"a;\"\"b\"");
        assert_eq!(pairs(&with("Server=h;UID=u")).unwrap()[2].1, "a;\"b");
        for unchanged in ["Server=h", "Server=h;User Id=u;PWD=x", "Server=h;User Id=u;Password=;"] {
            assert_eq!(with(unchanged), unchanged);
        }
    }
}
