//! The REST API of a store: lists by label, and whether anything changed.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use application::ports::configuration::ConfigurationSourceError;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH, LINK, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use signals::event::Service;

use super::access::StoreAccess;
use super::sync_tokens::SyncTokens;
use crate::http_calls::HttpCall;
use crate::secrets::identity::IdentityError;
use crate::secrets::problem::chain;

/// Pages of all labels together, and key-values on them.
pub const PAGES_MAX: usize = 200;
pub const KEY_VALUES_MAX: usize = 10_000;
/// Largest page, in bytes: a hundred key-values of at most 10 KB each.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Version 1.0 would do but for one thing: since late 2023 lists have tags, so that a poll can be answered by 304.
const API_VERSION: &str = "2023-11-01";
/// A request that failed without a word from the store is sent once more after this.
const SECOND_TRY_AFTER: Duration = Duration::from_millis(300);

/// Why a request failed, and when the store wants to be asked again.
#[derive(Debug)]
pub struct Failure {
    pub error: ConfigurationSourceError,
    pub retry_after: Option<Duration>,
}

impl From<ConfigurationSourceError> for Failure {
    fn from(error: ConfigurationSourceError) -> Self {
        Self { error, retry_after: None }
    }
}

/// A page that was read: asked again with its tag, it is 304 while nothing on it changed.
#[derive(Clone)]
pub struct Page {
    target: String,
    etag: Option<String>,
    /// Whether another page follows.
    more: bool,
}

#[derive(Deserialize)]
struct Body {
    items: Vec<Item>,
    #[serde(rename = "@nextLink", default)]
    next: Option<String>,
}

/// A key-value as the store has it.
#[derive(Deserialize)]
pub struct Item {
    pub key: String,
    #[serde(default)]
    pub value: Option<String>,
    #[serde(default)]
    pub content_type: Option<String>,
}

pub struct Client {
    access: StoreAccess,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    sync: SyncTokens,
}

impl Client {
    pub fn new(access: StoreAccess, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self { access, http, clock, sync: SyncTokens::default() }
    }

    /// Every key-value of a label; the pages are added to `pages`.
    pub async fn list(&self, label: Option<&str>, pages: &mut Vec<Page>) -> Result<Vec<Item>, Failure> {
        let mut target = format!("/kv?key=%2A&label={}&api-version={API_VERSION}", label_filter(label));
        let mut items = Vec::new();
        loop {
            if pages.len() == PAGES_MAX {
                return Err(malformed(&format!("more than {PAGES_MAX} pages")));
            }
            let response = self.get(&target, None).await?;
            let etag = text_of(response.headers(), ETAG.as_str());
            let body = body(response).await?;
            let body: Body = serde_json::from_slice(&body)
                .map_err(|_| malformed("a page of key-values is not what it should be"))?;
            items.extend(body.items);
            if items.len() > KEY_VALUES_MAX {
                return Err(malformed(&format!("more than {KEY_VALUES_MAX} key-values")));
            }
            let next = body.next.filter(|next| !next.is_empty());
            pages.push(Page { target, etag, more: next.is_some() });
            match next {
                None => return Ok(items),
                Some(next) => target = next,
            }
        }
    }

