//! Formulas over rows: `SALES - COST + OTHER`.

use super::LAYOUT_FORMULA_INVALID;
use crate::error::Violation;
use crate::text::Code;

/// A row that a formula adds or takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub row: Code,
    pub negative: bool,
}

/// Rows with `+` or `-` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formula(Vec<Term>);

impl Formula {
    /// Codes may contain `-`, so that a sign stands between spaces. A sign may begin the formula.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let invalid = |text: &str| Violation::new(&LAYOUT_FORMULA_INVALID).with("text", text);
        let mut terms = Vec::new();
        let mut sign = None;
        for word in text.split_whitespace() {
            match (word, sign) {
                ("+" | "-", None) => sign = Some(word == "-"),
                ("+" | "-", Some(_)) => return Err(invalid(word)),
                (code, given) => {
                    if given.is_none() && !terms.is_empty() {
                        return Err(invalid(code));
                    }
                    let row = Code::parse(code).map_err(|_| invalid(code))?;
                    terms.push(Term { row, negative: given == Some(true) });
                    sign = None;
                }
            }
        }
        match sign {
            Some(negative) => Err(invalid(if negative { "-" } else { "+" })),
            None if terms.is_empty() => Err(invalid(text)),
            None => Ok(Self(terms)),
        }
    }

    pub fn terms(&self) -> &[Term] {
        &self.0
    }
}

impl std::fmt::Display for Formula {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, term) in self.0.iter().enumerate() {
            match (index, term.negative) {
                (0, false) => {}
                (0, true) => f.write_str("- ")?,
                (_, false) => f.write_str(" + ")?,
                (_, true) => f.write_str(" - ")?,
            }
            write!(f, "{}", term.row)?;
        }
        Ok(())
    }
}
