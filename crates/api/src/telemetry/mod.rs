//! Logging: tracing events as lines for people or compact JSON events, with levels by source.
//!
//! The code that logs makes a [`Record`] and leaves it in a queue for each output; a thread of the output writes it.

mod clef;
mod console;
mod fields;
mod levels;
mod local_time;
mod message;
mod output;
pub mod panics;
mod queue;
mod record;
pub mod request;
mod rolling;
pub mod secrets;
mod sparse;
mod subscriber;
mod switch;
pub mod tap;
mod trace;

#[cfg(test)]
pub(crate) mod tests;

pub use levels::{AUDIT, Level, LevelChange, LevelRules};
pub use record::{Enrichers, Record};
pub use request::RequestScope;
pub use rolling::Rolling;
pub use sparse::Sparse;
pub use subscriber::{FlushAtEnd, Format, Logs, Outputs, Time};
pub use switch::{InForce, LevelSwitch};
pub use tap::{Naming, Tap, UserIds};
pub use trace::{TRACEPARENT, TraceContext};

/// The source of events about logging itself.
pub const LOGGING: &str = "erp::logging";
