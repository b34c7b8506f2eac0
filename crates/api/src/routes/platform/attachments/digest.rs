//! Checksums in headers: `Content-Digest` of RFC 9530, and a simple one for those who do not know it.

use application::ports::blobs::from_hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::error::{Phrase, Violation};
use http::{HeaderMap, HeaderName};

use crate::problem::INVALID_HEADER;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const X_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-content-sha256");

/// The SHA-256 a body is said to have; the headers must agree, and algorithms nobody asked for are passed over.
pub fn declared(headers: &HeaderMap) -> Result<Option<[u8; 32]>, Violation> {
    let mut found: Option<[u8; 32]> = None;
    let mut note = |name: &'static str, digest: Option<[u8; 32]>| {
        let bad = || {
            let expected =
                Phrase::new("a SHA-256, the same in every header", "قيمة SHA-256 واحدة في كل الترويسات");
            Violation::new(&INVALID_HEADER)
                .with("name", name)
                .with_phrase("expected", expected)
                .at(format!(":{name}"))
        };
        let digest = digest.filter(|digest| found.is_none_or(|found| found == *digest)).ok_or_else(bad)?;
        found = Some(digest);
        Ok::<(), Violation>(())
    };
    for value in headers.get_all(&X_CONTENT_SHA256) {
        note("X-Content-SHA256", value.to_str().ok().and_then(|text| from_hex(text.trim())))?;
    }
    for value in headers.get_all(&CONTENT_DIGEST) {
        for part in value.to_str().unwrap_or("sha-256").split(',') {
            let (algorithm, digest) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
            if algorithm.eq_ignore_ascii_case("sha-256") {
                note("Content-Digest", structured(digest))?;
            }
        }
    }
    Ok(found)
}

/// The bytes of `:Base64:`.
fn structured(text: &str) -> Option<[u8; 32]> {
    let text = text.split(';').next()?.trim().strip_prefix(':')?.strip_suffix(':')?;
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> Result<Option<[u8; 32]>, &'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        declared(&headers).map_err(|violation| violation.def.code)
    }

    #[test]
    fn either_header_says_it_and_both_must_agree() {
        let sha = [0xAB; 32];
        let hex = "ab".repeat(32);
        let structured = format!("sha-512=:AAAA:, sha-256=:{}:", STANDARD.encode(sha));
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[("content-digest", "md5=:AAAA:")]), Ok(None));
        assert_eq!(of(&[("x-content-sha256", &hex)]), Ok(Some(sha)));
        assert_eq!(of(&[("content-digest", &structured)]), Ok(Some(sha)));
        assert_eq!(of(&[("x-content-sha256", &hex), ("content-digest", &structured)]), Ok(Some(sha)));
        for bad in [
            [("x-content-sha256", "abcd"), ("accept", "*/*")],
            [("content-digest", "sha-256=:AAAA:"), ("accept", "*/*")],
            [("content-digest", "sha-256=nothing"), ("accept", "*/*")],
            [("x-content-sha256", &"cd".repeat(32)), ("content-digest", &structured)],
        ] {
            assert_eq!(of(&bad), Err("invalid_header"), "{bad:?}");
        }
    }
}
