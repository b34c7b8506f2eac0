//! Steps that concern the tenant as a whole: they change the platform and its modules together.

pub mod bootstrap;
pub mod create_tenant;
pub mod invite_administrator;
pub mod provision;
pub mod put_setting;