    /// Whether a page has changed, come or gone.
    pub async fn any_changed(&self, pages: &[Page]) -> Result<bool, Failure> {
        for page in pages {
            let response = self.get(&page.target, page.etag.as_deref()).await?;
            let follows = response.headers().get(LINK).is_some();
            if response.status() != StatusCode::NOT_MODIFIED || follows != page.more {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a page has changed right after reading; a page without a tag cannot tell.
    pub async fn any_moved(&self, pages: &[Page]) -> Result<bool, Failure> {
        let tagged: Vec<Page> = pages.iter().filter(|page| page.etag.is_some()).cloned().collect();
        self.any_changed(&tagged).await
    }

    /// The tag of one key-value; `None` if there is no such.
    pub async fn etag(&self, key: &str, label: Option<&str>) -> Result<Option<String>, Failure> {
        let key = utf8_percent_encode(key, NON_ALPHANUMERIC);
        let label = label.map_or_else(|| "%00".to_owned(), encoded);
        let response = self.get(&format!("/kv/{key}?label={label}&api-version={API_VERSION}"), None).await?;
        let found = response.status() != StatusCode::NOT_FOUND;
        Ok(text_of(response.headers(), ETAG.as_str()).filter(|_| found))
    }

    /// 200, 304 and 404 are answers; everything else is a failure.
    async fn get(&self, target: &str, etag: Option<&str>) -> Result<Response, Failure> {
        match self.try_get(target, etag).await {
            Err(failure) if failure.retry_after.is_none() && is_passing(&failure.error) => {
                tokio::time::sleep(SECOND_TRY_AFTER).await;
                self.try_get(target, etag).await
            }
            other => other,
        }
    }

    async fn try_get(&self, target: &str, etag: Option<&str>) -> Result<Response, Failure> {
        let url =
            self.access.endpoint().join(target).ok_or_else(|| malformed("a link leads out of the store"))?;
        let mut request = self.http.get(url.clone());
        let headers = self.access.headers(&url, self.clock.now()).await.map_err(of_identity)?;
        for (name, value) in &headers {
            request = request.header(*name, value.expose());
        }
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(tokens) = self.sync.header() {
            request = request.header("Sync-Token", tokens);
        }
        let call = HttpCall::begin(Service::Http, "GET", url.as_str());
        let response = match request.headers(call.trace_header().into_iter().collect()).send().await {
            Ok(response) => response,
            Err(error) => {
                let reason = chain(&error.without_url());
                call.failed(&reason);
                return Err(ConfigurationSourceError::Unavailable(reason).into());
            }
        };
        call.answered(response.status().as_u16());
        for header in response.headers().get_all("sync-token") {
            self.sync.learn(header.to_str().unwrap_or_default());
        }
        match response.status() {
            StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::NOT_FOUND => Ok(response),
            status => Err(refused(status, response.headers())),
        }
    }
}

/// Whether the very next attempt may go better.
fn is_passing(error: &ConfigurationSourceError) -> bool {
    matches!(error, ConfigurationSourceError::Unavailable(_))
}

fn refused(status: StatusCode, headers: &HeaderMap) -> Failure {
    let seconds = text_of(headers, RETRY_AFTER.as_str()).and_then(|text| text.trim().parse().ok());
    let retry_after = seconds.map(Duration::from_secs);
    let reason = text_of(headers, "www-authenticate").unwrap_or_default();
    let text = format!("status {} {reason}", status.as_u16());
    let text = text.trim_end().to_owned();
    let error = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ConfigurationSourceError::Denied(text),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            ConfigurationSourceError::Unavailable(text)
        }
        status if status.is_server_error() => ConfigurationSourceError::Unavailable(text),
        _ => ConfigurationSourceError::Malformed(text),
    };
    Failure { error, retry_after }
}

fn of_identity(error: IdentityError) -> Failure {
    let text = error.to_string();
    match error {
        IdentityError::Unavailable(_) | IdentityError::Absent(_) => {
            ConfigurationSourceError::Unavailable(text).into()
        }
        IdentityError::Denied(_) | IdentityError::Misconfigured(_) => {
            ConfigurationSourceError::Denied(text).into()
        }
    }
}

fn malformed(what: &str) -> Failure {
    ConfigurationSourceError::Malformed(what.to_owned()).into()
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn body(mut response: Response) -> Result<Vec<u8>, Failure> {
    if response.status() != StatusCode::OK {
        return Err(malformed("there are no key-values at this address"));
    }
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|error| {
            Failure::from(ConfigurationSourceError::Unavailable(chain(&error.without_url())))
        })?;
        let Some(chunk) = chunk else { return Ok(body) };
        body.extend_from_slice(&chunk);
        if body.len() > PAGE_BYTES_MAX {
            return Err(malformed(&format!("a page has more than {PAGE_BYTES_MAX} bytes")));
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A label as a filter: `\` before what a filter understands, `%00` for none.
fn label_filter(label: Option<&str>) -> String {
    let Some(label) = label else { return "%00".to_owned() };
    let mut escaped = String::with_capacity(label.len());
    for character in label.chars() {
        if matches!(character, '*' | ',' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    encoded(&escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_literal() {
        assert_eq!(label_filter(None), "%00");
        assert_eq!(label_filter(Some("Production")), "Production");
        assert_eq!(label_filter(Some("a*,b")), "a%5C%2A%5C%2Cb");
    }
}
