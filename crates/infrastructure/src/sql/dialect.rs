//! Two dialects of one SQL. The differences are a closed list of hooks, written in braces inside a statement.

/// An engine's way to write SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    SqlServer,
}

impl Dialect {
    /// Renders a statement: parameters and hooks.
    ///
    /// | hook | SQLite | SQL Server |
    /// |---|---|---|
    /// | `?1` | `?1` | `@P1` |
    /// | `{page ?1}` | `LIMIT ?1` | `OFFSET 0 ROWS FETCH NEXT @P1 ROWS ONLY` |
    /// | `{top ?1}` … `{limit ?1}` | … `LIMIT ?1` | `TOP (@P1)` … |
    /// | `{first}` … `{only}` | … `LIMIT 1` | `TOP (1)` … |
    /// | `{lock}` | | `WITH (UPDLOCK, ROWLOCK)` |
    /// | `{lock_range}` | | `WITH (UPDLOCK, HOLDLOCK)` |
    /// | `{skip_locked}` | | `WITH (UPDLOCK, ROWLOCK, READPAST)` |
    /// | `{escape}` | `ESCAPE '\'` | `ESCAPE N'\'` |
    /// | `{exact}` | | `COLLATE Latin1_General_100_BIN2`, for documents, whose columns have the database's collation |
    /// | `{length x}` | `length(x)` | `LEN(x)` |
    /// | `{ids ?1}` | the ids of a JSON array, by `json_each` | by `OPENJSON` |
    /// | `{codes ?1}` | the codes of a JSON array, likewise | |
    /// | `{index x}` | `INDEXED BY x` | `WITH (INDEX(x))` |
    /// | `{returning x}` | `RETURNING x` | another text |
    pub fn render(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some(at) = rest.find(['{', '?']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix('?') {
                out.push_str(self.parameter());
                rest = after;
            } else {
                let end = rest.find('}').unwrap_or(rest.len() - 1);
                self.hook(&rest[1..end], &mut out);
                rest = &rest[end + 1..];
            }
        }
        out.push_str(rest);
        out
    }

    fn parameter(self) -> &'static str {
        match self {
            Self::Sqlite => "?",
            Self::SqlServer => "@P",
        }
    }

    fn hook(self, hook: &str, out: &mut String) {
        let (name, argument) = hook.split_once(' ').unwrap_or((hook, ""));
        let argument = argument.replace('?', self.parameter());
        let text = match (self, name) {
            (Self::Sqlite, "page") => format!("LIMIT {argument}"),
            (Self::SqlServer, "page") => format!("OFFSET 0 ROWS FETCH NEXT {argument} ROWS ONLY"),
            (Self::SqlServer, "top") => format!("TOP ({argument})"),
            (Self::Sqlite, "limit") => format!("LIMIT {argument}"),
            (Self::Sqlite, "only") => "LIMIT 1".to_owned(),
            (Self::SqlServer, "first") => "TOP (1)".to_owned(),
            (Self::SqlServer, "lock") => "WITH (UPDLOCK, ROWLOCK)".to_owned(),
            (Self::SqlServer, "lock_range") => "WITH (UPDLOCK, HOLDLOCK)".to_owned(),
            (Self::SqlServer, "skip_locked") => "WITH (UPDLOCK, ROWLOCK, READPAST)".to_owned(),
            (Self::Sqlite, "escape") => r"ESCAPE '\'".to_owned(),
            (Self::SqlServer, "escape") => r"ESCAPE N'\'".to_owned(),
            (Self::SqlServer, "exact") => "COLLATE Latin1_General_100_BIN2".to_owned(),
            (Self::Sqlite, "length") => format!("length({argument})"),
            (Self::SqlServer, "length") => format!("LEN({argument})"),
            (Self::Sqlite, "ids") => format!("SELECT unhex(value) FROM json_each({argument})"),
            (Self::SqlServer, "ids") => {
                format!("SELECT CONVERT(BINARY(16), value, 2) FROM OPENJSON({argument})")
            }
            (Self::Sqlite, "codes") => format!("SELECT value FROM json_each({argument})"),
            (Self::SqlServer, "codes") => {
                format!(
                    "SELECT CONVERT(NVARCHAR(100), value) COLLATE Latin1_General_100_BIN2 FROM OPENJSON({argument})"
                )
            }
            (Self::Sqlite, "index") => format!("INDEXED BY {argument}"),
            (Self::SqlServer, "index") => format!("WITH (INDEX({argument}))"),
            (Self::Sqlite, "returning") => format!("RETURNING {argument}"),
            _ => String::new(),
        };
        out.push_str(&text);
    }
}

/// The hooks a statement may use; the statement tests refuse any other word in braces.
pub const HOOKS: [&str; 15] = [
    "page",
    "top",
    "limit",
    "first",
    "only",
    "lock",
    "lock_range",
    "skip_locked",
    "escape",
    "exact",
    "length",
    "ids",
    "codes",
    "index",
    "returning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_two_dialects() {
        let text = "SELECT {first} code FROM account {lock} WHERE id = ?1 AND code LIKE ?2 {escape} ORDER BY code {page ?3}";
        assert_eq!(
            Dialect::Sqlite.render(text),
            r"SELECT  code FROM account  WHERE id = ?1 AND code LIKE ?2 ESCAPE '\' ORDER BY code LIMIT ?3"
        );
        assert_eq!(
            Dialect::SqlServer.render(text),
            r"SELECT TOP (1) code FROM account WITH (UPDLOCK, ROWLOCK) WHERE id = @P1 AND code LIKE @P2 ESCAPE N'\' ORDER BY code OFFSET 0 ROWS FETCH NEXT @P3 ROWS ONLY"
        );
    }
}
