//! How many requests run at once, decided by how long things take. Pure: it is told the time and everything else.
//!
//! Three things are watched. The time that requests take and the delay of the runtime tell whether more at once is too much: the
//! limit shrinks by a part when they exceed their target and grows a little while it is used and they do not. How long
//! requests wait for their turn says whether the server keeps up: while the queue runs empty now and then, a wait may be
//! long; when it no longer does, only those are kept that would soon be served (controlled delay), and the others are
//! refused at once. And where the control group has a quota of processor time, requests are let in no faster than it is
//! earned, because a group that has used it up stands still, liveness included.

use std::time::Duration;

use super::processor_time::ProcessorTime;

/// Requests at once at the beginning; the least and the most there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub start: usize,
    pub min: usize,
    pub max: usize,
}

/// How late the runtime may be before there is too much to do.
pub const LAG_TARGET: Duration = Duration::from_millis(25);
/// The time that nine in ten reads may take before there are too many at once: this long, and how many times what
/// they took when there was little to do.
pub const LATENCY_TARGET: Duration = Duration::from_millis(200);
pub const LATENCY_FACTOR: u32 = 4;
/// How often the limit is changed.
pub const WINDOW: Duration = Duration::from_millis(100);
/// A queue that has not been empty for so long does not keep up. One sign-in takes 30 to 60 ms of processor time. Half a
/// processor that is busy for nine tenths of its time needs about a second to catch up with that, and two may follow each
/// other: a burst, and no reason to refuse anybody. When it is none, [`WAIT_MAX`] tells sooner.
pub const BUSY_AFTER: Duration = Duration::from_secs(2);
/// The limit for a queue while requests are refused: then it is no burst.
pub const BUSY_AFTER_REFUSALS: Duration = Duration::from_millis(100);
/// Others are being refused while the last one was no longer ago than this.
const REFUSING_FOR: Duration = Duration::from_millis(300);
/// How long a request may wait for its turn while the server keeps up, and when it does not.
pub const WAIT_MAX: Duration = Duration::from_millis(500);
pub const WAIT_BUSY_MAX: Duration = Duration::from_millis(100);
/// How long the oldest write may have waited for the writer before others are refused.
pub const WRITE_DELAY_MAX: Duration = Duration::from_secs(2);
/// Writes beyond which a late writer is overload, or half of their places where that is less: while one transaction takes long,
/// a few lose little by waiting for its end.
pub const LATE_WRITES: usize = 16;
/// Requests that wait, for each that may run.
const WAITING_FACTOR: usize = 4;
/// Requests that may wait however slow the server is, where so many may run.
const WAITING_MIN: usize = 4;
/// Writes may take half of the places: reads go on while writes are refused.
const WRITES_PART: usize = 2;
/// While processor time is short, writes are let in together at every so manyth look at the clock: those that share a
/// commit cost half as much.
const WRITES_EVERY: u32 = 4;
/// A read counts when a window has had at least so many.
const READS_MIN: u32 = 8;

/// The kind of work that a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Read,
    Write,
}

/// The decision about a request that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Enter,
    Wait,
    Refuse,
}

pub struct Controller {
    bounds: Bounds,
    limit: usize,
    running: usize,
    running_writes: usize,
    /// When nobody waited, last: of reads and of writes.
    empty_at: [Duration; 2],
    /// Reads and writes that are let in during a window, lately.
    pace: [u32; 2],
    /// The time that nine in ten reads took when there was little to do.
    usual: Option<Duration>,
    /// Since when the oldest write that waits for the writer does.
    oldest_write: Option<Duration>,
    ticks: u32,
    /// Until when processor time is taken to be short.
    short_until: Duration,
    /// Until when others are taken to be refused.
    refusing_until: Duration,
    writes: Writes,
    window: Window,
    time: Option<ProcessorTime>,
}

