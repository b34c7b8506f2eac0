//! The statements of a migration that the version before cannot live with. Only statements that are known to add
//! count as adding.

use std::collections::{BTreeMap, BTreeSet};

use super::statements::statements;

/// Tables whose rows no version deletes, so that new rows may depend on them.
pub const NEVER_DELETED: [&str; 1] = ["tenant"];
/// The words that begin a statement. Inside of one they show that a semicolon is missing, or a side effect.
const VERBS: [&str; 15] = [
    "alter", "begin", "create", "declare", "delete", "deny", "drop", "exec", "execute", "grant", "if",
    "insert", "merge", "truncate", "update",
];
/// The words that a check of a new column may have beside that column.
const IN_CHECKS: [&str; 9] = ["and", "between", "in", "is", "len", "length", "not", "null", "or"];

/// Objections to a migration, each as a sentence of its own; none when it only expands.
pub fn objections(text: &str) -> Vec<String> {
    let mut added = Added::default();
    let mut objections: Vec<_> =
        statements(text).iter().filter_map(|words| added.objection(words).err()).collect();
    objections.dedup();
    objections
}

/// The things that the migration itself has added so far: the version before neither reads nor writes them.
#[derive(Default)]
struct Added {
    tables: BTreeSet<String>,
    /// Table and column; `true` when the column is null in every row that the version before writes.
    columns: BTreeMap<(String, String), bool>,
}

type Judged = Result<(), String>;

impl Added {
    fn objection(&mut self, words: &[String]) -> Judged {
        let plain: Vec<&str> = words.iter().map(String::as_str).collect();
        if top(&plain).skip(1).any(|word| VERBS.contains(&word)) {
            return Err(format!("'{} …' does more than one thing", beginning(&plain)));
        }
        match plain[..] {
            ["create", "table", name, ref rest @ ..] => {
                self.references(name, rest)?;
                self.tables.insert(name.to_owned());
                Ok(())
            }
            ["create", ref rest @ ..] if rest.iter().take(3).any(|word| *word == "index") => self.index(rest),
            ["alter", "table", table, "add", ref rest @ ..] => self.columns(table, rest),
            ["update", target, "set", ref rest @ ..] => self.update(target, rest),
            ["insert", "into", table, ..] if self.tables.contains(table) => Ok(()),
            ["insert", "into", table, ..] => Err(format!("writes rows of {table}")),
            _ => Err(format!("'{} …' is not known to add only", beginning(&plain))),
        }
    }

    /// Rows that depend on others hold them: the version before deletes those without them.
    fn references(&self, table: &str, definition: &[&str]) -> Judged {
        for at in 0..definition.len() {
            let ["references", other, ..] = definition[at..] else { continue };
            let known = other == table || self.tables.contains(other) || NEVER_DELETED.contains(&other);
            if !known {
                return Err(format!(
                    "rows of {table} hold rows of {other}, which the version before deletes"
                ));
            }
        }
        Ok(())
    }

    /// `[UNIQUE] INDEX name ON table (columns) [WHERE filter]`
    fn index(&self, words: &[&str]) -> Judged {
        let table = after(words, "on").and_then(|rest| rest.first().copied()).unwrap_or_default();
        if !words.starts_with(&["unique"]) || self.tables.contains(table) {
            return Ok(());
        }
        // The version before writes no row that is in an index of rows with the new column.
        if let Some([column, "is", "not", "null"]) = after(words, "where")
            && self.columns.get(&(table.to_owned(), (*column).to_owned())) == Some(&true)
        {
            return Ok(());
        }
        Err(format!("makes values of {table} unique"))
    }

    /// `[COLUMN] name type …[, name type …]`
    fn columns(&mut self, table: &str, definition: &[&str]) -> Judged {
        if self.tables.contains(table) {
            return Ok(());
        }
        let definition = definition.strip_prefix(&["column"]).unwrap_or(definition);
        for column in parts(definition) {
            let [name, ref rest @ ..] = column[..] else { continue };
            if ["check", "constraint", "default", "foreign", "primary", "unique"].contains(&name) {
                return Err(format!("puts a constraint on {table}"));
            }
            self.references(table, rest)?;
            let has = |word: &str| top(rest).any(|found| found == word);
            let required = rest.windows(2).any(|pair| pair == ["not", "null"]);
            if required && !has("default") {
                return Err(format!("{table}.{name} is required and has no default"));
            }
            if ["as", "generated", "identity", "primary", "unique"].into_iter().any(has)
                || !checks_itself(name, rest)
            {
                return Err(format!("{table}.{name} depends on more than itself"));
            }
            self.columns.insert((table.to_owned(), name.to_owned()), !required && !has("default"));
        }
        Ok(())
    }

    /// `column = value[, column = value] [FROM …] [WHERE …]`
    fn update(&self, target: &str, rest: &[&str]) -> Judged {
        // SQL Server updates the alias that FROM gives.
        let aliased = rest.windows(3).find(|window| window[1] == "as" && window[2] == target);
        let table = aliased.map_or(target, |window| window[0]);
        if self.tables.contains(table) {
            return Ok(());
        }
        let end = depths(rest).position(|(depth, word)| depth == 0 && ["from", "where"].contains(&word));
        for assignment in parts(&rest[..end.unwrap_or(rest.len())]) {
            let column = match assignment[..] {
                [column, "=", ..] | [_, ".", column, "=", ..] => column,
                _ => return Err(format!("rewrites {table}")),
            };
            if !self.columns.contains_key(&(table.to_owned(), column.to_owned())) {
                return Err(format!("rewrites {table}.{column}"));
            }
        }
        Ok(())
    }
}

/// Whether the check of a new column names no other one.
fn checks_itself(column: &str, definition: &[&str]) -> bool {
    let Some(check) = after(definition, "check") else { return true };
    let inside = depths(check).take_while(|(depth, word)| *depth > 0 || *word == "(").map(|(_, word)| word);
    let mut names = inside.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    names.all(|word| word == column || IN_CHECKS.contains(&word))
}

/// Words with how many parentheses are open around them.
fn depths<'a>(words: &[&'a str]) -> impl Iterator<Item = (usize, &'a str)> {
    words.iter().scan(0_usize, |open, word| {
        if *word == ")" {
            *open = open.saturating_sub(1);
        }
        let depth = *open;
        if *word == "(" {
            *open += 1;
        }
        Some((depth, *word))
    })
}

/// The words outside of parentheses.
fn top<'a>(words: &[&'a str]) -> impl Iterator<Item = &'a str> {
    depths(words).filter(|(depth, _)| *depth == 0).map(|(_, word)| word)
}

/// The parts between the commas outside of parentheses.
fn parts<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut parts = vec![Vec::new()];
    for (depth, word) in depths(words) {
        if depth == 0 && word == "," {
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    parts
}

/// The words after the first `word` outside of parentheses.
fn after<'a, 'b>(words: &'b [&'a str], word: &str) -> Option<&'b [&'a str]> {
    let at = depths(words).position(|(depth, found)| depth == 0 && found == word)?;
    words.get(at + 1..)
}

fn beginning(words: &[&str]) -> String {
    words.iter().take(5).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
