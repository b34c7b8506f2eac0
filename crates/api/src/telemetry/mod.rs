//! Logging: tracing events as lines for people or compact JSON events, with levels by source.

mod clef;
mod console;
mod fields;
mod levels;
mod record;
mod sparse;
mod subscriber;
mod switch;

pub use levels::{AUDIT, Level, LevelChange, LevelRules};
pub use record::{Enrichers, Record};
pub use sparse::Sparse;
pub use subscriber::{Format, Logs, Time};
pub use switch::{InForce, LevelSwitch};
