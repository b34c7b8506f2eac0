//! The unit of work as the writers see it: what works run on, and the transaction below it.

use std::sync::Arc;

use application::ports::clock::Ids;
use application::unit_of_work::UnitOfWork;
use domain::ids::TenantId;
use domain::time::Timestamp;

use super::tx::Tx;

/// Puts the repositories on a transaction. Whoever opens the database says which.
pub type OpenUnit = fn(Tx, Arc<dyn Ids>) -> Box<dyn Unit>;

/// A unit of work on a transaction. A writer makes it, runs works on it and ends the transaction.
pub trait Unit: UnitOfWork {
    fn tx(&mut self) -> &mut Tx;
    /// Makes it ready for the next work.
    fn reset(&mut self, tenant: TenantId, now: Timestamp);
    /// Gives the transaction back, to be committed or rolled back.
    fn into_tx(self: Box<Self>) -> Tx;
}
