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
mod error;
pub mod faults;
pub mod requests;
mod serve;
mod stubs;
pub mod tds;
pub mod vault;

pub use collector::{Collector, Received, Reply};
pub use configuration::ConfigurationStore;
pub use error::StubError;
pub use faults::{Fault, Service};
pub use requests::Request;
pub use stubs::entra::{self, Entra};
pub use stubs::issuer::{self, Issuer};
pub use stubs::{Ports, Stubs, control};
pub use vault::{Secret, Vault};
