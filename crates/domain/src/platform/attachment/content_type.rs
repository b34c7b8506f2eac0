//! Media types as files declare them.

use super::{CONTENT_TYPE_REFUSED, FileName, INVALID_CONTENT_TYPE};
use crate::error::Violation;

/// Longest media type, in characters.
pub const CONTENT_TYPE_LENGTH_MAX: usize = 100;

/// The types accepted unless configured otherwise: papers, pictures, tables and messages, nothing that runs.
pub const STANDARD_TYPES: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/tiff",
    "text/plain",
    "text/csv",
    "text/xml",
    "application/xml",
    "application/json",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.ms-excel",
    "application/msword",
    "message/rfc822",
];

/// Endings of names that say enough.
const BY_EXTENSION: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("zip", "application/zip"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("xls", "application/vnd.ms-excel"),
    ("doc", "application/msword"),
    ("eml", "message/rfc822"),
];

/// `type/subtype` in lower case, without parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContentType(String);

impl ContentType {
    /// Reads the type of a `Content-Type` header; its parameters are dropped.
    pub fn parse(value: &str) -> Result<Self, Violation> {
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_token = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| {
                    b.is_ascii_alphanumeric()
                        || matches!(b, b'!' | b'#' | b'$' | b'&' | b'^' | b'_' | b'.' | b'+' | b'-')
                })
        };
        let good = essence.len() <= CONTENT_TYPE_LENGTH_MAX
            && essence.split_once('/').is_some_and(|(top, sub)| is_token(top) && is_token(sub));
        if good {
            Ok(Self(essence))
        } else {
            let shown: String = value.chars().take(CONTENT_TYPE_LENGTH_MAX).collect();
            Err(Violation::new(&INVALID_CONTENT_TYPE).with("value", shown))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type by the extension of a name, for senders that name none.
    pub fn of_name(name: &FileName) -> Option<Self> {
        let (_, extension) = name.as_str().rsplit_once('.')?;
        let known = BY_EXTENSION.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known));
        known.map(|(_, content_type)| Self((*content_type).to_owned()))
    }

    /// Refuses what the policy does not list.
    pub fn among(self, allowed: &[ContentType]) -> Result<Self, Violation> {
        if allowed.contains(&self) {
            return Ok(self);
        }
        let names: Vec<_> = allowed.iter().map(ContentType::as_str).collect();
        Err(Violation::new(&CONTENT_TYPE_REFUSED).with("value", self.0).with("allowed", names.join(", ")))
    }
}

impl std::fmt::Display for ContentType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_counts_and_its_parameters_do_not() {
        assert_eq!(ContentType::parse("Text/CSV; charset=utf-8").unwrap().as_str(), "text/csv");
        for bad in ["", "pdf", "a/b/c", "image/", "/png", "image/p ng", "text/\u{0627}"] {
            assert_eq!(ContentType::parse(bad).unwrap_err().def, &INVALID_CONTENT_TYPE, "{bad}");
        }
        assert!(STANDARD_TYPES.iter().all(|name| ContentType::parse(name).unwrap().as_str() == *name));
    }

    #[test]
    fn an_ending_says_enough() {
        let of = |name: &str| ContentType::of_name(&FileName::parse(name).unwrap()).map(|kind| kind.0);
        assert_eq!(of("فاتورة.PDF").as_deref(), Some("application/pdf"));
        assert_eq!((of("pdf"), of("a.unknown")), (None, None));
        assert!(BY_EXTENSION.iter().all(|(_, name)| STANDARD_TYPES.contains(name)));
    }

    #[test]
    fn only_listed_types_are_taken() {
        let allowed = [ContentType::parse("image/png").unwrap()];
        assert!(ContentType::parse("image/png").unwrap().among(&allowed).is_ok());
        let refused = ContentType::parse("text/html").unwrap().among(&allowed).unwrap_err();
        assert_eq!(refused.def, &CONTENT_TYPE_REFUSED);
    }
}
