//! Test kit: the whole product on the embedded profile, in a temporary folder, with a clock the test moves.
//!
//! [`World`] is in the process and is called without a socket; [`Server`] is the real binary on a private loopback port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

pub mod client;
pub mod clock;
pub mod cloud;
pub mod conformance;
pub mod data;
pub mod peers;
pub mod server;
pub mod sql_server;
pub mod sql_server_stub;
pub mod world;

pub use client::{Answer, Client};
pub use clock::TestClock;
pub use server::Server;
pub use sql_server_stub::SqlServerStub;
pub use world::{TenantKit, World};
