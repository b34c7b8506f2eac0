//! Counts of limits that all processes keep together.

use std::time::Duration;

use futures::future::try_join_all;
use redis::Value;

use super::link::{Failed, Link};

/// Adds to each count and answers what it is then. A count is gone `life` after it was last added to.
pub async fn add(link: &Link, counts: &[(String, u32)], life: Duration) -> Result<Vec<u64>, Failed> {
    let adding = |(name, count): &(String, u32)| {
        let add = link.command("INCRBY").arg(name).arg(count).to_owned();
        (add, link.command("EXPIRE").arg(name).arg(life.as_secs()).to_owned())
    };
    if link.is_cluster() {
        let one = async |(add, expire)| {
            let total = link.query(&add).await?;
            link.query(&expire).await?;
            number(&total)
        };
        return try_join_all(counts.iter().map(|count| one(adding(count)))).await;
    }
    let mut pipe = redis::pipe();
    for (add, expire) in counts.iter().map(adding) {
        pipe.add_command(add).add_command(expire);
    }
    let answers = link.pipeline(&pipe).await?;
    answers.iter().step_by(2).map(number).collect()
}

fn number(value: &Value) -> Result<u64, Failed> {
    Ok(redis::from_redis_value_ref::<u64>(value)?)
}
