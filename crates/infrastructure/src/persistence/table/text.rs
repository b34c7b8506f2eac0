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

/// The columns of a field, or those of `search`.
pub(crate) type FieldColumns = &'static [ColumnName];

/// A column: `rate_date`, `t.rate_date`, and the field of a list that it is, `date`.
#[derive(Clone, Copy)]
pub(crate) struct ColumnName {
    pub column: &'static str,
    pub selected: &'static str,
    pub listed: &'static str,
}

/// The first parameter after tenant and key.
const FIRST_COLUMN: usize = 3;

/// The select without its condition: key, the fields, what is computed, version, time.
pub(crate) const fn select(from: &str, key: ColumnName, fields: &[FieldColumns], computed: &[&str]) -> Text {
    let mut text = Text::new().add("SELECT ").add(key.selected);
    let mut at = (0, 0);
    while let Some((column, next)) = column_at(fields, at) {
        text = text.add(", ").add(column.selected);
        at = next;
    }
    let mut index = 0;
    while index < computed.len() {
        text = text.add(", ").add(computed[index]);
        index += 1;
    }
    text.add(", t.version, t.updated_at FROM ").add(from)
}

/// A select with its condition, which begins with ` WHERE`.
pub(crate) const fn joined(select: &str, condition: &str) -> Text {
    Text::new().add(select).add(condition)
}

/// Inserts a row: tenant, key, the columns, the time twice, the version.
pub(crate) const fn insert(table: &str, key: ColumnName, fields: &[FieldColumns]) -> Text {
    let mut text = Text::new().add("INSERT INTO ").add(table).add(" (tenant_id, ").add(key.column);
    let mut at = (0, 0);
    while let Some((column, next)) = column_at(fields, at) {
        text = text.add(", ").add(column.column);
        at = next;
    }
    text = text.add(", created_at, updated_at, version) VALUES (?1, ?2");
    let now = FIRST_COLUMN + count(fields);
    let mut parameter = FIRST_COLUMN;
    while parameter < now {
        text = text.add(", ").parameter(parameter);
        parameter += 1;
    }
    text.add(", ").parameter(now).add(", ").parameter(now).add(", ").parameter(now + 1).add(")")
}

/// Updates a row, with the same parameters, that is one version behind.
pub(crate) const fn update(table: &str, key: ColumnName, fields: &[FieldColumns]) -> Text {
    let mut text = Text::new().add("UPDATE ").add(table).add(" SET ");
    let mut parameter = FIRST_COLUMN;
    let mut at = (0, 0);
    while let Some((column, next)) = column_at(fields, at) {
        text = text.add(column.column).add(" = ").parameter(parameter).add(", ");
        parameter += 1;
        at = next;
    }
    text = text.add("updated_at = ").parameter(parameter).add(", version = ").parameter(parameter + 1);
    text = text.add(" WHERE tenant_id = ?1 AND ").add(key.column).add(" = ?2 AND version = ");
    text.parameter(parameter + 1).add(" - 1")
}

/// The fields of the list with the columns they stand in, and those with a condition of their own: `N` is [`count`] and two, the
/// key and the time, and how many of the others there are.
pub(crate) const fn list_columns<const N: usize>(
    key: ColumnName,
    fields: &[FieldColumns],
    found: &[(&'static str, &'static str)],
) -> [(&'static str, &'static str); N] {
    let mut all = [(key.listed, key.selected); N];
    let mut index = 1;
    let mut at = (0, 0);
    while let Some((column, next)) = column_at(fields, at) {
        all[index] = (column.listed, column.selected);
        index += 1;
        at = next;
    }
    all[index] = ("updatedAt", "t.updated_at");
    let mut other = 0;
    while other < found.len() {
        index += 1;
        all[index] = found[other];
        other += 1;
    }
    all
}

/// How many columns the fields have.
pub(crate) const fn count(fields: &[FieldColumns]) -> usize {
    let (mut count, mut at) = (0, (0, 0));
    while let Some((_, next)) = column_at(fields, at) {
        count += 1;
        at = next;
    }
    count
}

/// The column at a place, or the next there is, and the place after it: field and column within it.
const fn column_at(
    fields: &[FieldColumns],
    (mut field, mut index): (usize, usize),
) -> Option<(ColumnName, (usize, usize))> {
    while field < fields.len() {
        if index < fields[field].len() {
            return Some((fields[field][index], (field, index + 1)));
        }
        field += 1;
        index = 0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: ColumnName = ColumnName { column: "id", selected: "t.id", listed: "id" };
    const A: ColumnName = ColumnName { column: "a", selected: "t.a", listed: "a" };
    const B: ColumnName = ColumnName { column: "b", selected: "t.b", listed: "c" };

    #[test]
    fn parameters_stand_in_the_order_of_the_columns() {
        let fields: [FieldColumns; 4] = [&[A, A], &[], &[B, A, A], &[A, B]];
        assert_eq!(count(&fields), 7);
        assert_eq!(
            insert("t", KEY, &fields).as_str(),
            "INSERT INTO t (tenant_id, id, a, a, b, a, a, a, b, created_at, updated_at, version) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)"
        );
        assert_eq!(
            update("t", KEY, &fields[..1]).as_str(),
            "UPDATE t SET a = ?3, a = ?4, updated_at = ?5, version = ?6 WHERE tenant_id = ?1 AND id = ?2 AND version = ?6 - 1"
        );
        assert_eq!(
            select("t t", KEY, &[&[A], &[B]], &["1 AS one"]).as_str(),
            "SELECT t.id, t.a, t.b, 1 AS one, t.version, t.updated_at FROM t t"
        );
        let listed = [("id", "t.id"), ("a", "t.a"), ("c", "t.b"), ("updatedAt", "t.updated_at")];
        assert_eq!(list_columns::<4>(KEY, &[&[A], &[B]], &[]), listed);
    }
}
