//! From options to connections: TCP, TLS with rustls, Sentinel, the primary among several endpoints, cluster.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::{MultiplexedConnection, PubSub};
use redis::cluster_async::ClusterConnection;
use redis::{AsyncConnectionConfig, Cmd, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, Value};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::link::{Connection, Failed, Link, failed};
use crate::cache::connection_string::{Endpoint, RedisOptions};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// The identity on the server, and for how long it holds.
pub(super) struct Login {
    info: RedisConnectionInfo,
    pub renew_by: Option<Instant>,
}

/// Credentials are renewed when this part of their life is over.
const RENEW_AFTER: f64 = 0.75;

pub(super) async fn login(options: &RedisOptions) -> Result<Login, Failed> {
    let mut info = RedisConnectionInfo::default().set_skip_set_lib_name();
    if let Some(source) = &options.credentials {
        let credential = source.current().await.map_err(|why| Failed(format!("no credentials: {why}")))?;
        info = info.set_username(&credential.user).set_password(credential.password.expose());
        let renew_by = Instant::now() + credential.valid_for.mul_f64(RENEW_AFTER);
        return Ok(Login { info, renew_by: Some(renew_by) });
    }
    if let Some(user) = &options.user {
        info = info.set_username(user);
    }
    if let Some(password) = &options.password {
        info = info.set_password(password.expose());
    }
    Ok(Login { info, renew_by: None })
}

/// The certificates to trust: those given, or the system's.
async fn roots(options: &RedisOptions) -> Result<rustls::RootCertStore, Failed> {
    let mut store = rustls::RootCertStore::empty();
    match &options.roots {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate =
                    certificate.map_err(|error| Failed(format!("trusted certificate: {error}")))?;
                store.add(certificate).map_err(|error| Failed(format!("trusted certificate: {error}")))?;
            }
        }
        None => {
            let system = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
            let system = system.map_err(|error| Failed(format!("system certificates: {error}")))?;
            store.add_parsable_certificates(system.certs);
        }
    }
    if store.is_empty() { Err(Failed("there are no trusted certificates".to_owned())) } else { Ok(store) }
}

async fn stream(options: &RedisOptions, endpoint: &Endpoint) -> Result<Box<dyn Stream>, Failed> {
    let socket = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await;
    let socket = socket.map_err(|error| Failed(error.to_string()))?;
    // Small answers would wait for acknowledgements otherwise; a refusal costs speed only.
    let _ = socket.set_nodelay(true);
    if !options.tls {
        return Ok(Box::new(socket));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failed(format!("TLS: {error}")))?
        .with_root_certificates(roots(options).await?)
        .with_no_client_auth();
    let name = options.ssl_host.as_ref().unwrap_or(&endpoint.host).clone();
    let name = ServerName::try_from(name).map_err(|error| Failed(format!("TLS: {error}")))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await;
    let stream = stream.map_err(|error| Failed(format!("TLS: {error}")))?;
    if let Some(certificate) = stream.get_ref().1.peer_certificates().and_then(<[_]>::first) {
        options.seen_certificate.note(certificate);
    }
    Ok(Box::new(stream))
}

/// Waits no longer than the string and the rhythm of the connection allow.
pub(super) async fn in_time<T>(
    options: &RedisOptions,
    max: Duration,
    work: impl Future<Output = Result<T, Failed>>,
) -> Result<T, Failed> {
    match tokio::time::timeout(options.connect_timeout.min(max), work).await {
        Ok(result) => result,
        Err(_) => Err(Failed("connecting timed out".to_owned())),
    }
}

/// One server, ready for commands.
pub(super) async fn single(
    options: &RedisOptions,
    login: &Login,
    endpoint: &Endpoint,
) -> Result<MultiplexedConnection, Failed> {
    let stream = stream(options, endpoint).await?;
    // Callers have a time limit of their own.
    let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
    let connection = MultiplexedConnection::new_with_config(&login.info, stream, config).await;
    let (mut connection, driver) = connection.map_err(failed)?;
    tokio::spawn(driver);
    if options.default_database > 0 {
        let name = options.commands.name("SELECT");
        let name = name.ok_or_else(|| Failed("SELECT is disabled, but a database is chosen".to_owned()))?;
        let select = redis::cmd(name).arg(options.default_database).to_owned();
        ask(&mut connection, &select).await?;
    }
    if let (Some(client), Some(command)) = (&options.name, options.commands.name("CLIENT")) {
        // Only a name in a list; some servers refuse it.
        let _ = ask(&mut connection, redis::cmd(command).arg("SETNAME").arg(client)).await;
    }
    Ok(connection)
}

async fn ask(connection: &mut MultiplexedConnection, command: &Cmd) -> Result<Value, Failed> {
    let value = connection.send_packed_command(command).await.map_err(failed)?;
    value.extract_error().map_err(failed)
}

/// A connection that only listens.
pub(super) async fn pubsub(
    options: &RedisOptions,
    login: &Login,
    endpoint: &Endpoint,
) -> Result<PubSub, Failed> {
    let stream = stream(options, endpoint).await?;
    PubSub::new(&login.info, stream).await.map_err(failed)
}

