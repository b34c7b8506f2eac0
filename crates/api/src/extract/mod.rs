//! The arguments of handlers: the caller, the body, parameters, ids and the wanted media type.

pub mod accept;
pub mod body;
pub mod context;
pub mod etag;
pub mod filter;
pub mod language;
pub mod list_params;
pub mod or_filter;
pub mod path;
pub mod query;

pub use crate::media::Media;
pub use accept::Accept;
pub use body::{Json, OptionalJson, RawBody};
pub use context::{Ctx, Visitor};
pub use list_params::{ListParams, ListRequest, ListSpecSource};
pub use path::{Id, Ids};
pub use query::Query;
