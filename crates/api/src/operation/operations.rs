//! All operations, in the order in which they are registered.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use http::Method;

use super::describe::Operation;
use crate::middleware::observer::Observer;
use crate::state::AppState;
use crate::wire::Schemas;

/// Filled once at start by the routes; then made into the router and the document.
#[derive(Default)]
pub struct Operations {
    pub(super) operations: Vec<Operation>,
    /// Routes that are not operations of the API: health, metrics.
    pub(super) plain: Router<AppState>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(crate) tags: Vec<(&'static str, &'static str)>,
}

macro_rules! methods {
    ($($name:ident $method:ident;)*) => {$(
        /// Registers a handler at a path below [`API_BASE`](crate::base::API_BASE).
        pub fn $name<H, T>(&mut self, path: &'static str, handler: H) -> &mut Operation
        where
            H: Handler<T, AppState>,
            T: 'static,
        {
            self.add(Method::$method, path, on(MethodFilter::$method, handler))
        }
    )*};
}

impl Operations {
    pub fn new() -> Self {
        Self::default()
    }

    methods! {
        get GET;
        post POST;
        put PUT;
        patch PATCH;
        delete DELETE;
    }

    fn add(
        &mut self,
        method: Method,
        path: &'static str,
        route: axum::routing::MethodRouter<AppState>,
    ) -> &mut Operation {
        let index = self.operations.len();
        self.operations.push(Operation::new(method, path, route));
        &mut self.operations[index]
    }

    /// Describes a tag; a tag without a description is a fault that a test reports.
    pub fn tag(&mut self, name: &'static str, description: &'static str) -> &mut Self {
        if self.tags.iter().all(|(known, _)| *known != name) {
            self.tags.push((name, description));
        }
        self
    }

    /// Adds routes that are no operations of the API; they are not in the document and not guarded.
    pub fn plain(&mut self, router: Router<AppState>) -> &mut Self {
        self.plain = std::mem::take(&mut self.plain).merge(router);
        self
    }

    /// Tells `observer` about every request; for metrics and telemetry.
    pub fn observe(&mut self, observer: Arc<dyn Observer>) -> &mut Self {
        self.observer = Some(observer);
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    /// Faults of the registry itself: missing ids, descriptions or tags, the same id or schema name twice.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut schemas = Schemas::default();
        let mut ids = std::collections::BTreeSet::new();
        for operation in &self.operations {
            let name = format!("{} {}", operation.method, operation.path);
            if operation.id.is_empty() {
                faults.push(format!("{name}: no id"));
            } else if !ids.insert(operation.id) {
                faults.push(format!("{name}: the id {} is there twice", operation.id));
            }
            if operation.summary.is_empty() {
                faults.push(format!("{name}: no summary"));
            }
            if self.tags.iter().all(|(tag, _)| *tag != operation.tag) {
                faults.push(format!("{name}: the tag '{}' is not described", operation.tag));
            }
            if operation.access.is_none() {
                faults.push(format!("{name}: nobody said who may call it"));
            }
            if operation.answers.is_empty() {
                faults.push(format!("{name}: no answer"));
            }
            operation.collect(&mut schemas);
        }
        faults.extend(schemas.conflicts().iter().map(|conflict| format!("schema {conflict}")));
        faults
    }
}
