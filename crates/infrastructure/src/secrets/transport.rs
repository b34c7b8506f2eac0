//! The HTTPS client for everything in the cloud: one pool, one set of trusted authorities, time-outs everywhere.

use std::time::Duration;

use async_trait::async_trait;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, ExponentialRetryOptions, HttpClient, Request, RetryOptions, Transport,
};
use reqwest::redirect::Policy;
use signals::event::Service;
use thiserror::Error;

use super::problem::chain;
use crate::http_calls::HttpCall;

pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From sending a request to the end of its answer.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
const IDLE_CONNECTION_LIFE: Duration = Duration::from_secs(60);
/// Times the Azure clients ask again by themselves, and how long they go on doing so.
const RETRIES_MAX: u32 = 2;
const RETRY_FOR: azure_core::time::Duration = azure_core::time::Duration::seconds(8);

#[derive(Debug, Error)]
#[error("the HTTPS client cannot be made: {0}")]
pub struct TransportError(String);

/// A client that trusts the machine's authorities (`SSL_CERT_FILE` included) and those in `roots_pem`.
///
/// It follows no redirect and reads no proxy variables: what it carries are secrets.
pub fn http_client(roots_pem: Option<&[u8]>) -> Result<reqwest::Client, TransportError> {
    let failed = |error: reqwest::Error| TransportError(chain(&error));
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION_LIFE)
        .redirect(Policy::none())
        .no_proxy();
    if let Some(pem) = roots_pem {
        let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(failed)?;
        if roots.is_empty() {
            return Err(TransportError("the file of authorities has no certificate".to_owned()));
        }
        builder = builder.tls_certs_merge(roots);
    }
    builder.build().map_err(failed)
}

/// A client whose requests are told to telemetry and go on with the trace they belong to.
#[derive(Debug)]
struct Watched(reqwest::Client);

#[async_trait]
impl HttpClient for Watched {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let call = HttpCall::begin(Service::Http, request.method().as_str(), request.url().as_str());
        let answered = match call.trace_header() {
            None => self.0.execute_request(request).await,
            Some((name, value)) => {
                let mut request = request.clone();
                request
                    .insert_header(name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned());
                self.0.execute_request(&request).await
            }
        };
        match &answered {
            Ok(response) => call.answered(u16::from(response.status())),
            Err(error) => call.failed(error),
        }
        answered
    }
}

/// The options of an Azure client on this transport.
pub(super) fn client_options(http: &reqwest::Client) -> ClientOptions {
    let retry = ExponentialRetryOptions {
        max_retries: RETRIES_MAX,
        max_total_elapsed: RETRY_FOR,
        ..ExponentialRetryOptions::default()
    };
    ClientOptions {
        transport: Some(Transport::new(std::sync::Arc::new(Watched(http.clone())))),
        retry: RetryOptions::exponential(retry),
        ..ClientOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_refused() {
        assert!(http_client(Some(b"no certificate")).is_err());
    }
}
