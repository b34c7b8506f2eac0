//! Values of dimensions as the API shows them.

pub use crate::accounting::dimensions::values::DimensionValueView;
