//! The REST API: maps HTTP requests to commands of the use cases, and their results to HTTP responses.
//!
//! A handler extracts its input, calls one use case and maps the result. Its signature states the required rank as
//! [`Auth`](http::Auth). The fields of its DTO are domain values, so a handler never receives invalid input. Registering a
//! handler registers its documentation, and the documentation states which routes are public: every other route requires a
//! token.
//!
//! This crate must not know how data is stored, hashed, signed or emailed.
//!
//! Start reading at [`routes`], then `accounts/login.rs`, then `http/problem.rs`.

mod accounts;
mod administration;
mod catalogue;
mod documentation;
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
