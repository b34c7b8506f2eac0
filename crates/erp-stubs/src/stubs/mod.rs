//! The stubs together: their state, their listeners, their life.

pub mod control;
pub mod entra;
pub mod issuer;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::task::JoinHandle;

use self::entra::Entra;
use self::issuer::Issuer;
use crate::error::StubError;
use crate::faults::{Fault, Faults, Service};
use crate::requests::{Request, Requests, described};
use crate::{ConfigurationStore, Vault, certificates, configuration, serve, vault};

/// Fixed ports; 0 = a free one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    pub tls: u16,
    pub plain: u16,
}

/// The state that the handlers share.
pub(crate) struct Inner {
    pub vault: Vault,
    pub configuration: ConfigurationStore,
    pub entra: Entra,
    pub issuer: Issuer,
    pub faults: Faults,
    pub requests: Requests,
    pub ca_pem: String,
    addresses: OnceLock<Addresses>,
}

#[derive(Clone, Copy)]
struct Addresses {
    tls: SocketAddr,
    plain: SocketAddr,
}

impl Inner {
    /// `https://127.0.0.1:port`
    pub fn origin(&self) -> String {
        self.addresses.get().map_or_else(String::new, |at| format!("https://{}", at.tls))
    }
    /// `http://127.0.0.1:port`
    pub fn plain_origin(&self) -> String {
        self.addresses.get().map_or_else(String::new, |at| format!("http://{}", at.plain))
    }
}

