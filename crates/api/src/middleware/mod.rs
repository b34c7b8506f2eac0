//! The work around the handler of every request. Two services do it all: [`edge`] for every path, [`guard`] for every
//! operation; each costs one boxed future.

pub mod answered;
pub mod body;
pub mod body_limit;
pub mod edge;
pub mod guard;
pub mod host;
pub mod limits;
pub mod observer;
pub mod pace;
pub mod proxies;
pub mod rate;
pub mod shed;
pub mod switches;

pub use edge::{EdgeLayer, RequestInfo};
pub use guard::{Caller, GuardLayer};
pub use limits::HttpLimits;
pub use proxies::{ClientAddress, Proxies};
pub use rate::{RateLimit, Rates};
pub use shed::Shed;
pub use switches::Switches;
