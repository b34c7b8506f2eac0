//! Errors in the shape of a request.

use domain::error::{Phrase, Violation, Violations};
use serde_json::Value;

use super::Pointer;

/// Longest piece of a caller's value that is quoted back, in characters.
const QUOTED_LENGTH_MAX: usize = 60;

domain::errors! {
    WRONG_TYPE = "wrong_type", Rule, Developer,
        "Expected {expected}; this is {actual}.", "المتوقع {expected}؛ والقيمة المرسلة {actual}.";
    REQUIRED = "required", Rule, User, "This is required.", "هذا الحقل مطلوب.";
    UNKNOWN_MEMBER = "unknown_member", Rule, Developer,
        "'{name}' is not a member here. Allowed: {allowed}.", "'{name}' ليس حقلًا معروفًا هنا. المسموح: {allowed}.";
    UNKNOWN_WORD = "unknown_word", Rule, Developer,
        "'{value}' is not one of: {allowed}.", "'{value}' ليست من القيم المسموحة: {allowed}.";
    INVALID_ID = "invalid_id", Rule, Developer,
        "'{value}' is not an id: a UUID such as 0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11.",
        "'{value}' ليس معرّفًا صحيحًا: المطلوب UUID مثل 0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11.";
    NUMBER_OUT_OF_RANGE = "number_out_of_range", Rule, User,
        "Must be a whole number between {min} and {max}.", "يجب أن يكون عددًا صحيحًا بين {min} و{max}.";
    AMOUNT_AS_NUMBER = "amount_as_number", Rule, Developer,
        "Write it as a decimal string such as \"1234.50\": a JSON number may lose digits.",
        "اكتب القيمة كنص عشري مثل \"1234.50\"، لأن الأرقام في JSON قد تفقد بعض المنازل.";
    AMOUNT_TOO_LARGE = "amount_too_large", Rule, User,
        "An amount has at most {max} digits before the point.", "للمبلغ {max} رقمًا صحيحًا بحد أقصى قبل الفاصلة العشرية.";
    TOO_MANY_ITEMS = "too_many_items", Rule, User,
        "At most {max} items; this has {count}.", "بحد أقصى {max} عنصرًا؛ والعدد الحالي {count}.";
    TOO_FEW_ITEMS = "too_few_items", Rule, User,
        "At least {min} items; this has {count}.", "بحد أدنى {min} عنصرًا؛ والعدد الحالي {count}.";
}

/// The types of JSON, as texts name them.
pub const A_STRING: Phrase = Phrase::new("a string", "نص");
pub const AN_OBJECT: Phrase = Phrase::new("an object", "كائن");
pub const AN_ARRAY: Phrase = Phrase::new("an array", "قائمة");
pub const A_WHOLE_NUMBER: Phrase = Phrase::new("a whole number", "عدد صحيح");
pub const TRUE_OR_FALSE: Phrase = Phrase::new("true or false", "true أو false");
pub const VALID_JSON: Phrase = Phrase::new("JSON", "JSON صحيح");
/// Of a parameter that was given twice.
pub const ONLY_ONCE: Phrase = Phrase::new("it only once", "مرة واحدة فقط");
const A_NUMBER: Phrase = Phrase::new("a number", "عدد");
const A_BOOLEAN: Phrase = Phrase::new("a boolean", "قيمة منطقية");
const NULL: Phrase = Phrase::new("null", "null");

/// The beginning of a caller's value, fit to be quoted in an answer.
pub fn quoted(value: &str) -> String {
    value.chars().take(QUOTED_LENGTH_MAX).collect()
}

/// Records that `value` has another JSON type than `expected`.
pub fn wrong_type<T>(
    expected: Phrase,
    value: &Value,
    at: &Pointer<'_>,
    errors: &mut Violations,
) -> Option<T> {
    let actual = match value {
        Value::Null => NULL,
        Value::Bool(_) => A_BOOLEAN,
        Value::Number(_) => A_NUMBER,
        Value::String(_) => A_STRING,
        Value::Array(_) => AN_ARRAY,
        Value::Object(_) => AN_OBJECT,
    };
    let violation =
        Violation::new(&WRONG_TYPE).with_phrase("expected", expected).with_phrase("actual", actual);
    errors.push(violation.at(at.to_string()));
    None
}

/// The string, or a violation.
pub fn string<'v>(value: &'v Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<&'v str> {
    match value {
        Value::String(text) => Some(text),
        other => wrong_type(A_STRING, other, at, errors),
    }
}

/// Keeps the value, or records the violation at `at`.
pub fn check<T>(result: Result<T, Violation>, at: &Pointer<'_>, errors: &mut Violations) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(violation) => {
            let pointer = format!("{at}{}", violation.pointer);
            errors.push(violation.at(pointer));
            None
        }
    }
}

/// The reader's own words with the position, without a final full stop.
pub(super) fn quoted_reason(error: &serde_json::Error) -> String {
    error.to_string().chars().take(200).collect()
}
