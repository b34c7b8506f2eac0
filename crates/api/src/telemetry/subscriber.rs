//! The tracing layer that writes events.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use domain::time::Timestamp;
use signals::{DEPENDENCY, Tally, TraceParent};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as SpanRecord};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, SpanRef};
use tracing_subscriber::util::SubscriberInitExt;

use super::fields::Fields;
use super::levels::{Level, LevelRules};
use super::local_time::LocalTime;
use super::output::{Console, File};
use super::queue::Queue;
use super::record::{Enrichers, Record};
use super::request::{self, REQUEST, RequestScope};
use super::rolling::{Rolling, RollingFile};
use super::tap::Tap;

/// Cells of the counts of events.
const COUNT_CELLS: usize = 4;

/// The time; the caller hands in its clock.
pub type Time = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for people.
    Text,
    /// Compact JSON events.
    Json,
}

/// Where lines go, and in which form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    pub console: Format,
    pub file: Option<(Format, Rolling)>,
}

/// Handle on running logs.
#[derive(Clone)]
pub struct Logs {
    rules: Rules,
    queues: Arc<[Queue]>,
    counts: Arc<Tally>,
}

impl Logs {
    /// Starts logging for the whole process; fails when something already does.
    /// `tap` is told of what may be exported.
    pub fn start(
        levels: LevelRules,
        outputs: Outputs,
        enrichers: Enrichers,
        time: Time,
        tap: Option<Tap>,
    ) -> io::Result<Self> {
        let console = Console::new(outputs.console, enrichers.clone(), LocalTime::of_machine(), io::stdout());
        let mut queues = vec![Queue::start("console", console, time.clone())?];
        if let Some((format, rolling)) = outputs.file {
            let file = File::new(format, enrichers, LocalTime::of_machine(), RollingFile::new(rolling));
            queues.push(Queue::start("file", file, time.clone())?);
        }
        let rules = Rules { levels: Arc::new(RwLock::new(levels)), tap: tap.clone() };
        let counts = Arc::new(Tally::with_cells(COUNT_CELLS));
        let logs = Self { rules, queues: queues.into(), counts };
        let writer = Writer { queues: logs.queues.clone(), time, tap, counts: logs.counts.clone() };
        tracing_subscriber::registry()
            .with(writer.with_filter(logs.rules.clone()))
            .try_init()
            .map_err(io::Error::other)?;
        Ok(logs)
    }

    /// Other levels from now on.
    pub fn set_levels(&self, levels: LevelRules) {
        *self.rules.levels.write().unwrap_or_else(PoisonError::into_inner) = levels;
        tracing::callsite::rebuild_interest_cache();
    }

    /// Events so far, by the places of [`Level`]; those that are left out by their level do not count.
    pub fn counts(&self) -> [(Level, u64); 6] {
        let counts = self.counts.read();
        Level::ALL.map(|level| (level, counts[level as usize]))
    }

    /// Events that were left out because more came than could be written.
    pub fn dropped(&self) -> u64 {
        self.queues.iter().map(Queue::dropped).sum()
    }

    /// The levels in force.
    pub fn levels(&self) -> LevelRules {
        self.rules.read(LevelRules::clone)
    }

    /// Waits until everything that was logged so far is written, but no longer than `patience`: an output may be stuck.
    pub fn flush(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let asked: Vec<_> = self.queues.iter().map(Queue::flush).collect();
        for written in asked {
            // The next step is the same whether it was written or given up.
            let _ = written.recv_timeout(until.saturating_duration_since(Instant::now()));
        }
    }
}

/// Writes what is left when it is dropped, however that comes about.
pub struct FlushAtEnd(pub Logs);

impl FlushAtEnd {
    /// The longest a process that ends waits for its last lines.
    const PATIENCE: Duration = Duration::from_secs(2);
}

impl Drop for FlushAtEnd {
    fn drop(&mut self) {
        self.0.flush(Self::PATIENCE);
    }
}

