//! Shared parts of all endpoints: middleware, extractors, errors and response headers.

pub(crate) mod auth;
mod behaviour;
pub(crate) mod body;
pub(crate) mod caching;
pub(crate) mod compression;
pub(crate) mod conditional;
pub(crate) mod cursor;
pub(crate) mod field;
pub(crate) mod gate;
pub(crate) mod invalid;
pub(crate) mod meters;
pub(crate) mod multipart;
pub(crate) mod origin;
pub(crate) mod paging;
pub(crate) mod parameters;
pub(crate) mod problem;
pub(crate) mod problems;
pub(crate) mod reply;
pub(crate) mod request;
mod route_table;
pub(crate) mod row;
mod sliced;
pub(crate) mod timeouts;
mod tracing;

pub use behaviour::Behaviour;
pub use body::MAX_JSON_BYTES;
pub use caching::ReplyCache;
pub use origin::TrustedProxies;
pub use route_table::RouteTable;
