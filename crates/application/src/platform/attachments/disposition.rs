//! How a browser is told to call a download (RFC 6266 and 8187).

use domain::platform::attachment::FileName;

/// `attachment`, never `inline`: a stored file is not shown as part of the product's own pages. The name comes twice,
/// in ASCII for old programs and in UTF-8 for all others.
pub fn content_disposition(name: &FileName) -> String {
    let name = name.as_str();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    if plain == name && !name.contains('%') {
        return format!("attachment; filename=\"{name}\"");
    }
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        let kept = byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
        if kept {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{}\"; filename*=UTF-8''{encoded}", plain.replace('%', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_language_arrive() {
        for (name, expected) in [
            ("invoice 1.pdf", "attachment; filename=\"invoice 1.pdf\""),
            (
                "فاتورة 1.pdf",
                "attachment; filename=\"______ 1.pdf\"; filename*=UTF-8''%D9%81%D8%A7%D8%AA%D9%88%D8%B1%D8%A9%201.pdf",
            ),
            ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ] {
            assert_eq!(content_disposition(&FileName::parse(name).unwrap()), expected);
        }
    }
}
