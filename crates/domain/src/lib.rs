//! Domain of the Movie Theater: accounts, sessions, movies, and their rules.
//!
//! Every value is valid by construction: an [`accounts::Email`] or a [`catalogue::Score`] is built only through its
//! `parse` or `new`, so it is never checked a second time.
//!
//! Each context ([`accounts`], [`profiles`], [`catalogue`]) has its entities and, in its `ports.rs`, the traits that adapters
//! implement: its unit of work, its repositories and its queries. The modules beside the contexts are the foundation that they
//! share: [`store`], [`outbox`], [`environment`], [`mail`], [`objects`], [`rate_limit`], [`page`] and [`money`].
//!
//! Every port is `Send + Sync` and usable behind `dyn`. A look-up returns an `Option`: the use case decides whether a missing
//! row is an error.
//!
//! This crate must never know about HTTP, JSON, SQL, mail protocols or any framework, and it does no I/O.
//!
//! Start reading at [`accounts::User`] and [`accounts::Session`], then [`catalogue::Movie`], then
//! [`store::UnitOfWork`].

pub mod accounts;
pub mod catalogue;
pub mod environment;
pub mod health;
pub mod mail;
pub mod money;
mod names;
pub mod objects;
pub mod outbox;
pub mod page;
pub mod profiles;
pub mod rate_limit;
pub mod store;
mod text;

pub use text::caseless_key;
