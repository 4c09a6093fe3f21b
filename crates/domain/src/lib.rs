//! What the Movie Theater is about: accounts, sessions, movies, and the rules they keep.
//!
//! Every value here is valid by construction: a [`accounts::Email`] or a [`catalogue::Score`] exists only because its
//! `parse` or `new` accepted it, so nobody checks it a second time. What the domain needs from the world outside
//! (a store, a clock, a password hasher) it names as a trait in [`ports`].
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
