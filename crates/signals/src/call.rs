//! A call of another service, as an adapter reports it. It is an event of `tracing`, so that it belongs to the request in
//! whose span it happened, on whichever thread; while nobody exports it costs the look at one flag.

use std::fmt::Display;
use std::time::Duration;

use crate::event::Service;

/// The source of these events. They are not logged.
pub const DEPENDENCY: &str = "erp::dependency";

/// One call that has ended.
pub struct Call<'a> {
    pub service: Service,
    /// Low in number: the name of a statement, a command, a method.
    pub name: &'a str,
    /// Server and database, or host.
    pub target: &'a str,
    /// Never a value, never a secret: a statement whose values are parameters, an address without its query.
    pub data: &'a str,
    pub took: Duration,
    pub outcome: Outcome<'a>,
}

pub enum Outcome<'a> {
    Succeeded,
    /// With a status of HTTP.
    Answered(u16),
    Failed(&'a dyn Display),
}

impl Call<'_> {
    /// Says so to whoever exports it.
    pub fn ended(&self) {
        let Self { service, name, target, data, took, outcome } = self;
        let (service, micros) = (service.name(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        // Failures have an event of their own, which passes where the others are left out.
        match outcome {
            Outcome::Succeeded => {
                tracing::info!(target: DEPENDENCY, service, name, target, data, micros);
            }
            Outcome::Answered(status) if *status < 400 => {
                tracing::info!(target: DEPENDENCY, service, name, target, data, micros, status);
            }
            Outcome::Answered(status) => {
                tracing::warn!(target: DEPENDENCY, service, name, target, data, micros, status);
            }
            Outcome::Failed(reason) => {
                tracing::warn!(target: DEPENDENCY, service, name, target, data, micros, %reason);
            }
        }
    }
}
