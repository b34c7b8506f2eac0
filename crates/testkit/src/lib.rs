//! Test kit: the whole product on the embedded profile, in a temporary folder, with a clock the test moves.
//!
//! [`World`] is in the process and is called without a socket; [`Server`] is the real binary on a private loopback port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // tests fail by panicking

use std::io::Write;

pub mod client;
pub mod clock;
pub mod cloud;
pub mod conformance;
pub mod data;
mod free_port;
pub mod paper;
pub mod peers;
pub mod server;
pub mod sql_server;
pub mod sql_server_stub;
mod until;
pub mod world;

pub use client::{Answer, Client};
pub use clock::TestClock;
pub use server::Server;
pub use sql_server_stub::SqlServerStub;
pub use until::until;
pub use world::{TenantKit, World};

/// The file in which a run counts the tests that it could not run; `scripts/test` names it and shows what it holds.
const NOT_RUN: &str = "ERP_TEST_NOT_RUN";

/// Says that a test found out that it cannot be run here, and why.
pub fn not_run(reason: &str) {
    eprintln!("not run: {reason}");
    let Some(file) = std::env::var_os(NOT_RUN) else { return };
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    // At once, because other tests write there, too.
    file.write_all(format!("{reason}\n").as_bytes()).unwrap();
}
