//! The text of a dunning notice as the API shows it.

use domain::parties::dunning_profile::DunningText;
use serde::Serialize;
use utoipa::ToSchema;

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DunningTextView {
    pub ar: Option<String>,
    pub en: Option<String>,
}

impl From<&DunningText> for DunningTextView {
    fn from(text: &DunningText) -> Self {
        Self { ar: text.ar.clone(), en: text.en.clone() }
    }
}
