//! The OpenAPI 3.1 document, from the registry. Nothing in it is written twice: parameters, bodies and access rules are
//! those that the extractors and guards enforce.

mod apim;
mod common;
mod compact;
mod operations;
mod parameters;
mod sample;
mod used;

use application::authorize::Access;
use serde_json::{Map, Value, json};

use crate::operation::Operations;
use crate::wire::Schemas;

pub use apim::to_3_0;

/// The prefix of every reference to a schema.
const PREFIX: &str = "#/components/schemas/";

impl Operations {
    /// OpenAPI 3.1 of every registered operation, as it is served.
    pub fn openapi(&self) -> Value {
        compact::compact(self.openapi_in_full())
    }

    /// OpenAPI 3.1 with everything written out where it belongs, several times if need be.
    pub fn openapi_in_full(&self) -> Value {
        let mut schemas = Schemas::default();
        let mut paths: Map<String, Value> = Map::new();
        for operation in self.iter() {
            let description = operations::describe(operation, &mut schemas);
            let path = paths.entry(operation.full_path()).or_insert_with(|| json!({}));
            path[operation.method.as_str().to_ascii_lowercase()] = description;
        }
        common::schemas(&mut schemas);
        let mut components = schemas.into_components();
        sample::fill(&mut paths, &components);
        used::keep(&paths, &mut components);
        let tags: Vec<Value> =
            self.tags.iter().map(|(name, text)| json!({ "name": name, "description": text })).collect();
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "ERP API",
                "version": env!("CARGO_PKG_VERSION"),
                "description": common::INTRODUCTION,
                "contact": { "name": "The operator of this installation" },
                "license": { "name": "MIT", "identifier": "MIT" },
            },
            "servers": [{ "url": "/", "description": "This server." }],
            "tags": tags,
            "paths": paths,
            "components": {
                "schemas": components,
                "responses": common::responses(),
                "parameters": common::parameters(),
                "headers": common::headers(),
                "securitySchemes": common::security_schemes(),
            },
        })
    }

    /// OpenAPI 3.0.3 of every registered operation, for gateways that do not read 3.1.
    pub fn openapi_apim(&self) -> Value {
        to_3_0(self.openapi_in_full())
    }
}

/// Which credentials an operation takes; none for public ones.
fn security(access: Access) -> Value {
    match access {
        Access::Public => json!([]),
        _ => json!([{ "bearer": [] }, { "apiKey": [] }, { "oauth2": [] }]),
    }
}
