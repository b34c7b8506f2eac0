//! The addresses of operators.

use std::net::SocketAddr;

use super::{Admin, listen};
use crate::config::reader::Reader;
use crate::config::registry as keys;
use crate::config::values;

/// The value of `Admin:Urls` for no listener.
const OFF: &str = "off";

pub fn admin(reader: &mut Reader<'_>) -> Admin {
    let required = reader.optional(&keys::ADMIN_URLS).is_some() || !reader.environment().is_development();
    let text = reader.text(&keys::ADMIN_URLS).unwrap_or_default();
    if text.trim().eq_ignore_ascii_case(OFF) {
        return Admin { listen: Vec::new(), required };
    }
    let parsed = values::listen_urls(&text, false).and_then(|addresses| match addresses.is_empty() {
        true => Err("names no address to listen on; write off for none".to_owned()),
        false => Ok(addresses),
    });
    let addresses = parsed.unwrap_or_else(|reason| {
        reader.reject(&keys::ADMIN_URLS, reason);
        Vec::new()
    });
    // On a shared address the operators' pages would be served, or not, by chance.
    let public = listen(&mut Reader::new(reader.layers(), reader.environment()));
    let same = |one: &SocketAddr, other: &SocketAddr| {
        let anywhere = one.ip().is_unspecified() || other.ip().is_unspecified();
        one.port() != 0 && one.port() == other.port() && (one.ip() == other.ip() || anywhere)
    };
    if let Some(both) = addresses.iter().find(|own| public.iter().any(|address| same(own, address))) {
        reader.reject(&keys::ADMIN_URLS, format!("{both} is an address of the API, too"));
    }
    Admin { listen: addresses, required }
}
