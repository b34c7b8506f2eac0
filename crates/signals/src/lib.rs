//! The telemetry of the process in numbers and events: counters that cost a request next to nothing, the metrics made
//! of them, and the events that are handed over to an exporter. Nothing here knows where they go.

mod call;
mod counter;
mod distinct;
pub mod event;
mod exposition;
mod feed;
mod histogram;
mod parent;
mod registry;
mod sampler;
mod tally;
mod window;

pub use call::{Call, DEPENDENCY, Outcome};
pub use counter::Counter;
pub use distinct::{Distinct, WINDOW_SECONDS as DISTINCT_SECONDS};
pub use event::Event;
pub use exposition::{CONTENT_TYPE, text};
pub use feed::{FEED_BYTES_MAX, Fed, Feed, Handed};
pub use histogram::{Histogram, Snapshot};
pub use parent::{TRACEPARENT, TraceParent};
pub use registry::{Family, Kind, Metric, Reading, Registry, Sample, Samples};
pub use sampler::{Rate, TICK as SAMPLER_TICK};
pub use tally::{COUNTS as TALLY_COUNTS, Tally};
pub use window::Window;
