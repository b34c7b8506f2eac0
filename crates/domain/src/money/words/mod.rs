//! Amounts in words, as invoices and vouchers bear them beside the figures, so that a digit that is altered shows.

mod arabic;
mod english;
mod units;

#[cfg(test)]
mod tests;

use self::units::{CurrencyWords, words_of};
use super::{AMOUNT_UNIT, Amount, CurrencyCode};
use crate::error::Language;

/// An amount as whole units and whole subunits of its currency.
#[derive(Debug, Clone, Copy)]
struct Parts {
    units: u64,
    subunits: u64,
}

impl Parts {
    /// `None` when the amount has a fraction of the smallest coin.
    fn of(amount: Amount, words: &CurrencyWords) -> Option<Self> {
        let scaled = amount.scaled().unsigned_abs();
        let unit = AMOUNT_UNIT.unsigned_abs();
        let fraction = (scaled % unit) * words.subunits_per_unit;
        fraction.is_multiple_of(unit).then_some(Self { units: scaled / unit, subunits: fraction / unit })
    }
}

impl Amount {
    /// The amount in words: `مئتان وواحد وثلاثون ريالاً وخمس عشرة هللة`, `two hundred and thirty-one riyals and fifteen halalas`.
    /// `None` for currencies whose names the product does not know, and for amounts with a fraction of the smallest coin.
    pub fn in_words(self, currency: CurrencyCode, language: Language) -> Option<String> {
        let words = words_of(currency)?;
        let parts = Parts::of(self, words)?;
        let (text, minus) = match language {
            Language::Arabic => (arabic::amount(parts, words), "سالب "),
            Language::English => (english::amount(parts, words), "minus "),
        };
        Some(if self.is_negative() { format!("{minus}{text}") } else { text })
    }

    /// The amount in words between closing words, so that nothing can be added: `فقط … لا غير`, `… only`.
    pub fn in_closed_words(self, currency: CurrencyCode, language: Language) -> Option<String> {
        let words = self.in_words(currency, language)?;
        Some(match language {
            Language::Arabic => format!("فقط {words} لا غير"),
            Language::English => {
                let mut letters = words.chars();
                let first: String =
                    letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
                format!("{first}{} only", letters.as_str())
            }
        })
    }
}
