//! The transport of the file store: its requests are told to telemetry and go on with the trace they belong to.

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};
use signals::event::Service;

use crate::http_calls::HttpCall;

#[derive(Debug, Default)]
pub struct WatchedConnector(ReqwestConnector);

impl HttpConnector for WatchedConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Watched(self.0.connect(options)?)))
    }
}

#[derive(Debug)]
struct Watched(HttpClient);

#[async_trait]
impl HttpService for Watched {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let call = HttpCall::begin(Service::Blob, request.method().as_str(), &request.uri().to_string());
        request.headers_mut().extend(call.trace_header());
        let answered = self.0.execute(request).await;
        match &answered {
            Ok(response) => call.answered(response.status().as_u16()),
            Err(error) => call.failed(error),
        }
        answered
    }
}
