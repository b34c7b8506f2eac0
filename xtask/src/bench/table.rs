//! The table: what was measured beside what is wanted.

use std::io::Write;

/// Shown at once on standard error, because the whole takes minutes.
pub fn progress(text: &str) {
    // When nobody listens the table still comes.
    let _ = writeln!(std::io::stderr().lock(), "  {text}");
}

/// One line of the table.
pub struct Row {
    pub what: &'static str,
    pub measured: String,
    pub target: &'static str,
    /// `None` where there is nothing to compare.
    pub met: Option<bool>,
}

#[derive(Default)]
pub struct Table(pub Vec<Row>);

impl Table {
    pub fn add(&mut self, what: &'static str, measured: String, target: &'static str, met: Option<bool>) {
        progress(&format!("{what}: {measured}"));
        self.0.push(Row { what, measured, target, met });
    }

    /// Markdown for people.
    pub fn markdown(&self) -> String {
        let mut text = String::from("| what | measured | target | |\n|---|---|---|---|\n");
        for row in &self.0 {
            let mark = match row.met {
                Some(true) => "met",
                Some(false) => "short",
                None => "",
            };
            text.push_str(&format!("| {} | {} | {} | {mark} |\n", row.what, row.measured, row.target));
        }
        text
    }

    /// One JSON object a line, for machines.
    pub fn json_lines(&self) -> String {
        let line = |row: &Row| {
            serde_json::json!({ "what": row.what, "measured": row.measured, "target": row.target, "met": row.met })
                .to_string()
        };
        self.0.iter().map(|row| line(row) + "\n").collect()
    }
}
