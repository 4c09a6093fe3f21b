//! Shared parts of all endpoints: middleware, extractors, errors and response headers.

mod auth;
mod behaviour;
mod body;
pub(crate) mod caching;
pub(crate) mod compression;
pub(crate) mod conditional;
mod cursor;
mod field;
pub(crate) mod gate;
mod invalid;
pub(crate) mod meters;
pub(crate) mod multipart;
mod origin;
mod paging;
mod parameters;
pub(crate) mod problem;
pub(crate) mod problems;
pub(crate) mod reply;
pub(crate) mod representation;
pub(crate) mod request;
mod route_table;
pub(crate) mod row;
mod sliced;
pub(crate) mod timeouts;
mod tracing;

pub(crate) use auth::{Admin, Auth, Moderator, User};
pub(crate) use body::{Form, Json};
pub(crate) use conditional::{IfMatch, IfMatchHeader};
pub(crate) use cursor::Cursor;
pub(crate) use field::{Change, Field, Many, Names, Number};
pub(crate) use invalid::{Invalid, Issue, RequestPart};
pub(crate) use multipart::{File, FormContent, Parts};
pub(crate) use origin::{Client, Origin};
pub(crate) use paging::{ListLinks, PageParameters, Paging, linked, list_example};
pub(crate) use parameters::{PathId, Query};
pub(crate) use problem::Problem;
pub(crate) use reply::Message;

/// Result of a handler.
pub(crate) type HandlerResult = Result<actix_web::HttpResponse, Problem>;

pub use behaviour::Behaviour;
pub use body::MAX_JSON_BYTES;
pub use caching::ReplyCache;
pub use origin::TrustedProxies;
pub use route_table::RouteTable;
