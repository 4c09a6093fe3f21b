//! The executable: reads the configuration, wires the adapters to the use cases, and runs commands.
//!
//! This is the only crate that depends on all the others. It holds no business rules: it selects the adapters.
//!
//! Start reading at [`wiring`], then `commands/serve.rs`, then [`config`].

pub mod commands;
pub mod config;
mod logging;
pub mod metrics;
mod traces;
pub mod wiring;

pub use logging::start_logging;
