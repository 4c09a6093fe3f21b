//! The executable: reads the configuration, wires the adapters to the use cases, and runs commands.
//!
//! This is the one crate that knows all the others. It holds no rule of its own: what it does is choose.
//!
//! Start reading at [`wiring`], then `commands/serve.rs`, then [`config`].

pub mod commands;
pub mod config;
mod logging;
pub mod metrics;
mod sample;
mod traces;
pub mod wiring;

pub use logging::start_logging;
