//! The whole system through real HTTP, and the executable as its users start it.

mod accounts;
mod app;
mod catalogue;
mod command_line;
mod crash;
mod errors;
mod layers;
mod openapi;
mod pages;
mod races;
mod tour;
