//! Several statements in one round trip.

use std::fmt::Write;

use super::super::value::Value;
use super::values::{constant, declarations, declared_type};

/// Parameters of one request; the protocol ends at 2,100.
pub const PARAMETERS_MAX: usize = 2_000;
/// Bytes of parameters that a closing batch may carry as constants, some twenty thousand lines; more go ahead of it as
/// parameters, in one round trip more.
pub const CONSTANT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The error number of a statement that changed another number of rows than it was meant for.
pub const ROWS_CHANGED: i32 = 50_001;
/// The error number of an application lock that was not granted.
pub const LOCK_REFUSED: i32 = 50_002;
/// The error number of a beginning whose idempotency key has an answer.
pub const REPLAY: i32 = 50_003;

/// Statements in order, with their parameters numbered through.
#[derive(Default)]
pub struct Batch {
    text: String,
    params: Vec<Value>,
    bytes: usize,
}

impl Batch {
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Appends a rendered statement (`@P1` …). `NULL` is written into the text.
    pub fn push(&mut self, sql: &str, params: &[Value]) {
        self.push_numbered(sql, params, "@P");
        self.text.push_str(";\n");
    }

    /// Appends another batch.
    pub fn append(&mut self, other: &mut Self) {
        let (text, params) = other.take();
        self.push_numbered(&text, &params, "@p");
    }

    fn push_numbered(&mut self, sql: &str, params: &[Value], mark: &str) {
        let mut names = Vec::with_capacity(params.len());
        for value in params {
            if *value == Value::Null {
                names.push("NULL".to_owned());
                continue;
            }
            self.bytes += size(value);
            self.params.push(value.clone());
            names.push(format!("@p{}", self.params.len()));
        }
        let mut rest = sql;
        while let Some(at) = rest.find(mark) {
            let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
            let (before, after) = (&rest[..at], &rest[at + 2 + digits..]);
            let number: usize = rest[at + 2..at + 2 + digits].parse().unwrap_or_default();
            self.text.push_str(before);
            match number.checked_sub(1).and_then(|index| names.get(index)) {
                Some(name) => self.text.push_str(name),
                None => self.text.push_str(&rest[at..at + 2 + digits]),
            }
            rest = after;
        }
        self.text.push_str(rest);
    }

    /// Fails the batch unless the statement just pushed changed as many rows.
    pub fn expect_rows(&mut self, count: usize, name: &str) {
        let _ = writeln!(self.text, "IF @@ROWCOUNT <> {count} THROW {ROWS_CHANGED}, N'{name}', 1;");
    }

    pub fn has_room_for(&self, params: usize) -> bool {
        self.params.len() + params <= PARAMETERS_MAX
    }

    pub fn fits_as_constants(&self) -> bool {
        self.bytes <= CONSTANT_BYTES_MAX
    }

    /// Text and parameters, for a parameterised request.
    pub fn take(&mut self) -> (String, Vec<Value>) {
        self.bytes = 0;
        (std::mem::take(&mut self.text), std::mem::take(&mut self.params))
    }

    /// The request as one statement of a plain batch: the inner text stays parameterised, so that its plan is reused.
    pub fn take_as_call(&mut self) -> String {
        let (text, params) = self.take();
        if params.is_empty() {
            return text;
        }
        let mut call = String::with_capacity(text.len() * 2);
        for (n, value) in (1..).zip(&params) {
            let _ = writeln!(call, "DECLARE @p{n} {} = {};", declared_type(value), constant(value));
        }
        let passed: Vec<_> = (1..=params.len()).map(|n| format!("@p{n}")).collect();
        let _ = writeln!(
            call,
            "EXEC sp_executesql N'{}', N'{}', {};",
            text.replace('\'', "''"),
            declarations(&params),
            passed.join(", ")
        );
        call
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_through_and_nulls_written_out() {
        let mut batch = Batch::default();
        batch.push("UPDATE a SET x = @P2 WHERE id = @P1", &[Value::Int(1), Value::Null]);
        batch.expect_rows(1, "a.update");
        batch.push("SELECT @P1, @P11, @P2", &[Value::Int(7), Value::Text("it's".to_owned())]);
        let (text, params) = batch.take();
        assert_eq!(
            text,
            "UPDATE a SET x = NULL WHERE id = @p1;\nIF @@ROWCOUNT <> 1 THROW 50001, N'a.update', 1;\n\
             SELECT @p2, @P11, @p3;\n"
        );
        assert_eq!(params, [Value::Int(1), Value::Int(7), Value::Text("it's".to_owned())]);
    }

    #[test]
    fn a_call_keeps_its_inner_text_and_quotes_its_constants() {
        let mut batch = Batch::default();
        batch.push("INSERT INTO t VALUES (@P1, N'k')", &[Value::Text("it's \\\n".to_owned())]);
        let call = batch.take_as_call();
        assert!(call.contains("N'INSERT INTO t VALUES (@p1, N''k'');"), "{call}");
        assert!(call.contains("CONVERT(NVARCHAR(MAX), 0x69007400"), "{call}");
    }
}
