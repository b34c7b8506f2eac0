//! The operations of the API, by module and resource.

pub mod platform;
