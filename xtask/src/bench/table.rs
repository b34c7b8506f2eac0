//! The tables: measured values beside their targets, and the cost of an outage.

use std::io::Write;

use serde_json::json;

use super::load::Measured;

/// Shown at once on standard error, because the whole takes minutes.
pub fn progress(text: &str) {
    // When nobody listens the table still comes.
    let _ = writeln!(std::io::stderr().lock(), "  {text}");
}

/// The profile that is being measured. Targets are the embedded one's.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    #[default]
    Embedded,
    Cloud,
}

/// One line of the table.
struct Row {
    what: &'static str,
    embedded: String,
    target: &'static str,
    /// `None` where there is nothing to compare.
    met: Option<bool>,
    cloud: Option<String>,
}

/// One kind of request while a service failed in the middle of the load.
pub struct Outage {
    pub fault: &'static str,
    pub requests: &'static str,
    pub before: Measured,
    pub meanwhile: Measured,
    pub after: Measured,
    pub failures: usize,
    pub first_failure: Option<String>,
}

#[derive(Default)]
pub struct Table {
    pub column: Column,
    /// Why the cloud's cells are empty, while they are.
    pub cloud_missing: Option<String>,
    pub notes: Vec<String>,
    /// Requests that failed where none may.
    pub findings: Vec<String>,
    rows: Vec<Row>,
    outages: Vec<Outage>,
}

impl Table {
    pub fn add(&mut self, what: &'static str, measured: String, target: &'static str, met: Option<bool>) {
        progress(&format!("{what}: {measured}"));
        if self.column == Column::Embedded {
            self.rows.push(Row { what, embedded: measured, target, met, cloud: None });
        } else if let Some(row) = self.rows.iter_mut().find(|row| row.what == what) {
            row.cloud = Some(measured);
        }
    }

    /// Adds the share of its rate that a load loses: requests a second without the cost, and with it.
    pub fn add_cost(&mut self, what: &'static str, [without, with]: [f64; 2]) {
        let percent = (1.0 - with / without.max(1e-9)) * 100.0;
        let shown = format!("{percent:.1} % ({with:.0}/s of {without:.0}/s)");
        self.add(what, shown, "< 10 %", Some(percent < 10.0));
    }

    /// Adds the row of a load, with its failed requests.
    pub fn add_load(
        &mut self,
        what: &'static str,
        load: &Measured,
        measured: String,
        target: &'static str,
        met: Option<bool>,
    ) {
        let Some(first) = &load.first_failure else { return self.add(what, measured, target, met) };
        let failures = load.failures;
        self.add(what, format!("{measured}, {failures} failed"), target, met.map(|_| false));
        self.findings.push(format!("{what}: {failures} requests failed, the first with: {first}"));
    }

    pub fn add_outage(&mut self, row: Outage) {
        let phases = [&row.before, &row.meanwhile, &row.after].map(shown).join(" | ");
        progress(&format!("Redis {}: {}: {phases} | {} failed", row.fault, row.requests, row.failures));
        if let Some(first) = &row.first_failure {
            let Outage { fault, requests, failures, .. } = &row;
            self.findings
                .push(format!("Redis {fault}: {failures} {requests} failed, the first with: {first}"));
        }
        self.outages.push(row);
    }

    fn cloud<'a>(&'a self, row: &'a Row) -> &'a str {
        row.cloud.as_deref().or(self.cloud_missing.as_deref()).unwrap_or_default()
    }

    /// Markdown for people.
    pub fn markdown(&self) -> String {
        let mut text = String::from("| what | embedded | target | met | cloud |\n|---|---|---|---|---|\n");
        for row in &self.rows {
            let met = row.met.map_or("", |met| if met { "met" } else { "short" });
            let Row { what, embedded, target, .. } = row;
            text.push_str(&format!("| {what} | {embedded} | {target} | {met} | {} |\n", self.cloud(row)));
        }
        if !self.outages.is_empty() {
            text.push_str("\n| Redis | requests | before | meanwhile | after | failed | target | met |\n");
            text.push_str("|---|---|---|---|---|---|---|---|\n");
        }
        for row in &self.outages {
            let phases = [&row.before, &row.meanwhile, &row.after].map(shown).join(" | ");
            let (failed, met) = (row.failures, if row.failures == 0 { "met" } else { "short" });
            text.push_str(&format!(
                "| {} | {} | {phases} | {failed} | 0 | {met} |\n",
                row.fault, row.requests
            ));
        }
        for note in &self.notes {
            text.push_str(&format!("\n{note}\n"));
        }
        text
    }

    /// One JSON object a line, for machines.
    pub fn json_lines(&self) -> String {
        let rows = self.rows.iter().map(|row| {
            let Row { what, embedded, target, met, .. } = row;
            json!({ "what": what, "embedded": embedded, "target": target, "met": met, "cloud": self.cloud(row) })
        });
        let outages = self.outages.iter().map(|row| {
            let Outage { fault, requests, failures, first_failure, .. } = row;
            let (before, meanwhile, after) = (figures(&row.before), figures(&row.meanwhile), figures(&row.after));
            json!({
                "redis": fault, "requests": requests, "before": before, "meanwhile": meanwhile, "after": after,
                "failed": failures, "firstFailure": first_failure, "target": 0, "met": *failures == 0,
            })
        });
        let notes = self.notes.iter().map(|note| json!({ "note": note }));
        rows.chain(outages).chain(notes).map(|line| line.to_string() + "\n").collect()
    }
}

fn shown(measured: &Measured) -> String {
    let (p99, slowest) = (measured.percentile_ms(990), measured.percentile_ms(1000));
    format!("{}, p99 {p99:.1} ms, slowest {slowest:.0} ms", measured.rate())
}

fn figures(measured: &Measured) -> serde_json::Value {
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    json!({
        "perSecond": rounded(measured.per_second()),
        "p99Ms": rounded(measured.percentile_ms(990)),
        "slowestMs": rounded(measured.percentile_ms(1000)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cloud_stands_beside_the_embedded_profile_or_says_why_not() {
        let mut table =
            Table { cloud_missing: Some("not measured: no server".to_owned()), ..Table::default() };
        table.add("start", "9 ms".to_owned(), "< 300 ms", Some(true));
        table.add("memory", "37 MiB".to_owned(), "", None);
        table.column = Column::Cloud;
        table.add("start", "800 ms".to_owned(), "< 300 ms", Some(false));
        let text = table.markdown();
        assert!(text.contains("| start | 9 ms | < 300 ms | met | 800 ms |"), "{text}");
        assert!(text.contains("| memory | 37 MiB |  |  | not measured: no server |"), "{text}");
    }

    #[test]
    fn failed_requests_are_named_and_found() {
        let mut table = Table::default();
        let load = Measured { failures: 2, first_failure: Some("503".to_owned()), ..Measured::default() };
        table.add_load("reads", &load, "5/s".to_owned(), ">= 1/s", Some(true));
        assert!(table.markdown().contains("| reads | 5/s, 2 failed | >= 1/s | short |"));
        assert_eq!(table.findings, ["reads: 2 requests failed, the first with: 503"]);
    }
}
