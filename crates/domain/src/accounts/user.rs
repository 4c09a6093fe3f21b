use chrono::{DateTime, Duration, Utc};

use super::{Email, EmailPart, Group, PasswordHash};

/// How long a registration stands before the same address can be registered again, so that nobody can have letters
/// mailed without end.
const REGISTRATION_COOLDOWN: Duration = Duration::minutes(1);

/// Names one person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub i64);

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// Registered; the address was never confirmed.
    Pending,
    /// May log in.
    Active {
        /// When the address was first confirmed.
        since: DateTime<Utc>,
    },
    /// An administrator shut it.
    Deactivated {
        /// When the address was first confirmed; when it was shut, if the address never was.
        activated_at: DateTime<Utc>,
    },
}

/// Why an account cannot be activated by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    /// There is nothing to do.
    #[error("the account is already active")]
    AlreadyActive,
    /// An administrator shut it, and only an administrator opens it again.
    #[error("the account was deactivated")]
    Deactivated,
}

/// An account that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The address, unique among accounts.
    pub email: Email,
    /// The hash of the chosen password.
    pub password_hash: PasswordHash,
    /// What the person may do.
    pub group: Group,
    /// Where the account starts.
    pub status: AccountStatus,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A person's account.
#[derive(Clone, Debug)]
pub struct User {
    /// Identifier of the user.
    pub id: UserId,
    /// The address, unique among accounts.
    pub email: Email,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    /// What the person may do.
    pub group: Group,
    /// Where the account stands.
    pub status: AccountStatus,
    /// Rises whenever every token issued so far must die; each access token carries the value it was issued under.
    pub token_version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last registered its address, to whatever effect, or was given another link to confirm it.
    pub last_registered_at: DateTime<Utc>,
    /// How many registrations there were before one was confirmed.
    pub registrations: i64,
}

/// What it means that somebody registers an address that has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reregistration {
    /// Somebody did so a moment ago, so this one is not taken down.
    TooSoon,
    /// Nobody has shown yet that the address is theirs: this one waits beside those before it, and whichever link is
    /// used first decides.
    Waits,
    /// The address belongs to somebody.
    Owned,
}

/// Which accounts somebody looks for; what is `None` says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// A part of the address, without regard to case.
    pub email: Option<EmailPart>,
    /// The group.
    pub group: Option<Group>,
    /// Whether the account may be used.
    pub is_active: Option<bool>,
}

impl AccountStatus {
    /// Whether the account may be used.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active { .. })
    }

    /// When the address was first confirmed, if it ever was.
    #[must_use]
    pub const fn activated_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Pending => None,
            Self::Active { since } => Some(since),
            Self::Deactivated { activated_at } => Some(activated_at),
        }
    }

    /// The status that these two facts of a stored row stand for.
    #[must_use]
    pub fn from_stored(
        is_active: bool,
        activated_at: Option<DateTime<Utc>>,
        created_at: DateTime<Utc>,
    ) -> Self {
        match (is_active, activated_at) {
            (true, since) => Self::Active { since: since.unwrap_or(created_at) },
            (false, Some(activated_at)) => Self::Deactivated { activated_at },
            (false, None) => Self::Pending,
        }
    }
}

impl User {
    /// Confirms the address, so that its owner may log in.
    ///
    /// # Errors
    ///
    /// [`ActivationError`] unless the account is pending.
    pub fn activate(&mut self, now: DateTime<Utc>) -> Result<(), ActivationError> {
        match self.status {
            AccountStatus::Pending => {
                self.status = AccountStatus::Active { since: now };
                Ok(())
            }
            AccountStatus::Active { .. } => Err(ActivationError::AlreadyActive),
            AccountStatus::Deactivated { .. } => Err(ActivationError::Deactivated),
        }
    }

    /// Whether another registration of the address could be taken down.
    #[must_use]
    pub fn may_be_registered_again(&self, now: DateTime<Utc>) -> bool {
        self.status == AccountStatus::Pending
            && now.signed_duration_since(self.last_registered_at) >= REGISTRATION_COOLDOWN
    }

    /// Takes down that somebody registers the address again. Where accounts are hidden, one that waits for its
    /// confirmation gets every registration: that it came too soon cannot be told.
    pub fn register_again(&mut self, now: DateTime<Utc>, hidden: bool) -> Reregistration {
        let is_pending = self.status == AccountStatus::Pending;
        let too_soon = now.signed_duration_since(self.last_registered_at) < REGISTRATION_COOLDOWN;
        if too_soon && !(hidden && is_pending) {
            return Reregistration::TooSoon;
        }
        self.last_registered_at = now;
        if is_pending {
            self.registrations += 1;
            Reregistration::Waits
        } else {
            Reregistration::Owned
        }
    }

    /// Whether several people, or one person several times, registered the address: then nobody but the holder of a
    /// registration's own link can say whose password is the owner's.
    #[must_use]
    pub const fn has_rival_registrations(&self) -> bool {
        self.registrations > 1
    }

    /// Opens the account as an administrator does: whether it was never confirmed or was shut. Says whether there was
    /// anything to do. Where nobody can say whose password is the owner's, it has none then, and the owner chooses one.
    pub fn reopen(&mut self, now: DateTime<Utc>) -> bool {
        if self.status.is_active() {
            return false;
        }
        if self.status == AccountStatus::Pending && self.has_rival_registrations() {
            self.password_hash = PasswordHash::none();
        }
        self.status = AccountStatus::Active { since: self.status.activated_at().unwrap_or(now) };
        self.end_sessions();
        true
    }

