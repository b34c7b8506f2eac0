//! `request!` and `query!`, and the functions their code calls.

use domain::error::{Violation, Violations};
use serde_json::{Map, Value};

use super::{AN_OBJECT, Pointer, REQUIRED, RawMembers, UNKNOWN_MEMBER, WireType, quoted, wrong_type};

/// The members of an object; those not in `allowed` are reported.
pub fn object<'v>(
    value: &'v Value,
    at: &Pointer<'_>,
    allowed: &[&'static str],
    errors: &mut Violations,
) -> Option<&'v Map<String, Value>> {
    let Value::Object(members) = value else { return wrong_type(AN_OBJECT, value, at, errors) };
    for name in members.keys().filter(|name| !allowed.contains(&name.as_str())) {
        unknown_member(name, at, allowed, errors);
    }
    Some(members)
}

/// Reports a member that is not expected.
pub fn unknown_member(name: &str, at: &Pointer<'_>, allowed: &[&'static str], errors: &mut Violations) {
    if errors.is_full() {
        return errors.count_one_more();
    }
    let violation = Violation::new(&UNKNOWN_MEMBER)
        .with("name", quoted(name))
        .with("allowed", if allowed.is_empty() { "-".to_owned() } else { allowed.join(", ") });
    errors.push(violation.at(at.member(&quoted(name)).to_string()));
}

/// One member, by the rules of its type.
pub fn member<T: WireType>(
    members: &Map<String, Value>,
    name: &'static str,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    let at = at.member(name);
    match members.get(name) {
        Some(value) => T::parse(value, &at, errors),
        None => T::absent().or_else(|| {
            errors.push(Violation::new(&REQUIRED).at(at.to_string()));
            None
        }),
    }
}

/// One member of what is not read yet.
pub fn raw_member<T: WireType>(
    members: &RawMembers<'_>,
    name: &'static str,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    let at = at.member(name);
    match members.get(name) {
        Some(raw) => T::parse_raw(raw, &at, errors),
        None => T::absent().or_else(|| {
            errors.push(Violation::new(&REQUIRED).at(at.to_string()));
            None
        }),
    }
}

/// Reads a member that has a default.
pub fn raw_default_member<T: WireType>(
    members: &RawMembers<'_>,
    name: &'static str,
    default: &Value,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    match members.get(name) {
        Some(raw) => T::parse_raw(raw, &at.member(name), errors),
        None => T::parse(default, &at.member(name), errors),
    }
}

/// One member that has a default.
pub fn default_member<T: WireType>(
    members: &Map<String, Value>,
    name: &'static str,
    default: &Value,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    T::parse(members.get(name).unwrap_or(default), &at.member(name), errors)
}

