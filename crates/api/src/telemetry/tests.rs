//! The common parts of this module's tests.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use domain::time::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::Value;
use signals::Tally;
use tracing::subscriber::DefaultGuard;

use super::local_time::LocalTime;
use super::output::Console;
use super::queue::Queue;
use super::subscriber::Writer;
use super::{Enrichers, Format, Level, LevelRules, Record, Time};

/// A quarter of a second after 14:30:05 on 15 January 2024, UTC.
pub fn record(template: &str, properties: &[(&'static str, Value)]) -> Record {
    Record {
        time: Timestamp::parse("2024-01-15T14:30:05.25Z").unwrap(),
        level: Level::Information,
        source: "erp",
        template: Cow::Owned(template.to_owned()),
        properties: properties.to_vec(),
        exception: None,
        request: None,
    }
}

pub fn riyadh() -> TimeZone {
    TimeZoneDatabase::bundled().get("Asia/Riyadh").unwrap()
}

/// Keeps what is written.
#[derive(Clone, Default)]
pub struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8(bytes.clone()).unwrap()
    }
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hears everything that is logged on this thread until it is dropped.
pub struct Listening {
    text: (Queue, Page),
    json: (Queue, Page),
    _default: DefaultGuard,
}

impl Listening {
    pub fn start(levels: LevelRules) -> Self {
        let time: Time = Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap());
        let queue = |format| {
            let page = Page::default();
            let local = LocalTime::new(TimeZone::UTC);
            let console = Console::new(format, Enrichers::default(), local, page.clone());
            (Queue::start("test", console, time.clone()).unwrap(), page)
        };
        let (text, json) = (queue(Format::Text), queue(Format::Json));
        let writer = Writer {
            queues: [text.0.clone(), json.0.clone()].into(),
            time,
            tap: None,
            counts: Arc::new(Tally::with_cells(1)),
        };
        let _default = tracing::subscriber::set_default(writer.filtered(levels));
        Self { text, json, _default }
    }

    /// The lines since the last time, as they are on the console.
    pub fn text(&self) -> String {
        Self::taken(&self.text)
    }

    /// The lines since the last time, as JSON.
    pub fn json(&self) -> Vec<Value> {
        Self::taken(&self.json).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn taken((queue, page): &(Queue, Page)) -> String {
        queue.flush().recv().unwrap();
        let text = page.text();
        page.clear();
        text
    }
}

/// The lines logged on this thread meanwhile, with a tap in place.
pub fn tapped(tap: &super::Tap, log: impl FnOnce()) -> String {
    let (page, time) = (Page::default(), tests_time());
    let console =
        Console::new(Format::Text, Enrichers::default(), LocalTime::new(TimeZone::UTC), page.clone());
    let queue = Queue::start("test", console, time.clone()).unwrap();
    let counts = Arc::new(Tally::with_cells(1));
    let writer = Writer { queues: [queue.clone()].into(), time, tap: Some(tap.clone()), counts };
    let levels = LevelRules::new(Level::Information, []);
    tracing::subscriber::with_default(writer.filtered(levels), log);
    queue.flush().recv().unwrap();
    page.text()
}

fn tests_time() -> Time {
    Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap())
}
