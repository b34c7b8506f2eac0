//! Texts of statements, written while the program is compiled.

/// The longest text, in bytes; a longer one does not compile.
const TEXT_BYTES_MAX: usize = 2_048;

/// A text under construction.
pub(crate) struct Text {
    bytes: [u8; TEXT_BYTES_MAX],
    length: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; TEXT_BYTES_MAX], length: 0 }
    }

    const fn add(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            self.bytes[self.length] = bytes[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// `?12`
    const fn parameter(self, number: usize) -> Self {
        let text = if number < 10 { self.add("?") } else { self.add("?").digit(number / 10) };
        text.digit(number % 10)
    }

    const fn digit(mut self, digit: usize) -> Self {
        self.bytes[self.length] = b'0' + digit as u8;
        self.length += 1;
        self
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// The first parameter after tenant and key.
const FIRST_COLUMN: usize = 3;

/// Inserts a row: tenant, key, the columns, the time twice, the version.
pub(crate) const fn insert(table: &str, key: &str, columns: &[&str]) -> Text {
    let mut text = Text::new().add("INSERT INTO ").add(table).add(" (tenant_id, ").add(key);
    let mut index = 0;
    while index < columns.len() {
        text = text.add(", ").add(columns[index]);
        index += 1;
    }
    text = text.add(", created_at, updated_at, version) VALUES (?1, ?2");
    let mut index = 0;
    while index < columns.len() {
        text = text.add(", ").parameter(FIRST_COLUMN + index);
        index += 1;
    }
    let now = FIRST_COLUMN + columns.len();
    text.add(", ").parameter(now).add(", ").parameter(now).add(", ").parameter(now + 1).add(")")
}

/// Updates a row, with the same parameters, that is one version behind.
pub(crate) const fn update(table: &str, key: &str, columns: &[&str]) -> Text {
    let mut text = Text::new().add("UPDATE ").add(table).add(" SET ");
    let mut index = 0;
    while index < columns.len() {
        text = text.add(columns[index]).add(" = ").parameter(FIRST_COLUMN + index).add(", ");
        index += 1;
    }
    let now = FIRST_COLUMN + columns.len();
    text = text.add("updated_at = ").parameter(now).add(", version = ").parameter(now + 1);
    text = text.add(" WHERE tenant_id = ?1 AND ").add(key).add(" = ?2 AND version = ");
    text.parameter(now + 1).add(" - 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_in_the_order_of_the_columns() {
        let columns = ["a", "b", "c", "d", "e", "f", "g"];
        assert_eq!(
            insert("t", "id", &columns).as_str(),
            "INSERT INTO t (tenant_id, id, a, b, c, d, e, f, g, created_at, updated_at, version) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)"
        );
        assert_eq!(
            update("t", "code", &columns[..1]).as_str(),
            "UPDATE t SET a = ?3, updated_at = ?4, version = ?5 WHERE tenant_id = ?1 AND code = ?2 AND version = ?5 - 1"
        );
    }
}
