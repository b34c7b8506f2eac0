//! Readers name the columns they read, so every statement must name them: once, and alike on both engines. The engine's
//! word is asked of SQLite; SQL Server's is read from the text, which needs no server.

use application::ports::storage_error::StorageResult;
use futures::StreamExt;
use infrastructure::persistence;
use infrastructure::sql::dialect::Dialect;
use infrastructure::sql::statement::Statement;

use crate::database::open;
use crate::statements::migrated;

/// Two whole rows side by side, of an entry and its line, of a journal and its series. Each is read by its own reader
/// from its own list of columns, and the names in between differ.
const TWO_ROWS_IN_ONE: [&str; 3] =
    ["accounting.integrity.chained_lines", "accounting.facts.journal", "accounting.facts.journal_by_code"];

/// The names of the columns of one `SELECT`; `None` for an expression without a name.
type Names = Vec<Option<String>>;

/// The columns that a text selects: a list of names for each branch of a `UNION`, outermost first.
#[derive(Debug, Default)]
struct Selected {
    outer: Vec<Names>,
    inner: Vec<Vec<Names>>,
}

/// Words, strings, commas and brackets with all they hold.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut depth, mut quoted, mut word) = (0, false, String::new());
    for c in text.chars() {
        quoted ^= c == '\'';
        match c {
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        let alone = !quoted && depth == 0 && (c.is_whitespace() || matches!(c, ',' | ';'));
        if alone {
            tokens.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            tokens.extend((!c.is_whitespace()).then(|| c.to_string()));
        } else {
            word.push(c);
        }
    }
    tokens.extend((!word.is_empty()).then_some(word));
    tokens
}

fn name_of(item: &[&str]) -> Option<String> {
    match item {
        [.., "AS", name] => Some((*name).to_owned()),
        [column] => {
            let name = column.rsplit('.').next()?;
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let named = plain && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "NULL";
            named.then(|| name.to_owned())
        }
        _ => None,
    }
}

/// Reads what the last statement of a text selects; of a batch, it is the one that is answered.
fn selected(text: &str) -> Selected {
    let mut found = Selected::default();
    let tokens = tokens(text);
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => found.outer.clear(),
            "SELECT" => {
                let union = at >= 2 && tokens[at - 2] == "UNION" && tokens[at - 1] == "ALL";
                if !union {
                    found.outer.clear();
                }
                let end = (at..tokens.len())
                    .find(|at| matches!(tokens[*at].as_str(), "FROM" | "UNION" | "WHERE" | ";"))
                    .unwrap_or(tokens.len());
                let mut list: Vec<&str> = tokens[at + 1..end].iter().map(String::as_str).collect();
                while let Some("DISTINCT" | "TOP") = list.first().copied() {
                    list.drain(..if list[0] == "TOP" { 2 } else { 1 });
                }
                found.outer.push(list.split(|token| *token == ",").map(name_of).collect());
            }
            _ => {}
        }
        at += 1;
    }
    for token in tokens {
        let Some(open) = token.find('(') else { continue };
        let within = selected(&token[open + 1..token.rfind(')').unwrap_or(token.len())]);
        found.inner.extend(std::iter::once(within.outer).chain(within.inner));
    }
    found
}

/// Whether it only asks if there is a row.
fn probes(names: &[Names]) -> bool {
    matches!(names, [only] if only.len() == 1 && only[0].is_none())
}

/// The faults in the columns of a statement, as the engine and its text name them.
pub fn faults(connection: &rusqlite::Connection, name: &str, sqlite: &str, mssql: &str) -> Vec<String> {
    let (read, other) = (selected(sqlite), selected(mssql));
    let mut faults = Vec::new();
    for union in read.inner.iter().chain(&other.inner).chain([&read.outer, &other.outer]) {
        if union.windows(2).any(|pair| pair[0] != pair[1]) {
            faults.push(format!("{name}: branches of a union name their columns differently: {union:?}"));
        }
    }
    let (Some(first), false) = (read.outer.first(), probes(&read.outer)) else { return faults };
    let prepared = connection.prepare(sqlite).unwrap();
    let told: Names = prepared.column_names().into_iter().map(|name| Some(name.to_owned())).collect();
    if *first != told {
        faults.push(format!("{name}: SQLite names the columns {told:?}, the text {first:?}"));
    }
    if other.outer.first() != Some(first) {
        faults.push(format!("{name}: SQL Server's text names the columns {:?}", other.outer));
    }
    let mut once = told.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() != told.len() && !TWO_ROWS_IN_ONE.contains(&name) {
        faults.push(format!("{name}: a name comes twice: {told:?}"));
    }
    faults
}

