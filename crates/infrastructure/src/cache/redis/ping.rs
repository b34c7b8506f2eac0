//! The health check of Redis: every endpoint answers (I2).

use std::time::Duration;

use futures::future::join_all;
use redis::Value;

use super::connect::{in_time, login, single};
use super::link::{Failed, failed};
use crate::cache::connection_string::{Endpoint, RedisOptions};

/// Less than a health check may take, so that the text is this one's.
const PING_TIMEOUT: Duration = Duration::from_millis(1_500);
const TIMED_OUT: &str = "Healthcheck timed out";

/// Asks each endpoint over a connection of its own, as a process that has just started would.
pub(in super::super) async fn ping(options: &RedisOptions) -> Result<(), String> {
    let asked = async {
        let login = login(options).await?;
        let answers = join_all(options.endpoints.iter().map(|endpoint| one(options, &login, endpoint))).await;
        answers.into_iter().collect::<Result<Vec<()>, Failed>>()
    };
    match tokio::time::timeout(PING_TIMEOUT, in_time(options, PING_TIMEOUT * 2, asked)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(TIMED_OUT.to_owned()),
    }
}

async fn one(
    options: &RedisOptions,
    login: &super::connect::Login,
    endpoint: &Endpoint,
) -> Result<(), Failed> {
    let mut connection = single(options, login, endpoint).await?;
    let name = options.commands.name("PING").unwrap_or("PING");
    connection
        .send_packed_command(&redis::cmd(name))
        .await
        .map_err(failed)?
        .extract_error()
        .map_err(failed)?;
    let Some(name) = options.commands.name("CLUSTER") else { return Ok(()) };
    // A server that is in no cluster answers an error.
    let info = connection.send_packed_command(redis::cmd(name).arg("INFO")).await.map_err(failed)?;
    let info = match info {
        Value::BulkString(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Value::VerbatimString { text, .. } | Value::SimpleString(text) => text,
        _ => return Ok(()),
    };
    match info.lines().find_map(|line| line.trim().strip_prefix("cluster_state:")) {
        Some(state) if state != "ok" => Err(Failed(format!("{endpoint}: cluster state is {state}"))),
        _ => Ok(()),
    }
}
