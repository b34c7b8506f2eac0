//! Deferrals (R158): an amount that stands on one account is recognised on another, month by month.
//!
//! A deferral is its schedule: every part of it is planned, posted, failed or given up, and the parts add up to the amount. A
//! part has one entry, which is named by deferral and number, so that no part is posted twice, whoever posts it.

pub mod approval;
pub mod cancel;
pub mod create;
pub mod ports;
mod posting;
pub mod run;
pub mod run_due;
pub mod update;
pub mod views;

use crate::changes::record;
use crate::unit_of_work::UnitOfWork;

use self::views::DeferralView;

pub const READ: &str = "accounting.deferral.read";
pub const CREATE: &str = "accounting.deferral.create";
pub const UPDATE: &str = "accounting.deferral.update";
pub const RUN: &str = "accounting.deferral.run";
pub const CANCEL: &str = "accounting.deferral.cancel";

const ENTITY: &str = "deferral";

fn note(uow: &mut dyn UnitOfWork, action: &'static str, before: Option<&DeferralView>, after: &DeferralView) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
