//! `cargo xtask`: the habits of this repository as commands.

mod bench;
mod faults;
mod gen_docs;
mod kit;
mod overload;
mod requirements;
mod sql_budget;
mod tidy;
mod tree;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check layers, modules, file sizes, error codes, migrations, cited rules and decisions, and stray paths
    Tidy,
    /// Write the generated documents
    Gen {
        /// Only say which of them are out of date
        #[arg(long)]
        check: bool,
    },
    /// Measure a release build against the performance targets
    Bench(bench::Options),
    /// Offer a server in a small container far more than it can do
    Overload(overload::Options),
    /// Take away, hang and slow down each dependency under load, and show what callers saw
    Faults(faults::Options),
    /// Show what each resource costs: lines, files, shared lists
    Kit(kit::Options),
    /// Check how many SQL statements have a text for each engine
    SqlBudget,
}

/// The result of a task: remarks do not fail it, findings do.
#[derive(Default)]
pub struct Outcome {
    /// The output of the task, if that is a text.
    pub text: String,
    pub remarks: Vec<String>,
    pub findings: Vec<String>,
}

impl Outcome {
    fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }
    fn finding(&mut self, text: impl Into<String>) {
        self.findings.push(text.into());
    }
}

fn main() -> ExitCode {
    let line = Line::parse();
    let result = tree::Tree::read().and_then(|tree| match line.task {
        Task::Tidy => tidy::run(&tree),
        Task::Gen { check } => gen_docs::run(&tree, check),
        Task::SqlBudget => sql_budget::run(&tree),
        Task::Kit(options) => kit::kit(&tree, &options),
        Task::Bench(options) => bench::bench(&options),
        Task::Overload(options) => overload::overload(&options),
        Task::Faults(options) => faults::faults(&options),
    });
    match result {
        Ok(outcome) => report(&outcome),
        Err(error) => report(&Outcome { findings: vec![error], ..Outcome::default() }),
    }
}

fn report(outcome: &Outcome) -> ExitCode {
    let mut out = std::io::stdout().lock();
    // When standard output is closed the exit code still tells.
    let _ = out.write_all(outcome.text.as_bytes());
    for text in &outcome.remarks {
        let _ = writeln!(out, "note: {text}");
    }
    if outcome.findings.is_empty() {
        return ExitCode::SUCCESS;
    }
    // A text is for whoever reads standard output, perhaps a program.
    let mut out: Box<dyn Write> =
        if outcome.text.is_empty() { Box::new(out) } else { Box::new(std::io::stderr()) };
    for text in &outcome.findings {
        let _ = writeln!(out, "error: {text}");
    }
    let _ = writeln!(out, "{} found", outcome.findings.len());
    ExitCode::FAILURE
}
