//! `/events`: the change feed, page by page or as a stream.

mod list;
mod position;
mod stream;

use application::authorize::{Access, Permission};
use application::platform::change_feed::EventPage;

use crate::event_hub::TOO_MANY_STREAMS;
use crate::media::EVENT_STREAM;
use crate::operation::Operations;
use crate::problem::STOPPING;

pub(crate) const READ_EVENTS: Permission = "platform.event.read";
const TAG: &str = "events";

pub fn operations(ops: &mut Operations) {
    ops.tag(TAG, "Every change in the tenant as an event, in order and without gaps.");
    ops.get("/events", list::list)
        .id("list_events")
        .tag(TAG)
        .summary("Read the change feed")
        .description(
            "Returns the events after `after`, each at least once. Sequences have no gaps, so a reader can \
             tell when it has missed one. Pass `lastSequence` as `after` to continue. With `Accept: \
             text/event-stream` the response stays open and delivers new events as they are committed; \
             after a disconnection, `Last-Event-ID` continues where the stream broke off. An event of the \
             type `reconnect`, which has no id, is the last one that a stopping server sends: connect again \
             to reach another server.",
        )
        .access(Access::Permission(READ_EVENTS))
        .query::<list::EventsQuery>()
        .ok::<EventPage>()
        .also(EVENT_STREAM)
        .open_ended()
        .errors(&[&TOO_MANY_STREAMS, &STOPPING]);
}
