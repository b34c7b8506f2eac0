//! Configuration: flat, case-insensitive keys such as `Limits:BodyBytes` in layers, the highest one winning.
//!
//! Low to high: `appsettings.json`, `appsettings.{Environment}.json`, environment variables, command line. Every
//! source is a [`Layer`] with a name, so another one (a vault, a directory of secret files) is one more `push`.
//! [`registry`] is the only list of keys: types, defaults, ranges, `config show` and `docs/CONFIG.md` follow from it.

mod command_line;
mod connections;
mod environment;
mod error;
mod json;
mod layers;
mod load;
mod reader;
mod reference;
pub mod registry;
mod settings;
mod show;
mod unknown;
mod values;

pub use command_line::{Arguments, split_arguments};
pub use environment::Environment;
pub use error::{ConfigErrors, EXIT_CONFIGURATION, Notice, Problem, Severity};
pub use layers::{Found, Layer, Layers, Scope};
pub use load::{Configuration, Gathered, Sources};
pub use reference::reference_markdown;
pub use settings::{Auth, Bootstrap, Cache, Database, Files, Limits, Logging, Settings, Shutdown, Template};
pub use values::Secret;
