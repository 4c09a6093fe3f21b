//! Profiles, and uploaded pictures that no profile shows yet.

mod queries;
mod repository;
mod uploads;
