use std::str::FromStr;

/// Gender of a user, as stated in the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// A man.
    Man,
    /// A woman.
    Woman,
}

/// The text is not a known gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The gender must be one of man, woman.")]
pub struct UnknownGender;

impl Gender {
    /// All genders.
    pub const ALL: [Self; 2] = [Self::Man, Self::Woman];

    /// Name in the store and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Man => "man",
            Self::Woman => "woman",
        }
    }
}

impl FromStr for Gender {
    type Err = UnknownGender;

    fn from_str(text: &str) -> Result<Self, UnknownGender> {
        Self::ALL.into_iter().find(|gender| gender.as_str() == text).ok_or(UnknownGender)
    }
}
