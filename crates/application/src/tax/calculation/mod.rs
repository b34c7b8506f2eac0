//! `POST /tax-calculations`: the taxes of a document that is not kept.

mod body;
mod run;
mod view;

pub use body::{TaxCalculationBody, TaxChargeBody, TaxLineBody};
pub use run::ALL;
pub use run::{NAMED_TWICE, TAX_MISSING, TaxCalculations};
pub use view::{TaxCalculationView, TaxChargeView, TaxGroupView, TaxLineView, TaxTotalsView};
