//! The names of currencies and their subunits, and their grammar.

use super::super::CurrencyCode;

/// An Arabic noun in the forms that numbers ask for.
#[derive(Debug, Clone, Copy)]
pub(super) struct ArabicNoun {
    pub feminine: bool,
    /// After hundreds and thousands, and alone for one: `ريال`.
    pub singular: &'static str,
    /// Two of them: `ريالان`.
    pub dual: &'static str,
    /// After 3 to 10: `ريالات`.
    pub plural: &'static str,
    /// After 11 to 99: `ريالاً`.
    pub accusative: &'static str,
}

/// An English noun.
#[derive(Debug, Clone, Copy)]
pub(super) struct EnglishNoun {
    pub one: &'static str,
    pub many: &'static str,
}

/// A currency in words.
#[derive(Debug)]
pub(super) struct CurrencyWords {
    pub subunits_per_unit: u64,
    pub arabic: (ArabicNoun, ArabicNoun),
    pub english: (EnglishNoun, EnglishNoun),
}

const fn he(
    singular: &'static str,
    dual: &'static str,
    plural: &'static str,
    accusative: &'static str,
) -> ArabicNoun {
    ArabicNoun { feminine: false, singular, dual, plural, accusative }
}

const fn she(singular: &'static str, dual: &'static str, plural: &'static str) -> ArabicNoun {
    ArabicNoun { feminine: true, singular, dual, plural, accusative: singular }
}

const fn en(one: &'static str, many: &'static str) -> EnglishNoun {
    EnglishNoun { one, many }
}

const RIYAL: ArabicNoun = he("ريال", "ريالان", "ريالات", "ريالاً");
const DINAR: ArabicNoun = he("دينار", "ديناران", "دنانير", "ديناراً");
const DIRHAM: ArabicNoun = he("درهم", "درهمان", "دراهم", "درهماً");
const FILS: ArabicNoun = he("فلس", "فلسان", "فلوس", "فلساً");
const POUND: ArabicNoun = he("جنيه", "جنيهان", "جنيهات", "جنيهاً");
const PIASTRE: ArabicNoun = he("قرش", "قرشان", "قروش", "قرشاً");
const DOLLAR: ArabicNoun = he("دولار", "دولاران", "دولارات", "دولاراً");
const CENT: ArabicNoun = he("سنت", "سنتان", "سنتات", "سنتاً");
const HALALA: ArabicNoun = she("هللة", "هللتان", "هللات");
const BAISA: ArabicNoun = she("بيسة", "بيستان", "بيسات");
const EURO: ArabicNoun = he("يورو", "اثنان يورو", "يورو", "يورو");
const PENNY: ArabicNoun = he("بنس", "بنسان", "بنسات", "بنساً");

const CURRENCIES: &[(&str, CurrencyWords)] = &[
    ("SAR", currency(100, (RIYAL, HALALA), (en("riyal", "riyals"), en("halala", "halalas")))),
    ("AED", currency(100, (DIRHAM, FILS), (en("dirham", "dirhams"), en("fils", "fils")))),
    ("BHD", currency(1000, (DINAR, FILS), (en("dinar", "dinars"), en("fils", "fils")))),
    ("KWD", currency(1000, (DINAR, FILS), (en("dinar", "dinars"), en("fils", "fils")))),
    ("OMR", currency(1000, (RIYAL, BAISA), (en("rial", "rials"), en("baisa", "baisas")))),
    ("QAR", currency(100, (RIYAL, DIRHAM), (en("riyal", "riyals"), en("dirham", "dirhams")))),
    ("JOD", currency(1000, (DINAR, FILS), (en("dinar", "dinars"), en("fils", "fils")))),
    ("EGP", currency(100, (POUND, PIASTRE), (en("pound", "pounds"), en("piastre", "piastres")))),
    ("USD", currency(100, (DOLLAR, CENT), (en("dollar", "dollars"), en("cent", "cents")))),
    ("EUR", currency(100, (EURO, CENT), (en("euro", "euros"), en("cent", "cents")))),
    ("GBP", currency(100, (POUND, PENNY), (en("pound", "pounds"), en("penny", "pence")))),
];

const fn currency(
    subunits_per_unit: u64,
    arabic: (ArabicNoun, ArabicNoun),
    english: (EnglishNoun, EnglishNoun),
) -> CurrencyWords {
    CurrencyWords { subunits_per_unit, arabic, english }
}

/// The words of a currency that the product knows.
pub(super) fn words_of(code: CurrencyCode) -> Option<&'static CurrencyWords> {
    CURRENCIES.iter().find(|(known, _)| *known == code.as_str()).map(|(_, words)| words)
}
