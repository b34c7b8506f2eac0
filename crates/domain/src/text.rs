//! Parse-only text values: trimmed, limited, free of control characters.

use unicode_normalization::UnicodeNormalization;

use crate::error::Violation;

/// Longest description, in characters.
pub const DESCRIPTION_LENGTH_MAX: usize = 500;
/// Longest name in one language, in characters.
pub const NAME_LENGTH_MAX: usize = 200;
/// Longest code, in characters.
pub const CODE_LENGTH_MAX: usize = 50;

crate::errors! {
    TEXT_TOO_LONG = "text_too_long", Rule, User,
        "At most {max} characters; this has {length}.", "بحد أقصى {max} حرفًا؛ الطول الحالي {length}.";
    TEXT_EMPTY = "text_empty", Rule, User, "Must not be empty.", "يجب ألا يكون فارغًا.";
    TEXT_CONTROL_CHARACTER = "text_control_character", Rule, User,
        "Must not contain control characters.", "يجب ألا يحتوي على رموز تحكم.";
    INVALID_CODE = "invalid_code", Rule, User,
        "'{value}' is not a code: 1 to 50 letters, digits or . _ - / without spaces.",
        "'{value}' ليس رمزًا صحيحًا: من 1 إلى 50 حرفًا أو رقمًا أو . _ - / دون مسافات.";
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

/// Trims, normalises to NFC and checks the length; line breaks and tabs are the only control characters kept.
pub fn text(value: &str, length_max: usize) -> Result<String, Violation> {
    let trimmed = value.trim();
    if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Violation::new(&TEXT_CONTROL_CHARACTER));
    }
    let text: String = trimmed.nfc().collect();
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    pub fn parse(value: &str) -> Result<Self, Violation> {
        let value = value.trim();
        let length = length(value);
        let good = (1..=CODE_LENGTH_MAX).contains(&length)
            && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'));
        if good {
            Ok(Self(value.nfc().collect()))
        } else {
            Err(Violation::new(&INVALID_CODE)
                .with("value", value.chars().take(CODE_LENGTH_MAX).collect::<String>()))
        }
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
    pub fn ar(&self) -> Option<&str> {
        self.ar.as_deref()
    }
    pub fn en(&self) -> Option<&str> {
        self.en.as_deref()
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

/// What a code is known by: codes that differ in letter case or in the script of their digits are one code.
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
    fn arabic_variants_are_found() {
        assert_eq!(search_form("الأُجُور  والمَكافأة"), search_form("الاجور والمكافاه"));
        assert_eq!(search_form("Café ١٢"), "cafe 12");
    }

    #[test]
    fn a_name_needs_one_language() {
        assert_eq!(LocalizedName::parse(Some(" "), None).unwrap_err().def, &NAME_MISSING);
        assert_eq!(LocalizedName::parse(None, Some(" Cash ")).unwrap().en(), Some("Cash"));
    }
}
