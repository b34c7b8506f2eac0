//! Locks on dates that are finished with (R11).

mod set;

pub use set::{SetLock, lock_taxes_through};
