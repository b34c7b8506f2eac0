//! The view that operators have of a running process: the same for the admin listener, `/api/v1/admin` and `/ops`.

mod build;
pub mod log_level;
mod overview;
mod targets;

use std::sync::Arc;

use application::platform::backups::service::BackupService;
use application::ports::slow_statements::{SlowStatement, SlowStatements};

use tokio::sync::Notify;

pub use build::{Build, Running};
pub use overview::{HealthView, OverviewView};
pub use targets::{Side, TargetView, Unit};

use crate::config::LiveSettings;
use crate::health::{HealthChecks, HealthState, Lifecycle, NoDetails};
use crate::metrics::{History, Metrics};
use crate::telemetry::{Level, LevelRules, LevelSwitch};

/// Handles on the parts of the process that operators look at; clones share them.
#[derive(Clone)]
pub struct Operating {
    pub health: HealthState,
    pub levels: LevelSwitch,
    /// `None` in a process that was put together without reading settings.
    pub live: Option<LiveSettings>,
    pub metrics: Metrics,
    pub history: History,
    pub slow: Arc<dyn SlowStatements>,
    pub build: Arc<Build>,
    /// `None` where this process takes none.
    pub backups: Option<Arc<dyn BackupService>>,
    /// Woken when log levels of all processes have changed.
    pub levels_changed: Arc<Notify>,
}

/// For a process that does not measure its statements.
struct NothingSlow;

impl SlowStatements for NothingSlow {
    fn slow_statements(&self) -> Vec<SlowStatement> {
        Vec::new()
    }
}

impl Default for Operating {
    /// Nothing is checked, measured or configured.
    fn default() -> Self {
        let levels = LevelRules::new(Level::Information, []);
        Self {
            health: HealthState::new(HealthChecks::none(), Lifecycle::default(), Arc::new(NoDetails)),
            levels: LevelSwitch::new(levels, |_| {}),
            live: None,
            metrics: Metrics::default(),
            history: History::default(),
            slow: Arc::new(NothingSlow),
            build: Arc::default(),
            backups: None,
            levels_changed: Arc::default(),
        }
    }
}
