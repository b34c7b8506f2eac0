//! The other end of a connection: the client, or a proxy that is trusted to name the client.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::Duration;

use application::error::AppError;
use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName};
use tracing::warn;

use super::host::FromConnection;
use crate::problem::Problem;
use crate::telemetry::Sparse;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FRONT_DOOR_ID: HeaderName = HeaderName::from_static("x-azure-fdid");
/// Proxies one behind another that are looked through.
const HOPS_MAX: usize = 16;
const ADDRESS_BITS: u8 = 128;
const IPV4_BITS: u8 = 32;

domain::errors! {
    NOT_THROUGH_FRONT_DOOR = "not_through_front_door", Forbidden, Operator,
        "This address accepts only requests that come through its front door. Use the public address of the API.",
        "هذا العنوان يقبل الطلبات الواردة عبر البوابة الأمامية فقط. استخدم العنوان العام للواجهة.";
}

/// Addresses with a common beginning, such as `10.0.0.0/8`; one address is a network of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    bits: u8,
}

impl Network {
    fn has(self, address: IpAddr) -> bool {
        mask(bits_of(address), self.bits) == self.base
    }
}

/// IPv4 addresses in their place among those of IPv6.
fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn mask(address: u128, bits: u8) -> u128 {
    let free = u32::from(ADDRESS_BITS - bits);
    address.checked_shr(free).and_then(|address| address.checked_shl(free)).unwrap_or(0)
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a network such as 10.0.0.0/8, or one address";
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| EXPECTED)?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| EXPECTED)?;
        let bits = match (address, length) {
            (_, None) => ADDRESS_BITS,
            (IpAddr::V4(_), Some(length)) if length <= IPV4_BITS => ADDRESS_BITS - IPV4_BITS + length,
            (IpAddr::V6(_), Some(length)) if length <= ADDRESS_BITS => length,
            _ => return Err(EXPECTED),
        };
        let base = bits_of(address);
        if mask(base, bits) != base {
            return Err("has bits beyond the length of its network");
        }
        Ok(Self { base, bits })
    }
}

/// A proxy that nobody named sends the header with every request.
static NOT_BELIEVED: LazyLock<Sparse> = LazyLock::new(|| Sparse::every(Duration::from_secs(3_600)));

/// The proxies in front of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// The networks whose `X-Forwarded-For` counts. From any other address the header changes nothing.
    pub trusted: Vec<Network>,
    /// The id of the Azure Front Door that requests must have come through.
    pub front_door: Option<String>,
}

/// The client's address, as far as it can be known.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl Proxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.has(address))
    }

    /// The client of a request that came over a connection.
    pub fn client(&self, request: &Request) -> Option<ClientAddress> {
        let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
        let (peer, headers) = (peer.ip().to_canonical(), request.headers());
        if headers.contains_key(FORWARDED_FOR)
            && !self.trusts(peer)
            && let Some(left_out) = NOT_BELIEVED.now()
        {
            warn!(
                target: "erp::serving", %peer, left_out,
                "{{peer}} says for whom it asks (X-Forwarded-For) and is not believed: if it is a proxy, Proxy:Trusted should name \
                 it, or all its clients share one limit; {{left_out}} more times since the last such line"
            );
        }
        Some(ClientAddress(self.behind(peer, headers)))
    }

    /// From the nearest proxy to the farthest: the first that is not trusted is the client. Entries before it were
    /// written by the client itself.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        if !self.trusts(peer) {
            return peer;
        }
        let fields = headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = fields.filter_map(|value| value.to_str().ok()).flat_map(|text| text.rsplit(','));
        for hop in hops.take(HOPS_MAX) {
            let Some(address) = address(hop) else { break };
            nearest = address;
            if !self.trusts(address) {
                break;
            }
        }
        nearest
    }

    /// Why a request is refused, if it is. Health is asked from within, and an operation of a batch is a part of a request
    /// that was let in.
    pub fn refusal(&self, request: &Request) -> Option<Problem> {
        let wanted = self.front_door.as_ref()?;
        let (path, extensions) = (request.uri().path(), request.extensions());
        if extensions.get::<FromConnection>().is_none() || is_health(path) {
            return None;
        }
        let peer =
            extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let near = self.trusted.is_empty() || peer.is_some_and(|peer| self.trusts(peer));
        let mut given = request.headers().get_all(FRONT_DOOR_ID).iter();
        let same = given.next().is_some_and(|id| id.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()));
        let through = near && same && given.next().is_none();
        (!through).then(|| AppError::of(&NOT_THROUGH_FRONT_DOOR).into())
    }
}

fn is_health(path: &str) -> bool {
    matches!(path, "/health" | "/health/live" | "/health/ready" | "/api/v1/health")
}

/// An address as proxies write it, some with the port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| text.trim_matches(['[', ']']).parse::<Ipv6Addr>().map(IpAddr::V6));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(trusted: &[&str]) -> Proxies {
        let trusted = trusted.iter().map(|text| text.parse().unwrap()).collect();
        Proxies { trusted, front_door: None }
    }

    fn client(proxies: &Proxies, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        proxies.behind(peer.parse().unwrap(), &headers).to_string()
    }

    /// Proves: A1.
    #[test]
    fn a_forged_header_changes_nothing() {
        let nobody = Proxies::default();
        assert_eq!(client(&nobody, "192.0.2.9", &["203.0.113.5"]), "192.0.2.9");
        let one = proxies(&["10.0.0.0/8", "2001:db8:1::/48"]);
        assert_eq!(client(&one, "192.0.2.9", &["203.0.113.5"]), "192.0.2.9", "not through the proxy");
        assert_eq!(client(&one, "10.1.2.3", &["203.0.113.5"]), "203.0.113.5");
        assert_eq!(
            client(&one, "10.1.2.3", &["1.1.1.1, 203.0.113.5"]),
            "203.0.113.5",
            "what the client wrote"
        );
        assert_eq!(client(&one, "10.1.2.3", &["1.1.1.1", "203.0.113.5, 10.9.9.9"]), "203.0.113.5");
        assert_eq!(client(&one, "2001:db8:1::7", &["[2001:db8:2::1]:443"]), "2001:db8:2::1");
        assert_eq!(client(&one, "10.1.2.3", &["203.0.113.5:4711"]), "203.0.113.5");
        assert_eq!(client(&one, "10.1.2.3", &["unknown"]), "10.1.2.3");
        assert_eq!(client(&one, "10.1.2.3", &["203.0.113.5, nonsense, 10.9.9.9"]), "10.9.9.9");
        assert_eq!(client(&one, "10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client(&one, "10.1.2.3", &["10.2.2.2"]), "10.2.2.2", "from within");
        let long = vec!["10.1.1.1"; 5_000].join(",");
        assert_eq!(client(&one, "10.1.2.3", &[&long]), "10.1.1.1");
    }

    #[test]
    fn networks_are_written_with_their_length() {
        let has =
            |network: &str, address: &str| network.parse::<Network>().unwrap().has(address.parse().unwrap());
        assert!(has("0.0.0.0/0", "8.8.8.8") && !has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("::/0", "2001:db8::1") && has("10.0.0.1", "10.0.0.1") && !has("10.0.0.1", "10.0.0.2"));
        assert!(has("10.0.0.0/31", "10.0.0.1") && !has("10.0.0.0/31", "10.0.0.2"));
        for bad in ["", "10.0.0.0/33", "10.0.0.1/8", "::/129", "localhost", "10.0.0.0/", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
