//! `/batch`: many operations in one request, each for itself or all in one transaction.

mod dispatch;
mod dto;
mod run;
mod turns;

use application::authorize::Access;

use crate::operation::Operations;

/// Largest body of one operation: 1 MiB. A larger one is refused before it is read; it can be sent by itself.
pub const BATCH_BODY_BYTES_MAX: usize = 1 << 20;
/// Longest an atomic batch may hold its transaction: others of its tenant wait for it.
pub const ATOMIC_BATCH_SECONDS_MAX: u64 = 10;
/// Longest an atomic batch may hold its transaction where the writes of all tenants run one after the other.
pub const ATOMIC_BATCH_ONE_WRITER_SECONDS_MAX: u64 = 2;
/// Operations of an atomic batch that prepare themselves at the same time, before the transaction begins.
pub const PREPARED_AT_ONCE_MAX: usize = 4;
/// Most bytes of one operation's answer; of a longer one only status and headers are told.
pub const BATCH_ANSWER_BYTES_MAX: usize = 1 << 20;
/// Most bytes of all answers together.
pub const BATCH_ANSWERS_BYTES_MAX: usize = 32 << 20;

domain::errors! {
    BATCH_PATH_REFUSED = "batch_path_refused", Rule, Developer,
        "'{path}' cannot be part of a batch: only operations below /api/v1 can, and no imports, event streams, sign-in or batches.",
        "لا يمكن أن يكون '{path}' جزءًا من دفعة: يُسمح فقط بالعمليات تحت /api/v1 عدا الاستيراد وقنوات الأحداث وتسجيل الدخول والدفعات.";
    BATCH_READ_IN_ATOMIC = "batch_read_in_atomic", Rule, Developer,
        "An atomic batch takes no GET: it would not see what the batch changes.",
        "الدفعة الذرية لا تقبل GET: لأنها لا ترى تغييرات الدفعة.";
    BATCH_OVER_RATE = "batch_over_rate", Rule, Developer,
        "{count} operations are more than the {limit} requests that may come at once. Split the batch.",
        "عدد العمليات {count} أكبر من {limit} طلبًا يُسمح بها دفعة واحدة. قسّم الدفعة.";
    BATCH_TIMEOUT = "batch_timeout", Unavailable, Developer,
        "The atomic batch took longer than {seconds} seconds; nothing of it was kept. Split it.",
        "تجاوزت الدفعة الذرية {seconds} ثانية فلم يُحفظ منها شيء. قسّمها.";
}

pub fn operations(ops: &mut Operations) {
    const TAG: &str = "batch";
    ops.tag(TAG, "Batches: many operations in one request.");
    ops.post("/batch", run::run)
        .id("run_batch")
        .tag(TAG)
        .summary("Run up to 1,000 operations")
        .description(
            "Runs the operations one after the other; each has its own status, headers and body in the \
             answer, in the order given. With `atomic: true` all of them share one transaction: after the \
             first failure nothing is kept, the others are answered 424 `batch_rolled_back`, and \
             `committed` is false. Each operation needs its own permission and may have its own \
             `Idempotency-Key`; by default one is derived from that of the batch. `dryRun=true` belongs in \
             the path of an operation, not of the batch. A batch counts as its operations against the rate \
             limit, and the body of an operation has at most 1 MiB.",
        )
        .access(Access::SignedIn)
        .keyed()
        .body::<dto::BatchBody>()
        .ok::<dto::BatchView>()
        .large()
        .dispatches()
        .also_read_only()
        .errors(&[&BATCH_PATH_REFUSED, &BATCH_READ_IN_ATOMIC, &BATCH_OVER_RATE, &BATCH_TIMEOUT]);
}
