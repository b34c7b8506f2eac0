//! How far long work has come, and whether it is still wanted.

domain::errors! {
    JOB_CANCELLED = "job_cancelled", Conflict, User,
        "The job was cancelled; nothing was kept.", "أُلغيت المهمة ولم يُحفظ شيء.";
}

/// Told how far an import is; asked whether it should stop.
pub trait Progress: Send + Sync {
    /// Rows done so far, of how many.
    fn advance(&self, done: u64, total: u64);
    /// An import that was cancelled keeps nothing.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Reports no progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn advance(&self, _: u64, _: u64) {}
}