#[test]
fn every_statement_names_its_columns() {
    let connection = migrated();
    let mut bad = Vec::new();
    let mut read = 0;
    for statement in persistence::statements() {
        let text = statement.sqlite();
        if !text.starts_with("SELECT") {
            continue;
        }
        read += 1;
        bad.extend(faults(&connection, statement.name, text, &statement.render(Dialect::SqlServer)));
    }
    for lookup in persistence::lookups() {
        read += 1;
        for text in [lookup.sqlite(), lookup.sqlite_many()] {
            bad.extend(faults(&connection, lookup.name, text, lookup.mssql()));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(read > 150, "{read}");
}

#[test]
fn what_a_text_selects_is_read_from_it() {
    let names = |text: &str| -> Vec<Vec<String>> {
        let named = |names: Names| names.into_iter().map(|name| name.unwrap_or("-".to_owned())).collect();
        selected(text).outer.into_iter().map(named).collect()
    };
    assert_eq!(
        names("SELECT TOP (@P1) a.id, COUNT(*) AS n, x + 1 FROM a WHERE b IN (SELECT c FROM d)"),
        [["id", "n", "-"]]
    );
    assert_eq!(names("UPDATE a SET b = 1;\nSELECT b FROM a"), [["b"]]);
    assert_eq!(
        names("SELECT ', ' AS a, NULL FROM b UNION ALL SELECT a, 'FROM' AS b FROM c"),
        [["a", "-"], ["a", "b"]]
    );
    let nested = selected("SELECT x.a FROM (SELECT a, b FROM c UNION ALL SELECT b, a FROM c) x");
    assert_eq!(nested.inner.iter().filter(|union| union.len() == 2 && union[0] != union[1]).count(), 1);
}

static IN_ORDER: Statement = Statement::new("test.in_order", "SELECT 'D' AS debit, 'C' AS credit");
static REORDERED: Statement = Statement::new("test.reordered", "SELECT 'C' AS credit, 'D' AS debit");
static RENAMED: Statement = Statement::new("test.renamed", "SELECT 'D' AS debit, 'C' AS credits");
static MISSING: Statement = Statement::new("test.missing", "SELECT 'D' AS debit");

/// A statement that is changed without its reader is an error with the first row, wherever it is read.
#[tokio::test]
async fn a_changed_statement_never_hands_a_value_to_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await.unwrap();
    for (statement, told) in [
        (&IN_ORDER, None),
        (&REORDERED, Some("column 1 of the statement is `credit`, read as `debit`")),
        (&RENAMED, Some("column 2 of the statement is `credits`, read as `credit`")),
        (&MISSING, Some("the statement has no column 2, read as `credit`")),
    ] {
        let pooled = db.query(statement, &[]).await.unwrap();
        let composed = db.query_text(statement.sqlite(), &[]).await.unwrap();
        let mut long = db.stream_batches(statement.sqlite(), Vec::new());
        let long = long.next().await.unwrap().unwrap();
        for rows in [pooled, composed, long] {
            let mut columns = rows.into_iter().next().unwrap().columns("test");
            let mut read = || Ok((columns.get("debit")?, columns.get("credit")?));
            let read: StorageResult<(String, String)> = read();
            match (read, told) {
                (Ok(read), None) => assert_eq!(read, ("D".to_owned(), "C".to_owned())),
                (Err(error), Some(told)) => assert!(error.to_string().contains(told), "{error}"),
                (read, _) => panic!("{}: {read:?}", statement.name),
            }
        }
    }
}
