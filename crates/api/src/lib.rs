//! The HTTP edge: what travels on the wire, how it is read, answered and described.

pub mod answer;
pub mod docs_page;
pub mod extract;
pub mod middleware;
pub mod openapi;
pub mod operation;
pub mod problem;
pub mod routes;
pub mod state;
pub mod wire;

#[cfg(test)]
mod tests;
