//! The requirements of the product, by id: rows, golden vectors and defects that must not come back.

use serde_json::{Map, Value};

use crate::tree::Tree;

pub const PATH: &str = "docs/requirements.json";

pub struct Section {
    pub title: String,
    pub kind: Kind,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Row,
    Vector,
    Defect,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Row, Self::Vector, Self::Defect];

    pub fn plural(self) -> &'static str {
        match self {
            Self::Row => "rows",
            Self::Vector => "golden vectors",
            Self::Defect => "defects",
        }
    }
}

pub struct Entry {
    pub id: String,
    pub title: String,
    /// Set for a requirement that only a reader has checked: the file, and the part of it.
    pub reviewed: Option<Reason>,
    /// Set for a requirement that is met in another way: the decision, and how.
    pub decided: Option<Reason>,
    /// The part that is not built, or not proven.
    pub open: Option<String>,
}

pub struct Reason {
    /// Path of the file that is pointed to.
    pub path: String,
    pub text: String,
}

pub fn read(tree: &Tree) -> Result<Vec<Section>, String> {
    let text = tree.text(PATH).ok_or_else(|| format!("{PATH} cannot be read"))?;
    parse(&text, &tree.paths)
}

/// The catalogue in `text`, whose reasons may point to the files in `paths`.
pub fn parse(text: &str, paths: &[String]) -> Result<Vec<Section>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("{PATH}: {error}"))?;
    let sections = value.as_array().ok_or_else(|| format!("{PATH} is no array of sections"))?;
    sections.iter().map(|value| section(value, paths)).collect()
}

fn section(value: &Value, paths: &[String]) -> Result<Section, String> {
    let members = object(value, &["prefix", "title", "entries"], "a section")?;
    let prefix = text(members, "prefix").ok_or_else(|| format!("{PATH}: a section has no prefix"))?;
    let title = text(members, "title").ok_or_else(|| format!("{PATH}: section {prefix} has no title"))?;
    let kind = match prefix.as_str() {
        "GV" => Kind::Vector,
        "X" => Kind::Defect,
        _ => Kind::Row,
    };
    let entries = members.get("entries").and_then(Value::as_array);
    let entries = entries.ok_or_else(|| format!("{PATH}: section {prefix} has no entries"))?;
    let entries = entries.iter().map(|value| entry(value, paths)).collect::<Result<Vec<_>, _>>()?;
    for (index, entry) in entries.iter().enumerate() {
        // A number cannot be removed without being seen.
        let width = if kind == Kind::Defect { 2 } else { 1 };
        let expected = format!("{prefix}{:0width$}", index + 1);
        if entry.id != expected {
            return Err(format!("{PATH}: {} stands where {expected} belongs", entry.id));
        }
    }
    Ok(Section { title, kind, entries })
}

fn entry(value: &Value, paths: &[String]) -> Result<Entry, String> {
    let members = object(value, &["id", "title", "reviewed", "decided", "open"], "an entry")?;
    let id = text(members, "id").ok_or_else(|| format!("{PATH}: an entry has no id"))?;
    let title = text(members, "title").ok_or_else(|| format!("{PATH}: {id} has no title"))?;
    let reason = |name: &str, path: &dyn Fn(&str) -> Option<String>| {
        let Some(text) = text(members, name) else { return Ok(None) };
        let found = text.split_once(": ").and_then(|(place, text)| Some((path(place)?, text.to_owned())));
        let (path, text) = found.ok_or_else(|| format!("{PATH}: '{name}' of {id} points to nothing here"))?;
        Ok::<_, String>(Some(Reason { path, text }))
    };
    let reviewed = reason("reviewed", &|place| paths.iter().find(|path| *path == place).cloned())?;
    let decided = reason("decided", &|place| {
        let start = format!("docs/adr/{place}-");
        paths.iter().find(|path| path.starts_with(&start)).cloned()
    })?;
    Ok(Entry { id, title, reviewed, decided, open: text(members, "open") })
}

fn object<'a>(value: &'a Value, names: &[&str], what: &str) -> Result<&'a Map<String, Value>, String> {
    let members = value.as_object().ok_or_else(|| format!("{PATH}: {what} is no object: {value}"))?;
    match members.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(format!("{PATH}: {what} has a member '{key}': {value}")),
        None => Ok(members),
    }
}

fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(entries: &str) -> Result<Vec<Section>, String> {
        let paths = ["deploy/a.sql", "docs/adr/0024-cached.md"].map(str::to_owned);
        parse(&format!(r#"[{{"prefix":"A","title":"Topology","entries":[{entries}]}}]"#), &paths)
    }

    fn refused(entries: &str) -> String {
        parsed(entries).err().unwrap_or_else(|| panic!("taken: {entries}"))
    }

    #[test]
    fn reasons_point_to_files_of_the_repository() {
        let sections = parsed(
            r#"{"id":"A1","title":"t","reviewed":"deploy/a.sql: the text","decided":"0024: otherwise","open":"x"}"#,
        );
        let entry = &sections.unwrap()[0].entries[0];
        assert_eq!(entry.reviewed.as_ref().unwrap().path, "deploy/a.sql");
        assert_eq!(entry.decided.as_ref().unwrap().path, "docs/adr/0024-cached.md");
        assert_eq!(entry.decided.as_ref().unwrap().text, "otherwise");
        assert!(refused(r#"{"id":"A1","title":"t","reviewed":"deploy/b.sql: x"}"#).contains("reviewed"));
        assert!(refused(r#"{"id":"A1","title":"t","decided":"0025: x"}"#).contains("A1"));
        assert!(refused(r#"{"id":"A1","title":"t","decided":"we said so"}"#).contains("decided"));
    }

    #[test]
    fn numbers_have_no_holes_and_members_are_known() {
        assert!(parsed(r#"{"id":"A1","title":"t"},{"id":"A2","title":"u"}"#).is_ok());
        assert!(refused(r#"{"id":"A1","title":"t"},{"id":"A3","title":"u"}"#).contains("A2"));
        assert!(refused(r#"{"id":"A1","title":"t"},{"id":"A1","title":"u"}"#).contains("A2"));
        assert!(refused(r#"{"id":"A1","title":"t","opne":"x"}"#).contains("opne"));
        assert!(refused(r#"{"id":"A1"}"#).contains("title"));
    }
}
