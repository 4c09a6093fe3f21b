//! The REST API: turns HTTP into commands for the use cases, and what they answer into HTTP.
//!
//! A handler extracts, calls one use case, and shows what it got. Who may call stands in its signature as
//! [`Auth`](http::auth); what may be sent stands in a DTO whose fields are domain values, so a handler never sees input
//! that is not valid. Registering a handler registers its documentation, and the documentation in turn tells which
//! routes are public, so a route that nobody opened on purpose is closed.
//!
//! This crate must never know how anything is stored, hashed, signed or mailed.
//!
//! Start reading at [`routes`], then `accounts/login.rs`, then `http/problem.rs`.

mod accounts;
mod administration;
mod catalogue;
mod documentation;
mod errors;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod pages;
mod profiles;
mod routes;
mod server;
mod services;

pub use documentation::openapi;
pub use http::{Behaviour, MAX_JSON_BYTES, ReplyCache, RouteTable, TrustedProxies};
pub use pages::MailboxAccess;
pub use routes::routes;
pub use server::{ServerSettings, bind};
pub use services::{Dependencies, DependencyState, Services};
