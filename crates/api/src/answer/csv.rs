//! Lists as CSV (RFC 4180, UTF-8): one column for each scalar member, nested objects as `name.ar`, lists as JSON text.
//!
//! Values are written as they are. A value that begins with `=`, `+`, `-` or `@` is not altered: an export must give
//! back what was stored, so programs that open it are told to import text as text (docs/API-DESIGN.md).

use std::fmt::Write as _;

use serde_json::Value;
use utoipa::ToSchema;

use crate::wire::Schemas;

/// How deep objects are flattened.
const DEPTH_MAX: usize = 4;

/// The columns of a view: paths of member names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Vec<String>>);

impl Columns {
    /// From the view's schema, so that the header does not depend on which rows there are.
    pub fn of<T: ToSchema>() -> Self {
        let mut schemas = Schemas::default();
        let root = schemas.view::<T>();
        let mut columns = Vec::new();
        flatten(&schemas, &root, &mut Vec::new(), &mut columns);
        Self(columns)
    }

    /// The names of the view's own members.
    pub fn members(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.0.iter().filter_map(|path| path.first().map(String::as_str)).collect();
        names.dedup();
        names
    }

    /// Only the columns of these members, in the view's order.
    #[must_use]
    pub fn only(mut self, members: Option<&[String]>) -> Self {
        if let Some(members) = members {
            self.0.retain(|path| path.first().is_some_and(|name| members.contains(name)));
        }
        self
    }

    pub fn header(&self) -> String {
        let mut line = String::new();
        for (index, path) in self.0.iter().enumerate() {
            if index > 0 {
                line.push(',');
            }
            field(&mut line, &path.join("."));
        }
        line.push_str("\r\n");
        line
    }

    /// Appends one row.
    pub fn row(&self, out: &mut String, item: &Value) {
        for (index, path) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let value = path.iter().try_fold(item, |value, name| value.get(name)).unwrap_or(&Value::Null);
            match value {
                Value::Null => {}
                Value::Bool(flag) => {
                    let _ = write!(out, "{flag}");
                }
                Value::Number(number) => {
                    let _ = write!(out, "{number}");
                }
                Value::String(text) => field(out, text),
                nested => field(out, &nested.to_string()),
            }
        }
        out.push_str("\r\n");
    }
}

fn field(out: &mut String, text: &str) {
    if !text.contains([',', '"', '\r', '\n']) {
        out.push_str(text);
        return;
    }
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

fn flatten(schemas: &Schemas, schema: &Value, path: &mut Vec<String>, columns: &mut Vec<Vec<String>>) {
    let members = if path.len() < DEPTH_MAX { schemas.properties(schema) } else { Vec::new() };
    if members.is_empty() && !path.is_empty() {
        columns.push(path.clone());
    }
    for (name, member) in members {
        path.push(name.to_owned());
        flatten(schemas, member, path, columns);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(serde::Serialize, ToSchema)]
    #[allow(dead_code)]
    struct Name {
        ar: Option<String>,
        en: Option<String>,
    }
    #[derive(serde::Serialize, ToSchema)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code)]
    struct Row {
        id: String,
        display_name: Name,
        parent: Option<Name>,
        tags: Vec<String>,
    }

    #[test]
    fn members_are_flattened_and_quoted() {
        let columns = Columns::of::<Row>();
        assert_eq!(columns.header(), "id,displayName.ar,displayName.en,parent.ar,parent.en,tags\r\n");
        assert_eq!(columns.members(), ["id", "displayName", "parent", "tags"]);
        let mut out = String::new();
        columns.row(
            &mut out,
            &json!({ "id": "=1+1", "displayName": { "ar": "نقد", "en": "a \"b\", c\r\nd" }, "parent": null, "tags": ["x"] }),
        );
        assert_eq!(out, "=1+1,نقد,\"a \"\"b\"\", c\r\nd\",,,\"[\"\"x\"\"]\"\r\n");
    }
}
