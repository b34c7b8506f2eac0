//! The context of a request: caller, tenant, rights and language. It is the first argument of every use case.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::error::Language;
use domain::ids::TenantId;
use domain::time::Timestamp;
use domain::time_zone::TimeZone;

pub use crate::actor::Actor;
use crate::permission_set::PermissionSet;
use crate::ports::batch::BatchHandle;
use crate::ports::change::Cause;

/// Longest `Idempotency-Key`, in characters.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

/// An `Idempotency-Key` with the SHA-256 of the request it belongs to (method, path, query and body).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    pub key: String,
    pub request_hash: [u8; 32],
}

/// The content of `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever the version is.
    Any,
    Version(i64),
}

#[derive(Debug, Clone)]
pub struct RequestContext {
    pub actor: Actor,
    pub tenant: TenantId,
    /// The tenant's: what day it is.
    pub time_zone: TimeZone,
    pub permissions: Arc<PermissionSet>,
    /// Only a platform administrator creates tenants; no role of a tenant gives this.
    pub platform_admin: bool,
    pub language: Language,
    /// Correlates the answer, the log and the audit row.
    pub request_id: Arc<str>,
    pub idempotency: Option<IdempotencyKey>,
    pub if_match: Option<IfMatch>,
    /// Run every check, answer the result, keep nothing.
    pub dry_run: bool,
    /// Set inside `POST /batch?atomic=true`: commands join this transaction instead of beginning their own.
    pub batch: Option<BatchHandle>,
}

impl RequestContext {
    /// The part of the request that audit log and change feed keep.
    pub fn cause(&self) -> Cause {
        Cause { tenant: self.tenant, actor: self.actor, request_id: self.request_id.clone() }
    }

    /// The product acting by itself in one tenant, in UTC unless [told](Self::in_time_zone) where the tenant is.
    pub fn system(tenant: TenantId, request_id: &str) -> Self {
        Self {
            actor: Actor::System,
            tenant,
            time_zone: TimeZone::UTC,
            permissions: Arc::new(PermissionSet::all()),
            platform_admin: true,
            language: Language::English,
            request_id: Arc::from(request_id),
            idempotency: None,
            if_match: None,
            dry_run: false,
            batch: None,
        }
    }

    #[must_use]
    pub fn in_time_zone(self, time_zone: TimeZone) -> Self {
        Self { time_zone, ..self }
    }

    /// The tenant's day at this moment: what every date that is left out or compared with today means.
    pub fn today(&self, now: Timestamp) -> NaiveDate {
        self.time_zone.day_of(now)
    }
}
