//! The text of a migration as statements of words, as far as telling what they do to a schema needs it.

/// Each statement as its words and signs, in lower case. Comments are gone; a literal is one sign, `'`.
pub fn statements(text: &str) -> Vec<Vec<String>> {
    let mut statements = vec![Vec::new()];
    for word in words(text) {
        if word == ";" {
            statements.push(Vec::new());
        } else if let Some(statement) = statements.last_mut() {
            statement.push(word);
        }
    }
    statements.retain(|statement| !statement.is_empty());
    statements
}

fn words(text: &str) -> Vec<String> {
    // SQL Server's batches end at lines that say GO, and a statement does not go beyond its batch.
    let lines = text.lines().map(|line| if line.trim().eq_ignore_ascii_case("go") { ";" } else { line });
    let text: Vec<char> = lines.collect::<Vec<_>>().join("\n").chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let rest = &text[at..];
        at += match c {
            '-' if rest.starts_with(&['-', '-']) => until(rest, &['\n']),
            '/' if rest.starts_with(&['/', '*']) => until(rest, &['*', '/']),
            '\'' => {
                // `N'…'` is a literal, too.
                words.pop_if(|word| word == "n");
                words.push("'".to_owned());
                quoted(rest, '\'')
            }
            '"' | '[' | '`' => {
                let length = quoted(rest, if c == '[' { ']' } else { c });
                let name = rest.iter().take(length.saturating_sub(1)).skip(1);
                words.push(name.collect::<String>().to_lowercase());
                length
            }
            c if c.is_whitespace() => 1,
            c if is_word(c) => {
                let length = rest.iter().take_while(|c| is_word(**c)).count();
                words.push(rest[..length].iter().collect::<String>().to_lowercase());
                length
            }
            c => {
                words.push(c.to_string());
                1
            }
        };
    }
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$')
}

/// How long a comment is.
fn until(text: &[char], end: &[char]) -> usize {
    text.windows(end.len())
        .skip(1)
        .position(|window| window == end)
        .map_or(text.len(), |at| at + 1 + end.len())
}

/// How long a literal or a quoted name is, in which its end stands twice for itself.
fn quoted(text: &[char], end: char) -> usize {
    let mut at = 1;
    while let Some(&c) = text.get(at) {
        match c == end {
            true if text.get(at + 1) == Some(&end) => at += 2,
            true => return at + 1,
            false => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_literals_and_batches_are_told_apart() {
        let text = "-- DROP TABLE a;\n/* DROP; */ UPDATE [Account] SET code = N'it''s; --', name = \"Name\"\nGO\nDROP INDEX ix;";
        let read: Vec<_> = statements(text).iter().map(|words| words.join(" ")).collect();
        assert_eq!(read, ["update account set code = ' , name = name", "drop index ix"]);
        assert_eq!(statements("SELECT 'open"), [["select", "'"]]);
        assert_eq!(statements("[").len(), 1);
    }
}