#[derive(Clone)]
struct Rules {
    levels: Arc<RwLock<LevelRules>>,
    tap: Option<Tap>,
}

impl Rules {
    fn read<T>(&self, with: impl FnOnce(&LevelRules) -> T) -> T {
        with(&self.levels.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether calls of other services are recorded.
    fn is_tapped(&self) -> bool {
        self.tap.as_ref().is_some_and(Tap::is_open)
    }
}

/// The request that is being worked on here.
fn scope_of<'a, S: LookupSpan<'a>>(span: Option<SpanRef<'a, S>>) -> Option<Arc<RequestScope>> {
    span?.scope().find_map(|span| {
        let extensions = span.extensions();
        extensions.get::<Arc<RequestScope>>().cloned()
    })
}

impl<S> Filter<S> for Rules
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        if metadata.target() == DEPENDENCY {
            // Failures are always exported. Events that belong to no request go on all the time.
            let exported = || scope_of(context.lookup_current()).is_some_and(|scope| scope.is_exported());
            return self.is_tapped() && (*metadata.level() <= tracing::Level::WARN || exported());
        }
        // Spans only lend their fields to events, which are filtered themselves.
        metadata.is_span() || self.read(|rules| rules.enabled(metadata))
    }
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == DEPENDENCY {
            return if self.is_tapped() { Interest::sometimes() } else { Interest::never() };
        }
        if metadata.is_span() || self.read(|rules| rules.enabled(metadata)) {
            Interest::always()
        } else {
            Interest::never()
        }
    }
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match self.read(LevelRules::most_verbose) {
            Level::Verbose => LevelFilter::TRACE,
            Level::Debug => LevelFilter::DEBUG,
            // Request spans are at this level; without them events would lose their request.
            Level::Information | Level::Warning | Level::Error | Level::Fatal => LevelFilter::INFO,
        })
    }
}

pub(super) struct Writer {
    pub queues: Arc<[Queue]>,
    pub time: Time,
    pub tap: Option<Tap>,
    pub counts: Arc<Tally>,
}

#[cfg(test)]
impl Writer {
    /// A subscriber of its own.
    pub fn filtered(self, levels: LevelRules) -> impl Subscriber + Send + Sync {
        let rules = Rules { levels: Arc::new(RwLock::new(levels)), tap: self.tap.clone() };
        tracing_subscriber::registry().with(self.with_filter(rules))
    }
}

impl<S> Layer<S> for Writer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let metadata = attributes.metadata();
        if metadata.name() == request::SPAN
            && metadata.target() == REQUEST
            && let Some(scope) = RequestScope::opening()
        {
            if scope.is_exported() {
                let (trace, own) = (scope.trace.trace(), scope.trace.span());
                span.extensions_mut().insert(TraceParent { trace, span: own });
            }
            return span.extensions_mut().insert(scope);
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &SpanRecord<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == DEPENDENCY {
            if let Some(tap) = &self.tap {
                tap.called(event, scope_of(context.event_span(event)), (self.time)());
            }
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut request = None;
        // Innermost span first: what is nearer to the event wins.
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            if request.is_none() {
                request = extensions.get::<Arc<RequestScope>>().cloned();
            }
            for (name, value) in extensions.get::<Fields>().into_iter().flat_map(|own| &own.properties) {
                if fields.properties.iter().all(|(known, _)| known != name) {
                    fields.properties.push((name, value.clone()));
                }
            }
        }
        let metadata = event.metadata();
        let record = Arc::new(Record {
            time: (self.time)(),
            level: if fields.fatal { Level::Fatal } else { metadata.level().into() },
            source: metadata.target(),
            template: fields.message,
            properties: fields.properties,
            exception: fields.exception,
            request,
        });
        self.counts.add(record.level as usize);
        if let Some(tap) = &self.tap {
            tap.logged(&record);
        }
        let weight = record.weight();
        for queue in self.queues.iter() {
            queue.push(&record, weight);
        }
    }
}

#[cfg(test)]
mod tests;
