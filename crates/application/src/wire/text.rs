//! Text values. The schema's pattern and lengths hold for what is sent, before it is trimmed and normalised.

use domain::error::{Violation, Violations};
use domain::text::{
    Code, INVALID_CODE, LocalizedName, NAME_LENGTH_MAX, NAME_MISSING, TEXT_TOO_LONG, is_code_character,
    is_margin,
};
use serde_json::{Value, json};

use super::{Pointer, Schemas, WireType, check, nullable, object, quoted, string};

/// One line: no control characters, and none that change the direction of text.
pub const TEXT_PATTERN: &str = r"^[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$";
/// One line with at least one visible character.
const REQUIRED_TEXT_PATTERN: &str = concat!(
    r"^[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*",
    r"[^\s\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]",
    r"[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$"
);
/// No control characters but line breaks and tabs.
const PARAGRAPHS_PATTERN: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$";
/// Latin and Arabic letters, digits and `. _ - /`. Spelled as ranges, since not every tool knows `\p{L}`.
pub const CODE_PATTERN: &str =
    r"^[A-Za-z0-9._/\-\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0620-\u064A\u0660-\u0669\u06F0-\u06F9]{1,50}$";

/// Trims and normalises the text; its length counts as sent, so that the schema tells the whole truth.
fn parse_text(value: &str, length_max: usize, required: bool) -> Result<String, Violation> {
    check_length(value, length_max)?;
    domain::text::check_line(value)?;
    if required {
        domain::text::required_text(value, length_max)
    } else {
        domain::text::text(value, length_max)
    }
}

fn check_length(value: &str, length_max: usize) -> Result<(), Violation> {
    let length = value.chars().count();
    if length > length_max {
        return Err(Violation::new(&TEXT_TOO_LONG).with("max", length_max).with("length", length));
    }
    Ok(())
}

/// Text of at most `MAX` characters and of several lines; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Paragraphs<const MAX: usize>(String);

impl<const MAX: usize> std::ops::Deref for Paragraphs<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Paragraphs<MAX>> for String {
    fn from(text: Paragraphs<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> WireType for Paragraphs<MAX> {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "maxLength": MAX, "pattern": PARAGRAPHS_PATTERN })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let parsed = check_length(text, MAX).and_then(|()| domain::text::paragraphs(text, MAX));
        check(parsed, at, errors).map(Self)
    }
}

macro_rules! bounded_text {
    ($($(#[$meta:meta])* $name:ident, $required:literal, $pattern:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name<const MAX: usize>(String);

        impl<const MAX: usize> $name<MAX> {
            /// The text as it is kept, or what is wrong with it.
            pub fn of(text: &str) -> Result<Self, Violation> {
                parse_text(text, MAX, $required).map(Self)
            }
            pub fn into_string(self) -> String {
                self.0
            }
        }
        impl<const MAX: usize> std::ops::Deref for $name<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> From<$name<MAX>> for String {
            fn from(text: $name<MAX>) -> Self {
                text.0
            }
        }
        impl<const MAX: usize> WireType for $name<MAX> {
            fn schema(_: &mut Schemas) -> Value {
                let mut schema = json!({ "type": "string", "maxLength": MAX, "pattern": $pattern });
                if $required {
                    schema["minLength"] = json!(1);
                }
                schema
            }
            fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                check(parse_text(string(value, at, errors)?, MAX, $required), at, errors).map(Self)
            }
        }
    )*};
}
bounded_text! {
    /// One line of at most `MAX` characters; may be empty.
    Text, false, TEXT_PATTERN;
    /// One line of at most `MAX` characters, not blank.
    RequiredText, true, REQUIRED_TEXT_PATTERN;
}

impl WireType for Code {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": CODE_PATTERN, "examples": ["1111"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let parsed = if text.chars().all(is_code_character) {
            Self::parse(text)
        } else {
            Err(Violation::new(&INVALID_CODE).with("value", quoted(text)))
        };
        check(parsed, at, errors)
    }
}

impl WireType for LocalizedName {
    fn schema(schemas: &mut Schemas) -> Value {
        schemas.named::<Self>("LocalizedNameBody", |schemas| {
            let part = nullable(Text::<NAME_LENGTH_MAX>::schema(schemas));
            let given = RequiredText::<NAME_LENGTH_MAX>::schema(schemas);
            json!({
                "type": "object",
                "description": "A name in Arabic, English or both; at least one is there.",
                "properties": { "ar": part, "en": part },
                "additionalProperties": false,
                "anyOf": [
                    { "required": ["ar"], "properties": { "ar": given } },
                    { "required": ["en"], "properties": { "en": given } },
                ],
                "examples": [{ "ar": "النقدية في الصندوق", "en": "Cash in hand" }],
            })
        })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let before = errors.len();
        let members = object(value, at, &["ar", "en"], errors)?;
        let mut part = |name: &'static str| {
            let value = members.get(name).unwrap_or(&Value::Null);
            Option::<Text<NAME_LENGTH_MAX>>::parse(value, &at.member(name), errors).flatten()
        };
        let (ar, en) = (part("ar"), part("en"));
        if errors.len() != before {
            return None;
        }
        let blank = |text: &Option<Text<NAME_LENGTH_MAX>>| {
            text.as_ref().is_none_or(|text| text.trim_matches(is_margin).is_empty())
        };
        let parsed = if blank(&ar) && blank(&en) {
            Err(Violation::new(&NAME_MISSING))
        } else {
            Self::parse(ar.as_deref(), en.as_deref())
        };
        check(parsed, at, errors)
    }
}
