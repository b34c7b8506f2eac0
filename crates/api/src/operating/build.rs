//! The facts about a process that do not change after its start.

use domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The facts about the process that do not change after its start.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    pub version: &'static str,
    /// A mark that tells this build from others of the same version.
    pub build: String,
    pub environment: &'static str,
    #[schema(example = "sql-server")]
    pub database: &'static str,
    /// The name of the machine or pod.
    pub host: String,
    pub process_id: u32,
    #[serde(serialize_with = "application::views::timestamp")]
    #[schema(value_type = String, format = "date-time")]
    pub started_at: Timestamp,
    pub worker_threads: usize,
    /// The number of processors that the process may use.
    pub cpus: f64,
    /// The memory that the process may use, in bytes.
    pub memory_bytes: u64,
    pub open_files_max: u64,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            build: String::new(),
            environment: "",
            database: "",
            host: String::new(),
            process_id: std::process::id(),
            started_at: Timestamp::from_micros(0),
            worker_threads: 0,
            cpus: 0.0,
            memory_bytes: 0,
            open_files_max: 0,
        }
    }
}

/// The process, and how long it has been running.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    #[serde(flatten)]
    pub build: Build,
    pub uptime_seconds: i64,
}

impl Build {
    pub fn running(&self, now: Timestamp) -> Running {
        let micros = now.micros() - self.started_at.micros();
        Running { build: self.clone(), uptime_seconds: micros / 1_000_000 }
    }
}
