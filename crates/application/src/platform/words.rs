//! Words and names of the platform in requests.

use domain::error::Violations;
use domain::platform::attachment::{DocumentType, FILE_NAME_LENGTH_MAX, FileName};
use serde_json::{Value, json};

use super::backups::BackupKind;
use crate::wire::{Pointer, Schemas, WireType, check, string};
use crate::word_type;

word_type!(DocumentType, "documentType");
word_type!(BackupKind, "Kind of backup");

/// None of `/ \ : * ? " < > |`, no control or direction characters, and something beside blanks and dots.
const FILE_NAME_PATTERN: &str = concat!(
    r#"^[^/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*"#,
    r#"[^/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\s.\u0300-\u036F]"#,
    r#"[^/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$"#
);

impl WireType for FileName {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": FILE_NAME_LENGTH_MAX, "pattern": FILE_NAME_PATTERN,
            "examples": ["فاتورة 2026-001.pdf"] })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        check(Self::parse(string(value, at, errors)?), at, errors)
    }
}
