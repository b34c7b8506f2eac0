//! The requests of a client: SQLBatch (MS-TDS 2.2.6.7) and RPC Request (2.2.6.6).

use std::io;

use bytes::Buf;
use tds_protocol::codec::{read_b_varchar, read_us_varchar, read_utf16_string};
use tds_protocol::packet::PacketType;
use tds_protocol::types::TypeId;

use super::packets::{Message, invalid};
use super::tokens::End;

/// In place of the length of a procedure's name: its number follows.
const BY_NUMBER: u16 = 0xFFFF;
/// Says of a text that it comes in pieces.
const ANY_LENGTH: u16 = 0xFFFF;
/// Bytes of a collation.
const COLLATION_BYTES: usize = 5;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlRequest {
    /// The text of a batch, or the first parameter of a procedure if that is a text, as of `sp_executesql`.
    pub text: String,
    /// The procedure, where it is one.
    pub procedure: Option<String>,
    /// Whether it resets its connection first.
    pub reset: bool,
    /// Which connection it came over, from 1.
    pub connection: u64,
}

impl SqlRequest {
    /// Reads a message; `None` when it is of a kind that nobody here sends.
    pub fn read(message: &Message, connection: u64) -> io::Result<Option<Self>> {
        let mut rest = message.payload.as_slice();
        let (text, procedure) = match message.kind {
            PacketType::SqlBatch => {
                skip_headers(&mut rest)?;
                let characters = rest.len() / 2;
                (read_utf16_string(&mut rest, characters).ok_or_else(cut_off)?, None)
            }
            PacketType::Rpc => {
                skip_headers(&mut rest)?;
                let procedure = procedure(&mut rest)?;
                (first_text(&mut rest)?, Some(procedure))
            }
            _ => return Ok(None),
        };
        Ok(Some(Self { text, procedure, reset: message.reset, connection }))
    }

    pub fn end(&self) -> End {
        if self.procedure.is_some() { End::Procedure } else { End::Batch }
    }
}

fn cut_off() -> io::Error {
    invalid("the request is cut off")
}

fn need(rest: &[u8], bytes: usize) -> io::Result<()> {
    if rest.len() < bytes { Err(cut_off()) } else { Ok(()) }
}

/// ALL_HEADERS (2.2.5.3): their length includes itself.
fn skip_headers(rest: &mut &[u8]) -> io::Result<()> {
    need(rest, 4)?;
    let bytes = u32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
    need(rest, bytes)?;
    rest.advance(bytes);
    Ok(())
}

/// Its name, or its number as text; then its options are skipped.
fn procedure(rest: &mut &[u8]) -> io::Result<String> {
    need(rest, 4)?;
    let name = if u16::from_le_bytes([rest[0], rest[1]]) == BY_NUMBER {
        rest.advance(2);
        rest.get_u16_le().to_string()
    } else {
        read_us_varchar(rest).ok_or_else(cut_off)?
    };
    need(rest, 2)?;
    rest.advance(2);
    Ok(name)
}

/// The first parameter, or nothing where it is no text.
fn first_text(rest: &mut &[u8]) -> io::Result<String> {
    if rest.is_empty() {
        return Ok(String::new());
    }
    read_b_varchar(rest).ok_or_else(cut_off)?;
    // Status, type, greatest length.
    need(rest, 4)?;
    rest.advance(1);
    if rest.get_u8() != TypeId::NVarChar as u8 {
        return Ok(String::new());
    }
    let greatest = rest.get_u16_le();
    need(rest, COLLATION_BYTES)?;
    rest.advance(COLLATION_BYTES);
    let bytes = if greatest == ANY_LENGTH { pieces(rest)? } else { whole(rest)? };
    let (mut bytes, characters) = (bytes.as_slice(), bytes.len() / 2);
    read_utf16_string(&mut bytes, characters).ok_or_else(cut_off)
}

fn whole(rest: &mut &[u8]) -> io::Result<Vec<u8>> {
    need(rest, 2)?;
    let bytes = usize::from(rest.get_u16_le());
    need(rest, bytes)?;
    Ok(rest[..bytes].to_vec())
}

fn pieces(rest: &mut &[u8]) -> io::Result<Vec<u8>> {
    need(rest, 8)?;
    rest.advance(8);
    let mut all = Vec::new();
    loop {
        need(rest, 4)?;
        let bytes = rest.get_u32_le() as usize;
        if bytes == 0 {
            return Ok(all);
        }
        need(rest, bytes)?;
        all.extend_from_slice(&rest[..bytes]);
        rest.advance(bytes);
    }
}

#[cfg(test)]
mod tests {
    use tds_protocol::rpc::{RpcParam, RpcRequest};
    use tds_protocol::sql_batch::SqlBatch;

    use super::*;

    fn read(kind: PacketType, payload: &[u8]) -> io::Result<Option<SqlRequest>> {
        SqlRequest::read(&Message { kind, reset: false, payload: payload.to_vec() }, 1)
    }

    #[test]
    fn texts_are_read_from_batches_and_procedures() {
        let batch = read(PacketType::SqlBatch, &SqlBatch::new("SELECT N'ب'").encode()).unwrap().unwrap();
        assert_eq!((batch.text.as_str(), batch.procedure.as_deref()), ("SELECT N'ب'", None));
        for text in ["SELECT @p1".to_owned(), "x".repeat(5_000)] {
            let named = RpcRequest::named("sp_executesql")
                .param(RpcParam::nvarchar("", &text))
                .param(RpcParam::int("@p1", 7));
            let named = read(PacketType::Rpc, &named.encode()).unwrap().unwrap();
            assert_eq!((named.text, named.procedure.as_deref()), (text.clone(), Some("sp_executesql")));
            let numbered = RpcRequest::execute_sql(&text, vec![RpcParam::int("@p1", 7)]);
            let numbered = read(PacketType::Rpc, &numbered.encode()).unwrap().unwrap();
            assert_eq!((numbered.text, numbered.procedure.as_deref()), (text, Some("10")));
        }
        assert!(read(PacketType::Rpc, &SqlBatch::new("SELECT 1").encode()[..25]).is_err());
        assert_eq!(read(PacketType::BulkLoad, &[]).unwrap(), None);
    }
}
