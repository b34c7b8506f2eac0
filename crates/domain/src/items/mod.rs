//! Items: what is sold and bought, the units it is counted in, its barcodes and its prices (R50–R56).

pub mod barcode;
pub mod category;
pub mod conversion;
pub mod item;
pub mod match_policy;
pub mod price;
pub mod price_list;
pub mod unit;
