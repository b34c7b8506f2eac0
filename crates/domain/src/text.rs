//! Parse-only text values: trimmed, limited, one line, free of characters that nobody sees.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::error::{Language, Violation};

/// Longest description, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 500;
/// Longest name in one language, in characters.
pub const NAME_LENGTH_MAX: usize = 200;
/// Longest code, in characters.
pub const CODE_LENGTH_MAX: usize = 50;
/// Most letters of a code all spellings of which are looked up: 256 spellings cost less than the codes of a large tenant.
const SPELLED_LETTERS_MAX: usize = 8;

crate::errors! {
    TEXT_TOO_LONG = "text_too_long", Rule, User,
        "At most {max} characters; this has {length}.", "بحد أقصى {max} حرفًا؛ الطول الحالي {length}.";
    TEXT_EMPTY = "text_empty", Rule, User, "Must not be empty.", "يجب ألا يكون فارغًا.";
    TEXT_CONTROL_CHARACTER = "text_control_character", Rule, User,
        "Must not contain control characters.", "يجب ألا يحتوي على رموز تحكم.";
    TEXT_LINE_BREAK = "text_line_break", Rule, User,
        "Must be one line, without line breaks and tabs.", "يجب أن يكون سطرًا واحدًا دون فواصل أسطر أو مسافات جدولة.";
    TEXT_DIRECTION_CONTROL = "text_direction_control", Rule, User,
        "Must not contain characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069).",
        "يجب ألا يحتوي على رموز تغيّر اتجاه النص (من U+202A إلى U+202E ومن U+2066 إلى U+2069).";
    INVALID_CODE = "invalid_code", Rule, User,
        "'{value}' is not a code: 1 to 50 Latin or Arabic letters, digits or . _ - / without spaces.",
        "'{value}' ليس رمزًا صحيحًا: من 1 إلى 50 حرفًا عربيًا أو لاتينيًا أو رقمًا أو . _ - / دون مسافات.";
    NAME_MISSING = "name_missing", Rule, User,
        "Give the name in Arabic (ar) or English (en), or both.", "أدخل الاسم بالعربية (ar) أو الإنجليزية (en) أو بكليهما.";
    INVALID_CHOICE = "invalid_choice", Rule, User,
        "'{value}' is not one of: {allowed}.", "'{value}' ليست من القيم المسموحة: {allowed}.";
}

/// Defines a closed set of words: an enum with `ALL`, `as_str` (as stored and sent) and `parse`.
///
/// A word after `|` is also understood when parsing, never written.
#[macro_export]
macro_rules! choices {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The words of [`Self::as_str`], in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word; `invalid_choice` lists what is allowed.
            pub fn parse(value: &str) -> Result<Self, $crate::error::Violation> {
                match value {
                    $($word $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err($crate::text::invalid_choice(value, &[$($word),+])),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The violation of a word outside its closed set.
pub fn invalid_choice(value: &str, allowed: &[&str]) -> Violation {
    Violation::new(&INVALID_CHOICE)
        .with("value", value.chars().take(CODE_LENGTH_MAX).collect::<String>())
        .with("allowed", allowed.join(", "))
}

/// Length in UTF-16 units, as columns of SQL Server, JavaScript and .NET count: two for what lies beyond the first plane.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The beginning of a text, of at most so many UTF-16 units.
pub fn beginning(text: &str, length_max: usize) -> &str {
    let mut length = 0;
    let too_long = |(_, character): &(usize, char)| {
        length += character.len_utf16();
        length > length_max
    };
    text.char_indices().find(too_long).map_or(text, |(end, _)| &text[..end])
}

/// Like [`text`] for an optional field: empty becomes `None`.
pub fn optional_text(value: Option<&str>, length_max: usize) -> Result<Option<String>, Violation> {
    let text = text(value.unwrap_or(""), length_max)?;
    Ok((!text.is_empty()).then_some(text))
}

/// Characters that embed, override or isolate a direction: with them a text reads as something it is not.
pub const fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Zero-width characters and marks that show nothing themselves; pasted Arabic is full of them.
pub const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}' | '\u{180E}')
}

/// Whether the character may stand at the ends of a text without being part of it.
pub fn is_margin(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Trims, normalises to NFC, makes one line of it and checks the length. Where texts come in, line breaks and direction
/// controls are refused before; of what was stored earlier they are left out here.
pub fn text(value: &str, length_max: usize) -> Result<String, Violation> {
    let trimmed = value.trim_matches(is_margin);
    if trimmed.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return limited(trimmed.to_owned(), length_max);
    }
    let breaks = |c: char| matches!(c, '\n' | '\r' | '\t');
    if trimmed.chars().any(|c| c.is_control() && !breaks(c)) {
        return Err(Violation::new(&TEXT_CONTROL_CHARACTER));
    }
    let line: String = if trimmed.chars().any(|c| breaks(c) || is_direction_control(c)) {
        let words = trimmed.split(breaks).map(str::trim).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ").chars().filter(|c| !is_direction_control(*c)).nfc().collect()
    } else {
        composed(trimmed)
    };
    limited(line, length_max)
}

/// Like [`text`] of several lines.
pub fn paragraphs(value: &str, length_max: usize) -> Result<String, Violation> {
    let trimmed = value.trim_matches(is_margin);
    if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Violation::new(&TEXT_CONTROL_CHARACTER));
    }
    limited(composed(trimmed), length_max)
}