/// The primary, or the cluster, that the endpoints lead to.
pub(super) async fn open(options: &RedisOptions, login: &Login) -> Result<(Link, Endpoint), Failed> {
    let mut endpoints = options.endpoints.clone();
    if let Some(service) = &options.service_name {
        endpoints = vec![primary_of(options, service).await?];
    }
    let mut last = Failed("no endpoint is a primary".to_owned());
    let mut followed = false;
    let mut index = 0;
    while let Some(endpoint) = endpoints.get(index).cloned() {
        index += 1;
        let mut connection = match single(options, login, &endpoint).await {
            Ok(connection) => connection,
            Err(error) => {
                last = Failed(format!("{endpoint}: {error}"));
                continue;
            }
        };
        if let Some(slots) = cluster_slots(options, &mut connection).await {
            let cluster = cluster(options, login, &endpoint, &slots).await?;
            return Ok((Link::new(Connection::Cluster(Box::new(cluster)), options), endpoint));
        }
        match primary_named_by(options, &mut connection).await {
            None => return Ok((Link::new(Connection::Single(connection), options), endpoint)),
            // A replica: its primary is tried last, once.
            Some(primary) if !followed => {
                followed = true;
                if !endpoints.contains(&primary) {
                    endpoints.push(primary);
                }
            }
            Some(_) => {}
        }
    }
    Err(last)
}

/// Asks the Sentinels, in order. They have credentials of their own, not those of the servers they watch.
async fn primary_of(options: &RedisOptions, service: &str) -> Result<Endpoint, Failed> {
    let mut last = Failed("no Sentinel answers".to_owned());
    let plain = RedisOptions { default_database: 0, name: None, ..options.clone() };
    let mut info = RedisConnectionInfo::default().set_skip_set_lib_name();
    if let Some(user) = &options.sentinel_user {
        info = info.set_username(user);
    }
    if let Some(password) = &options.sentinel_password {
        info = info.set_password(password.expose());
    }
    let login = Login { info, renew_by: None };
    for sentinel in &options.endpoints {
        let asked = async {
            let mut connection = single(&plain, &login, sentinel).await?;
            ask(&mut connection, redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(service)).await
        };
        match asked.await.map(address) {
            Ok(Some(endpoint)) => return Ok(endpoint),
            Ok(None) => last = Failed(format!("{sentinel} knows no primary of that name")),
            Err(error) => last = Failed(format!("{sentinel}: {error}")),
        }
    }
    Err(last)
}

fn address(value: Value) -> Option<Endpoint> {
    let (host, port): (String, u16) = redis::from_redis_value(value).ok()?;
    Some(Endpoint { host, port })
}

/// `None` when the server is a primary, or does not say what it is.
async fn primary_named_by(
    options: &RedisOptions,
    connection: &mut MultiplexedConnection,
) -> Option<Endpoint> {
    let name = options.commands.name("ROLE")?;
    let Ok(Value::Array(role)) = ask(connection, &redis::cmd(name)).await else { return None };
    let mut role = role.into_iter();
    let kind: String = redis::from_redis_value(role.next()?).ok()?;
    if kind != "slave" {
        return None;
    }
    address(Value::Array(vec![role.next()?, role.next()?]))
}

/// The nodes of the cluster the server belongs to; `None` when it belongs to none.
async fn cluster_slots(
    options: &RedisOptions,
    connection: &mut MultiplexedConnection,
) -> Option<Vec<Endpoint>> {
    let name = options.commands.name("CLUSTER")?;
    let slots = ask(connection, redis::cmd(name).arg("SLOTS")).await.ok()?;
    Some(super::link::nodes(&slots, true))
}

async fn cluster(
    options: &RedisOptions,
    login: &Login,
    seed: &Endpoint,
    nodes: &[Endpoint],
) -> Result<ClusterConnection, Failed> {
    let address = |endpoint: &Endpoint| match options.tls {
        true => ConnectionAddr::TcpTls {
            host: options.ssl_host.clone().unwrap_or_else(|| endpoint.host.clone()),
            port: endpoint.port,
            insecure: false,
            tls_params: None,
        },
        false => ConnectionAddr::Tcp(endpoint.host.clone(), endpoint.port),
    };
    let mut seeds = Vec::new();
    for endpoint in &options.endpoints {
        seeds.push(address(endpoint).into_connection_info().map_err(failed)?);
    }
    let mut builder = redis::cluster::ClusterClientBuilder::new(seeds)
        .retries(1)
        .connection_timeout(options.connect_timeout)
        .response_timeout(super::OPERATION_TIMEOUT.max(options.async_timeout));
    if let Some(user) = login.info.username() {
        builder = builder.username(user);
    }
    if let Some(password) = login.info.password() {
        builder = builder.password(password);
    }
    if options.tls {
        let root_cert = options.roots.as_ref().map(|pem| pem.to_vec());
        builder = builder.certs(redis::TlsCertificates { client_tls: None, root_cert });
        builder = builder.node_address_map(named(options, seed, nodes));
    }
    let client = builder.build().map_err(failed)?;
    client.get_async_connection().await.map_err(failed)
}

/// A certificate names the service, while the nodes are announced by address.
fn named(
    options: &RedisOptions,
    seed: &Endpoint,
    nodes: &[Endpoint],
) -> HashMap<redis::cluster::NodeAddress, redis::cluster::NodeAddress> {
    let name = options.ssl_host.as_ref().unwrap_or(&seed.host);
    let is_address = |host: &str| host.parse::<IpAddr>().is_ok();
    let nodes = nodes.iter().filter(|node| is_address(&node.host) && !is_address(name));
    nodes
        .map(|node| {
            let of = |host: &str| redis::cluster::NodeAddress::new(host, node.port);
            (of(&node.host), of(name))
        })
        .collect()
}
