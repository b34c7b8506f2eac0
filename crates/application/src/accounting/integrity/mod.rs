//! The books prove themselves: standing truths (R14, R16), the hash chains of ledger and audit log (R5), and where they end.

mod audit_chain;
mod checks;
mod evidence;
mod head;
mod run;
mod verify;

pub use head::{ChainEnd, ChainKind, HEAD_CHAINS_MAX, HEAD_OF_ANOTHER_TENANT, HeadInput};

pub use run::{BrokenTenantView, INTEGRITY_RUN, IntegrityRun, IntegrityRunView, TENANTS_NAMED_MAX};

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