/// The text in NFC, which nearly every text is already.
fn composed(text: &str) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes { text.to_owned() } else { text.nfc().collect() }
}

/// Like [`text`] for what is compared, such as a party: what looks alike is alike. Invisible characters are left out,
/// spaces are single, digits are those of ASCII. Letter case is kept and makes a difference, since parties have names.
pub fn identity(value: &str, length_max: usize) -> Result<String, Violation> {
    let text = text(value, length_max)?;
    if text.is_ascii() && !text.contains("  ") {
        return Ok(text);
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).map(ascii_digit).collect();
    Ok(visible.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Like [`identity`] for an optional field: empty becomes `None`.
pub fn optional_identity(value: Option<&str>, length_max: usize) -> Result<Option<String>, Violation> {
    let text = identity(value.unwrap_or(""), length_max)?;
    Ok((!text.is_empty()).then_some(text))
}

/// Refuses what a text of one line may not hold where it comes in.
pub fn check_line(value: &str) -> Result<(), Violation> {
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(());
    }
    let def = match value.chars().find(|c| c.is_control() || is_direction_control(*c)) {
        None => return Ok(()),
        Some('\n' | '\r' | '\t') => &TEXT_LINE_BREAK,
        Some(c) if is_direction_control(c) => &TEXT_DIRECTION_CONTROL,
        Some(_) => &TEXT_CONTROL_CHARACTER,
    };
    Err(Violation::new(def))
}

fn limited(text: String, length_max: usize) -> Result<String, Violation> {
    let length = length(&text);
    if length > length_max {
        return Err(Violation::new(&TEXT_TOO_LONG).with("max", length_max).with("length", length));
    }
    Ok(text)
}

/// Like [`text`], but empty is an error.
pub fn required_text(value: &str, length_max: usize) -> Result<String, Violation> {
    let text = text(value, length_max)?;
    if text.is_empty() { Err(Violation::new(&TEXT_EMPTY)) } else { Ok(text) }
}

/// A short key people type: account code, journal code, dimension code.
///
/// Its digits are those of ASCII, whatever they were typed as; codes that differ in letter case only are one code
/// ([`code_key`]), of which the first stays as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// Latin and Arabic letters, digits and `. _ - /`: what a code may consist of.
pub const fn is_code_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '.' | '_' | '/' | '-')
        || matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}')
        || matches!(c, '\u{620}'..='\u{64A}' | '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}')
}

