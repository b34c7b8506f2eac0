//! Paths of one machine and hosts of package registries do not belong in the repository.

use crate::Outcome;
use crate::tree::Tree;

/// Written in two halves, so that this file passes its own rule.
const STRAY: [(&str, &str, &str); 10] = [
    ("/ro", "ot/", "a path of one machine"),
    ("/wo", "rk/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("C:\\", "Users", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
    ("index.crates", ".io", "a registry's host"),
    ("static.crates", ".io", "a registry's host"),
    ("files.python", "hosted.org", "a registry's host"),
    ("registry.npm", "js.org", "a registry's host"),
    ("proxy.golang", ".org", "a registry's host"),
];

pub fn check(tree: &Tree, outcome: &mut Outcome) {
    for path in &tree.paths {
        let Some(text) = tree.text(path) else { continue };
        for (number, what, found) in strays(&text) {
            outcome.finding(format!("{path}:{number}: '{found}' is {what}"));
        }
    }
}

fn strays(text: &str) -> Vec<(usize, &'static str, String)> {
    let mut found = Vec::new();
    for (start, end, what) in STRAY {
        let token = format!("{start}{end}");
        if !text.contains(&token) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            // `docs/homework/x` and relative paths are not absolute ones.
            let absolute = |at: usize| {
                !token.starts_with('/')
                    || !line[..at].ends_with(|c: char| c.is_alphanumeric() || ".-_}".contains(c))
            };
            if line.match_indices(&token).any(|(at, _)| absolute(at)) {
                found.push((index + 1, what, token.clone()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_found() {
        let path = format!("see {}{}x", "/ho", "me/");
        assert_eq!(strays(&path).len(), 1);
        assert!(strays(&format!("api{}{}x", "/ho", "me/")).is_empty());
    }
}
