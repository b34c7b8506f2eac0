//! `/admin/log-level`: other levels for a while (J1). They count above the configured ones, so that nobody has to remember
//! to put them back, and each change leaves a line in the log whatever the levels are.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use domain::error::{Violation, Violations};
use serde::Serialize;
use serde_json::{Value, json};
use tracing::info;

use super::AdminState;
use crate::extract::Json;
use crate::problem::{Problem, REQUEST_TIMEOUT};
use crate::request;
use crate::telemetry::{AUDIT, InForce, Level, LevelChange, LevelRules};
use crate::wire::{
    Int, Pointer, REQUIRED, Schemas, TOO_MANY_ITEMS, UNKNOWN_WORD, WireType, quoted, string, wrong_type,
};

/// How long a change counts, in seconds: unless it says so itself, and at most.
pub const CHANGE_SECONDS_DEFAULT: i64 = 900;
pub const CHANGE_SECONDS_MAX: i64 = 86_400;
/// Sources with a level of their own in one change.
const OVERRIDES_MAX: usize = 100;
/// How long a body is waited for.
const BODY_WAIT_MAX: Duration = Duration::from_secs(5);
const WORDS: &str = "Verbose, Debug, Information, Warning, Error, Fatal";

request! {
    /// Levels that count for a while above the configured ones, in the place of an earlier change.
    struct LogLevelBody {
        /// Least severe level of what no source has a level of its own for. Absent: as configured.
        default: Option<Level>,
        /// Levels of sources and what is below them, as `Serilog:MinimumLevel:Override` has them.
        overrides: Overrides => {},
        /// How long they count.
        seconds: Int<1, CHANGE_SECONDS_MAX> => 900,
    }
}

/// Any case, as in the configuration.
impl WireType for Level {
    fn schema(_: &mut Schemas) -> Value {
        json!({ "type": "string", "enum": WORDS.split(", ").collect::<Vec<_>>() })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let text = string(value, at, errors)?;
        let level = Self::parse(text);
        if level.is_none() {
            let violation = Violation::new(&UNKNOWN_WORD).with("value", quoted(text)).with("allowed", WORDS);
            errors.push(violation.at(at.to_string()));
        }
        level
    }
}

/// Levels by source.
#[derive(Debug)]
struct Overrides(Vec<(String, Level)>);

impl WireType for Overrides {
    fn schema(schemas: &mut Schemas) -> Value {
        json!({ "type": "object", "maxProperties": OVERRIDES_MAX, "additionalProperties": <Level as WireType>::schema(schemas) })
    }
    fn parse(value: &Value, at: &Pointer<'_>, errors: &mut Violations) -> Option<Self> {
        let Value::Object(members) = value else { return wrong_type("an object", value, at, errors) };
        if members.len() > OVERRIDES_MAX {
            let violation =
                Violation::new(&TOO_MANY_ITEMS).with("max", OVERRIDES_MAX).with("count", members.len());
            errors.push(violation.at(at.to_string()));
            return None;
        }
        let read = |(source, level): (&String, &Value)| {
            let level = <Level as WireType>::parse(level, &at.member(source), errors)?;
            Some((source.clone(), level))
        };
        let levels: Vec<_> = members.iter().map(read).collect();
        levels.into_iter().collect::<Option<_>>().map(Self)
    }
}

/// Levels as they are answered.
#[derive(Serialize)]
struct Levels {
    default: &'static str,
    overrides: BTreeMap<String, &'static str>,
}

impl From<&LevelRules> for Levels {
    fn from(rules: &LevelRules) -> Self {
        let overrides = rules.overrides().map(|(source, level)| (source.to_owned(), level.name())).collect();
        Self { default: rules.default_level().name(), overrides }
    }
}

/// The configured levels, those that count now, and until when they do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLevelView {
    configured: Levels,
    in_force: Levels,
    until: Option<String>,
}

impl From<InForce> for LogLevelView {
    fn from(now: InForce) -> Self {
        let until = now.until.map(|until| until.to_string());
        Self { configured: (&now.configured).into(), in_force: (&now.now).into(), until }
    }
}

pub async fn read(State(state): State<AdminState>) -> Answer<LogLevelView> {
    Answer(state.levels.in_force().into())
}

/// Who asked, as far as the connection tells.
fn peer(request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.to_string())
}

pub async fn change(
    State(state): State<AdminState>,
    request: Request,
) -> Result<Answer<LogLevelView>, Problem> {
    let by = peer(&request);
    let read = tokio::time::timeout(BODY_WAIT_MAX, Json::<LogLevelBody>::from_request(request, &state));
    let late = |_| Problem::from(Violation::new(&REQUEST_TIMEOUT).with("seconds", BODY_WAIT_MAX.as_secs()));
    let Json(body) = read.await.map_err(late)??;
    if body.default.is_none() && body.overrides.0.is_empty() {
        return Err(Violation::new(&REQUIRED).at("/default").into());
    }
    let change = LevelChange { default: body.default, overrides: body.overrides.0 };
    let until = state.clock.now().plus_seconds(body.seconds.0);
    info!(
        target: AUDIT, by, levels = told(&change), until = %until,
        "Log levels changed by {{by}} until {{until}}: {{levels}}"
    );
    let number = state.levels.change(change, until);
    let (levels, seconds) = (state.levels.clone(), body.seconds.0.unsigned_abs());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        if levels.end(Some(number)) {
            info!(target: AUDIT, "The log levels are the configured ones again: the change has ended");
        }
    });
    Ok(Answer(state.levels.in_force().into()))
}

/// Ends a change before its time.
pub async fn end(State(state): State<AdminState>, request: Request) -> Answer<LogLevelView> {
    if state.levels.end(None) {
        info!(target: AUDIT, by = peer(&request), "The log levels are the configured ones again, by {{by}}");
    }
    Answer(state.levels.in_force().into())
}

/// `Debug, sqlx=Verbose`
fn told(change: &LevelChange) -> String {
    let default = change.default.map(|level| level.name().to_owned());
    let overrides = change.overrides.iter().map(|(source, level)| format!("{source}={}", level.name()));
    default.into_iter().chain(overrides).collect::<Vec<_>>().join(", ")
}
