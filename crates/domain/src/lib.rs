//! Pure business rules: no I/O, no clock, no wire format. Everything here is decided from its arguments.

pub mod accounting;
pub mod catalogue;
pub mod company;
pub mod country;
pub mod documents;
pub mod error;
pub mod hex;
pub mod ids;
pub mod items;
pub mod money;
pub mod parties;
pub mod platform;
pub mod settlement;
pub mod tax;
pub mod text;
pub mod time;
pub mod time_zone;
