//! Reports, exports and integrity checks over a real database.

pub mod books;
mod export;
mod general_ledger;
mod integrity;
mod known_at;
mod speed;
mod statements;
mod tampering;
mod trial_balance;
