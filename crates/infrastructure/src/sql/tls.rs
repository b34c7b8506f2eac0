//! One provider of cryptography for every TLS connection of the process.

use std::sync::Once;

/// Chooses `aws_lc_rs`. Must run before the first connection: some drivers would otherwise install another.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An earlier choice of the same provider stands.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}
