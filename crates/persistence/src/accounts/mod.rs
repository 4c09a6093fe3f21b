//! Accounts, their tokens and their sessions.

mod activation_tokens;
mod queries;
mod sessions;
mod users;
