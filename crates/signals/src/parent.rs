//! The trace that a call of another service goes on with.

use tracing::Span;
use tracing_subscriber::Registry;
use tracing_subscriber::registry::LookupSpan;

/// Name of the header (W3C Trace Context).
pub const TRACEPARENT: &str = "traceparent";

/// Put into the span of a request whose trace is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    pub trace: [u8; 16],
    pub span: [u8; 8],
}

impl TraceParent {
    /// The span of the request that is being worked on here, where its trace is exported.
    pub fn current() -> Option<Self> {
        let found = Span::current().with_subscriber(|(id, dispatch)| {
            let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
            span.scope().find_map(|span| {
                let extensions = span.extensions();
                extensions.get::<Self>().copied()
            })
        });
        found.flatten()
    }

    /// As the header has it.
    pub fn header(&self) -> String {
        format!("00-{:032x}-{:016x}-01", u128::from_be_bytes(self.trace), u64::from_be_bytes(self.span))
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    use super::*;

    struct Puts;

    impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Puts {
        fn on_new_span(
            &self,
            attributes: &tracing::span::Attributes<'_>,
            id: &tracing::span::Id,
            context: Context<'_, S>,
        ) {
            if attributes.metadata().name() == "request" {
                context
                    .span(id)
                    .unwrap()
                    .extensions_mut()
                    .insert(TraceParent { trace: [0xab; 16], span: [1; 8] });
            }
        }
    }

    #[test]
    fn the_request_around_is_found() {
        assert_eq!(TraceParent::current(), None);
        let subscriber = tracing_subscriber::registry().with(Puts);
        tracing::subscriber::with_default(subscriber, || {
            let outer = tracing::info_span!("request");
            outer.in_scope(|| {
                tracing::info_span!("inner").in_scope(|| {
                    let header = TraceParent::current().unwrap().header();
                    assert_eq!(header, "00-abababababababababababababababab-0101010101010101-01");
                });
            });
            assert_eq!(TraceParent::current(), None);
        });
    }
}
