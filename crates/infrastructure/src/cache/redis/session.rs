//! One connection with its subscription, from its opening to its heartbeats.

use std::sync::Arc;
use std::time::Instant;

use redis::aio::PubSubStream;

use super::backplane::heartbeat_channel;
use super::connect::{in_time, login, open, pubsub};
use super::link::{Failed, Link};
use super::remote::Remote;
use crate::cache::connection_string::RedisOptions;

/// An open connection with its subscription.
pub(super) struct Session {
    pub options: Arc<RedisOptions>,
    pub link: Arc<Link>,
    pub stream: PubSubStream,
    /// The channel on which its heartbeats come back.
    pub heartbeats: String,
    pub renew_by: Option<Instant>,
    pub stage: Stage,
    /// The time at which the last returned heartbeat was sent.
    pub heard: Option<Instant>,
    /// There was something to be told at the last heartbeat.
    pub pending: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Stage {
    HalfOpen {
        since: Instant,
        /// The books have said what changed before.
        asked: bool,
    },
    Closed,
}

impl Stage {
    pub fn half_open() -> Self {
        Self::HalfOpen { since: Instant::now(), asked: false }
    }
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Closed)
    }
}

impl Session {
    pub async fn open(remote: &Remote, options: Arc<RedisOptions>) -> Result<Self, Failed> {
        in_time(&options.clone(), remote.timings.connect_max, async {
            let login = login(&options).await?;
            let (link, endpoint) = open(&options, &login).await?;
            let heartbeats = heartbeat_channel(&options.channel_prefix, &remote.node);
            let (mut sink, stream) = pubsub(&options, &login, &endpoint).await?.split();
            sink.subscribe(&[&link.news_channel, &heartbeats]).await?;
            let renew_by = login.renew_by;
            let (link, stage) = (Arc::new(link), Stage::half_open());
            Ok(Self { options, link, stream, heartbeats, renew_by, stage, heard: None, pending: false })
        })
        .await
    }

    /// Through the command connection, to come back through the subscription. A key that never exists is removed with it:
    /// a primary that has become a replica refuses even that, and would otherwise be believed, however far it is behind.
    pub async fn beat(&self, remote: &Remote) -> Result<(), Failed> {
        let (link, channel) = (&self.link, &self.heartbeats);
        let payload = remote.trust.micros(Instant::now()).to_string();
        let publish = link.command("PUBLISH").arg(channel).arg(payload).to_owned();
        if link.is_cluster() {
            return link.query(&publish).await.map(|_| ());
        }
        let mut pipe = redis::pipe();
        pipe.add_command(publish).add_command(link.unlink().arg(channel).to_owned());
        link.pipeline(&pipe).await.map(|_| ())
    }
}
