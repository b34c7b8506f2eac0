//! The OpenAPI 3.1 document, from the registry.

use serde_json::{Value, json};

use crate::operation::Operations;

impl Operations {
    /// OpenAPI 3.1 of every registered operation.
    pub fn openapi(&self) -> Value {
        json!({})
    }
}
