//! The HTTP edge and the parts of the binary: what travels on the wire, how it is read, answered and described.

pub mod admin;
pub mod answer;
pub mod attachment_links;
pub mod base;
pub mod bootstrap;
pub mod catalogue;
pub mod change_options;
pub mod cli;
pub mod config;
pub mod docs_page;
pub mod errors_page;
pub mod event_hub;
pub mod export;
pub mod extract;
pub mod health;
pub mod media;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod operating;
pub mod operation;
pub mod ops_page;
pub mod overload;
pub mod problem;
pub mod resources;
pub mod routes;
pub mod serving;
pub mod state;
pub mod telemetry;
mod unhurried;

/// Requests are declared below the HTTP edge, where their commands are.
pub(crate) use application::{query, request, wire, word_type};

#[cfg(test)]
mod tests;
