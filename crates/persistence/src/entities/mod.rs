//! The tables that are read and written row by row, as SeaORM sees them.

pub(crate) mod outbox;
pub(crate) mod refresh_tokens;
pub(crate) mod user_profiles;
pub(crate) mod users;
