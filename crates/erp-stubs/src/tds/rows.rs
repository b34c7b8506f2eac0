//! Result sets: COLMETADATA (MS-TDS 2.2.7.4) and ROW (2.2.7.20).

use bytes::{BufMut, BytesMut};
use chrono::{DateTime, Datelike, Timelike};
use tds_protocol::codec::write_b_varchar;
use tds_protocol::token::TokenType;
use tds_protocol::types::TypeId;

use super::tokens::COLLATION;

/// `Flags` of a column: it may be null.
const NULLABLE: u16 = 0x0001;
/// A length that says that values come in pieces, of any length (2.2.5.2.3).
const ANY_LENGTH: u16 = 0xFFFF;
const NULL_OF_ANY_LENGTH: u64 = u64::MAX;
/// Digits of a moment after the second, and its bytes: five for the time, three for the day.
const TIME_SCALE: u8 = 6;
const TIME_BYTES: u8 = 8;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Int(i64),
    Bit(bool),
    Text(String),
    Bytes(Vec<u8>),
    /// Microseconds since 1970.
    Time(i64),
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// A result set. A column has the type of its first value that is not null.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Rows {
    /// With these columns and no row.
    pub fn of(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() }
    }

    /// One row of one column.
    pub fn single(column: &str, cell: impl Into<Cell>) -> Self {
        Self::of(&[column]).row(vec![cell.into()])
    }

    /// With one row more.
    #[must_use]
    pub fn row(mut self, cells: Vec<Cell>) -> Self {
        self.rows.push(cells);
        self
    }

    pub fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    pub fn encode(&self, to: &mut BytesMut) {
        to.put_u8(TokenType::ColMetaData as u8);
        to.put_u16_le(u16::try_from(self.columns.len()).unwrap_or(u16::MAX));
        for (index, name) in self.columns.iter().enumerate() {
            to.put_u32_le(0);
            to.put_u16_le(NULLABLE);
            encode_type(self.kind(index), to);
            write_b_varchar(to, name);
        }
        for row in &self.rows {
            to.put_u8(TokenType::Row as u8);
            for index in 0..self.columns.len() {
                encode_value(self.kind(index), row.get(index).unwrap_or(&Cell::Null), to);
            }
        }
    }

    fn kind(&self, column: usize) -> TypeId {
        let known = self.rows.iter().filter_map(|row| row.get(column)).find(|cell| **cell != Cell::Null);
        match known {
            Some(Cell::Int(_)) => TypeId::IntN,
            Some(Cell::Bit(_)) => TypeId::BitN,
            Some(Cell::Bytes(_)) => TypeId::BigVarBinary,
            Some(Cell::Time(_)) => TypeId::DateTime2,
            Some(Cell::Text(_) | Cell::Null) | None => TypeId::NVarChar,
        }
    }
}

/// TYPE_INFO (2.2.5.6).
fn encode_type(kind: TypeId, to: &mut BytesMut) {
    to.put_u8(kind as u8);
    match kind {
        TypeId::IntN => to.put_u8(8),
        TypeId::BitN => to.put_u8(1),
        TypeId::DateTime2 => to.put_u8(TIME_SCALE),
        TypeId::BigVarBinary => to.put_u16_le(ANY_LENGTH),
        _ => {
            to.put_u16_le(ANY_LENGTH);
            to.put_slice(&COLLATION);
        }
    }
}

/// A value of a column of this type; one of another type is null.
fn encode_value(kind: TypeId, cell: &Cell, to: &mut BytesMut) {
    match (kind, cell) {
        (TypeId::IntN, Cell::Int(value)) => {
            to.put_u8(8);
            to.put_i64_le(*value);
        }
        (TypeId::BitN, Cell::Bit(value)) => {
            to.put_u8(1);
            to.put_u8(u8::from(*value));
        }
        (TypeId::DateTime2, Cell::Time(micros)) => encode_time(*micros, to),
        (TypeId::NVarChar, Cell::Text(text)) => {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            encode_pieces(&bytes, to);
        }
        (TypeId::BigVarBinary, Cell::Bytes(bytes)) => encode_pieces(bytes, to),
        (TypeId::NVarChar | TypeId::BigVarBinary, _) => to.put_u64_le(NULL_OF_ANY_LENGTH),
        _ => to.put_u8(0),
    }
}

/// A value of any length: all its bytes, one piece, the end.
fn encode_pieces(bytes: &[u8], to: &mut BytesMut) {
    to.put_u64_le(bytes.len() as u64);
    if !bytes.is_empty() {
        to.put_u32_le(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        to.put_slice(bytes);
    }
    to.put_u32_le(0);
}

/// DATETIME2 (2.2.5.5.1.8): parts of a second since midnight, days since the year 1.
fn encode_time(micros: i64, to: &mut BytesMut) {
    let moment = DateTime::from_timestamp_micros(micros).unwrap_or_default().naive_utc();
    let time =
        u64::from(moment.num_seconds_from_midnight()) * 1_000_000 + u64::from(moment.nanosecond() / 1_000);
    let days = moment.date().num_days_from_ce() - 1;
    to.put_u8(TIME_BYTES);
    to.put_slice(&time.to_le_bytes()[..5]);
    to.put_slice(&days.to_le_bytes()[..3]);
}

#[cfg(test)]
mod tests {
    use tds_protocol::token::{Token, TokenParser};

    use super::*;

    #[test]
    fn a_client_reads_the_columns_and_as_many_rows() {
        let rows = Rows::of(&["number", "name", "at"])
            .row(vec![Cell::Int(1), Cell::Null, Cell::Time(0)])
            .row(vec![Cell::Int(2), "اسم".into(), Cell::Null]);
        let mut bytes = BytesMut::new();
        rows.encode(&mut bytes);
        let mut parser = TokenParser::new(bytes.freeze());
        let Some(Token::ColMetaData(columns)) = parser.next_token().unwrap() else { panic!("no columns") };
        let names: Vec<_> = columns.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["number", "name", "at"]);
        for _ in 0..rows.count() {
            let token = parser.next_token_with_metadata(Some(&columns)).unwrap();
            assert!(matches!(token, Some(Token::Row(_))), "{token:?}");
        }
        assert!(parser.next_token_with_metadata(Some(&columns)).unwrap().is_none());
    }
}
