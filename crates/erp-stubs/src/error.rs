//! Reasons for which a stub does not start.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StubError {
    #[error("cannot listen on loopback: {0}")]
    Listen(#[from] std::io::Error),
    #[error("cannot make a certificate: {0}")]
    Certificate(String),
}
