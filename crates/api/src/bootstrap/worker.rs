//! Background work of one process: recurring entries fall due, remembered answers grow old.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

use super::wiring::Parts;

/// How often the background looks whether something is due.
pub const TICK: Duration = Duration::from_secs(60);
