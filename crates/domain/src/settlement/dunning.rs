//! Dunning runs: reminders of what is overdue, and what came of them (R109).

use crate::ids::Id;

/// Marks the ids of dunning runs.
#[derive(Debug)]
pub enum DunningRun {}
pub type DunningRunId = Id<DunningRun>;

/// Marks the ids of dunning notices.
#[derive(Debug)]
pub enum DunningNotice {}
pub type DunningNoticeId = Id<DunningNotice>;

/// Most notices of one run.
pub const DUNNING_NOTICES_MAX: usize = 1_000;
/// Most items of one run.
pub const DUNNING_ITEMS_MAX: usize = 10_000;

crate::errors! {
    DUNNING_NOTHING_DUE = "dunning_nothing_due", Conflict, User,
        "No item has reached a further level: everything was paid, is held back, or was reminded of already.",
        "لم يبلغ أي بند مستوى جديدًا: كل البنود سُددت أو أُوقفت مطالبتها أو طولب بها من قبل.";
    DUNNING_RUN_NOT_DRAFT = "dunning_run_not_draft", Conflict, User,
        "The dunning run is {status}; only a draft is posted or deleted.",
        "حالة عملية المطالبة «{status}»؛ لا تُرحَّل ولا تُحذف إلا المسودة.";
    DUNNING_RUN_NOT_POSTED = "dunning_run_not_posted", Conflict, User,
        "The dunning run is {status}; only a posted one is undone.",
        "حالة عملية المطالبة «{status}»؛ لا تُلغى إلا العملية المرحّلة.";
    DUNNING_NOTICE_NOT_POSTED = "dunning_notice_not_posted", Conflict, User,
        "The dunning notice is {status}; only a posted one is undone.",
        "حالة إشعار المطالبة «{status}»؛ لا يُلغى إلا الإشعار المرحّل.";
    DUNNING_LEVEL_REACHED_AGAIN = "dunning_level_reached_again", Conflict, User,
        "Items of the notice were reminded of at a higher level since; undo that notice first.",
        "طولب ببنود الإشعار بعده بمستوى أعلى؛ ألغِ ذلك الإشعار أولًا.";
}

crate::choices! {
    /// The status of a dunning run or of a notice.
    pub enum DunningStatus {
        Draft = "draft",
        Posted = "posted",
        Undone = "undone",
    }
}
