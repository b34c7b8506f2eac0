//! Distribution runs (R159): a key distributes what accounts gathered in a period, once, by one entry.

pub mod approval;
pub mod create;
mod measure;
pub mod ports;
pub mod undo;
pub mod views;

use crate::changes::record;
use crate::unit_of_work::UnitOfWork;

use self::views::DistributionRunView;

domain::errors! {
    DISTRIBUTION_DONE = "distribution_done", Conflict, User,
        "Key {key} was run for the period that ends on {date} already, by {id}. Undo it to run it again.",
        "أُجري التوزيع بالمفتاح {key} للفترة المنتهية في {date} من قبل ({id}). ألغه لتجريه من جديد.";
    DISTRIBUTION_UNDONE = "distribution_undone", Conflict, User,
        "The distribution run was undone already.", "أُلغيت عملية التوزيع من قبل.";
    DISTRIBUTION_KEY_INACTIVE = "distribution_key_inactive", Rule, User,
        "Distribution key {key} is not active.", "مفتاح التوزيع {key} غير نشط.";
    DISTRIBUTION_TOO_LARGE = "distribution_too_large", TooLarge, User,
        "A run distributes at most {max} balances.", "توزّع العملية الواحدة {max} رصيد بحد أقصى.";
}

/// Most balances, by account and combination of dimension values, that a run reads.
pub const DISTRIBUTED_MAX: usize = 20_000;

pub const READ: &str = "accounting.distribution_run.read";
const ENTITY: &str = "distribution_run";

fn note(
    uow: &mut dyn UnitOfWork,
    action: &'static str,
    before: Option<&DistributionRunView>,
    after: &DistributionRunView,
) {
    record(uow, ENTITY, after.id, action, before, Some(after));
}
