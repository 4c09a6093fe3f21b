use crate::names::names;

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

names! { Group, UnknownGroup: User = "user", Moderator = "moderator", Admin = "admin" }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_ranked() {
        assert!(Group::User < Group::Moderator && Group::Moderator < Group::Admin);
    }
}
