//! The company and its branches over HTTP.

mod profile;

use domain::company::branch::Branch;

use super::master_data;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    profile::operations(ops);
    master_data::operations::<Branch>(ops);
}
