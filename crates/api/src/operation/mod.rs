//! The registry of operations: one call registers the route, its access rule and its part of the OpenAPI document.

mod describe;
mod operations;
mod router;
mod views;

pub use crate::base::API_BASE;
pub use describe::{Answer, Operation, Query as QueryParameters};
pub use operations::Operations;
pub use router::ApiRouter;
