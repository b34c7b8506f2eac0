//! The login of a client: LOGIN7 (MS-TDS 2.2.6.4).

use std::io;

use tds_protocol::codec::read_utf16_string;
use tds_protocol::login7::{FeatureId, LOGIN7_HEADER_SIZE};

use super::packets::invalid;

/// `TypeFlags` (2.2.6.4): the client only reads.
const READ_ONLY_INTENT: u8 = 0x20;
/// `OptionFlags3`: what stands in the place of the unused field points to features.
const EXTENSION: u8 = 0x10;
/// Each character of a password has its halves exchanged and is then mixed with this.
const PASSWORD_MASK: u8 = 0xA5;
/// The library that has a token before it logs in (2.2.6.4, FEDAUTH).
const SECURITY_TOKEN: u8 = 0x01;

/// Places of the fields in the fixed part, in bytes.
mod at {
    pub const LENGTH: usize = 0;
    pub const TDS_VERSION: usize = 4;
    pub const PACKET_SIZE: usize = 8;
    pub const TYPE_FLAGS: usize = 26;
    pub const OPTION_FLAGS_3: usize = 27;
    pub const HOST_NAME: usize = 36;
    pub const USER: usize = 40;
    pub const PASSWORD: usize = 44;
    pub const APPLICATION: usize = 48;
    pub const SERVER: usize = 52;
    pub const EXTENSION: usize = 56;
    pub const DATABASE: usize = 68;
}

/// How the connection was encrypted when the login came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// The login alone; what follows is readable.
    Login,
    /// Everything after PRELOGIN.
    Session,
    /// Everything, PRELOGIN too (TDS 8).
    Strict,
}

/// A token of Entra in place of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedAuth {
    pub token: String,
    /// Whether the client repeats what the server said of this in PRELOGIN, as it must.
    pub echo: bool,
}

/// A decoded login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub host_name: String,
    pub application: String,
    /// The server as the client calls it.
    pub server: String,
    pub database: String,
    pub user: String,
    pub password: String,
    pub fed_auth: Option<FedAuth>,
    pub read_only: bool,
    pub tds_version: u32,
    pub packet_size: u32,
    pub encryption: Encryption,
    /// The port it came to.
    pub port: u16,
}

