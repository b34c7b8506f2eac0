//! The tokens of answers (MS-TDS 2.2.7).

use bytes::{BufMut, BytesMut};
use tds_protocol::codec::{write_b_varchar, write_us_varchar, write_utf16_string};
use tds_protocol::login7::FeatureId;
use tds_protocol::token::{Done, DoneProc, DoneStatus, EnvChangeType, TokenType};

use super::login::Login;
use super::rows::Rows;

/// `Latin1_General_100_BIN2_UTF8`, near enough: what the texts of answers are sorted by, which nobody asks.
pub const COLLATION: [u8; 5] = [0x09, 0x04, 0xD0, 0x00, 0x34];
/// The name of the server.
pub const PROGRAM: &str = "Microsoft SQL Server";
/// 16.0.1000: SQL Server 2022.
const PROGRAM_VERSION: [u8; 4] = [16, 0, 3, 232];
/// `SQL_TSQL` of LOGINACK.
const INTERFACE: u8 = 1;
/// The protocol of a redirection: TCP/IP (2.2.7.9, type 20).
const ROUTED_BY_TCP: u8 = 0;
/// The name of the only transaction of a connection.
const TRANSACTION: u64 = 0x0000_0001_0000_0001;
const ERROR_LINE: i32 = 1;

/// An error of the server (2.2.7.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerError {
    pub number: i32,
    /// The severity.
    pub class: u8,
    pub state: u8,
    pub message: String,
}

/// How an answer ends: a batch with DONE (2.2.7.6), a procedure with DONEPROC (2.2.7.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Batch,
    Procedure,
}

impl End {
    fn encode(self, status: DoneStatus, row_count: u64, to: &mut BytesMut) {
        match self {
            Self::Batch => Done { status, cur_cmd: 0, row_count }.encode(to),
            Self::Procedure => DoneProc { status, cur_cmd: 0, row_count }.encode(to),
        }
    }
}

fn status(change: impl FnOnce(&mut DoneStatus)) -> DoneStatus {
    let mut status = DoneStatus::default();
    change(&mut status);
    status
}

/// A token whose length, in bytes, stands before its content.
fn with_length(kind: TokenType, to: &mut BytesMut, content: impl FnOnce(&mut BytesMut)) {
    let mut inner = BytesMut::new();
    content(&mut inner);
    to.put_u8(kind as u8);
    to.put_u16_le(u16::try_from(inner.len()).unwrap_or(u16::MAX));
    to.put_slice(&inner);
}

fn changed_text(kind: EnvChangeType, new: &str, old: &str, to: &mut BytesMut) {
    with_length(TokenType::EnvChange, to, |to| {
        to.put_u8(kind as u8);
        write_b_varchar(to, new);
        write_b_varchar(to, old);
    });
}

fn changed_bytes(kind: EnvChangeType, new: &[u8], old: &[u8], to: &mut BytesMut) {
    with_length(TokenType::EnvChange, to, |to| {
        to.put_u8(kind as u8);
        for value in [new, old] {
            to.put_u8(u8::try_from(value.len()).unwrap_or(u8::MAX));
            to.put_slice(value);
        }
    });
}

/// LOGINACK (2.2.7.14) and what changes with a login.
fn acknowledged(login: &Login, to: &mut BytesMut) {
    with_length(TokenType::LoginAck, to, |to| {
        to.put_u8(INTERFACE);
        to.put_u32(login.tds_version);
        write_b_varchar(to, PROGRAM);
        to.put_slice(&PROGRAM_VERSION);
    });
    changed_text(EnvChangeType::Database, &login.database, "master", to);
    changed_bytes(EnvChangeType::SqlCollation, &COLLATION, &[], to);
    let size = login.packet_size.to_string();
    changed_text(EnvChangeType::PacketSize, &size, "4096", to);
}

/// The answer to a login that is taken.
pub fn welcome(login: &Login) -> BytesMut {
    let mut to = BytesMut::new();
    acknowledged(login, &mut to);
    if login.fed_auth.is_some() {
        // FEATUREEXTACK (2.2.7.11): taken, and nothing to add.
        to.put_u8(TokenType::FeatureExtAck as u8);
        to.put_u8(FeatureId::FedAuth as u8);
        to.put_u32_le(0);
        to.put_u8(FeatureId::Terminator as u8);
    }
    End::Batch.encode(DoneStatus::default(), 0, &mut to);
    to
}

