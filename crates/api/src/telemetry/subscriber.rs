//! The tracing layer that writes events.

use std::io::Write;
use std::sync::{Arc, PoisonError, RwLock};

use domain::time::Timestamp;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as SpanRecord};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use super::fields::Fields;
use super::levels::{Level, LevelRules};
use super::record::{Enrichers, Record};
use super::{clef, console};

/// What time it is; the caller hands in its clock.
pub type Time = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for people.
    Text,
    /// Compact JSON events.
    Json,
}

/// Handle on running logs.
#[derive(Clone)]
pub struct Logs {
    rules: Rules,
}

impl Logs {
    /// Starts logging to standard output for the whole process; fails when something already does.
    pub fn start(
        levels: LevelRules,
        format: Format,
        enrichers: Enrichers,
        time: Time,
    ) -> Result<Self, TryInitError> {
        let rules = Rules(Arc::new(RwLock::new(levels)));
        let write: Sink = Arc::new(|line| {
            // Nobody is left to tell when standard output is closed.
            let _ = std::io::stdout().lock().write_all(line.as_bytes());
        });
        let writer = Writer { format, enrichers, time, write };
        tracing_subscriber::registry().with(writer.with_filter(rules.clone())).try_init()?;
        Ok(Self { rules })
    }

    /// Other levels from now on.
    pub fn set_levels(&self, levels: LevelRules) {
        *self.rules.0.write().unwrap_or_else(PoisonError::into_inner) = levels;
        tracing::callsite::rebuild_interest_cache();
    }
}

#[derive(Clone)]
struct Rules(Arc<RwLock<LevelRules>>);

impl Rules {
    fn read<T>(&self, with: impl FnOnce(&LevelRules) -> T) -> T {
        with(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S> Filter<S> for Rules {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        // Spans only lend their fields to events, which are filtered themselves.
        metadata.is_span() || self.read(|rules| rules.enabled(metadata))
    }
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
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

type Sink = Arc<dyn Fn(&str) + Send + Sync>;

struct Writer {
    format: Format,
    enrichers: Enrichers,
    time: Time,
    write: Sink,
}

impl<S> Layer<S> for Writer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &SpanRecord<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // Innermost span first: what is nearer to the event wins.
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            for (name, value) in extensions.get::<Fields>().into_iter().flat_map(|own| &own.properties) {
                if fields.properties.iter().all(|(known, _)| known != name) {
                    fields.properties.push((name.clone(), value.clone()));
                }
            }
        }
        let level = if fields.fatal { Level::Fatal } else { event.metadata().level().into() };
        let record = Record {
            time: (self.time)(),
            level,
            source: event.metadata().target().to_owned(),
            template: fields.message,
            properties: fields.properties,
            exception: fields.exception,
        };
        let line = match self.format {
            Format::Text => console::line(&record, &self.enrichers),
            Format::Json => clef::line(&record, &self.enrichers),
        };
        (self.write)(&line);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn lines(levels: LevelRules, log: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let writer = Writer {
            format: Format::Text,
            enrichers: Enrichers::default(),
            time: Arc::new(|| Timestamp::parse("2024-01-15T14:30:05Z").unwrap()),
            write: Arc::new(move |line| sink.lock().unwrap().push_str(line)),
        };
        let filtered = writer.with_filter(Rules(Arc::new(RwLock::new(levels))));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(filtered), log);
        lines.lock().unwrap().clone()
    }

    #[test]
    fn events_carry_the_fields_of_their_spans() {
        let text = lines(LevelRules::new(Level::Information, []), || {
            let _outer = tracing::info_span!("request", TraceId = "t1", user = "outer").entered();
            let _inner = tracing::info_span!("command", user = "inner").entered();
            tracing::info!(Id = 123, "Account {{Id}} posted");
            tracing::debug!("not logged");
        });
        assert_eq!(text, "[14:30:05 INF] Account 123 posted {\"user\":\"inner\",\"TraceId\":\"t1\"}\n");
    }

    #[test]
    fn what_operators_do_is_written_whatever_the_levels_are() {
        let silent = LevelRules::new(Level::Fatal, [("erp".to_owned(), Level::Fatal)]);
        let text = lines(silent, || {
            tracing::warn!(target: "erp::lifetime", "hidden");
            tracing::info!(target: crate::telemetry::AUDIT, "seen");
        });
        assert_eq!(text, "[14:30:05 INF] seen {}\n");
    }

    #[test]
    fn errors_are_written_with_their_causes_and_levels_follow_the_source() {
        let rules = LevelRules::new(Level::Information, [("Microsoft".to_owned(), Level::Warning)]);
        let text = lines(rules, || {
            let error = std::io::Error::other("disk full");
            tracing::info!(target: "mssql_client::query", "hidden");
            tracing::info!(target: "erp::lifetime", "hidden as well");
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error, fatal = true, "Cannot go on");
        });
        assert_eq!(text, "[14:30:05 FTL] Cannot go on {}\ndisk full\n");
    }
}
