//! `/api/v1/accounts`

pub(crate) mod activate;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod me;
pub(crate) mod passwords;
pub(crate) mod problems;
pub(crate) mod refresh;
pub(crate) mod register;
pub(crate) mod requests;
pub(crate) mod sessions;
pub(crate) mod token;
mod token_pair;
