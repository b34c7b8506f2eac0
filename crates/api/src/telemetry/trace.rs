//! The trace a request belongs to, handed over as W3C Trace Context says (`traceparent`).

use http::{HeaderMap, HeaderName};
use uuid::Uuid;

pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header that gateways with the older protocol of Application Insights send instead: `|{trace}.{span}.`
pub const REQUEST_ID_OF_GATEWAY: HeaderName = HeaderName::from_static("request-id");

/// Length of version, trace id, parent id and flags in hexadecimal, with the `-` between them.
const LENGTH: usize = 55;
/// The version that no header may have.
const NO_VERSION: u8 = 0xff;

/// A span of a trace: this request, and the span of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace: [u8; 16],
    span: [u8; 8],
    parent: Option<[u8; 8]>,
    /// Whether the caller records its part of the trace, where it says so.
    sampled: Option<bool>,
}

/// The flag of a caller that records.
const SAMPLED: u8 = 1;

impl TraceContext {
    /// Goes on with the caller's trace if the header is valid, otherwise begins one. `fresh` is an id nobody has used.
    pub fn of(headers: &HeaderMap, fresh: Uuid) -> Self {
        let mut given = headers.get_all(TRACEPARENT).iter();
        let caller =
            given.next().and_then(|value| parse(value.as_bytes())).filter(|_| given.next().is_none());
        let caller = caller.map(|(trace, parent, flags)| (trace, parent, Some(flags & SAMPLED != 0)));
        let gateway = || {
            let value = headers.get(REQUEST_ID_OF_GATEWAY)?;
            parse_of_gateway(value.as_bytes()).map(|(trace, parent)| (trace, parent, None))
        };
        match caller.or_else(gateway) {
            Some((trace, parent, sampled)) => Self { trace, span: low(fresh), parent: Some(parent), sampled },
            None => Self { trace: fresh.into_bytes(), span: low(fresh), parent: None, sampled: None },
        }
    }

    /// A span below this one.
    pub fn child(&self, fresh: Uuid) -> Self {
        Self { span: low(fresh), parent: Some(self.span), ..*self }
    }

    /// Whether the caller records its part of the trace, where it says so.
    pub fn sampled(&self) -> Option<bool> {
        self.sampled
    }
    pub fn trace(&self) -> [u8; 16] {
        self.trace
    }
    pub fn span(&self) -> [u8; 8] {
        self.span
    }
    pub fn parent(&self) -> Option<[u8; 8]> {
        self.parent
    }

    pub fn trace_id(&self) -> Hex<32> {
        Hex::of(&self.trace)
    }
    pub fn span_id(&self) -> Hex<16> {
        Hex::of(&self.span)
    }
    pub fn parent_id(&self) -> Option<Hex<16>> {
        self.parent.as_ref().map(|parent| Hex::of(parent))
    }
}

/// The half of an id that is never zero and differs most.
fn low(id: Uuid) -> [u8; 8] {
    let (_, low) = id.as_u64_pair();
    low.to_be_bytes()
}

/// Trace id, parent id and flags. Versions to come may add to the end what is not known yet.
fn parse(text: &[u8]) -> Option<([u8; 16], [u8; 8], u8)> {
    let (known, rest) = text.split_at_checked(LENGTH)?;
    if [known[2], known[35], known[52]] != *b"---" {
        return None;
    }
    let [version] = bytes(&known[..2])?;
    let [flags] = bytes(&known[53..])?;
    let whole = rest.is_empty() || (version != 0 && rest[0] == b'-');
    if version == NO_VERSION || !whole {
        return None;
    }
    let (trace, parent) = (bytes(&known[3..35])?, bytes(&known[36..52])?);
    (trace != [0; 16] && parent != [0; 8]).then_some((trace, parent, flags))
}

/// Trace id and parent id of `|{trace}.{span}.` and what may follow; ids of other forms cannot be continued.
fn parse_of_gateway(text: &[u8]) -> Option<([u8; 16], [u8; 8])> {
    let ids = text.strip_prefix(b"|")?;
    let (trace, rest) = ids.split_at_checked(32)?;
    let (parent, rest) = rest.strip_prefix(b".")?.split_at_checked(16)?;
    let (trace, parent) = (bytes(trace)?, bytes(parent)?);
    (rest.starts_with(b".") && trace != [0; 16] && parent != [0; 8]).then_some((trace, parent))
}

