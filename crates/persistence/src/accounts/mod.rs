//! Accounts, their tokens and their sessions.

mod link_tokens;
mod queries;
mod sessions;
mod users;
