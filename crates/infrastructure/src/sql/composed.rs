//! A text made of closed pieces at run time, with its parameters.

use domain::ids::TenantId;

use super::value::Value;

/// A text with its parameters; `?1` is the tenant.
#[derive(Debug, Clone)]
pub struct Composed {
    pub text: String,
    pub params: Vec<Value>,
}

impl Composed {
    pub fn new(tenant: TenantId) -> Self {
        Self { text: String::new(), params: vec![tenant.into()] }
    }

    /// The name of a value in the text. One that is there already is not sent twice: SQL Server takes at most 2,100.
    pub fn param(&mut self, value: impl Into<Value>) -> String {
        let value = value.into();
        let known = self.params.iter().position(|known| *known == value);
        let index = known.unwrap_or_else(|| {
            self.params.push(value);
            self.params.len() - 1
        });
        format!("?{}", index + 1)
    }
}
