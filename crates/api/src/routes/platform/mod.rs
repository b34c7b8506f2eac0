//! Signing in, people and their rights, tenants and their settings.

mod accept_invitation;
pub mod admin_cache;
pub mod admin_process;
pub mod admin_tenants;
pub mod api_keys;
pub mod attachments;
pub mod audit_log;
pub mod auth;
pub mod batch;
pub mod events;
pub mod feature_flags;
pub mod invitations;
mod job_start;
pub mod jobs;
pub mod me;
pub mod permissions;
pub mod role_assignments;
pub mod roles;
pub mod settings;
pub mod tenants;
pub mod users;

pub use self::job_start::Jobs;

use application::context::RequestContext;
use sha2::{Digest, Sha256};

use crate::extract::Ctx;
use crate::operation::Operations;

pub fn operations(ops: &mut Operations) {
    auth::operations(ops);
    accept_invitation::operations(ops);
    me::operations(ops);
    tenants::operations(ops);
    settings::operations(ops);
    users::operations(ops);
    invitations::operations(ops);
    roles::operations(ops);
    role_assignments::operations(ops);
    permissions::operations(ops);
    api_keys::operations(ops);
    admin_tenants::operations(ops);
    admin_cache::operations(ops);
    admin_process::operations(ops);
    attachments::operations(ops);
    audit_log::operations(ops);
    events::operations(ops);
    feature_flags::operations(ops);
    jobs::operations(ops);
    batch::operations(ops);
}

/// A request with a password in it is recognised by its other parts: a fast hash of a password is never stored.
fn recognised_by(ctx: Ctx, operation: &str, parts: &[&str]) -> RequestContext {
    let mut ctx = ctx.0;
    if let Some(key) = &mut ctx.idempotency {
        let mut hash = Sha256::new();
        for part in std::iter::once(&operation).chain(parts) {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        key.request_hash = hash.finalize().into();
    }
    ctx
}