/// Small letters only, as the recommendation has it.
fn bytes<const N: usize>(hex: &[u8]) -> Option<[u8; N]> {
    let digit = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// An id in hexadecimal, without a place of its own in memory.
#[derive(Debug, Clone, Copy)]
pub struct Hex<const N: usize>([u8; N]);

impl<const N: usize> Hex<N> {
    fn of(bytes: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'0'; N];
        for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        Self(text)
    }
    pub fn as_str(&self) -> &str {
        // It is made of digits and letters.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: Uuid = Uuid::from_u128(0x0198_c0de_7b1f_7c3a_9f00_2b6f_1d6a_4e11);
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    fn of(values: &[&str]) -> TraceContext {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(TRACEPARENT, value.parse().unwrap());
        }
        TraceContext::of(&headers, FRESH)
    }

    /// Proves: H9.
    #[test]
    fn a_valid_header_goes_on_and_any_other_begins_a_trace() {
        for good in [
            format!("00-{TRACE}-{PARENT}-01"),
            format!("00-{TRACE}-{PARENT}-00"),
            format!("01-{TRACE}-{PARENT}-01-what-will-be"),
            format!("cc-{TRACE}-{PARENT}-ff"),
        ] {
            let context = of(&[&good]);
            assert_eq!(context.trace_id().as_str(), TRACE, "{good}");
            assert_eq!(context.parent_id().unwrap().as_str(), PARENT);
            assert_eq!(context.span_id().as_str(), "9f002b6f1d6a4e11");
        }
        for bad in [
            String::new(),
            format!("00-{TRACE}-{PARENT}"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!("00-{TRACE}-{PARENT}-01-more"),
            format!("01-{TRACE}-{PARENT}-01more"),
            format!("00-{}-{PARENT}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            format!("00_{TRACE}-{PARENT}-01"),
            format!("00-{TRACE}-{PARENT}-0x"),
        ] {
            let context = of(&[&bad]);
            assert_eq!(context.trace_id().as_str(), FRESH.simple().to_string(), "{bad}");
            assert!(context.parent_id().is_none());
        }
        let good = format!("00-{TRACE}-{PARENT}-01");
        assert_ne!(of(&[&good, &good]).trace_id().as_str(), TRACE, "which of two is meant is not known");
    }

    #[test]
    fn what_the_caller_records_is_known() {
        assert_eq!(of(&[&format!("00-{TRACE}-{PARENT}-01")]).sampled(), Some(true));
        assert_eq!(of(&[&format!("00-{TRACE}-{PARENT}-02")]).sampled(), Some(false));
        assert_eq!(of(&[]).sampled(), None);
    }

    /// Proves: H9.
    #[test]
    fn a_gateway_of_the_older_protocol_is_understood() {
        let of = |value: &str| {
            let headers = HeaderMap::from_iter([(REQUEST_ID_OF_GATEWAY, value.parse().unwrap())]);
            TraceContext::of(&headers, FRESH)
        };
        for good in [format!("|{TRACE}.{PARENT}."), format!("|{TRACE}.{PARENT}.1_")] {
            let context = of(&good);
            assert_eq!(context.trace_id().as_str(), TRACE, "{good}");
            assert_eq!(context.parent_id().unwrap().as_str(), PARENT);
        }
        for bad in [
            format!("{TRACE}.{PARENT}."),
            format!("|{TRACE}.{PARENT}"),
            format!("|{TRACE}."),
            "|a.b.".to_owned(),
        ] {
            assert!(of(&bad).parent_id().is_none(), "{bad}");
        }
    }

    #[test]
    fn a_child_stays_in_the_trace() {
        let outer = of(&[&format!("00-{TRACE}-{PARENT}-01")]);
        let inner = outer.child(Uuid::from_u128(1 << 127 | 0x8000_0000_0000_0001));
        assert_eq!(inner.trace_id().as_str(), TRACE);
        assert_eq!(inner.parent_id().unwrap().as_str(), outer.span_id().as_str());
        assert_eq!(inner.span_id().as_str(), "8000000000000001");
    }
}
