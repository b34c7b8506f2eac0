//! The languages of a printed document.

use domain::error::{Language, Phrase};

use super::document::Lines;
use crate::word_type;

domain::choices! {
    /// The languages of a printed document.
    pub enum PrintLanguage {
        Arabic = "ar",
        English = "en",
        /// Every text in Arabic and below it in English.
        Both = "both",
    }
}

word_type!(PrintLanguage, "printLanguage");

impl PrintLanguage {
    /// The languages of a document whose reader asked for none: Arabic alone for those who read Arabic, and both for everybody else,
    /// because the law wants tax invoices in Arabic and takes another language beside it.
    pub const fn for_reader(language: Language) -> Self {
        match language {
            Language::Arabic => Self::Arabic,
            Language::English => Self::Both,
        }
    }

    pub const fn of(language: Language) -> Self {
        match language {
            Language::Arabic => Self::Arabic,
            Language::English => Self::English,
        }
    }

    /// The languages in the order in which they are printed.
    pub const fn languages(self) -> &'static [Language] {
        match self {
            Self::Arabic => &[Language::Arabic],
            Self::English => &[Language::English],
            Self::Both => &[Language::Arabic, Language::English],
        }
    }

    /// The language of the file.
    pub const fn main(self) -> Language {
        match self {
            Self::Arabic | Self::Both => Language::Arabic,
            Self::English => Language::English,
        }
    }

    pub const fn is_right_to_left(self) -> bool {
        matches!(self.main(), Language::Arabic)
    }

    /// Words of the product.
    pub fn phrase(self, phrase: &Phrase) -> Lines {
        self.languages().iter().map(|language| phrase.text(*language).to_owned()).collect()
    }

    /// A name that may be missing in one of the languages: then the other one stands for it, once.
    pub fn name(self, ar: Option<&str>, en: Option<&str>) -> Lines {
        let of = |language: &Language| match language {
            Language::Arabic => ar.or(en),
            Language::English => en.or(ar),
        };
        let mut lines: Lines = self.languages().iter().filter_map(of).map(str::to_owned).collect();
        lines.dedup();
        lines
    }
}

/// An amount with commas between thousands.
pub fn grouped(amount: &str) -> String {
    let (sign, digits) = amount.strip_prefix('-').map_or(("", amount), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::with_capacity(amount.len() + amount.len() / 3);
    out.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (amount, shown) in [
            ("0.50", "0.50"),
            ("999", "999"),
            ("1234.5", "1,234.5"),
            ("-123456.78", "-123,456.78"),
            ("-1234567.000", "-1,234,567.000"),
        ] {
            assert_eq!(grouped(amount), shown);
        }
    }

    #[test]
    fn a_name_in_one_language_stands_once() {
        assert_eq!(PrintLanguage::Both.name(Some("نجد"), Some("Najd")), ["نجد", "Najd"]);
        assert_eq!(PrintLanguage::Both.name(None, Some("Najd")), ["Najd"]);
        assert_eq!(PrintLanguage::Arabic.name(None, Some("Najd")), ["Najd"]);
        assert_eq!(PrintLanguage::English.name(Some("نجد"), Some("Najd")), ["Najd"]);
    }
}