/// Doc comment lines as one description.
pub fn summary(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Length of `name` in camel case.
pub const fn camel_length(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (mut index, mut length) = (raw_prefix(bytes), 0);
    while index < bytes.len() {
        if bytes[index] != b'_' {
            length += 1;
        }
        index += 1;
    }
    length
}

/// `parent_id` as `parentId`.
pub const fn camel<const N: usize>(name: &str) -> [u8; N] {
    let bytes = name.as_bytes();
    let mut camel = [0; N];
    let (mut index, mut length, mut upper) = (raw_prefix(bytes), 0, false);
    while index < bytes.len() {
        if bytes[index] == b'_' {
            upper = true;
        } else {
            camel[length] = if upper { bytes[index].to_ascii_uppercase() } else { bytes[index] };
            length += 1;
            upper = false;
        }
        index += 1;
    }
    camel
}

const fn raw_prefix(bytes: &[u8]) -> usize {
    if bytes.len() > 2 && bytes[0] == b'r' && bytes[1] == b'#' { 2 } else { 0 }
}

/// The JSON name of a field, as a constant.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_name {
    ($field:ident) => {{
        const NAME: [u8; $crate::wire::camel_length(stringify!($field))] =
            $crate::wire::camel(stringify!($field));
        const TEXT: &str = match ::std::str::from_utf8(&NAME) {
            Ok(text) => text,
            Err(_) => stringify!($field),
        };
        TEXT
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! wire_optional_json {
    () => {
        None
    };
    ($json:tt) => {
        Some(::serde_json::json!($json))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! wire_has_json {
    () => {
        false
    };
    ($json:tt) => {
        true
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! wire_member {
    ($members:ident, $field:ident, $at:ident, $errors:ident,) => {
        $crate::wire::member($members, $crate::wire_name!($field), $at, $errors)
    };
    ($members:ident, $field:ident, $at:ident, $errors:ident, $default:tt) => {
        $crate::wire::default_member(
            $members,
            $crate::wire_name!($field),
            &::serde_json::json!($default),
            $at,
            $errors,
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! wire_raw_member {
    ($members:ident, $field:ident, $at:ident, $errors:ident,) => {
        $crate::wire::raw_member($members, $crate::wire_name!($field), $at, $errors)
    };
    ($members:ident, $field:ident, $at:ident, $errors:ident, $default:tt) => {
        $crate::wire::raw_default_member(
            $members,
            $crate::wire_name!($field),
            &::serde_json::json!($default),
            $at,
            $errors,
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! wire_schema_name {
    ($name:ident) => {
        stringify!($name)
    };
    ($name:ident $schema:ident) => {
        stringify!($schema)
    };
}

/// Declares a JSON body: a struct, its parser and its schema, which is named after the struct or, with `as`, otherwise. With
/// `patched as`, the stored body takes [merge patches](crate::wire::MergePatch), whose schema has that name.
#[macro_export]
macro_rules! request {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident $(as $schema:ident)? $(, patched as $patch:ident)? {
            $(
                $(#[doc = $field_doc:literal])*
                $field_vis:vis $field:ident : $type:ty $(= $example:tt)? $(=> $default:tt)?
            ),* $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        $vis struct $name {
            $($(#[doc = $field_doc])* pub $field: $type,)*
        }

        $crate::request! { @patch $($patch)?, $name { $($field: $type $(=> $default)?),* } }

        impl $crate::wire::WireType for $name {
            fn schema(schemas: &mut $crate::wire::Schemas) -> ::serde_json::Value {
                schemas.named::<Self>($crate::wire_schema_name!($name $($schema)?), |schemas| {
                    let _ = &schemas;
                    #[allow(unused_mut)]
                    let mut object = $crate::wire::ObjectSchema::new(&$crate::wire::summary(&[$($doc),*]));
                    $(object.member::<$type>(
                        schemas,
                        $crate::wire_name!($field),
                        &$crate::wire::summary(&[$($field_doc),*]),
                        $crate::wire_optional_json!($($example)?),
                        $crate::wire_optional_json!($($default)?),
                    );)*
                    object.finish()
                })
            }

            fn parse(
                value: &::serde_json::Value,
                at: &$crate::wire::Pointer<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<Self> {
                let before = errors.len();
                let members = $crate::wire::object(value, at, &[$($crate::wire_name!($field)),*], errors)?;
                let _ = &members;
                $(let $field = $crate::wire_member!(members, $field, at, errors, $($default)?);)*
                if errors.len() != before {
                    return None;
                }
                Some(Self { $($field: $field?,)* })
            }

            fn parse_raw(
                raw: $crate::wire::Raw<'_>,
                at: &$crate::wire::Pointer<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<Self> {
                let before = errors.len();
                let members = &raw.object(at, &[$($crate::wire_name!($field)),*], errors)?;
                let _ = &members;
                $(let $field = $crate::wire_raw_member!(members, $field, at, errors, $($default)?);)*
                if errors.len() != before {
                    return None;
                }
                Some(Self { $($field: $field?,)* })
            }
        }
    )+};
    (@patch , $name:ident $members:tt) => {};
    (@patch $patch:ident, $name:ident { $($field:ident : $type:ty $(=> $default:tt)?),* }) => {
        impl $crate::wire::Patchable for $name {
            const PATCH: &'static str = stringify!($patch);

            fn check_members(
                raw: $crate::wire::Raw<'_>,
                at: &$crate::wire::Pointer<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<()> {
                let before = errors.len();
                let members = raw.object(at, &[$($crate::wire_name!($field)),*], errors)?;
                $($crate::wire::check_member::<$type>(
                    &members,
                    $crate::wire_name!($field),
                    $crate::wire_has_json!($($default)?),
                    at,
                    errors,
                );)*
                (errors.len() == before).then_some(())
            }
        }
    };
}

/// Declares the query parameters of an operation; `, then part: Parameters` adds those that it shares with others after its own.
#[macro_export]
macro_rules! query {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident $(, then $part:ident : $parameters:ty)* {
            $(
                $(#[doc = $field_doc:literal])*
                $field_vis:vis $field:ident : $type:ty $(= $example:tt)? $(=> $default:tt)?
            ),* $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        $vis struct $name {
            $($(#[doc = $field_doc])* pub $field: $type,)*
            $(pub $part: $parameters,)*
        }

        impl $crate::wire::WireQuery for $name {
            fn names() -> Vec<&'static str> {
                let names = [$($crate::wire_name!($field)),*].into_iter();
                $(let names = names.chain(<$parameters as $crate::wire::WireQuery>::names());)*
                names.collect()
            }
            fn parameters(schemas: &mut $crate::wire::Schemas) -> Vec<::serde_json::Value> {
                let parameters = [$($crate::wire::parameter::<$type>(
                    schemas,
                    $crate::wire_name!($field),
                    &$crate::wire::summary(&[$($field_doc),*]),
                    $crate::wire_optional_json!($($example)?),
                    $crate::wire_optional_json!($($default)?),
                )),*].into_iter();
                $(let parameters = parameters.chain(
                    <$parameters as $crate::wire::WireQuery>::parameters(schemas)
                );)*
                parameters.collect()
            }
            fn parse(
                pairs: &$crate::wire::QueryPairs<'_>,
                errors: &mut ::domain::error::Violations,
            ) -> Option<Self> {
                let before = errors.len();
                $(let $field = $crate::wire::parse_parameter(
                    pairs,
                    $crate::wire_name!($field),
                    $crate::wire_optional_json!($($default)?),
                    errors,
                );)*
                $(let $part = <$parameters as $crate::wire::WireQuery>::parse(pairs, errors);)*
                if errors.len() != before {
                    return None;
                }
                Some(Self { $($field: $field?,)* $($part: $part?,)* })
            }
        }
    )+};
}
