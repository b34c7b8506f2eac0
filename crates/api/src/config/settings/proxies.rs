//! The proxies in front of the server.

use crate::config::reader::Reader;
use crate::config::registry as keys;
use crate::middleware::Proxies;

pub fn proxies(reader: &mut Reader<'_>) -> Proxies {
    let mut trusted = Vec::new();
    for (index, given) in reader.group(&keys::PROXY_TRUSTED) {
        match given.parse() {
            Ok(network) => trusted.push(network),
            Err(reason) => reader.reject_member(&keys::PROXY_TRUSTED, &index, reason),
        }
    }
    let front_door = reader.optional(&keys::PROXY_FRONT_DOOR).map(|id| id.trim().to_owned());
    if front_door.as_ref().is_some_and(|id| uuid::Uuid::try_parse(id).is_err()) {
        reader.reject(&keys::PROXY_FRONT_DOOR, "expected an id such as 01234567-89ab-cdef-0123-456789abcdef");
    }
    Proxies { trusted, front_door }
}