/// The bytes of one login.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes(&self, at: usize, count: usize) -> io::Result<&[u8]> {
        let piece = at.checked_add(count).and_then(|end| self.0.get(at..end));
        piece.ok_or_else(|| invalid("a field of LOGIN7 lies outside it"))
    }

    fn byte(&self, at: usize) -> io::Result<u8> {
        Ok(self.bytes(at, 1)?[0])
    }

    fn short(&self, at: usize) -> io::Result<usize> {
        let bytes = self.bytes(at, 2)?;
        Ok(usize::from(u16::from_le_bytes([bytes[0], bytes[1]])))
    }

    fn long(&self, at: usize) -> io::Result<u32> {
        let bytes = self.bytes(at, 4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// The UTF-16 text whose place and length, in characters, stand at `at`.
    fn text(&self, at: usize) -> io::Result<String> {
        let (place, characters) = (self.short(at)?, self.short(at + 2)?);
        utf16(self.bytes(place, characters * 2)?)
    }

    fn password(&self) -> io::Result<String> {
        let (place, characters) = (self.short(at::PASSWORD)?, self.short(at::PASSWORD + 2)?);
        let masked = self.bytes(place, characters * 2)?;
        let clear: Vec<u8> = masked.iter().map(|byte| (byte ^ PASSWORD_MASK).rotate_left(4)).collect();
        utf16(&clear)
    }

    /// The data of a feature, in the list that the extension points to.
    fn feature(&self, wanted: FeatureId) -> io::Result<Option<&[u8]>> {
        if self.byte(at::OPTION_FLAGS_3)? & EXTENSION == 0 {
            return Ok(None);
        }
        let mut place = self.long(self.short(at::EXTENSION)?)? as usize;
        loop {
            let id = self.byte(place)?;
            if id == FeatureId::Terminator as u8 {
                return Ok(None);
            }
            let bytes = self.long(place + 1)? as usize;
            if id == wanted as u8 {
                return self.bytes(place + 5, bytes).map(Some);
            }
            place += 5 + bytes;
        }
    }
}

fn utf16(bytes: &[u8]) -> io::Result<String> {
    let (mut rest, characters) = (bytes, bytes.len() / 2);
    read_utf16_string(&mut rest, characters).ok_or_else(|| invalid("a text is cut off"))
}

fn fed_auth(data: &[u8]) -> io::Result<FedAuth> {
    let data = Fields(data);
    let options = data.byte(0)?;
    if options >> 1 != SECURITY_TOKEN {
        return Err(invalid("a FEDAUTH library that has no token at the login"));
    }
    let bytes = data.long(1)? as usize;
    Ok(FedAuth { token: utf16(data.bytes(5, bytes)?)?, echo: options & 1 == 1 })
}

/// Reads a login that came to `port`.
pub fn read(payload: &[u8], encryption: Encryption, port: u16) -> io::Result<Login> {
    let fields = Fields(payload);
    let length = fields.long(at::LENGTH)? as usize;
    if length != payload.len() || length < LOGIN7_HEADER_SIZE {
        return Err(invalid("LOGIN7 has another length than it says"));
    }
    Ok(Login {
        host_name: fields.text(at::HOST_NAME)?,
        application: fields.text(at::APPLICATION)?,
        server: fields.text(at::SERVER)?,
        database: fields.text(at::DATABASE)?,
        user: fields.text(at::USER)?,
        password: fields.password()?,
        fed_auth: fields.feature(FeatureId::FedAuth)?.map(fed_auth).transpose()?,
        read_only: fields.byte(at::TYPE_FLAGS)? & READ_ONLY_INTENT != 0,
        tds_version: fields.long(at::TDS_VERSION)?,
        packet_size: fields.long(at::PACKET_SIZE)?,
        encryption,
        port,
    })
}

#[cfg(test)]
mod tests {
    use tds_protocol::login7::{FeatureExtension, Login7};

    use super::*;

    #[test]
    fn what_a_client_says_of_itself_is_read() {
        let said = Login7::new()
            .with_hostname("pod-7")
            .with_app_name("ERP-API")
            .with_server_name("sql.example")
            .with_database("erp")
            .with_packet_size(8_000)
            .with_sql_auth("erp_app", "pa$$wörd ٣")
            .with_read_only_intent(true);
        let login = read(&said.encode(), Encryption::Session, 1433).unwrap();
        assert_eq!((login.host_name.as_str(), login.application.as_str()), ("pod-7", "ERP-API"));
        assert_eq!((login.user.as_str(), login.password.as_str()), ("erp_app", "pa$$wörd ٣"));
        assert_eq!((login.server.as_str(), login.database.as_str()), ("sql.example", "erp"));
        assert_eq!((login.packet_size, login.read_only, login.fed_auth), (8_000, true, None));
    }

    #[test]
    fn a_token_is_read_from_its_feature() {
        let mut data = vec![SECURITY_TOKEN << 1 | 1, 4, 0, 0, 0];
        data.extend("t1".encode_utf16().flat_map(u16::to_le_bytes));
        let said = Login7::new()
            .with_feature(FeatureExtension { feature_id: FeatureId::Utf8Support, data: vec![1].into() })
            .with_feature(FeatureExtension { feature_id: FeatureId::FedAuth, data: data.into() });
        let login = read(&said.encode(), Encryption::Session, 1433).unwrap();
        assert_eq!(login.fed_auth, Some(FedAuth { token: "t1".to_owned(), echo: true }));
        assert_eq!((login.user.as_str(), login.password.as_str()), ("", ""));
        assert!(read(&said.encode()[..120], Encryption::Session, 1433).is_err());
    }
}
