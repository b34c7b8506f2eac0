//! The queue between the code that logs and the threads that write: it has a limit, and a thread that empties it.
//! Logging never waits for a file or a terminal.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TryRecvError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::levels::Level;
use super::output::Output;
use super::record::Record;
use super::subscriber::Time;

/// Memory of the events that wait for one output.
pub const QUEUE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The part of it that only warnings and errors may use.
pub const RESERVED_BYTES: usize = QUEUE_BYTES_MAX / 4;
/// The weight of a request for a flush.
const FLUSH_WEIGHT: usize = 1;
/// Events that are written before it is looked whether any were left out.
const DRAINED_MAX: usize = 4_096;
/// How long events are gathered before they are written together.
const GATHER: Duration = Duration::from_millis(5);
/// The longest sleep; whoever logs wakes the thread earlier.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// How often it is said that events were left out.
const REMARK_EVERY: Duration = Duration::from_secs(1);
/// Names of writing threads begin so.
pub const THREAD: &str = "log-";

enum Item {
    Record(Arc<Record>),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

#[derive(Default)]
struct Shared {
    /// The bytes of the events that wait.
    bytes: AtomicUsize,
    /// Left out since it was last said.
    dropped: AtomicU64,
    dropped_in_all: AtomicU64,
    asleep: AtomicBool,
}

/// The way to one output.
#[derive(Clone)]
pub struct Queue {
    sender: Sender<Item>,
    shared: Arc<Shared>,
    thread: Thread,
}

impl Queue {
    /// Starts the thread of an output. `time` dates what the queue itself has to say.
    pub fn start(name: &str, output: impl Output, time: Time) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        let running = thread::Builder::new()
            .name(format!("{THREAD}{name}"))
            .spawn(move || Pump { receiver, shared: own, output, time, said: None, left_out: 0 }.run())?;
        Ok(Self { sender, shared, thread: running.thread().clone() })
    }

    /// Never waits: what there is no room for is counted and left out.
    pub fn push(&self, record: &Arc<Record>, weight: usize) {
        let room = match record.level {
            Level::Warning | Level::Error | Level::Fatal => QUEUE_BYTES_MAX,
            _ => QUEUE_BYTES_MAX - RESERVED_BYTES,
        };
        let shared = &self.shared;
        let before = shared.bytes.fetch_add(weight, Ordering::Relaxed);
        if before.saturating_add(weight) > room || self.sender.send(Item::Record(record.clone())).is_err() {
            shared.bytes.fetch_sub(weight, Ordering::Relaxed);
            shared.dropped.fetch_add(1, Ordering::Relaxed);
            shared.dropped_in_all.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.wake();
    }

    /// Events that were left out so far.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped_in_all.load(Ordering::Relaxed)
    }

    /// Asks for everything so far to be written; the answer comes when it is.
    pub fn flush(&self) -> Receiver<()> {
        let (done, written) = mpsc::sync_channel(1);
        self.shared.bytes.fetch_add(FLUSH_WEIGHT, Ordering::Relaxed);
        // Where nobody writes any more there is no answer, and the sender is gone.
        let _ = self.sender.send(Item::Flush(done));
        self.wake();
        written
    }

    /// After the first of many events the thread is awake, and nothing is left to do here.
    fn wake(&self) {
        // Either this sees the thread asleep, or the thread sees the event before it sleeps.
        fence(Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::Relaxed) && self.shared.asleep.swap(false, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }
}

/// The writing thread.
struct Pump<O> {
    receiver: Receiver<Item>,
    shared: Arc<Shared>,
    output: O,
    time: Time,
    /// When it was last said that events were left out.
    said: Option<Instant>,
    left_out: u64,
}

impl<O: Output> Pump<O> {
    fn run(mut self) {
        loop {
            match self.drain() {
                // A moment of rest lets others run, and more come together.
                Ok(true) => thread::sleep(GATHER),
                Ok(false) => self.sleep(),
                Err(_) => return,
            }
        }
    }

    fn sleep(&mut self) {
        self.shared.asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if self.shared.bytes.load(Ordering::Relaxed) == 0 {
            thread::park_timeout(SLEEP_MAX);
        }
        self.shared.asleep.store(false, Ordering::Relaxed);
    }

    /// Writes what waits, and answers whether there was anything; an error when nobody can log any more.
    fn drain(&mut self) -> Result<bool, ()> {
        let (mut any, mut ended, mut asked) = (false, false, None);
        for _ in 0..DRAINED_MAX {
            match self.receiver.try_recv() {
                Ok(Item::Record(record)) => {
                    self.output.write(&record);
                    self.shared.bytes.fetch_sub(record.weight(), Ordering::Relaxed);
                }
                Ok(Item::Flush(done)) => {
                    self.shared.bytes.fetch_sub(FLUSH_WEIGHT, Ordering::Relaxed);
                    asked = Some(done);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => ended = true,
            }
            any = true;
            if ended || asked.is_some() {
                break;
            }
        }
        self.say_what_was_left_out(ended || asked.is_some());
        self.output.flush();
        if let Some(done) = asked {
            // The caller may have stopped waiting.
            let _ = done.try_send(());
        }
        if ended { Err(()) } else { Ok(any) }
    }

    fn say_what_was_left_out(&mut self, at_once: bool) {
        self.left_out += self.shared.dropped.swap(0, Ordering::Relaxed);
        let due = at_once || self.said.is_none_or(|said| said.elapsed() >= REMARK_EVERY);
        if self.left_out == 0 || !due {
            return;
        }
        self.said = Some(Instant::now());
        let count = std::mem::take(&mut self.left_out);
        self.output.write(&Record {
            time: (self.time)(),
            level: Level::Warning,
            source: super::LOGGING,
            template: "{Count} log events were left out: more came than can be written".into(),
            properties: vec![("Count", count.into())],
            exception: None,
            request: None,
        });
    }
}

#[cfg(test)]
mod tests;
