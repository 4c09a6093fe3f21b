//! Profiles, and the pictures that no profile shows yet.

mod queries;
mod repository;
mod uploads;
