//! The books prove themselves: standing truths (R14, R16) and the hash chain (R5).

mod checks;
mod verify;

use std::sync::Arc;

use super::ports::integrity::IntegrityQueries;

/// Checks one tenant's books.
#[derive(Clone)]
pub struct Integrity {
    queries: Arc<dyn IntegrityQueries>,
}

impl Integrity {
    pub fn new(queries: Arc<dyn IntegrityQueries>) -> Self {
        Self { queries }
    }
}
