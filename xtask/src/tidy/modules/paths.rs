//! The paths of its own crate that a file names.

use super::Module;
use super::source::Token;

/// A path of the crate, from its root, and the line that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub line: usize,
    /// The name under which others find it in this file, where it is handed on by `pub use`.
    pub exported: Option<String>,
}

/// The paths that the tokens of the file `module` name by `crate::…`, `self::…` and `super::…`, in a `use` or elsewhere. The
/// braces of a `use` are resolved.
pub fn named(tokens: &[Token], module: &Module) -> Vec<Named> {
    let mut reader = Reader {
        tokens,
        at: 0,
        here: module.clone(),
        inline: Vec::new(),
        depth: 0,
        exports: false,
        found: Vec::new(),
    };
    while reader.at < tokens.len() {
        reader.step();
    }
    reader.found
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// The module that is being read: that of the file, or one written out in it.
    here: Module,
    /// How deep the braces were before each module written out.
    inline: Vec<usize>,
    depth: usize,
    /// Whether what is being read is a `pub use` of the file itself.
    exports: bool,
    found: Vec<Named>,
}

impl Reader<'_> {
    fn is(&self, ahead: usize, text: &str) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.is(text))
    }

    fn step(&mut self) {
        let Some(token) = self.tokens.get(self.at) else { return };
        match token.text.as_str() {
            "mod" if self.is(2, "{") => {
                self.here.push(self.tokens[self.at + 1].text.clone());
                self.inline.push(self.depth);
                self.depth += 1;
                self.at += 3;
            }
            "{" => {
                self.depth += 1;
                self.at += 1;
            }
            "}" => {
                self.depth = self.depth.saturating_sub(1);
                if self.inline.last() == Some(&self.depth) {
                    self.inline.pop();
                    self.here.pop();
                }
                self.at += 1;
            }
            "use" => {
                let public = self.at > 0 && ["pub", ")"].contains(&self.tokens[self.at - 1].text.as_str());
                self.exports = public && self.inline.is_empty();
                self.at += 1;
                self.tree(&[]);
                self.exports = false;
            }
            "crate" | "self" | "super" if self.is(1, "::") && !self.follows_path() => self.tree(&[]),
            _ => self.at += 1,
        }
    }

    /// Whether what stands here goes on with a path that began before.
    fn follows_path(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].is("::")
    }

    /// Reads one path, with everything in its braces, that goes on after `before`.
    fn tree(&mut self, before: &[String]) {
        let mut path = before.to_vec();
        let mut line = self.tokens.get(self.at).map_or(0, |token| token.line);
        while let Some(token) = self.tokens.get(self.at) {
            if token.is("{") {
                self.at += 1;
                while self.at < self.tokens.len() && !self.is(0, "}") {
                    let start = self.at;
                    self.tree(&path);
                    // Anything that is no path is passed over.
                    self.at += usize::from(self.is(0, ",") || self.at == start);
                }
                self.at += 1;
                return;
            }
            if token.text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                path.push(token.text.clone());
                line = token.line;
                self.at += 1;
            }
            if !self.is(0, "::") {
                break;
            }
            self.at += 1;
            if self.is(0, "*") {
                self.at += 1;
                break;
            }
        }
        let mut name = path.iter().rfind(|part| *part != "self").cloned();
        if self.is(0, "as") {
            name = self.tokens.get(self.at + 1).map(|alias| alias.text.clone());
            self.at += 2;
        }
        if let Some(path) = self.absolute(&path) {
            self.found.push(Named { path, line, exported: name.filter(|_| self.exports) });
        }
    }

    /// The path from the root of the crate; `None` for those of other crates. What a file hands on may begin with a module
    /// below it, or else leads to nothing.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => self.here.clone(),
            _ if self.exports => return Some([self.here.as_slice(), path].concat()),
            _ => return None,
        };
        if first == "super" {
            base.pop();
        }
        for part in rest {
            match part.as_str() {
                "super" => drop(base.pop()),
                "self" => {}
                _ => base.push(part.clone()),
            }
        }
        Some(base)
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::tokens;
    use super::*;

    fn all(text: &str) -> Vec<Named> {
        named(&tokens(text), &["sql".to_owned(), "db".to_owned()].to_vec())
    }

    fn paths(text: &str) -> Vec<String> {
        all(text).iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn uses_are_resolved() {
        assert_eq!(paths("use crate::a::{self, b::{C, D as E}, f::*};"), ["a", "a::b::C", "a::b::D", "a::f"]);
        assert_eq!(paths("pub(crate) use super::tx::Tx; use self::x::y;"), ["sql::tx::Tx", "sql::db::x::y"]);
        assert_eq!(paths("use super::super::meter::Meter;"), ["meter::Meter"]);
        assert_eq!(paths("use std::{fmt, io}; use tx::Tx; fn f() -> impl X + use<'a, T> { }"), [""; 0]);
    }

    #[test]
    fn what_is_handed_on_has_a_name() {
        let found = all("pub use tx::{self, Tx, B as C}; pub(crate) use super::d::*; use crate::e::E;");
        let found: Vec<_> =
            found.iter().map(|named| (named.path.join("::"), named.exported.as_deref())).collect();
        let path = |path: &str| path.to_owned();
        assert_eq!(
            found,
            [
                (path("sql::db::tx::self"), Some("tx")),
                (path("sql::db::tx::Tx"), Some("Tx")),
                (path("sql::db::tx::B"), Some("C")),
                (path("sql::d"), Some("d")),
                (path("e::E"), None),
            ]
        );
    }

    #[test]
    fn paths_in_code_count() {
        assert_eq!(paths("fn f() { crate::a::b::c(&super::d::E); self.x }"), ["a::b::c", "sql::d::E"]);
        assert_eq!(paths("$crate::a::B => x::crate_::y"), ["a::B"]);
        assert_eq!(paths("let x: Vec<crate::a::B<crate::c::D>>;"), ["a::B", "c::D"]);
    }

    #[test]
    fn a_module_written_out_is_where_its_paths_begin() {
        let text = "mod inner { use super::a; mod deep { use super::super::b; } } use super::c;";
        assert_eq!(paths(text), ["sql::db::a", "sql::db::b", "sql::c"]);
    }
}
