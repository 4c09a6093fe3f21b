use std::{fmt, str::FromStr};

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

impl MovieStatus {
    /// All statuses.
    pub const ALL: [Self; 3] = [Self::Released, Self::PostProduction, Self::InProduction];

    /// Name in the store and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Released => "Released",
            Self::PostProduction => "Post Production",
            Self::InProduction => "In Production",
        }
    }
}

impl FromStr for MovieStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(UnknownStatus)
    }
}

impl fmt::Display for MovieStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_parsed_from_its_name() {
        for status in MovieStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }

    #[test]
    fn other_spellings_are_rejected() {
        for text in ["", "released", " Released", "Rumored"] {
            assert_eq!(text.parse::<MovieStatus>(), Err(UnknownStatus));
        }
    }
}
