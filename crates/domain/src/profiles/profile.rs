use super::{AvatarKey, BirthDate, Gender, Info, PersonName};
use crate::accounts::UserId;

/// Identifier of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileId(pub i64);

/// Profile of a user. An account has at most one. Every optional field is `None` until the user provides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Identifier of the profile.
    pub id: ProfileId,
    /// Identifier of the user.
    pub user_id: UserId,
    /// First name.
    pub first_name: Option<PersonName>,
    /// Last name.
    pub last_name: Option<PersonName>,
    /// Gender.
    pub gender: Option<Gender>,
    /// Date of birth.
    pub date_of_birth: Option<BirthDate>,
    /// Text of the user about themselves.
    pub info: Option<Info>,
    /// Key of the avatar.
    pub avatar: Option<AvatarKey>,
}

/// Changes of a profile; `None` leaves a field unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// See [`Profile::first_name`].
    pub first_name: Option<PersonName>,
    /// See [`Profile::last_name`].
    pub last_name: Option<PersonName>,
    /// See [`Profile::gender`].
    pub gender: Option<Gender>,
    /// See [`Profile::date_of_birth`].
    pub date_of_birth: Option<BirthDate>,
    /// See [`Profile::info`].
    pub info: Option<Info>,
}

impl Profile {
    /// Applies a change.
    pub fn take(&mut self, change: ProfileChange) {
        let ProfileChange { first_name, last_name, gender, date_of_birth, info } = change;
        self.first_name = first_name.or_else(|| self.first_name.take());
        self.last_name = last_name.or_else(|| self.last_name.take());
        self.gender = gender.or(self.gender);
        self.date_of_birth = date_of_birth.or(self.date_of_birth);
        self.info = info.or_else(|| self.info.take());
    }

    /// The part of the profile that other users see: the first name, the info and the avatar.
    #[must_use]
    pub fn public_view(self) -> Self {
        Self { last_name: None, gender: None, date_of_birth: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<PersonName> {
        PersonName::parse(text).ok()
    }

    #[test]
    fn a_change_leaves_other_fields_unchanged() {
        let mut ann = Profile {
            id: ProfileId(1),
            user_id: UserId(7),
            first_name: name("Ann"),
            last_name: name("Lee"),
            gender: Some(Gender::Woman),
            date_of_birth: None,
            info: Info::parse("Movies.").ok(),
            avatar: Some(AvatarKey::from_bits([1; 16])),
        };
        let before = ann.clone();
        ann.take(ProfileChange::default());
        assert_eq!(ann, before);
        ann.take(ProfileChange { last_name: name("Smith"), ..ProfileChange::default() });
        assert_eq!(ann, Profile { last_name: name("Smith"), ..before.clone() });
        let seen = ann.public_view();
        assert_eq!(
            (seen.first_name, seen.info, seen.avatar),
            (before.first_name, before.info, before.avatar)
        );
        assert_eq!((seen.last_name, seen.gender, seen.date_of_birth), (None, None, None));
    }
}
