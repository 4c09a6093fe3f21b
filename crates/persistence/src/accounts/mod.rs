//! Accounts, their tokens and their sessions.

mod link_tokens;
mod queries;
mod sessions;
mod users;

pub(crate) use link_tokens::table as link_table;
