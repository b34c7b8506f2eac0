//! Write-offs: what is taken off open items without any money (R106, R110).

pub mod create;
pub mod ports;
pub mod post;
mod relief_back;
mod relief_share;
pub mod relieve;
pub mod reverse;
pub mod views;

use crate::changes::record;
use crate::unit_of_work::UnitOfWork;

use self::views::WriteOffView;

pub const READ: &str = "settlement.write_off.read";
const ENTITY: &str = "write_off";

fn note(uow: &mut dyn UnitOfWork, action: &'static str, before: Option<&WriteOffView>, after: &WriteOffView) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
