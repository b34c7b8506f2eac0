//! How a value is kept in Redis: one line that describes it, then its bytes (F2).
//!
//! `{"v":1,"schema":"0.1.0","created":…,"ttl":…,"generation":"…","version":3,"length":512}` and a line feed. The body
//! follows as it is, because it may be a spreadsheet as well as JSON.

use std::time::Duration;

use application::ports::cache::Cached;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The form of the envelope itself.
const ENVELOPE_VERSION: u32 = 1;
/// Longest describing line, in bytes.
const HEADER_BYTES_MAX: usize = 512;

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    v: u32,
    schema: std::borrow::Cow<'a, str>,
    /// Milliseconds since 1970.
    created: i64,
    /// Milliseconds.
    ttl: u64,
    generation: std::borrow::Cow<'a, str>,
    version: Option<i64>,
    length: usize,
}

/// A value about to be stored.
pub(super) struct Envelope<'a> {
    /// Which build's answers these are: another build does not read them.
    pub schema: &'a str,
    pub created_ms: i64,
    pub ttl: Duration,
    /// The generation of its group under which it was loaded.
    pub generation: &'a str,
    pub cached: &'a Cached,
}

/// The content found under a key.
#[derive(Debug, PartialEq)]
pub(super) enum Stored {
    Value {
        cached: Cached,
        generation: String,
        created_ms: i64,
        ttl: Duration,
    },
    /// Written by another build: neither readable nor wrong.
    Foreign,
    Undecodable,
}

impl Envelope<'_> {
    pub fn encode(&self) -> Vec<u8> {
        let header = Header {
            v: ENVELOPE_VERSION,
            schema: self.schema.into(),
            created: self.created_ms,
            ttl: u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX),
            generation: self.generation.into(),
            version: self.cached.version,
            length: self.cached.body.len(),
        };
        // Numbers and short texts always serialise; an empty header would be removed by whoever reads it.
        let mut bytes = serde_json::to_vec(&header).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.cached.body);
        bytes
    }
}

pub(super) fn decode(bytes: Bytes, schema: &str) -> Stored {
    let head = &bytes[..bytes.len().min(HEADER_BYTES_MAX)];
    let Some(end) = head.iter().position(|byte| *byte == b'\n') else { return Stored::Undecodable };
    let Ok(header) = serde_json::from_slice::<Header<'_>>(&bytes[..end]) else { return Stored::Undecodable };
    if header.v != ENVELOPE_VERSION || header.schema != schema {
        return Stored::Foreign;
    }
    let body = bytes.slice(end + 1..);
    if body.len() != header.length {
        return Stored::Undecodable;
    }
    Stored::Value {
        generation: header.generation.into_owned(),
        created_ms: header.created,
        ttl: Duration::from_millis(header.ttl),
        cached: Cached { body, version: header.version },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: F2.
    #[test]
    fn values_come_back_as_they_were() {
        for body in [&b"{\"a\":1}"[..], b"", b"line\nline\n", b"PK\x03\x04\xff\x00"] {
            let cached = Cached { body: Bytes::copy_from_slice(body), version: Some(7) };
            let ttl = Duration::from_millis(61_234);
            let encoded =
                Envelope { schema: "1", created_ms: 99, ttl, generation: "g1", cached: &cached }.encode();
            let text = String::from_utf8_lossy(&encoded);
            assert!(
                text.starts_with(r#"{"v":1,"schema":"1","created":99,"ttl":61234,"generation":"g1","#),
                "{text}"
            );
            let bytes = Bytes::from(encoded.clone());
            let expected =
                Stored::Value { cached: cached.clone(), generation: "g1".to_owned(), created_ms: 99, ttl };
            assert_eq!(decode(bytes.clone(), "1"), expected);
            assert_eq!(decode(bytes.clone(), "2"), Stored::Foreign);
            if !body.is_empty() {
                assert_eq!(decode(bytes.slice(..bytes.len() - 1), "1"), Stored::Undecodable);
            }
        }
    }

    /// Proves: F1, X48, X49.
    #[test]
    fn rubbish_is_told_from_a_value() {
        for rubbish in ["", "null", "{}\n", "{\"v\":1}\nbody", "\n", "{\"v\":\"x\"}\n", &"x".repeat(2_000)] {
            assert_eq!(decode(Bytes::from(rubbish.to_owned()), "1"), Stored::Undecodable, "{rubbish}");
        }
    }
}
