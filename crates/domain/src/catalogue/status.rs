use crate::names::names;

/// Production status of a movie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovieStatus {
    /// Released.
    Released,
    /// Shot, but not finished.
    PostProduction,
    /// Being shot.
    InProduction,
}

/// The text is not a known status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The status must be one of Released, Post Production, In Production.")]
pub struct UnknownStatus;

names! {
    MovieStatus, UnknownStatus:
    Released = "Released", PostProduction = "Post Production", InProduction = "In Production"
}
