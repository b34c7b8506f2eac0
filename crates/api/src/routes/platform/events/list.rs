use std::sync::Arc;

use application::platform::change_feed::{ChangeFeedQueries, EVENTS_DEFAULT, EVENTS_MAX, EventQuery};
use application::platform::identity::Authenticator;
use axum::extract::State;
use http::HeaderMap;

use super::position::Position;
use super::stream::{self, Follower};
use crate::answer::{self, ApiResult};
use crate::event_hub::EventHub;
use crate::extract::{Accept, Ctx, Media, Query};
use crate::query;
use crate::wire::{Int, List, RequiredText};

/// Longest type of an event, in characters.
const TYPE_LENGTH_MAX: usize = 100;
/// Most types in one request.
const TYPES_MAX: usize = 20;

query! {
    /// The events to answer.
    pub struct EventsQuery {
        /// The sequence after which events are read; `latest` starts at the end of the feed.
        after: Position => "0",
        /// The largest number of events on a page.
        limit: Int<1, { EVENTS_MAX as i64 }> => 100,
        /// The types of events to read: `journal_entry.posted`, or `journal_entry.*` for every event of an entity.
        r#type: Option<List<RequiredText<TYPE_LENGTH_MAX>, TYPES_MAX>>,
    }
}

pub async fn list(
    State(feed): State<Arc<dyn ChangeFeedQueries>>,
    State(hub): State<EventHub>,
    State(authenticator): State<Arc<dyn Authenticator>>,
    ctx: Ctx,
    Query(query): Query<EventsQuery>,
    accept: Accept,
    headers: HeaderMap,
) -> ApiResult {
    let types = query.r#type.map(|list| list.0.into_iter().map(String::from).collect()).unwrap_or_default();
    let mut after = match query.after {
        Position::After(sequence) => sequence,
        Position::Latest => feed.last_event(ctx.tenant).await?,
    };
    if accept != Media::EventStream {
        let limit = u32::try_from(query.limit.0).unwrap_or(EVENTS_DEFAULT);
        return answer::json(&feed.events(ctx.tenant, &EventQuery { after, limit, types }).await?);
    }
    after = stream::last_event_id(&headers)?.unwrap_or(after);
    let follower = Follower::new(feed, authenticator, hub.subscribe(ctx.tenant)?, &headers);
    Ok(follower.answer(ctx.tenant, EventQuery { after, limit: EVENTS_DEFAULT, types }))
}
