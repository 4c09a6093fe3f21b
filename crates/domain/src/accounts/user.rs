use chrono::{DateTime, Duration, Utc};

use super::{Email, EmailPart, Group, PasswordHash};

/// Minimum time between two registrations of the same address, which limits the emails sent to it.
const REGISTRATION_COOLDOWN: Duration = Duration::minutes(1);

/// Identifier of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub i64);

/// Status of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// Registered and not activated yet.
    Pending,
    /// The user may log in.
    Active {
        /// When the account was first activated.
        since: DateTime<Utc>,
    },
    /// Deactivated by an administrator.
    Deactivated {
        /// When the account was first activated; if it never was, when it was deactivated.
        activated_at: DateTime<Utc>,
    },
}

/// Why an account cannot be activated by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    /// The account is already active.
    #[error("the account is already active")]
    AlreadyActive,
    /// An administrator deactivated the account, and only an administrator can activate it.
    #[error("the account was deactivated")]
    Deactivated,
}

/// An account to be stored.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Email address, unique among accounts.
    pub email: Email,
    /// Hash of the chosen password.
    pub password_hash: PasswordHash,
    /// Group of the user.
    pub group: Group,
    /// Initial status.
    pub status: AccountStatus,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
}

/// The account of a user.
#[derive(Clone, Debug)]
pub struct User {
    /// Identifier of the user.
    pub id: UserId,
    /// Email address, unique among accounts.
    pub email: Email,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Group of the user.
    pub group: Group,
    /// Current status.
    pub status: AccountStatus,
    /// Incremented to invalidate all tokens issued so far; each access token contains the value at its issue.
    pub token_version: i64,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
    /// Time of the latest recorded registration of the address or of the latest new activation link.
    pub last_registered_at: DateTime<Utc>,
    /// Number of registrations before one was confirmed, at least 1.
    pub registrations: i64,
}

/// Result of registering an address that has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reregistration {
    /// The latest registration was less than a minute ago, so this one is not recorded.
    TooSoon,
    /// The account is pending: this registration waits with the earlier ones, and the first link that is used decides.
    Pending,
    /// The account is active or deactivated.
    Owned,
}

/// Filter of a list of accounts; `None` matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Part of the email address, case-insensitive.
    pub email: Option<EmailPart>,
    /// The group.
    pub group: Option<Group>,
    /// Whether the account is active.
    pub is_active: Option<bool>,
}

