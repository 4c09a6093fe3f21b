use crate::names::names;

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

names! { Gender, UnknownGender: Man = "man", Woman = "woman" }
