//! Stand-ins for the cloud services that cannot run on a developer's machine: Key Vault, App Configuration, the token
//! endpoint of Entra, the managed identity endpoint, and an issuer of OpenID Connect.
//!
//! One TLS listener on a free loopback port answers for all four, with a certificate of an authority made at start; a
//! second, plain listener has the managed identity endpoint, the issuer and, for programs that are not in this process, the control
//! paths of [`control`]. A test in this process uses [`Stubs`] and its handles. [`tds::SqlServer`] speaks the protocol of SQL
//! Server and knows no SQL. Nothing here is part of the product.

pub mod certificates;
mod clock;
pub mod collector;
pub mod configuration;
pub mod control;
pub mod entra;
pub mod faults;
pub mod issuer;
pub mod requests;
mod serve;
mod stubs;
pub mod tds;
pub mod vault;

pub use collector::{Collector, Received, Reply};
pub use configuration::ConfigurationStore;
pub use entra::Entra;
pub use faults::{Fault, Service};
pub use issuer::Issuer;
pub use requests::Request;
pub use stubs::{Ports, StubError, Stubs};
pub use vault::{Secret, Vault};
