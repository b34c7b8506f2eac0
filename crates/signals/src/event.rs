//! The exported events: requests, calls of other services, log events, numbers. They have a form of their own, from
//! which each destination makes its own.

use std::time::Duration;

use crate::registry::Family;

/// Microseconds since 1970, UTC.
pub type Micros = i64;

/// The request something belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    pub trace: [u8; 16],
    pub span: [u8; 8],
    pub parent: Option<[u8; 8]>,
    /// Method and template of the route.
    pub operation: String,
    pub tenant: Option<String>,
    pub user: Option<String>,
    /// The share of such traces that is exported, in per cent.
    pub per_cent: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub origin: Origin,
    pub began: Micros,
    pub took: Duration,
    pub method: String,
    pub route: String,
    /// Without its query.
    pub url: String,
    pub status: u16,
    /// The code of the problem, or why there was no whole answer.
    pub problem: Option<String>,
    pub bytes: u64,
}

impl Request {
    /// As Application Insights has it.
    pub fn succeeded(&self) -> bool {
        self.status < 400 && self.problem.is_none()
    }
}

/// Whom something was asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Sqlite,
    SqlServer,
    Redis,
    Blob,
    Http,
    /// An operation of a batch, which this process asks of itself.
    Itself,
}

impl Service {
    pub const ALL: [Self; 6] =
        [Self::Sqlite, Self::SqlServer, Self::Redis, Self::Blob, Self::Http, Self::Itself];

    /// As events between the layers name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::SqlServer => "microsoft.sql_server",
            Self::Redis => "redis",
            Self::Blob => "az.blob",
            Self::Http => "http",
            Self::Itself => "itself",
        }
    }

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// A call of another service.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    pub origin: Option<Origin>,
    /// Its own span.
    pub id: [u8; 8],
    pub began: Micros,
    pub took: Duration,
    pub service: Service,
    /// The name of a statement, a command, method and path.
    pub name: String,
    /// Server and database, host.
    pub target: String,
    /// A statement without values, an address without its query.
    pub data: String,
    /// A status, or what went wrong.
    pub result: String,
    pub succeeded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Verbose,
    Debug,
    Information,
    Warning,
    Error,
    Fatal,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    pub origin: Option<Origin>,
    pub time: Micros,
    pub severity: Severity,
    pub source: String,
    pub template: String,
    pub message: String,
    pub fields: Vec<(String, Field)>,
    /// An error with its causes, one a line.
    pub exception: Option<String>,
    /// The line that sums up a request, of which there is an event of its own.
    pub of_request: bool,
}

#[derive(Debug)]
pub enum Event {
    Request(Request),
    Dependency(Dependency),
    Log(Log),
    /// The metrics at one moment, of a process that began to count at another.
    Numbers {
        began: Micros,
        time: Micros,
        families: Vec<Family>,
    },
}