impl Code {
    pub fn parse(value: &str) -> Result<Self, Violation> {
        let invalid = || {
            let value: String = value.chars().take(CODE_LENGTH_MAX).collect();
            Violation::new(&INVALID_CODE).with("value", value)
        };
        let code: String =
            value.trim().chars().filter(|c| !is_invisible(*c)).nfc().map(ascii_digit).collect();
        let good = (1..=CODE_LENGTH_MAX).contains(&length(&code)) && code.chars().all(is_code_character);
        if good { Ok(Self(code)) } else { Err(invalid()) }
    }
    /// A code as stored, perhaps under earlier rules.
    pub fn stored(value: &str) -> Option<Self> {
        (1..=CODE_LENGTH_MAX).contains(&length(value)).then(|| Self(value.to_owned()))
    }
    /// The form that no other code of its kind may have.
    pub fn key(&self) -> String {
        code_key(&self.0)
    }
    /// All codes that are the same code as this one, unless they are too many or letters beyond ASCII have another case.
    pub fn spellings(&self) -> Option<Vec<String>> {
        let key = self.key();
        let cased = self.0.chars().any(|c| !c.is_ascii() && (c.is_lowercase() || c.is_uppercase()));
        let letters = key.chars().filter(char::is_ascii_alphabetic).count();
        if cased || letters > SPELLED_LETTERS_MAX || self.0.to_ascii_lowercase() != key {
            return None;
        }
        let mut spellings = vec![String::with_capacity(key.len())];
        for c in key.chars() {
            let mut capitals = if c.is_ascii_lowercase() { spellings.clone() } else { Vec::new() };
            capitals.iter_mut().for_each(|spelling| spelling.push(c.to_ascii_uppercase()));
            spellings.iter_mut().for_each(|spelling| spelling.push(c));
            spellings.append(&mut capitals);
        }
        Some(spellings)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
    pub fn into_string(self) -> String {
        self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name in Arabic, English or both; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LocalizedName {
    ar: Option<String>,
    en: Option<String>,
}

impl LocalizedName {
    pub fn parse(ar: Option<&str>, en: Option<&str>) -> Result<Self, Violation> {
        let part = |value: Option<&str>, pointer: &str| -> Result<Option<String>, Violation> {
            let text = text(value.unwrap_or(""), NAME_LENGTH_MAX).map_err(|v| v.at(pointer))?;
            Ok((!text.is_empty()).then_some(text))
        };
        let name = Self { ar: part(ar, "/ar")?, en: part(en, "/en")? };
        if name.ar.is_none() && name.en.is_none() { Err(Violation::new(&NAME_MISSING)) } else { Ok(name) }
    }
    /// A name as stored: it was read from outside before, so only what no name may be is looked for.
    pub fn stored(ar: Option<String>, en: Option<String>) -> Option<Self> {
        let fits = |part: &Option<String>| {
            // Never fewer bytes than units.
            part.as_ref().is_none_or(|text| text.len() <= NAME_LENGTH_MAX || length(text) <= NAME_LENGTH_MAX)
        };
        let part = |text: Option<String>| text.filter(|text| !text.is_empty());
        let name = Self { ar: part(ar), en: part(en) };
        ((name.ar.is_some() || name.en.is_some()) && fits(&name.ar) && fits(&name.en)).then_some(name)
    }
    pub fn ar(&self) -> Option<&str> {
        self.ar.as_deref()
    }
    pub fn en(&self) -> Option<&str> {
        self.en.as_deref()
    }
    /// The name in a language, or else in the other one.
    pub fn text(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::English => (self.en(), self.ar()),
            Language::Arabic => (self.ar(), self.en()),
        };
        first.or(second).unwrap_or_default()
    }
}

/// Arabic-Indic and Persian digits as the digits of ASCII.
pub fn ascii_digit(c: char) -> char {
    let offset = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return c,
    };
    char::from_u32(c as u32 - offset + 0x30).unwrap_or(c)
}

/// The form by which a code is known: codes that differ in letter case or in the script of their digits are one code.
pub fn code_key(code: &str) -> String {
    code.nfkc().map(ascii_digit).flat_map(char::to_lowercase).collect()
}

/// The form in which names are searched: lower case, Arabic letter variants folded, marks and tatweel dropped.
///
/// أ إ آ ٱ become ا, ى becomes ي, ة becomes ه, ؤ becomes و, ئ becomes ي, so that people find what they type.
pub fn search_form(value: &str) -> String {
    value
        .nfkd()
        .filter_map(|c| match c {
            '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0300}'..='\u{036F}' => None,
            'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
            'ى' | 'ئ' => Some('ي'),
            'ة' => Some('ه'),
            'ؤ' => Some('و'),
            _ => Some(ascii_digit(c)),
        })
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_columns() {
        assert_eq!((length("قيد"), length("🧾🧾")), (3, 4));
        assert!(text(&"🧾".repeat(100), 200).is_ok());
        assert_eq!(text(&"🧾".repeat(101), 200).unwrap_err().def, &TEXT_TOO_LONG);
        assert_eq!((beginning("a🧾b", 2), beginning("a🧾b", 3), beginning("a🧾b", 4)), ("a", "a🧾", "a🧾b"));
    }

    #[test]
    fn a_stored_name_is_taken_as_it_is_unless_it_can_be_no_name() {
        let stored = |ar: &str, en: &str| LocalizedName::stored(Some(ar.to_owned()), Some(en.to_owned()));
        let longest = "ق".repeat(NAME_LENGTH_MAX);
        assert_eq!(stored(&longest, ""), LocalizedName::parse(Some(&longest), None).ok());
        assert_eq!(stored("", "Cash ").unwrap().en(), Some("Cash "));
        assert_eq!(stored("", ""), None);
        assert_eq!(stored(&"ق".repeat(NAME_LENGTH_MAX + 1), "Cash"), None);
        assert_eq!(LocalizedName::stored(None, None), None);
    }

    #[test]
    fn a_code_has_a_spelling_for_each_case_of_each_letter() {
        let spellings = |code: &str| Code::parse(code).unwrap().spellings();
        assert_eq!(spellings("a-1B").unwrap(), ["a-1b", "A-1b", "a-1B", "A-1B"]);
        assert_eq!(spellings("قيد-7").unwrap(), ["قيد-7"]);
        let longest = spellings("Supplier-7").unwrap();
        assert_eq!(longest.len(), 256);
        assert!(longest.iter().all(|spelling| Code::parse(spelling).unwrap().key() == "supplier-7"));
        assert!(longest.contains(&"Supplier-7".to_owned()));
        for code in ["suppliers-7", "é-1", "É-1"] {
            assert_eq!(spellings(code), None, "{code}");
        }
    }

    #[test]
    fn arabic_variants_are_found() {
        assert_eq!(search_form("الأُجُور  والمَكافأة"), search_form("الاجور والمكافاه"));
        assert_eq!(search_form("Café ١٢"), "cafe 12");
    }

    #[test]
    fn what_nobody_sees_is_not_there() {
        for nothing in ["", " ", "\u{200B}", "\u{200F}\u{200B} \u{FEFF}", "\u{2060}", "\u{061C}"] {
            assert_eq!(optional_text(Some(nothing), 10).unwrap(), None, "{nothing:?}");
            assert_eq!(optional_identity(Some(nothing), 10).unwrap(), None, "{nothing:?}");
            assert_eq!(required_text(nothing, 10).unwrap_err().def, &TEXT_EMPTY, "{nothing:?}");
        }
        for same in ["C-1", "C-1\u{200F}", "\u{200E}C-1", "C\u{200B}-1", " C-1 ", "C-١", "C-۱"] {
            assert_eq!(identity(same, 10).unwrap(), "C-1", "{same:?}");
        }
        assert_eq!(identity("شركة  ألف\u{200F}", 20).unwrap(), "شركة ألف");
        assert_ne!(identity("c-1", 10), identity("C-1", 10), "parties have names, so letter case counts");
        assert_eq!(text("می‌خواهم", 20).unwrap(), "می‌خواهم", "inside a name it shapes letters");
    }

    #[test]
    fn a_line_has_no_breaks_and_one_direction() {
        for (bad, def) in [
            ("a\nb", &TEXT_LINE_BREAK),
            ("a\tb", &TEXT_LINE_BREAK),
            ("a\u{202E}b", &TEXT_DIRECTION_CONTROL),
            ("a\u{2066}b", &TEXT_DIRECTION_CONTROL),
            ("a\u{0007}b", &TEXT_CONTROL_CHARACTER),
        ] {
            assert_eq!(check_line(bad).unwrap_err().def, def, "{bad:?}");
        }
        assert!(check_line("قيد \u{200F}1 – Öl").is_ok());
        assert_eq!(text(" a\r\n\tb \u{202E}c", 10).unwrap(), "a b c", "as stored under earlier rules");
        assert_eq!(paragraphs(" a\nb ", 10).unwrap(), "a\nb");
    }

    #[test]
    fn codes_that_look_alike_are_one_code() {
        let code = |text: &str| Code::parse(text).map(Code::into_string);
        for same in ["6210", "٦٢١٠", "۶۲۱۰", "62١0", " 6210\u{200F}"] {
            assert_eq!(code(same).unwrap(), "6210", "{same:?}");
        }
        assert_eq!(code("a1").unwrap(), "a1", "written as it was");
        assert_eq!(Code::parse("a1").unwrap().key(), Code::parse("A1").unwrap().key());
        assert_eq!(code_key("É1"), code_key("é1"));
        for bad in ["", " ", "\u{200B}", "a b", "a\nb", "a\u{202E}b", "счёт", "代码", "a+b", "²"] {
            assert_eq!(code(bad).unwrap_err().def, &INVALID_CODE, "{bad:?}");
        }
        assert_eq!(Code::stored("٦٢١٠").unwrap().as_str(), "٦٢١٠");
    }

    #[test]
    fn a_name_needs_one_language() {
        assert_eq!(LocalizedName::parse(Some(" "), None).unwrap_err().def, &NAME_MISSING);
        assert_eq!(LocalizedName::parse(None, Some(" Cash ")).unwrap().en(), Some("Cash"));
    }
}
