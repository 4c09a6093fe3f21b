use std::{fmt, str::FromStr};

/// Group of a user. Groups are ranked: each has all permissions of the groups before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Anyone with an active account.
    User,
    /// Manages the catalogue.
    Moderator,
    /// Manages the accounts.
    Admin,
}

/// The text is not a known group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The group must be one of user, moderator, admin.")]
pub struct UnknownGroup;

impl Group {
    /// All groups, the least privileged first.
    pub const ALL: [Self; 3] = [Self::User, Self::Moderator, Self::Admin];

    /// Name in the store and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Group {
    type Err = UnknownGroup;

    fn from_str(text: &str) -> Result<Self, UnknownGroup> {
        Self::ALL.into_iter().find(|group| group.as_str() == text).ok_or(UnknownGroup)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_is_parsed_from_its_name() {
        for group in Group::ALL {
            assert_eq!(group.as_str().parse(), Ok(group));
        }
    }

    #[test]
    fn groups_are_ranked() {
        assert!(Group::User < Group::Moderator && Group::Moderator < Group::Admin);
    }

    #[test]
    fn other_spellings_are_rejected() {
        for text in ["", "Admin", "root", "admin "] {
            assert_eq!(text.parse::<Group>(), Err(UnknownGroup));
        }
    }
}
