use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use domain::time::Timestamp;

use super::*;
use crate::telemetry::tests::record;

/// Writes one event for each permission it is given.
struct Slow {
    permitted: Receiver<()>,
    begun: SyncSender<()>,
    written: Arc<Mutex<Vec<String>>>,
}

impl Output for Slow {
    fn write(&mut self, record: &Record) {
        let _ = self.begun.try_send(());
        let _ = self.permitted.recv();
        let counted = record.properties.first().map(|(_, count)| format!(" {count}")).unwrap_or_default();
        self.written.lock().unwrap().push(format!("{}{counted}", record.template));
    }
    fn flush(&mut self) {}
}

fn time() -> Time {
    Arc::new(|| Timestamp::from_micros(0))
}

#[test]
fn what_there_is_no_room_for_is_counted_and_errors_have_room_left() {
    let ((permit, permitted), (begun, has_begun)) = (sync_channel(100), sync_channel(1));
    let written = Arc::new(Mutex::new(Vec::new()));
    let slow = Slow { permitted, begun, written: written.clone() };
    let queue = Queue::start("test", slow, time()).unwrap();
    let event = |text: &str, level| {
        let mut event = record(text, &[]);
        event.level = level;
        Arc::new(event)
    };
    let big = |text: &str| {
        let mut event = record(text, &[]);
        event.exception = Some("x".repeat((QUEUE_BYTES_MAX - RESERVED_BYTES) / 2));
        Arc::new(event)
    };
    let push = |event: Arc<Record>| queue.push(&event, event.weight());
    push(big("first"));
    // It is being written now, and counts until it is.
    has_begun.recv().unwrap();
    for text in ["dropped", "dropped"] {
        push(big(text));
        push(big(text));
    }
    push(event("fits", Level::Information));
    let mut failed = event("failed", Level::Error).as_ref().clone();
    failed.exception = Some("x".repeat(RESERVED_BYTES - 4_096));
    push(Arc::new(failed.clone()));
    push(Arc::new(failed));
    for _ in 0..100 {
        let _ = permit.try_send(());
    }
    drop(permit);
    queue.flush().recv().unwrap();
    let written = written.lock().unwrap().join(", ");
    assert_eq!(
        written,
        "first, fits, failed, failed, {Count} log events were left out: more came than can be written 4"
    );
}

#[test]
fn one_who_logs_now_and_then_wakes_the_writer() {
    let ((permit, permitted), (begun, _)) = (sync_channel(100), sync_channel(1));
    let written = Arc::new(Mutex::new(Vec::new()));
    drop(permit);
    let queue = Queue::start("test", Slow { permitted, begun, written: written.clone() }, time()).unwrap();
    let began = Instant::now();
    for round in 1..=20 {
        // Until it sleeps.
        thread::sleep(4 * GATHER);
        let event = Arc::new(record("x", &[]));
        queue.push(&event, event.weight());
        queue.flush().recv().unwrap();
        assert_eq!(written.lock().unwrap().len(), round);
    }
    assert!(began.elapsed() < 10 * SLEEP_MAX, "the writer slept on");
}
