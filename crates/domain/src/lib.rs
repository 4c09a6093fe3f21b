//! Domain of the Movie Theater: accounts, sessions, movies, and their rules.
//!
//! Every value is valid by construction: an [`accounts::Email`] or a [`catalogue::Score`] is built only through its
//! `parse` or `new`, so it is never checked a second time. The traits in [`ports`] declare what the domain needs from
//! outside, such as a store, a clock and a password hasher.
//!
//! This crate must never know about HTTP, JSON, SQL, mail protocols or any framework, and it does no I/O.
//!
//! Start reading at [`accounts::User`] and [`accounts::Session`], then [`catalogue::Movie`], then
//! [`ports::UnitOfWork`].

pub mod accounts;
pub mod catalogue;
pub mod mail;
pub mod outbox;
pub mod page;
pub mod ports;
pub mod profiles;
mod text;

pub use text::caseless_key;
