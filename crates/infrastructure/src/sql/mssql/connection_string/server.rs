//! The value of `Server`: `tcp:host\\instance,port` with blanks anywhere between.

use std::net::Ipv6Addr;

use super::keywords::SQLITE;

/// Endings of files that other engines keep their books in.
const FILE_ENDINGS: [&str; 5] = [".db", ".db3", ".sqlite", ".sqlite3", ".sdf"];

/// The address to dial.
pub(super) struct Server {
    pub host: String,
    pub port: Option<u16>,
    pub instance: Option<String>,
}

/// Reads what can be dialled over TCP and refuses the rest by its kind. No refusal repeats the text, which may hold a
/// password by mistake.
pub(super) fn parse(text: &str) -> Result<Server, String> {
    let text = text.trim();
    if text.contains("://") {
        return Err("has a Server that is a URL; write host or host,port".to_owned());
    }
    if text.contains('@') {
        return Err(
            "has a Server with a user or password in it; write Server=host;User Id=…;Password=…".to_owned()
        );
    }
    let text = without_protocol(text)?;
    let (address, port) = match text.split_once(',') {
        Some((address, port)) => {
            let port = port.trim().parse().ok().filter(|port| *port != 0);
            (address.trim(), Some(port.ok_or("has a Server whose port is not a number from 1 to 65535")?))
        }
        None => (text.trim(), None),
    };
    if address.to_ascii_lowercase().starts_with("(localdb)") {
        return Err("names a LocalDB instance, which exists on Windows only".to_owned());
    }
    let (host, instance) = match address.split_once('\\') {
        Some((host, instance)) => (host.trim(), Some(instance.trim())),
        None => (address, None),
    };
    let instance = instance.filter(|instance| !instance.is_empty()).map(str::to_owned);
    let host = match host {
        "" if port.is_some() || instance.is_some() => return Err("has a Server without a host".to_owned()),
        "" | "." | "(local)" => "localhost".to_owned(),
        host => checked(host)?,
    };
    Ok(Server { host, port, instance })
}

/// Takes the protocol away; the other ones cannot be dialled here.
fn without_protocol(text: &str) -> Result<&str, String> {
    let Some((protocol, rest)) = text.split_once(':') else { return Ok(text) };
    match protocol.trim().to_ascii_lowercase().as_str() {
        "tcp" => Ok(rest.trim_start()),
        "np" => Err("asks for named pipes (np:), which exist on Windows only".to_owned()),
        "lpc" => Err("asks for shared memory (lpc:), which exists on Windows only".to_owned()),
        "admin" => {
            Err("asks for the administrator's connection (admin:), of which a server has one".to_owned())
        }
        _ => Ok(text),
    }
}

fn checked(host: &str) -> Result<String, String> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if bare.parse::<Ipv6Addr>().is_ok() {
        return Ok(bare.to_owned());
    }
    let lower = host.to_ascii_lowercase();
    if host == ":memory:" || FILE_ENDINGS.iter().any(|ending| lower.ends_with(ending)) || host.contains('/') {
        return Err(SQLITE.to_owned());
    }
    if host.contains(':') {
        return Err("has a Server with a ':' in it; write the port behind a comma: host,1433".to_owned());
    }
    if !host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')) {
        return Err("has a Server that is no host name or address".to_owned());
    }
    Ok(host.to_owned())
}
