//! Taxes over HTTP.

mod tax_calculations;

use domain::tax::tax_code::TaxCode;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    master_data::operations::<TaxCode>(ops);
    tax_calculations::operations(ops);
}
