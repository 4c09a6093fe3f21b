//! The use cases over fakes: no database, no network, milliseconds.

mod activate;
mod admin;
mod authenticate;
mod catalogue;
mod deliver;
mod import;
mod login;
mod logout;
mod refresh;
mod register;
mod world;
