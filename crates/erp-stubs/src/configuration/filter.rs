//! The filters of keys and labels: `*`, `start*`, `a,b`, `\` before a special character, `\0` for no label.

/// Whether one of the filter's alternatives matches.
pub fn matches(filter: &str, text: Option<&str>) -> bool {
    alternatives(filter).iter().any(|(wanted, open)| match text {
        None => (wanted.is_empty() && *open) || wanted == "\0",
        Some(text) if *open => text.starts_with(wanted.as_str()),
        Some(text) => text == wanted,
    })
}

/// Each alternative without escapes, and whether it ends with a star.
fn alternatives(filter: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let (mut current, mut open) = (String::new(), false);
    let mut characters = filter.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => current.extend(characters.next()),
            ',' => found.push((std::mem::take(&mut current), std::mem::take(&mut open))),
            '*' => open = true,
            other => current.push(other),
        }
    }
    found.push((current, open));
    found
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn filters_are_those_of_the_service() {
        assert!(matches("*", Some("a")) && matches("*", None));
        assert!(matches("\0", None) && !matches("\0", Some("a")));
        assert!(matches("App:*", Some("App:Name")) && !matches("App:*", Some("Other")));
        assert!(matches("a,b", Some("b")) && !matches("a,b", Some("c")));
        assert!(matches("a\\,b\\*", Some("a,b*")) && !matches("a\\*", Some("ab")));
        assert!(!matches("Production", None));
    }
}