/// Running stubs; they stop when this is dropped.
pub struct Stubs {
    inner: Arc<Inner>,
    tls: Arc<rustls::ServerConfig>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Stubs {
    /// On free ports of the loopback address.
    pub async fn start() -> Result<Self, StubError> {
        Self::start_on(Ports::default()).await
    }

    pub async fn start_on(ports: Ports) -> Result<Self, StubError> {
        let certificates = certificates::make()?;
        let tls = Arc::new(certificates.server()?);
        let (cloud, cloud_address) = serve::bind(ports.tls).await?;
        let (plain, plain_address) = serve::bind(ports.plain).await?;
        let addresses = OnceLock::from(Addresses { tls: cloud_address, plain: plain_address });
        let inner = Arc::new(Inner {
            vault: Vault::default(),
            configuration: ConfigurationStore::default(),
            entra: Entra::default(),
            issuer: Issuer::default(),
            faults: Faults::default(),
            requests: Requests::default(),
            ca_pem: certificates.ca_pem,
            addresses,
        });
        let stubs = Self { inner, tls, tasks: Mutex::default() };
        let cloud = serve::serve(cloud, Some(stubs.tls.clone()), stubs.cloud_router());
        let plain = serve::serve(plain, None, stubs.plain_router());
        stubs.tasks().extend([cloud, plain]);
        Ok(stubs)
    }

    /// Closes the TLS listener and its connections, as a service that is down; the state stays.
    pub async fn stop(&self) {
        let task = self.tasks().first().map(JoinHandle::abort_handle);
        if let Some(task) = task {
            task.abort();
            while !task.is_finished() {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Listens again on the same port after [`Self::stop`].
    pub async fn resume(&self) -> Result<(), StubError> {
        let port = self.inner.addresses.get().map_or(0, |addresses| addresses.tls.port());
        let (listener, _) = serve::bind(port).await?;
        let task = serve::serve(listener, Some(self.tls.clone()), self.cloud_router());
        if let Some(first) = self.tasks().first_mut() {
            *first = task;
        }
        Ok(())
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cloud_router(&self) -> Router {
        let vault = Router::new()
            .route("/secrets", get(vault::list))
            .route("/secrets/{name}", get(vault::read))
            .route("/secrets/{name}/", get(vault::read))
            .route("/secrets/{name}/versions", get(vault::versions))
            .route("/secrets/{name}/{version}", get(vault::read_version));
        let configuration = Router::new()
            .route("/kv", get(configuration::list))
            .route("/kv/{*key}", get(configuration::read));
        let entra = Router::new()
            .route("/{tenant}/oauth2/v2.0/token", post(entra::token))
            .route("/common/discovery/instance", get(entra::discovery))
            .route("/{tenant}/v2.0/.well-known/openid-configuration", get(entra::openid));
        self.watched(vault, Service::Vault)
            .merge(self.watched(configuration, Service::Configuration))
            .merge(self.watched(entra, Service::Entra))
    }

    fn plain_router(&self) -> Router {
        let identity = Router::new()
            .route("/metadata/identity/oauth2/token", get(entra::managed_identity))
            .route("/msi/token", get(entra::managed_identity));
        let issuer = Router::new()
            .route("/oidc/{tenant}/v2.0/.well-known/openid-configuration", get(issuer::metadata))
            .route("/oidc/discovery/v2.0/keys", get(issuer::list));
        self.watched(identity, Service::ManagedIdentity)
            .merge(self.watched(issuer, Service::Issuer))
            .merge(control::router(self.inner.clone()))
    }

    fn watched(&self, router: Router<Arc<Inner>>, service: Service) -> Router {
        let watch = from_fn_with_state((self.inner.clone(), service), watch);
        router.layer(watch).with_state(self.inner.clone())
    }

    /// `https://127.0.0.1:port`: vault, configuration store and token authority alike.
    pub fn origin(&self) -> String {
        self.inner.origin()
    }
    /// `http://127.0.0.1:port`: managed identity and control.
    pub fn plain_origin(&self) -> String {
        self.inner.plain_origin()
    }
    pub fn tls_port(&self) -> u16 {
        self.inner.addresses.get().map_or(0, |addresses| addresses.tls.port())
    }
    /// The authority that a client must trust.
    pub fn ca_pem(&self) -> &str {
        &self.inner.ca_pem
    }
    /// As an operator copies it from the portal.
    pub fn configuration_connection_string(&self) -> String {
        let (id, secret) = (configuration::CREDENTIAL, configuration::SECRET);
        format!("Endpoint={};Id={id};Secret={secret}", self.origin())
    }
    /// Every address and name a client needs, as `GET /control/addresses` gives them.
    pub fn description(&self) -> serde_json::Value {
        control::description(&self.inner)
    }
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }
    pub fn configuration(&self) -> &ConfigurationStore {
        &self.inner.configuration
    }
    pub fn entra(&self) -> &Entra {
        &self.inner.entra
    }

    /// Signs tokens as an issuer of OpenID Connect.
    pub fn issuer(&self) -> &Issuer {
        &self.inner.issuer
    }
    /// The issuer of a directory.
    pub fn issuer_of(&self, tenant: &str) -> String {
        issuer::address(&self.plain_origin(), tenant)
    }
    /// A token of the directory [`entra::TENANT`] with these claims beside the usual ones.
    pub fn token(&self, claims: &serde_json::Value) -> String {
        self.inner.issuer.token(&self.issuer_of(entra::TENANT), claims)
    }

    /// The next `count` requests of the service.
    pub fn fail_next(&self, service: Service, count: u32, fault: Fault) {
        self.inner.faults.add(service, Some(count), None, fault);
    }
    /// Every request of the service whose path and query contain `path`, until [`Self::heal`].
    pub fn fail_path(&self, service: Service, path: &str, fault: Fault) {
        self.inner.faults.add(service, None, Some(path), fault);
    }
    /// Every request of the service, until [`Self::heal`].
    pub fn fail(&self, service: Service, fault: Fault) {
        self.inner.faults.add(service, None, None, fault);
    }
    pub fn heal(&self, service: Service) {
        self.inner.faults.clear(service);
    }

    /// The requests to the service so far.
    pub fn requests(&self, service: Service) -> Vec<Request> {
        self.inner.requests.all().into_iter().filter(|request| request.service == service).collect()
    }
    pub fn forget_requests(&self) {
        self.inner.requests.clear();
    }
}

impl Drop for Stubs {
    fn drop(&mut self) {
        for task in self.tasks().drain(..) {
            task.abort();
        }
    }
}

/// Meets the faults on order and remembers the request.
async fn watch(
    State((inner, service)): State<(Arc<Inner>, Service)>,
    request: HttpRequest,
    next: Next,
) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let mut seen = described(service, request.method().as_str(), &target, request.headers());
    if inner.faults.will_hang(service, &target) {
        inner.requests.add(seen.clone());
    }
    let response = match inner.faults.meet(service, &target).await {
        Some(response) => response,
        None => next.run(request).await,
    };
    seen.status = response.status().as_u16();
    inner.requests.add(seen);
    response
}