/// The answer to a login that another server takes (2.2.7.9, type 20).
pub fn routed(login: &Login, host: &str, port: u16) -> BytesMut {
    let mut to = BytesMut::new();
    acknowledged(login, &mut to);
    with_length(TokenType::EnvChange, &mut to, |to| {
        to.put_u8(EnvChangeType::Routing as u8);
        let characters = host.encode_utf16().count();
        to.put_u16_le(u16::try_from(5 + characters * 2).unwrap_or(u16::MAX));
        to.put_u8(ROUTED_BY_TCP);
        to.put_u16_le(port);
        to.put_u16_le(u16::try_from(characters).unwrap_or(u16::MAX));
        write_utf16_string(to, host);
        to.put_u16_le(0);
    });
    End::Batch.encode(DoneStatus::default(), 0, &mut to);
    to
}

pub fn refused(error: &ServerError, end: End) -> BytesMut {
    let mut to = BytesMut::new();
    with_length(TokenType::Error, &mut to, |to| {
        to.put_i32_le(error.number);
        to.put_u8(error.state);
        to.put_u8(error.class);
        write_us_varchar(to, &error.message);
        write_b_varchar(to, PROGRAM);
        write_b_varchar(to, "");
        to.put_i32_le(ERROR_LINE);
    });
    end.encode(status(|status| status.error = true), 0, &mut to);
    to
}

/// Result sets, after what the statement did to the transaction.
pub fn answered(sets: &[Rows], change: TransactionChange, end: End) -> BytesMut {
    let mut to = BytesMut::new();
    change.encode(&mut to);
    for rows in sets {
        rows.encode(&mut to);
        let more = status(|status| (status.more, status.count) = (true, true));
        // At the end of each statement in a procedure (2.2.7.7).
        match end {
            End::Batch => End::Batch.encode(more, rows.count(), &mut to),
            End::Procedure => {
                tds_protocol::token::DoneInProc { status: more, cur_cmd: 0, row_count: rows.count() }
                    .encode(&mut to);
            }
        }
    }
    if end == End::Procedure {
        // RETURNSTATUS (2.2.7.18).
        to.put_u8(TokenType::ReturnStatus as u8);
        to.put_i32_le(0);
    }
    end.encode(DoneStatus::default(), 0, &mut to);
    to
}

/// The command is given up, as the client wished (2.2.1.7).
pub fn given_up() -> BytesMut {
    let mut to = BytesMut::new();
    End::Batch.encode(status(|status| status.attn = true), 0, &mut to);
    to
}

/// The effect of a text on the transaction of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransactionChange {
    pub begun: bool,
    pub committed: bool,
    pub rolled_back: bool,
}

impl TransactionChange {
    /// As far as the text says.
    pub fn of(text: &str) -> Self {
        let says = |word: &str| text.to_uppercase().contains(word);
        Self { begun: says("BEGIN TRAN"), committed: says("COMMIT TRAN"), rolled_back: says("ROLLBACK TRAN") }
    }

    fn encode(self, to: &mut BytesMut) {
        let transaction = TRANSACTION.to_le_bytes();
        if self.begun {
            changed_bytes(EnvChangeType::BeginTransaction, &transaction, &[], to);
        }
        if self.committed {
            changed_bytes(EnvChangeType::CommitTransaction, &[], &transaction, to);
        }
        if self.rolled_back {
            changed_bytes(EnvChangeType::RollbackTransaction, &[], &transaction, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use tds_protocol::token::{Token, TokenParser};

    use super::*;

    fn tokens(bytes: BytesMut) -> Vec<Token> {
        let mut parser = TokenParser::new(bytes.freeze());
        std::iter::from_fn(|| parser.next_token().unwrap()).collect()
    }

    #[test]
    fn a_client_reads_an_error_with_all_it_says() {
        let error = ServerError { number: 40_613, class: 17, state: 3, message: "not available".to_owned() };
        let read = tokens(refused(&error, End::Procedure));
        let [Token::Error(read), Token::DoneProc(done)] = &read[..] else { panic!("{read:?}") };
        assert_eq!((read.number, read.class, read.state), (40_613, 17, 3));
        assert_eq!((read.message.as_str(), done.status.error), ("not available", true));
    }

    #[test]
    fn a_client_reads_what_became_of_a_transaction() {
        let change = TransactionChange::of("SET NOCOUNT ON; BEGIN TRANSACTION; SELECT 1;");
        let read = tokens(answered(&[], change, End::Batch));
        let [Token::EnvChange(change), Token::Done(_)] = &read[..] else { panic!("{read:?}") };
        assert_eq!(change.env_type, EnvChangeType::BeginTransaction);
    }
}
