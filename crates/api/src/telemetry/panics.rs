//! The reporting of panics: those of a request by the line of the request, all others by a line of their own.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use super::queue::THREAD;
use super::{Logs, secrets};

/// How long a panicking thread waits until what it said is written: the process may be about to end.
const PATIENCE: Duration = Duration::from_secs(1);
/// The thread whose panic ends the process.
const MAIN: &str = "main";

thread_local! {
    /// Whether a caller on this thread catches the panic and reports it.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// The last panic that was caught, and where it was.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Panic(String);

/// From now on panics are logged, and standard error hears only of those that logs cannot tell.
pub fn log(logs: Logs) {
    std::panic::set_hook(Box::new(move |panic| {
        let text = described(panic);
        if CATCHING.get() {
            return CAUGHT.set(Some(text));
        }
        let thread = thread::current();
        let name = thread.name().unwrap_or("-");
        if name.starts_with(THREAD) {
            // It is the one that would write it.
            return print(name, &text);
        }
        if name == MAIN {
            print(name, &text);
        }
        let error: &(dyn Error + 'static) = &Panic(text);
        tracing::error!(target: "erp::panic", error, thread = name, fatal = name == MAIN, "The thread {{thread}} panicked");
        logs.flush(PATIENCE);
    }));
}

/// Until there are logs, standard error hears of panics; the secrets that are known by then stay out of it.
pub fn print_all() {
    std::panic::set_hook(Box::new(|panic| print(thread::current().name().unwrap_or("-"), &described(panic))));
}

fn print(thread: &str, text: &str) {
    // When standard error is closed the exit code still tells.
    let _ = writeln!(std::io::stderr().lock(), "The thread {thread} panicked: {text}");
}

fn described(panic: &PanicHookInfo<'_>) -> String {
    let mut text = message(panic.payload()).to_owned();
    if let Some(location) = panic.location() {
        text.push_str(&format!(", at {location}"));
    }
    // Only where RUST_BACKTRACE asks for it.
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        text.push_str(&format!("\n{trace}"));
    }
    secrets::hide(text)
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

/// Runs a future to its end, or to its panic, of which it answers the text.
pub async fn caught<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = pin!(future);
    poll_fn(move |cx| {
        let outer = CATCHING.replace(true);
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        CATCHING.set(outer);
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(CAUGHT
                .take()
                .unwrap_or_else(|| secrets::hide(message(&*payload).to_owned())))),
        }
    })
    .await
}

#[cfg(test)]
mod tests;
