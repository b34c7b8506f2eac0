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
    /// | `{folded x}` | `x` in small letters of one kind, as names are searched | |
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
            (Self::Sqlite, "codes") => format!("SELECT value AS code FROM json_each({argument})"),
            (Self::SqlServer, "codes") => {
                format!(
                    "SELECT CONVERT(NVARCHAR(100), value) COLLATE Latin1_General_100_BIN2 AS code FROM OPENJSON({argument})"
                )
            }
            (_, "folded") => folded(self, &argument),
            (Self::Sqlite, "index") => format!("INDEXED BY {argument}"),
            (Self::SqlServer, "index") => format!("WITH (INDEX({argument}))"),
            (Self::Sqlite, "returning") => format!("RETURNING {argument}"),
            _ => String::new(),
        };
        out.push_str(&text);
    }
}

/// Letters that are searched as others, by their numbers: those of `domain::text::search_form` that names and descriptions have.
const FOLDED: [(u32, Option<u32>); 40] = [
    // أ إ آ ٱ as ا, ى ئ as ي, ة as ه, ؤ as و
    (0x623, Some(0x627)),
    (0x625, Some(0x627)),
    (0x622, Some(0x627)),
    (0x671, Some(0x627)),
    (0x649, Some(0x64A)),
    (0x626, Some(0x64A)),
    (0x629, Some(0x647)),
    (0x624, Some(0x648)),
    // Tatweel and marks are dropped.
    (0x640, None),
    (0x64B, None),
    (0x64C, None),
    (0x64D, None),
    (0x64E, None),
    (0x64F, None),
    (0x650, None),
    (0x651, None),
    (0x652, None),
    (0x653, None),
    (0x654, None),
    (0x670, None),
    // Arabic-Indic and Persian digits.
    (0x660, Some(0x30)),
    (0x661, Some(0x31)),
    (0x662, Some(0x32)),
    (0x663, Some(0x33)),
    (0x664, Some(0x34)),
    (0x665, Some(0x35)),
    (0x666, Some(0x36)),
    (0x667, Some(0x37)),
    (0x668, Some(0x38)),
    (0x669, Some(0x39)),
    (0x6F0, Some(0x30)),
    (0x6F1, Some(0x31)),
    (0x6F2, Some(0x32)),
    (0x6F3, Some(0x33)),
    (0x6F4, Some(0x34)),
    (0x6F5, Some(0x35)),
    (0x6F6, Some(0x36)),
    (0x6F7, Some(0x37)),
    (0x6F8, Some(0x38)),
    (0x6F9, Some(0x39)),
];

/// A text as it is searched, for texts that have no search column. SQLite makes only letters of ASCII small.
fn folded(dialect: Dialect, text: &str) -> String {
    let (character, empty) = match dialect {
        Dialect::Sqlite => ("char", "''"),
        Dialect::SqlServer => ("NCHAR", "N''"),
    };
    let small = format!("LOWER({text})");
    FOLDED.iter().fold(small, |text, (from, to)| {
        let to = to.map_or_else(|| empty.to_owned(), |to| format!("{character}({to})"));
        format!("REPLACE({text}, {character}({from}), {to})")
    })
}

/// The hooks a statement may use; the statement tests refuse any other word in braces.
pub const HOOKS: [&str; 16] = [
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
    "folded",
    "returning",
];

#[cfg(test)]
mod tests {
    use domain::text::search_form;

    use super::*;

    /// Characters folded here are folded in names, and in the same way.
    #[test]
    fn texts_are_folded_as_names_are() {
        for (from, to) in FOLDED {
            let letter = |number: u32| char::from_u32(number).unwrap().to_string();
            assert_eq!(
                search_form(&format!("x{}", letter(from))),
                format!("x{}", to.map(letter).unwrap_or_default())
            );
        }
        let text = Dialect::SqlServer.render("{folded CONCAT(a, b)} LIKE ?1");
        assert!(
            text.starts_with("REPLACE(") && text.ends_with(", NCHAR(1785), NCHAR(57)) LIKE @P1"),
            "{text}"
        );
        assert!(text.contains("REPLACE(LOWER(CONCAT(a, b)), NCHAR(1571), NCHAR(1575))"), "{text}");
    }

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
