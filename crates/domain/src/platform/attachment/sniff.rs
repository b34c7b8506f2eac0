//! The type of a file by its first bytes: programs and pages are never kept, and a declared type must be true.

use super::{ACTIVE_CONTENT_REFUSED, CONTENT_TYPE_MISMATCH, ContentType, EXECUTABLE_REFUSED};
use crate::error::{ErrorDef, Violation};

/// How many bytes of a file are looked at.
pub const SNIFF_BYTES: usize = 4_096;

/// Beginnings of programs.
const PROGRAMS: &[&[u8]] = &[
    b"\x7FELF",
    b"\xFE\xED\xFA\xCE",
    b"\xFE\xED\xFA\xCF",
    b"\xCE\xFA\xED\xFE",
    b"\xCF\xFA\xED\xFE",
    b"\xCA\xFE\xBA\xBE",
    b"\0asm",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
];

/// Marks that make a text a page wherever they stand among the first bytes, in lower case.
const PAGE_MARKS: &[&str] = &[
    "<!doctype html",
    "<html",
    "<script",
    "<iframe",
    "<body",
    "<svg",
    "<object",
    "<embed",
    "<meta http-equiv",
    "<?xml-stylesheet",
    "www.w3.org/1999/xhtml",
    "mime-version: 1.0\r\ncontent-type: multipart/related",
];

/// Looks at the first [`SNIFF_BYTES`] of a file: refuses programs, scripts and pages whatever they are called, and a
/// declared type whose beginning is known and is not there.
pub fn check_content(declared: &ContentType, head: &[u8]) -> Result<(), Violation> {
    if let Some(found) = danger(head) {
        return Err(Violation::new(found));
    }
    if looks_like(declared.as_str(), head) {
        return Ok(());
    }
    Err(Violation::new(&CONTENT_TYPE_MISMATCH).with("declared", declared))
}

fn danger(head: &[u8]) -> Option<&'static ErrorDef> {
    // A table may begin with the letters MZ; a program of that kind has zeros soon after them.
    let windows = head.starts_with(b"MZ") && head.contains(&0);
    if windows || head.starts_with(b"#!") || PROGRAMS.iter().any(|magic| head.starts_with(magic)) {
        return Some(&EXECUTABLE_REFUSED);
    }
    // Pictures and archives may hold any bytes; only what a browser could take for text is searched.
    let text = text_of(head)?;
    PAGE_MARKS.iter().any(|mark| text.contains(mark)).then_some(&ACTIVE_CONTENT_REFUSED)
}

/// The head as text in lower case, when it can be text: without NUL in an encoding of bytes, or UTF-16 with its mark.
fn text_of(head: &[u8]) -> Option<String> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = head[2..].as_chunks::<2>().0.iter().map(|pair| from(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match head {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ if head.contains(&0) => return None,
        _ => String::from_utf8_lossy(head).into_owned(),
    };
    Some(text.to_ascii_lowercase())
}

fn looks_like(declared: &str, head: &[u8]) -> bool {
    let begins = |magics: &[&[u8]]| magics.iter().any(|magic| head.starts_with(magic));
    match declared {
        "application/pdf" => head.windows(5).take(1_024).any(|window| window == b"%PDF-"),
        "image/jpeg" => begins(&[b"\xFF\xD8\xFF"]),
        "image/png" => begins(&[b"\x89PNG\r\n\x1A\n"]),
        "image/gif" => begins(&[b"GIF87a", b"GIF89a"]),
        "image/webp" => begins(&[b"RIFF"]) && head.get(8..12) == Some(b"WEBP"),
        "image/tiff" => begins(&[b"II*\0", b"MM\0*"]),
        "application/vnd.ms-excel" | "application/msword" => begins(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]),
        "application/zip" => begins(&[b"PK\x03\x04", b"PK\x05\x06"]),
        name if name.starts_with("application/vnd.openxmlformats-officedocument.")
            || name.starts_with("application/vnd.oasis.opendocument.") =>
        {
            begins(&[b"PK\x03\x04"])
        }
        "application/json" | "application/xml" | "message/rfc822" => text_of(head).is_some(),
        name if name.starts_with("text/") => text_of(head).is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(declared: &str, head: &[u8]) -> &'static str {
        match check_content(&ContentType::parse(declared).unwrap(), head) {
            Ok(()) => "taken",
            Err(violation) => violation.def.code,
        }
    }

    #[test]
    fn programs_and_pages_are_refused_whatever_they_are_called() {
        let utf16: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain("<HTML>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for (declared, head) in [
            ("application/pdf", &b"MZ\x90\0"[..]),
            ("image/png", b"\x7FELF\x02"),
            ("text/plain", b"#!/bin/sh\nrm -rf /"),
            ("text/plain", b"\xEF\xBB\xBF  \n<!DOCTYPE HTML><p>"),
            ("text/xml", b"<?xml version='1.0'?><x:a xmlns:x='http://www.w3.org/1999/xhtml'/>"),
            ("application/xml", b"<?xml version=\"1.0\"?><svg onload=\"x\"/>"),
            ("text/csv", b"a,b\n1,<script>alert(1)</script>"),
            ("text/plain", &utf16),
        ] {
            assert!(verdict(declared, head).ends_with("_refused"), "{declared} {head:?}");
        }
    }

    #[test]
    fn a_declared_type_must_be_true_where_that_can_be_seen() {
        for (declared, head, expected) in [
            ("application/pdf", &b"%PDF-1.7\n"[..], "taken"),
            ("application/pdf", b"\n\n%PDF-1.4", "taken"),
            ("application/pdf", b"hello", "content_type_mismatch"),
            ("application/pdf", b"", "content_type_mismatch"),
            ("image/png", b"\x89PNG\r\n\x1A\n\0\0", "taken"),
            ("image/png", b"\xFF\xD8\xFF\xE0", "content_type_mismatch"),
            ("image/webp", b"RIFF\0\0\0\0WEBPVP8 ", "taken"),
            ("text/csv", "الحساب,مدين\n".as_bytes(), "taken"),
            ("text/csv", b"\xE1\xE1,1\n", "taken"), // Windows-1256
            ("text/csv", b"a\0b", "content_type_mismatch"),
            ("text/csv", b"MZ,1\n", "taken"),
            ("text/plain", b"", "taken"),
            ("application/x-something", b"\0\x01", "taken"),
        ] {
            assert_eq!(verdict(declared, head), expected, "{declared} {head:?}");
        }
    }
}
