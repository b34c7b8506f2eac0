//! The beginning of a connection: PRELOGIN (MS-TDS 2.2.6.5), TLS, and the login's message.

use std::io;
use std::sync::Arc;

use mssql_tls::TlsPreloginWrapper;
use rustls::ServerConfig;
use rustls::version::TLS12;
use tds_protocol::packet::PacketType;
use tds_protocol::prelogin::{EncryptionLevel, PreLogin};
use tds_protocol::version::TdsVersion;
use tokio::io::AsyncRead;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::login::Encryption;
use super::packets::{Message, Stream, invalid, read_message, write_message};
use super::wire::{Watched, Wire};
use crate::StubError;
use crate::certificates::Certificates;

/// The first byte of TLS, where a client of TDS 8 begins with that.
const TLS_HANDSHAKE: u8 = 0x16;
/// The name of TDS 8 in TLS.
const TDS_8: &[u8] = b"tds/8.0";
/// SQL Server 2022, in the place where a client names its protocol.
const SERVER_VERSION: TdsVersion = TdsVersion::new(0x1000_03E8);

/// The server's answer to a client's wish for encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encrypting {
    /// As the client wishes; where it does not wish it, the login alone.
    #[default]
    Offered,
    /// Always the whole session, as Azure does.
    Required,
    /// It cannot.
    Unsupported,
}

/// The two ways of TLS.
pub struct TlsConfigs {
    /// Inside PRELOGIN. Only TLS 1.2 ends within the handshake's own messages, as this way needs.
    wrapped: Arc<ServerConfig>,
    /// Before everything.
    strict: Arc<ServerConfig>,
}

impl TlsConfigs {
    pub fn new(certificates: &Certificates) -> Result<Self, StubError> {
        let mut strict = certificates.server()?;
        strict.alpn_protocols = vec![TDS_8.to_vec()];
        Ok(Self { wrapped: Arc::new(certificates.server_of(&[&TLS12])?), strict: Arc::new(strict) })
    }
}

/// A connection whose client has said who it is.
pub struct Begun {
    pub stream: Box<dyn Stream>,
    pub encryption: Encryption,
    /// LOGIN7.
    pub login: Message,
}

type Raw = Watched<TcpStream>;

/// Up to the login's message; `None` when the client went away before.
pub async fn begin(
    stream: TcpStream,
    wire: Wire,
    tls: &TlsConfigs,
    encrypting: Encrypting,
) -> io::Result<Option<Begun>> {
    stream.set_nodelay(true)?;
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    let stream = Watched { inner: stream, wire };
    if first[0] == TLS_HANDSHAKE {
        let mut stream = TlsAcceptor::from(tls.strict.clone()).accept(stream).await?;
        if stream.get_ref().1.alpn_protocol() != Some(TDS_8) {
            return Err(invalid("TLS without the name of TDS 8"));
        }
        let Some(asked) = prelogin(&mut stream).await? else { return Ok(None) };
        answer(&mut stream, &asked, asked.encryption).await?;
        let login = login(&mut stream).await?;
        return Ok(login.map(|login| Begun {
            stream: Box::new(stream),
            encryption: Encryption::Strict,
            login,
        }));
    }
    negotiated(stream, tls, encrypting).await
}

/// The way of TDS 7: PRELOGIN in the clear decides about TLS.
async fn negotiated(mut stream: Raw, tls: &TlsConfigs, encrypting: Encrypting) -> io::Result<Option<Begun>> {
    let Some(asked) = prelogin(&mut stream).await? else { return Ok(None) };
    let level = level(asked.encryption, encrypting);
    answer(&mut stream, &asked, level).await?;
    let begun = |stream: Box<dyn Stream>, encryption, login: Option<Message>| {
        Ok(login.map(|login| Begun { stream, encryption, login }))
    };
    match level {
        EncryptionLevel::NotSupported => {
            if asked.encryption.is_required() {
                return Ok(None);
            }
            let login = login(&mut stream).await?;
            begun(Box::new(stream), Encryption::None, login)
        }
        EncryptionLevel::Off => {
            let mut encrypted = wrapped(stream, tls).await?;
            let login = login(&mut encrypted).await?;
            // The bytes that follow are readable again.
            let stream = encrypted.into_inner().0.into_inner();
            begun(Box::new(stream), Encryption::Login, login)
        }
        _ => {
            let mut encrypted = wrapped(stream, tls).await?;
            let login = login(&mut encrypted).await?;
            begun(Box::new(encrypted), Encryption::Session, login)
        }
    }
}

/// The table of 2.2.6.5.
fn level(client: EncryptionLevel, server: Encrypting) -> EncryptionLevel {
    match (server, client) {
        (Encrypting::Unsupported, _) => EncryptionLevel::NotSupported,
        (Encrypting::Required, EncryptionLevel::On | EncryptionLevel::Required) => EncryptionLevel::On,
        (Encrypting::Required, _) => EncryptionLevel::Required,
        (Encrypting::Offered, EncryptionLevel::Off) => EncryptionLevel::Off,
        (Encrypting::Offered, EncryptionLevel::NotSupported) => EncryptionLevel::NotSupported,
        (Encrypting::Offered, _) => EncryptionLevel::On,
    }
}

/// TLS whose handshake travels in PRELOGIN packets.
async fn wrapped(stream: Raw, tls: &TlsConfigs) -> io::Result<TlsStream<TlsPreloginWrapper<Raw>>> {
    let wrapper = TlsPreloginWrapper::new(stream);
    let mut stream = TlsAcceptor::from(tls.wrapped.clone()).accept(wrapper).await?;
    stream.get_mut().0.handshake_complete();
    Ok(stream)
}

async fn prelogin(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<PreLogin>> {
    let Some(message) = read_message(stream).await? else { return Ok(None) };
    if message.kind != PacketType::PreLogin {
        return Err(invalid("a connection that does not begin with PRELOGIN"));
    }
    PreLogin::decode(message.payload.as_slice()).map(Some).map_err(invalid)
}

async fn answer(stream: &mut impl Stream, asked: &PreLogin, level: EncryptionLevel) -> io::Result<()> {
    let said = PreLogin::new()
        .with_version(SERVER_VERSION)
        .with_encryption(level)
        // The client repeats it with its token.
        .with_fed_auth_required(asked.fed_auth_required);
    write_message(stream, &said.encode()).await
}

async fn login(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Message>> {
    let message = read_message(stream).await?;
    if message.as_ref().is_some_and(|message| message.kind != PacketType::Tds7Login) {
        return Err(invalid("something else than LOGIN7 after PRELOGIN"));
    }
    Ok(message)
}
