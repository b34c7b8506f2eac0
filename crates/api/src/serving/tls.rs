//! TLS of the listeners, where no proxy in front ends it. The certificate may change while the server runs: connections that
//! are open keep theirs.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{error, info};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Largest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 20;
const TARGET: &str = "erp::serving";

/// The certificate with its chain, and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// The properties that tell a file from an earlier one of its name.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// The certificate shown to clients.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

pub struct Tls {
    acceptor: TlsAcceptor,
    shown: Arc<Shown>,
    files: TlsFiles,
    stamp: Stamp,
}

impl Tls {
    /// Fails with the name of the file that cannot be used.
    pub fn open(files: TlsFiles) -> Result<Self, String> {
        let stamp = files.stamp();
        let shown = Arc::new(Shown(RwLock::new(Arc::new(files.read()?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), shown, files, stamp })
    }

    /// The handshake.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Takes over changed files until the server stops. Files that cannot be used are logged, and the last good ones
    /// stay.
    pub fn follow(&self, mut stopped: watch::Receiver<bool>) -> impl Future<Output = ()> + use<> {
        let (shown, files, mut stamp) = (self.shown.clone(), self.files.clone(), self.stamp);
        async move {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    _ = stopped.wait_for(|stopped| *stopped) => return,
                }
                let now = files.stamp();
                if now == stamp {
                    continue;
                }
                stamp = now;
                match files.read() {
                    Ok(changed) => {
                        *shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(changed);
                        info!(target: TARGET, "New connections are shown the changed certificate");
                    }
                    // One of the two may be written a moment after the other.
                    Err(error) => {
                        error!(target: TARGET, error, "The certificate stays as it was: {{error}}");
                    }
                }
            }
        }
    }
}

impl TlsFiles {
    fn stamp(&self) -> Stamp {
        let changed = |file: Metadata| Some((file.modified().ok()?, file.len()));
        [&self.certificate, &self.key].map(|file| file.metadata().ok().and_then(changed))
    }

    fn read(&self) -> Result<CertifiedKey, String> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(&self.certificate)?).collect();
        let named = |file: &Path, error: String| format!("{}: {error}", file.display());
        let chain = chain.map_err(|error| named(&self.certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(named(&self.certificate, "holds no certificate in PEM".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(&bytes(&self.key)?)
            .map_err(|_| named(&self.key, "holds no private key in PEM".to_owned()))?;
        CertifiedKey::from_der(chain, key, &default_provider())
            .map_err(|error| named(&self.key, format!("is not the key of the certificate: {error}")))
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("{} cannot be read: {error}", file.display());
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    opened.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
