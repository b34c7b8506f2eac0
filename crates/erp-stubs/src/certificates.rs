//! An authority and a certificate of it for the loopback names, made anew at every start.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ALL_VERSIONS, ServerConfig, SupportedProtocolVersion};

use crate::StubError;

/// Names the certificate is good for; the wildcards are for clients that compare a vault's name with its domain.
const NAMES: [&str; 5] = ["localhost", "127.0.0.1", "::1", "*.vault.localhost", "*.azconfig.localhost"];

/// The authority's certificate, and one of its certificates with the key.
pub struct Certificates {
    pub ca_pem: String,
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Certificates {
    /// A server that has the certificate.
    pub fn server(&self) -> Result<ServerConfig, StubError> {
        self.server_of(ALL_VERSIONS)
    }

    /// A server that has the certificate and speaks these versions of TLS alone.
    pub fn server_of(
        &self,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ServerConfig, StubError> {
        let failed = |error: rustls::Error| StubError::Certificate(error.to_string());
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(self.key.clone_key());
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .map_err(failed)
    }
}

pub fn make() -> Result<Certificates, StubError> {
    let failed = |error: rcgen::Error| StubError::Certificate(error.to_string());
    let ca_key = KeyPair::generate().map_err(failed)?;
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "erp-stubs test authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&ca_key).map_err(failed)?;
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate().map_err(failed)?;
    let names: Vec<String> = NAMES.map(str::to_owned).into();
    let mut leaf = CertificateParams::new(names).map_err(failed)?;
    leaf.distinguished_name.push(DnType::CommonName, "erp-stubs");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    let certificate = leaf.signed_by(&key, &issuer).map_err(failed)?;

    Ok(Certificates {
        ca_pem: ca_certificate.pem(),
        certificate: certificate.der().clone(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()),
    })
}