impl AccountStatus {
    /// Whether the account is active.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active { .. })
    }

    /// See [`AccountStatus::Active`] and [`AccountStatus::Deactivated`]; `None` while pending.
    #[must_use]
    pub const fn activated_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Pending => None,
            Self::Active { since } => Some(since),
            Self::Deactivated { activated_at } => Some(activated_at),
        }
    }

    /// Builds the status from the columns of a stored account.
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
    /// Activates the account after its owner confirmed the address.
    ///
    /// Fails unless the account is pending.
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

    /// Whether the account is pending and another registration of the address would be recorded.
    #[must_use]
    pub fn may_be_registered_again(&self, now: DateTime<Utc>) -> bool {
        self.status == AccountStatus::Pending
            && now.signed_duration_since(self.last_registered_at) >= REGISTRATION_COOLDOWN
    }

    /// Records another registration of the address. If accounts are `hidden`, a pending account records every
    /// registration, because the response must not report that it came too soon.
    pub fn register_again(&mut self, now: DateTime<Utc>, hidden: bool) -> Reregistration {
        let is_pending = self.status == AccountStatus::Pending;
        let too_soon = now.signed_duration_since(self.last_registered_at) < REGISTRATION_COOLDOWN;
        if too_soon && !(hidden && is_pending) {
            return Reregistration::TooSoon;
        }
        self.last_registered_at = now;
        if is_pending {
            self.registrations += 1;
            Reregistration::Pending
        } else {
            Reregistration::Owned
        }
    }

    /// Whether the address was registered more than once. Then only the link of a registration proves that its password
    /// is the owner's.
    #[must_use]
    pub const fn has_rival_registrations(&self) -> bool {
        self.registrations > 1
    }

    /// Activates a pending or deactivated account for an administrator and ends its sessions. Returns `false` if it was
    /// active already. A pending account with rival registrations loses its password, and the owner has to set one.
    pub fn reactivate(&mut self, now: DateTime<Utc>) -> bool {
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

    /// Deactivates the account and ends its sessions. The owner of a pending account can then no longer activate it.
    pub fn deactivate(&mut self, now: DateTime<Utc>) {
        if !matches!(self.status, AccountStatus::Deactivated { .. }) {
            self.status =
                AccountStatus::Deactivated { activated_at: self.status.activated_at().unwrap_or(now) };
            self.end_sessions();
        }
    }

    /// Changes the group, and ends the sessions if the group differs.
    pub fn change_group(&mut self, group: Group) {
        if self.group != group {
            self.group = group;
            self.end_sessions();
        }
    }

    /// Sets a new password and ends all sessions.
    pub fn set_password(&mut self, hash: PasswordHash) {
        self.password_hash = hash;
        self.end_sessions();
    }

    /// Invalidates all tokens issued so far.
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
    fn the_owner_cannot_activate_a_deactivated_account() {
        let mut ann = user(AccountStatus::Deactivated { activated_at: DateTime::UNIX_EPOCH });
        assert_eq!(ann.activate(DateTime::UNIX_EPOCH), Err(ActivationError::Deactivated));
    }

    #[test]
    fn activation_and_deactivation_by_an_administrator_end_the_sessions() {
        let (start, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + Duration::days(1));
        let mut ann = user(AccountStatus::Pending);
        assert!(ann.reactivate(start) && !ann.reactivate(later));
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Active { since: start }, 1));
        ann.deactivate(later);
        ann.deactivate(later);
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Deactivated { activated_at: start }, 2));
        assert!(ann.reactivate(later));
        assert_eq!((ann.status, ann.token_version), (AccountStatus::Active { since: start }, 3));
    }

    #[test]
    fn an_address_can_be_registered_again_after_a_minute_until_the_account_is_active() {
        let at = |seconds| DateTime::UNIX_EPOCH + Duration::seconds(seconds);
        let mut ann = user(AccountStatus::Pending);
        assert!(!ann.may_be_registered_again(at(59)));
        assert_eq!(ann.register_again(at(59), false), Reregistration::TooSoon);
        assert!(ann.may_be_registered_again(at(60)));
        assert_eq!(ann.register_again(at(60), false), Reregistration::Pending);
        assert_eq!(ann.register_again(at(119), false), Reregistration::TooSoon);
        ann.activate(at(119)).unwrap();
        assert!(!ann.may_be_registered_again(at(200)));
        assert_eq!(ann.register_again(at(200), false), Reregistration::Owned);
        assert_eq!(ann.register_again(at(201), false), Reregistration::TooSoon);
    }

    #[test]
    fn a_pending_account_records_every_registration_if_accounts_are_hidden() {
        let now = DateTime::UNIX_EPOCH;
        let mut ann = user(AccountStatus::Pending);
        assert_eq!(ann.register_again(now, true), Reregistration::Pending);
        ann.activate(now).unwrap();
        assert_eq!(ann.register_again(now, true), Reregistration::TooSoon);
    }

    #[test]
    fn activation_by_an_administrator_clears_the_password_of_rival_registrations() {
        let now = DateTime::UNIX_EPOCH;
        let mut once = user(AccountStatus::Pending);
        once.reactivate(now);
        assert!(!once.password_hash.is_none());
        let mut twice = user(AccountStatus::Pending);
        twice.register_again(now, true);
        twice.reactivate(now);
        assert!(twice.password_hash.is_none());
        let mut owned = user(AccountStatus::Deactivated { activated_at: now });
        owned.registrations = 2;
        owned.reactivate(now);
        assert!(!owned.password_hash.is_none());
    }

    #[test]
    fn the_owner_cannot_activate_an_account_deactivated_while_pending() {
        let now = DateTime::UNIX_EPOCH;
        let mut ann = user(AccountStatus::Pending);
        ann.deactivate(now);
        assert_eq!(ann.status, AccountStatus::Deactivated { activated_at: now });
        assert_eq!(ann.activate(now), Err(ActivationError::Deactivated));
    }

    #[test]
    fn another_group_ends_sessions_and_the_same_one_does_not() {
        let mut ann = user(AccountStatus::Pending);
        ann.change_group(Group::User);
        assert_eq!(ann.token_version, 0);
        ann.change_group(Group::Moderator);
        assert_eq!((ann.group, ann.token_version), (Group::Moderator, 1));
    }

    #[test]
    fn a_status_survives_a_round_trip_through_its_stored_columns() {
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
