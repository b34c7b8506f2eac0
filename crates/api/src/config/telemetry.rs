//! The destinations of telemetry, and how much of it is sent.

use application::ports::configuration::SecretText;
use http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::choices::{Otlp, Seq, Telemetry, embedded, missing};
use super::error::{Notice, Problem};
use super::insights::ApplicationInsights;
use super::reader::Reader;
use super::registry as keys;
use super::values::service_url;
use crate::telemetry::UserIds;

/// How telemetry is switched off outright.
const OFF: &str = "off";

pub fn telemetry(reader: &mut Reader<'_>) -> Telemetry {
    let def = &keys::APPLICATION_INSIGHTS;
    let mut telemetry = Telemetry::default();
    match reader.optional(def) {
        None => missing(reader, def, OFF, "telemetry stays on the console"),
        Some(text) if text.trim().eq_ignore_ascii_case(OFF) => embedded(reader, def, "no telemetry"),
        Some(text) => match ApplicationInsights::parse(&text) {
            Ok(parsed) => {
                if parsed.key_only {
                    reader.notice(Notice::warning(format!(
                        "{} has only an InstrumentationKey: copy the whole connection string, with its \
                         IngestionEndpoint.",
                        def.key
                    )));
                }
                telemetry.application_insights = Some(parsed);
            }
            Err(reason) => reader.reject(def, reason),
        },
    }
    let api_key = reader.optional(&keys::SEQ_API_KEY).map(SecretText::new);
    match reader.optional(&keys::SEQ) {
        None => reader.idle(format!("logs stay on the console ({})", keys::SEQ.key)),
        Some(text) => match plain_url(&text) {
            Ok(server_url) => {
                telemetry.seq = Some(Seq { server_url, api_key });
            }
            Err(reason) => reader.report(Problem::new(keys::SEQ.key, reason)),
        },
    }
    telemetry.otlp = otlp(reader);
    telemetry.traces_per_second = reader.integer(&keys::TRACES_PER_SECOND);
    telemetry.user_ids = match reader.text(&keys::USER_IDS).unwrap_or_default().to_lowercase().as_str() {
        "hashed" => UserIds::Hashed,
        "off" => UserIds::Off,
        _ => UserIds::Plain,
    };
    telemetry
}

fn otlp(reader: &mut Reader<'_>) -> Option<Otlp> {
    let headers = match headers(&reader.optional(&keys::OTLP_HEADERS).unwrap_or_default()) {
        Ok(headers) => headers,
        Err(reason) => {
            reader.reject(&keys::OTLP_HEADERS, reason);
            Vec::new()
        }
    };
    let text = reader.optional(&keys::OTLP)?;
    match plain_url(&text) {
        Ok(endpoint) => Some(Otlp { endpoint, headers }),
        Err(reason) => {
            reader.report(Problem::new(keys::OTLP.key, reason));
            None
        }
    }
}

/// `name=value,…`, with values as in a URL. Reasons do not repeat values.
fn headers(text: &str) -> Result<Vec<(String, SecretText)>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or("has a part without '='")?;
            let name = HeaderName::from_bytes(name.trim().as_bytes())
                .map_err(|_| "has a name no header can have")?;
            let value =
                percent_decode_str(value.trim()).decode_utf8().map_err(|_| "has a value that is no text")?;
            HeaderValue::from_str(&value).map_err(|_| "has a value no header can have")?;
            Ok((name.to_string(), SecretText::new(value)))
        })
        .collect()
}

/// A log server or collector inside the cluster is often reached without TLS.
fn plain_url(text: &str) -> Result<String, String> {
    let secured = text.trim().strip_prefix("http://").map(|rest| format!("https://{rest}"));
    match secured {
        Some(secured) => Ok(service_url(&secured)?.replacen("https://", "http://", 1)),
        None => service_url(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_pairs_of_what_a_header_can_have() {
        let read = headers("api-key=a%20b, X-Other=c=d,").unwrap();
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(read, [("api-key", "a b"), ("x-other", "c=d")]);
        assert!(headers("").unwrap().is_empty());
        for bad in ["x", "a b=c", "x=%0a", "=y"] {
            assert!(!headers(bad).unwrap_err().contains(bad), "{bad}");
        }
    }
}
