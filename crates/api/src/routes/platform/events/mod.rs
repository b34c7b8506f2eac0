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
    ops.tag(TAG, "Every change of the tenant as an event, in order and without gaps.");
    ops.get("/events", list::list)
        .id("list_events")
        .tag(TAG)
        .summary("Follow what changes")
        .description(
            "Events after `after`, at least once each; sequences have no gaps, so a reader knows when it missed one. Pass \
             `lastSequence` as `after` for what follows. With `Accept: text/event-stream` the answer stays open and tells new \
             events as they are committed; after a break, `Last-Event-ID` continues where it broke off. An event of the type `reconnect`, which has no id, is \
             the last one of a server that stops: connect again, and another server goes on.",
        )
        .access(Access::Permission(READ_EVENTS))
        .query::<list::EventsQuery>()
        .ok::<EventPage>()
        .also(EVENT_STREAM)
        .open_ended()
        .errors(&[&TOO_MANY_STREAMS, &STOPPING]);
}