    /// Shuts the account and ends its sessions. The owner of one that was never confirmed cannot confirm it any more.
    pub fn shut(&mut self, now: DateTime<Utc>) {
        if !matches!(self.status, AccountStatus::Deactivated { .. }) {
            self.status =
                AccountStatus::Deactivated { activated_at: self.status.activated_at().unwrap_or(now) };
            self.end_sessions();
        }
    }

    /// Changes what the person may do, and ends their sessions if that is something else.
    pub fn join(&mut self, group: Group) {
        if self.group != group {
            self.group = group;
            self.end_sessions();
        }
    }

    /// Takes a new password, and ends every session.
    pub fn set_password(&mut self, hash: PasswordHash) {
        self.password_hash = hash;
        self.end_sessions();
    }

    /// Lets every token issued so far die.
    pub fn end_sessions(&mut self) {
        self.token_version += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(status: AccountStatus) -> User {
        User {
            id: UserId(1),
            email: Email::parse("ann@example.com").unwrap(),
            password_hash: PasswordHash::new("$2b$04$x".into()),
            group: Group::User,
            status,
            token_version: 0,
            created_at: DateTime::UNIX_EPOCH,
            last_registered_at: DateTime::UNIX_EPOCH,
            registrations: 1,
        }
    }

    #[test]
    fn a_pending_account_becomes_active_once() {
        let mut ann = user(AccountStatus::Pending);
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(ann.activate(now), Ok(()));
        assert_eq!(ann.status, AccountStatus::Active { since: now });
        assert_eq!(ann.activate(now), Err(ActivationError::AlreadyActive));
    }

    #[test]
    fn its_owner_cannot_reopen_an_account_that_was_shut() {
        let mut ann = user(AccountStatus::Deactivated { activated_at: DateTime::UNIX_EPOCH });
        assert_eq!(ann.activate(DateTime::UNIX_EPOCH), Err(ActivationError::Deactivated));
    }

    #[test]
    fn an_administrator_opens_and_shuts_an_account_and_each_time_its_sessions_end() {
        let (start, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + Duration::days(1));
        let mut ann = user(AccountStatus::Pending);
        assert!(ann.reopen(start) && !ann.reopen(later));
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Active { since: start }, 1));
        ann.shut(later);
        ann.shut(later);
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Deactivated { activated_at: start }, 2));
        assert!(ann.reopen(later));
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Active { since: start }, 3));
    }

    #[test]
    fn an_address_is_registered_again_after_a_minute_until_it_belongs_to_somebody() {
        let at = |seconds| DateTime::UNIX_EPOCH + Duration::seconds(seconds);
        let mut ann = user(AccountStatus::Pending);
        assert!(!ann.may_be_registered_again(at(59)));
        assert_eq!(ann.register_again(at(59), false), Reregistration::TooSoon);
        assert!(ann.may_be_registered_again(at(60)));
        assert_eq!(ann.register_again(at(60), false), Reregistration::Waits);
        assert_eq!(ann.register_again(at(119), false), Reregistration::TooSoon);
        ann.activate(at(119)).unwrap();
        assert!(!ann.may_be_registered_again(at(200)));
        assert_eq!(ann.register_again(at(200), false), Reregistration::Owned);
        assert_eq!(ann.register_again(at(201), false), Reregistration::TooSoon);
    }

    #[test]
    fn where_accounts_are_hidden_no_registration_comes_too_soon() {
        let now = DateTime::UNIX_EPOCH;
        let mut ann = user(AccountStatus::Pending);
        assert_eq!(ann.register_again(now, true), Reregistration::Waits);
        ann.activate(now).unwrap();
        assert_eq!(ann.register_again(now, true), Reregistration::TooSoon);
    }

    #[test]
    fn an_administrator_does_not_choose_between_registrations() {
        let now = DateTime::UNIX_EPOCH;
        let mut once = user(AccountStatus::Pending);
        once.reopen(now);
        assert!(!once.password_hash.is_none());
        let mut twice = user(AccountStatus::Pending);
        twice.register_again(now, true);
        twice.reopen(now);
        assert!(twice.password_hash.is_none());
        let mut owned = user(AccountStatus::Deactivated { activated_at: now });
        owned.registrations = 2;
        owned.reopen(now);
        assert!(!owned.password_hash.is_none());
    }

    #[test]
    fn its_owner_cannot_confirm_an_account_that_was_shut_before() {
        let now = DateTime::UNIX_EPOCH;
        let mut ann = user(AccountStatus::Pending);
        ann.shut(now);
        assert_eq!(ann.status, AccountStatus::Deactivated { activated_at: now });
        assert_eq!(ann.activate(now), Err(ActivationError::Deactivated));
    }

    #[test]
    fn another_group_ends_sessions_and_the_same_one_does_not() {
        let mut ann = user(AccountStatus::Pending);
        ann.join(Group::User);
        assert_eq!(ann.token_version, 0);
        ann.join(Group::Moderator);
        assert_eq!((ann.group, ann.token_version), (Group::Moderator, 1));
    }

    #[test]
    fn stored_facts_and_status_say_the_same() {
        let at = DateTime::UNIX_EPOCH;
        let all = [
            AccountStatus::Pending,
            AccountStatus::Active { since: at },
            AccountStatus::Deactivated { activated_at: at },
        ];
        for status in all {
            assert_eq!(AccountStatus::from_stored(status.is_active(), status.activated_at(), at), status);
        }
    }
}
