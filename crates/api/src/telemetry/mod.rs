//! Logging: tracing events as lines for people or compact JSON events, with levels by source.

mod clef;
mod console;
mod fields;
mod levels;
mod record;
mod sparse;
mod subscriber;

pub use levels::{Level, LevelRules};
pub use record::{Enrichers, Record};
pub use sparse::Sparse;
pub use subscriber::{Format, Logs, Time};
