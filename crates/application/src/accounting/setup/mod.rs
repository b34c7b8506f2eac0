//! A new ledger from a template, and example books to look around in.

pub mod examples;
mod journal_plan;
pub mod sa_standard;
pub mod set_up_tenant;
pub mod template;

pub use examples::{ExampleBooks, example_books};
pub use template::{SetupOptions, Template, apply_template, currency_name};
