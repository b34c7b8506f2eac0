//! The company that keeps the books: its profile and its branches.

mod address;
pub mod branches;
pub mod ports;
pub mod profile;
mod words;

pub use address::{CompanyAddressBody, CompanyAddressView};
