//! Text values. The schema's pattern and lengths hold for what is sent, before it is trimmed and normalised.

use domain::error::{Violation, Violations};
use domain::text::{
    Code, INVALID_CODE, LocalizedName, NAME_LENGTH_MAX, NAME_MISSING, TEXT_CONTROL_CHARACTER, TEXT_TOO_LONG,
};
use serde_json::{Value, json};

use super::{Pointer, Schemas, WireType, check, nullable, object, quoted, string};

/// No control characters but line breaks and tabs.
pub const TEXT_PATTERN: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$";
/// The same, with something to read in it.
const REQUIRED_TEXT_PATTERN: &str = concat!(
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*",
    r"[^\s\u0000-\u001F\u007F-\u009F\uFEFF]",
    r"[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
);
/// Latin and Arabic letters, digits and `. _ - /`. Spelled as ranges, since not every tool knows `\p{L}`.
pub const CODE_PATTERN: &str =
    r"^[A-Za-z0-9._/\-\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0620-\u064A\u0660-\u0669]{1,50}$";

fn is_code_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '.' | '_' | '/' | '-')
        || matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}')
        || matches!(c, '\u{620}'..='\u{64A}' | '\u{660}'..='\u{669}')
}

/// What was sent, trimmed and normalised; the length counts as sent, so that the schema tells the whole truth.
fn parse_text(value: &str, length_max: usize, required: bool) -> Result<String, Violation> {
    let length = value.chars().count();
    if length > length_max {
        return Err(Violation::new(&TEXT_TOO_LONG).with("max", length_max).with("length", length));
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Violation::new(&TEXT_CONTROL_CHARACTER));
    }
    if !required {
        return domain::text::text(value, length_max);
    }
    let visible = value.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    domain::text::required_text(visible, length_max)
}

macro_rules! bounded_text {
    ($($(#[$meta:meta])* $name:ident, $required:literal, $pattern:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name<const MAX: usize>(String);

        impl<const MAX: usize> $name<MAX> {
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
    /// At most `MAX` characters; may be empty.
    Text, false, TEXT_PATTERN;
    /// At most `MAX` characters and not blank.
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
            text.as_ref().is_none_or(|t| t.trim_matches('\u{FEFF}').trim().is_empty())
        };
        let parsed = if blank(&ar) && blank(&en) {
            Err(Violation::new(&NAME_MISSING))
        } else {
            Self::parse(ar.as_deref(), en.as_deref())
        };
        check(parsed, at, errors)
    }
}
