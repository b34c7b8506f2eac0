//! The mechanics from outside: a small API of "things", called over the router as a client would.

mod document;
mod edge;
mod errors;
mod lists;
mod request_lines;
pub mod stub;
mod wire;
