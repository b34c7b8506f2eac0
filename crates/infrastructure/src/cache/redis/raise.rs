//! Telling Redis and the other processes what has changed: the generations go first, then the news.

use domain::ids::TenantId;
use futures::future::try_join_all;

use super::backplane::{Message, News};
use super::link::{Failed, Link};
use super::pending::Backlog;
use super::remote::{Remote, count};
use crate::cache::key::{GENERATIONS, generation_key, is_generation_key};

/// Tenants told of in one message to Redis.
const TENANTS_AT_ONCE: usize = 50;

impl Remote {
    fn message(&self, news: News) -> String {
        Message { from: self.node.clone(), news }.encode()
    }

    pub async fn publish(&self, link: &Link, news: News) -> Result<(), Failed> {
        let publish = link.command("PUBLISH").arg(&link.news_channel).arg(self.message(news)).to_owned();
        link.query(&publish).await.map(|_| ())
    }

    /// Makes whatever depends on these entities stale, everywhere.
    pub async fn raise(&self, link: &Link, changes: &[(TenantId, Vec<&'static str>)]) -> Result<(), Failed> {
        for part in changes.chunks(TENANTS_AT_ONCE) {
            let raised = self.raise_part(link, part).await;
            if raised.is_err() {
                count(&self.counts.errors);
            }
            raised?;
        }
        Ok(())
    }

    async fn raise_part(&self, link: &Link, changes: &[(TenantId, Vec<&'static str>)]) -> Result<(), Failed> {
        let keys = changes.iter().flat_map(|(tenant, entities)| {
            let tenant = tenant.to_string();
            entities.iter().map(move |entity| generation_key(&tenant, entity, self.tag))
        });
        let keys: Vec<String> = keys.collect();
        let news = changes.iter().map(|(tenant, entities)| News::Changed {
            tenant: tenant.uuid(),
            entities: entities.iter().map(|entity| (*entity).to_owned()).collect(),
        });
        // Removed rather than replaced: a full server still removes.
        if link.is_cluster() {
            let remove = async |key: &String| link.query(link.unlink().arg(key)).await;
            try_join_all(keys.iter().map(remove)).await?;
            for news in news {
                self.publish(link, news).await?;
            }
            return Ok(());
        }
        let mut pipe = redis::pipe();
        pipe.add_command(link.unlink().arg(keys).to_owned());
        for news in news {
            pipe.add_command(
                link.command("PUBLISH").arg(&link.news_channel).arg(self.message(news)).to_owned(),
            );
        }
        link.pipeline(&pipe).await.map(|_| ())
    }

    /// Tells what could not be told before.
    pub async fn tell(&self, link: &Link, backlog: &Backlog) -> Result<(), Failed> {
        if backlog.everything {
            let limits = super::flush::Limits::default();
            let swept = self.sweep(link, GENERATIONS, is_generation_key, false, limits).await?;
            if !swept.complete {
                return Err(Failed("too many generations to remove at once".to_owned()));
            }
            self.publish(link, News::Everything).await?;
        }
        self.raise(link, &backlog.changes).await?;
        self.pending.told(backlog, backlog.everything);
        Ok(())
    }

    /// The other processes flush the values they hold.
    pub async fn tell_of_flush(&self, pattern: &str) -> Result<(), Failed> {
        // Without a connection the others hear nothing, but they believe nothing for long either.
        let Some(link) = self.link() else { return Ok(()) };
        self.publish(&link, News::Flushed { pattern: pattern.to_owned() }).await
    }

    /// After a commit, for what was added to the pending changes: told now if possible, otherwise as soon as it is.
    pub async fn tell_now(&self, backlog: &Backlog) {
        let Some(link) = self.link() else { return };
        if self.raise(&link, &backlog.changes).await.is_ok() {
            self.pending.told(backlog, false);
        }
    }
}
