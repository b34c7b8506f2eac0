//! Which values lie below which, as far as lines and rules name them.

use std::collections::HashMap;

use crate::ids::DimensionValueId;

/// Deepest level of a dimension's values.
pub const VALUE_DEPTH_MAX: usize = 20;

/// The parents and headings among the values of a tenant. A value it does not know has no parent and takes postings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DimensionTree {
    parents: HashMap<DimensionValueId, DimensionValueId>,
    /// With the codes people know, such as `BRANCH=GULF`.
    headings: HashMap<DimensionValueId, String>,
}

impl DimensionTree {
    pub fn add(&mut self, value: DimensionValueId, parent: Option<DimensionValueId>) {
        if let Some(parent) = parent {
            self.parents.insert(value, parent);
        }
    }

    pub fn add_heading(&mut self, value: DimensionValueId, label: String) {
        self.headings.insert(value, label);
    }

    pub fn parent(&self, value: DimensionValueId) -> Option<DimensionValueId> {
        self.parents.get(&value).copied()
    }

    /// The label of a value that takes no postings itself.
    pub fn heading(&self, value: DimensionValueId) -> Option<&str> {
        self.headings.get(&value).map(String::as_str)
    }

    /// Whether `value` is `upper` or lies below it.
    pub fn covers(&self, upper: DimensionValueId, value: DimensionValueId) -> bool {
        std::iter::successors(Some(value), |value| self.parent(*value))
            .take(VALUE_DEPTH_MAX)
            .any(|value| value == upper)
    }
}
