//! The few requests that `object_store` does not have: about the container, and the commit of a list of blocks.

use std::time::{Duration, Instant};

use application::ports::blobs::{BlobError, BlobResult};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use object_store::azure::AzureAuthorizer;
use object_store::client::{HttpClient, HttpRequestBody};

use super::RETRIES_MAX;
use super::errors::{broken_off, clipped, refused};
use object_store::azure::AzureCredentialProvider;

/// The pause before the second request; doubles with each further one.
const PAUSE: Duration = Duration::from_millis(100);
const ERROR_CODE: &str = "x-ms-error-code";

pub struct Rest {
    pub client: HttpClient,
    pub credentials: AzureCredentialProvider,
    pub account: String,
    /// The container's address.
    pub container: String,
    /// After this time no request is sent again.
    pub retry: Duration,
}

/// The answer of the service.
pub struct Answer {
    pub status: StatusCode,
    code: String,
}

impl Answer {
    pub fn failure(&self) -> BlobError {
        refused(self.status, &self.code)
    }
}

impl Rest {
    /// Sends a request that may safely be repeated, and repeats it while the service is busy or away.
    pub async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> BlobResult<Answer> {
        let began = Instant::now();
        let mut pause = PAUSE;
        for attempt in 0.. {
            let result = self.once(method.clone(), target, headers, body.clone()).await;
            let busy = match &result {
                Ok(answer) => {
                    answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS
                }
                Err(error) => matches!(error, BlobError::Unavailable(_) | BlobError::Timeout(_)),
            };
            if !busy || attempt >= RETRIES_MAX || began.elapsed() + pause > self.retry {
                return result;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(BlobError::Internal("no request was sent".to_owned()))
    }

    async fn once(
        &self,
        method: Method,
        target: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> BlobResult<Answer> {
        let internal = |text: String| BlobError::Internal(text);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.container))
            .header(CONTENT_LENGTH, body.len())
            .body(HttpRequestBody::from(body))
            .map_err(|error| internal(error.to_string()))?;
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|error| internal(error.to_string()))?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        let credential = self.credentials.get_credential().await;
        let credential = credential.map_err(|error| match error {
            object_store::Error::Generic { .. } => BlobError::Unavailable(clipped(&error)),
            _ => BlobError::Refused(clipped(&error)),
        })?;
        AzureAuthorizer::new(&credential, &self.account)
            .try_authorize(&mut request)
            .map_err(|error| internal(clipped(&error)))?;
        let response = self.client.execute(request).await.map_err(|error| broken_off(&error))?;
        let code = response.headers().get(ERROR_CODE).and_then(|value| value.to_str().ok()).unwrap_or("");
        Ok(Answer { status: response.status(), code: code.to_owned() })
    }
}