impl Controller {
    pub fn new(bounds: Bounds, time: Option<ProcessorTime>) -> Self {
        Self {
            bounds,
            limit: bounds.start.clamp(bounds.min, bounds.max),
            running: 0,
            running_writes: 0,
            empty_at: [Duration::ZERO; 2],
            pace: [0; 2],
            usual: None,
            oldest_write: None,
            ticks: 0,
            short_until: Duration::ZERO,
            refusing_until: Duration::ZERO,
            writes: Writes::AtAnyTime,
            window: Window::default(),
            time,
        }
    }

    pub fn limit(&self) -> usize {
        self.limit
    }
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }
    pub fn running_writes(&self) -> usize {
        self.running_writes
    }
    pub fn running(&self) -> usize {
        self.running
    }

    /// A request arrives while so many of its class wait already.
    pub fn arrive(&mut self, class: Class, waiting: usize, now: Duration) -> Verdict {
        if waiting == 0 {
            self.empty_at[class as usize] = now;
        }
        if self.refuses(class, waiting, now) {
            Verdict::Refuse
        } else if waiting == 0 && self.has_room(class) {
            Verdict::Enter
        } else {
            Verdict::Wait
        }
    }

    /// Whether every request that arrives now is refused, so that nothing need be known of it.
    pub fn refuses(&self, class: Class, waiting: usize, now: Duration) -> bool {
        waiting >= self.waiting_max(class, now) || (class == Class::Write && self.is_writer_late(now))
    }

    /// The places in a queue that does not keep up: as many as are let in within half the time that requests may
    /// wait.
    fn waiting_max(&self, class: Class, now: Duration) -> usize {
        let most = self.limit.saturating_mul(WAITING_FACTOR);
        if !self.is_busy(class, now) {
            return most;
        }
        let in_time = u64::from(self.pace[class as usize]) * WAIT_BUSY_MAX.as_millis() as u64
            / (2 * WINDOW.as_millis() as u64);
        usize::try_from(in_time).unwrap_or(most).clamp((most / 8).clamp(1, WAITING_MIN), most)
    }

    /// Whether another one may run.
    pub fn has_room(&self, class: Class) -> bool {
        self.running < self.limit
            && (class == Class::Read || self.has_room_for_writes())
            && self.is_time_left()
    }

    fn has_room_for_writes(&self) -> bool {
        self.running_writes < self.writes_max() && self.writes != Writes::Later
    }

    /// Whether writes that wait go before reads.
    pub fn are_writes_first(&self) -> bool {
        self.writes == Writes::Now
    }

    /// Whether a piece of long work may run now.
    pub fn take_time(&mut self) -> bool {
        self.time.as_mut().is_none_or(ProcessorTime::take_piece)
    }

    fn is_time_left(&self) -> bool {
        self.time.as_ref().is_none_or(ProcessorTime::is_left)
    }

    pub fn enter(&mut self, class: Class) {
        self.running += 1;
        self.window.entered[class as usize] += 1;
        self.running_writes += usize::from(class == Class::Write);
        if let Some(time) = &mut self.time {
            time.borrow();
        }
        self.window.used = self.window.used.max(self.running);
    }

    /// A request has ended; `took` is from when it began to run.
    pub fn leave(&mut self, class: Class, took: Duration) {
        self.running = self.running.saturating_sub(1);
        match class {
            Class::Read => self.window.reads.add(took),
            Class::Write => self.running_writes = self.running_writes.saturating_sub(1),
        }
    }

    /// How long one that waits may wait.
    pub fn wait_max(&self, class: Class, now: Duration) -> Duration {
        if self.is_busy(class, now) { WAIT_BUSY_MAX } else { WAIT_MAX }
    }

    /// The queue has run empty.
    pub fn emptied(&mut self, class: Class, now: Duration) {
        self.empty_at[class as usize] = now;
    }

    /// Since when the oldest write waits for the writer.
    pub fn oldest_write(&mut self, since: Option<Duration>) {
        self.oldest_write = since;
    }

    /// A request was refused, or waited for too long.
    pub fn refused(&mut self, now: Duration) {
        self.refusing_until = now + REFUSING_FOR;
    }

    /// Time has passed. `lag` is how late the runtime was, `used` the processor time the control group has used so far.
    pub fn tick(&mut self, now: Duration, lag: Duration, used: Option<Duration>) {
        if let (Some(time), Some(used)) = (&mut self.time, used) {
            time.tick(now, used, now < self.refusing_until);
            if time.is_short() {
                self.short_until = now + WINDOW;
            }
        }
        self.ticks = self.ticks.wrapping_add(1);
        self.writes = if now >= self.short_until {
            Writes::AtAnyTime
        } else if self.ticks.is_multiple_of(WRITES_EVERY) {
            Writes::Now
        } else {
            Writes::Later
        };
        self.window.lag = self.window.lag.max(lag);
        if now.saturating_sub(self.window.began) < WINDOW {
            return;
        }
        let window = std::mem::replace(&mut self.window, Window { began: now, ..Window::default() });
        for (pace, entered) in self.pace.iter_mut().zip(window.entered) {
            *pace = (3 * *pace + entered).div_ceil(4);
        }
        let slow = window.reads.count >= READS_MIN && self.is_slow(window.reads.most(9, 10));
        if slow || window.lag > LAG_TARGET {
            self.limit = (self.limit - self.limit / 8).max(self.bounds.min);
        } else if window.used >= self.limit {
            self.limit = (self.limit + (self.limit / 16).max(1)).min(self.bounds.max);
        }
    }

    /// Whether reads take longer than they should: some servers never answer within the target, which is no reason to
    /// serve fewer clients.
    fn is_slow(&mut self, took: Duration) -> bool {
        let usual = self.usual.map_or(took, |usual| took.min(usual + usual / 1_024));
        self.usual = Some(usual);
        took > LATENCY_TARGET.max(usual * LATENCY_FACTOR)
    }

    fn is_busy(&self, class: Class, now: Duration) -> bool {
        let patience = if now < self.refusing_until { BUSY_AFTER_REFUSALS } else { BUSY_AFTER };
        now.saturating_sub(self.empty_at[class as usize]) > patience
    }

    fn is_writer_late(&self, now: Duration) -> bool {
        self.running_writes >= LATE_WRITES.min(self.writes_max().div_ceil(2))
            && self.oldest_write.is_some_and(|since| now.saturating_sub(since) > WRITE_DELAY_MAX)
    }

    fn writes_max(&self) -> usize {
        (self.limit / WRITES_PART).max(1)
    }
}

/// The times at which writes are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writes {
    AtAnyTime,
    /// Waiting writes are let in before any read.
    Now,
    Later,
}

/// Observations since the limit was last adjusted.
#[derive(Default)]
struct Window {
    began: Duration,
    reads: Histogram,
    lag: Duration,
    entered: [u32; 2],
    /// The most that ran at once.
    used: usize,
}

/// A histogram of durations, by powers of two of a microsecond.
#[derive(Default)]
struct Histogram {
    buckets: [u32; 32],
    count: u32,
}

impl Histogram {
    fn add(&mut self, took: Duration) {
        let micros = took.as_micros().clamp(1, u128::from(u32::MAX)) as u32;
        self.buckets[micros.ilog2() as usize] += 1;
        self.count += 1;
    }

    /// The time that `part` in `of` took at most, give or take a factor of two.
    fn most(&self, part: u32, of: u32) -> Duration {
        let mut seen = 0;
        for (power, count) in self.buckets.iter().enumerate() {
            seen += count;
            if u64::from(seen) * u64::from(of) >= u64::from(self.count) * u64::from(part) {
                return Duration::from_micros(1 << power);
            }
        }
        Duration::MAX
    }
}

#[cfg(test)]
mod tests;
