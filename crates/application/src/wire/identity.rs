//! Addresses, passwords, languages, countries, time zones and permission names.

use crate::platform::tenants::TEMPLATES;
use domain::country::Country;
use domain::error::{Language, Violation, Violations};
use domain::platform::{
    EMAIL_LENGTH_MAX, EmailAddress, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, PASSWORD_TOO_LONG,
    PASSWORD_TOO_SHORT,
};
use domain::time_zone::{TIME_ZONE_LENGTH_MAX, TimeZone};
use serde_json::{Value, json};

use super::{Pointer, Schemas, WireType, check, string, word};

/// The pattern of addresses that [`EmailAddress::parse`] accepts.
const EMAIL_PATTERN: &str = concat!(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*",
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
);
/// Longest permission name, in characters.
const PERMISSION_LENGTH_MAX: usize = 100;

crate::word_type!(Language, "language", ["en", "ar"]);

impl WireType for EmailAddress {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "maxLength": EMAIL_LENGTH_MAX, "pattern": EMAIL_PATTERN, "examples": ["sara@example.com"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

impl WireType for Country {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "pattern": "^[A-Z]{2}$", "examples": ["SA"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

impl WireType for TimeZone {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "maxLength": TIME_ZONE_LENGTH_MAX, "examples": ["Asia/Riyadh"],
            "description": "A name of the IANA time zone database." })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}

/// A password someone chooses; its length is checked here, the rest of the policy where the person is known.
pub struct NewPassword(pub String);

/// A password someone proves to know: never trimmed, and any length that could once have been chosen.
pub struct CurrentPassword(pub String);

macro_rules! password {
    ($name:ident, $min:expr) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
        impl WireType for $name {
            fn schema(_: &mut Schemas) -> Value {
                json!({ "type": "string", "format": "password", "writeOnly": true,
                    "minLength": $min, "maxLength": PASSWORD_LENGTH_MAX })
            }
            fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
                let text = string(value, at, errors)?;
                let length = text.chars().count();
                let checked = if length < $min {
                    Err(Violation::new(&PASSWORD_TOO_SHORT).with("min", $min))
                } else if length > PASSWORD_LENGTH_MAX {
                    Err(Violation::new(&PASSWORD_TOO_LONG).with("max", PASSWORD_LENGTH_MAX))
                } else {
                    Ok(Self(text.to_owned()))
                };
                check(checked, at, errors)
            }
        }
    };
}
password!(NewPassword, PASSWORD_LENGTH_MIN);
password!(CurrentPassword, 1);

/// A permission or a prefix ending in `*`; whether it exists is decided by the catalogue.
#[derive(Debug)]
pub struct PermissionName(pub String);

impl WireType for PermissionName {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "maxLength": PERMISSION_LENGTH_MAX, "examples": ["accounting.account.read"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        super::Text::<PERMISSION_LENGTH_MAX>::parse(value, at, errors).map(|text| Self(text.into_string()))
    }
}

/// The template from which a tenant is set up.
#[derive(Debug)]
pub struct TemplateName(pub String);

impl WireType for TemplateName {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "enum": TEMPLATES })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        word(value, &TEMPLATES, |name| Some(Self(name.to_owned())), at, errors)
    }
}

/// Any JSON value, checked by whoever knows what it means.
#[derive(Debug)]
pub struct AnyJson(pub Value);

impl WireType for AnyJson {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "description": "Any JSON value that the setting takes." })
    }
    fn parse(value: &Value, _: &Pointer<'_>, _: &mut Violations) -> Option<Self> {
        Some(Self(value.clone()))
    }
}
