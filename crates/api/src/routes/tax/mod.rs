//! Taxes over HTTP.

mod tax_calculations;
mod tax_entries;
mod unpaid_input_vat;
mod vat_detail;
mod vat_returns;
mod withholding;

use domain::tax::tax_code::TaxCode;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    master_data::operations::<TaxCode>(ops);
    tax_calculations::operations(ops);
    tax_entries::operations(ops);
    vat_detail::operations(ops);
    unpaid_input_vat::operations(ops);
    vat_returns::operations(ops);
    withholding::operations(ops);
}
