//! The certificate of the API's addresses.

use std::path::PathBuf;

use crate::config::reader::Reader;
use crate::config::registry as keys;
use crate::serving::TlsFiles;

pub fn tls(reader: &mut Reader<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (reader.optional(&keys::TLS_CERTIFICATE), reader.optional(&keys::TLS_KEY));
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            Some(TlsFiles { certificate: PathBuf::from(certificate), key: PathBuf::from(key) })
        }
        (None, None) => None,
        (Some(_), None) => {
            reader.reject(&keys::TLS_KEY, "is required where Tls:Certificate is set");
            None
        }
        (None, Some(_)) => {
            reader.reject(&keys::TLS_CERTIFICATE, "is required where Tls:Key is set");
            None
        }
    }
}
