use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::UserId;

/// How long after a rotation the previous refresh token still returns the current one: long enough for a client that lost
/// the response or refreshed twice at once, too short for a thief.
pub const REFRESH_GRACE: Duration = Duration::seconds(30);

/// Identifier of a session, shown to its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// 128 random bits that identify a refresh token family in its tokens. Unlike a row identifier they are never reused, so a
/// token never matches the row of another session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FamilyId(pub [u8; 16]);

/// Device and address from which a session was opened, shown to its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOrigin {
    /// `User-Agent` of the client, truncated to 255 characters.
    pub device: Option<String>,
    /// IP address of the client.
    pub ip: Option<IpAddr>,
}

/// Lifetime of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLifetime {
    /// Lifetime without a refresh.
    pub idle: Duration,
    /// Maximum lifetime, regardless of refreshes.
    pub max: Duration,
}

/// A session to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// User who logged in.
    pub user_id: UserId,
    /// Identifier of the new family.
    pub family: FamilyId,
    /// The account's [`token_version`](super::User::token_version) at login.
    pub token_version: i64,
    /// Origin of the login.
    pub origin: SessionOrigin,
    /// Time of the login.
    pub created_at: DateTime<Utc>,
    /// Expiry unless the session is refreshed.
    pub expires_at: DateTime<Utc>,
    /// Expiry regardless of refreshes.
    pub max_expires_at: DateTime<Utc>,
}

/// One login and all the refresh tokens that follow from it: a refresh token family (RFC 9700, 4.14.2).
///
/// The store holds no refresh tokens. A refresh token contains the family and a generation, and the generation of the row
/// determines which token is current.
#[derive(Clone, Debug)]
pub struct Session {
    /// Identifier of the session.
    pub id: SessionId,
    /// User who logged in.
    pub user_id: UserId,
    /// Identifier of the family in tokens.
    pub family: FamilyId,
    /// The generation of the current refresh token; the first one is 0.
    pub generation: i64,
    /// The account's `token_version` at login. A session with an older version is invalid.
    pub token_version: i64,
    /// Origin of the login.
    pub origin: SessionOrigin,
    /// Time of the login.
    pub created_at: DateTime<Utc>,
    /// When the current refresh token was issued.
    pub last_used_at: DateTime<Utc>,
    /// Expiry unless the session is refreshed.
    pub expires_at: DateTime<Utc>,
    /// Expiry regardless of refreshes.
    pub max_expires_at: DateTime<Utc>,
    /// When the session was ended, by its owner or because a token was reused.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Result of using a valid refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The family advanced by one generation; the session must be stored.
    Rotated,
    /// The previous token was used within [`REFRESH_GRACE`]: return the current token again. The session is unchanged.
    SameSuccessor,
}

/// Why a refresh token was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionEnded {
    /// The session was ended or has expired.
    #[error("the session is over")]
    Over,
    /// A replaced token was used again. It may be stolen, so the session is now ended and must be stored.
    #[error("a replaced refresh token was used again")]
    Reused,
    /// The token contains a generation that was never issued.
    #[error("the refresh token was never issued")]
    NeverIssued,
}

impl NewSession {
    /// A session of `user_id` that starts `now`.
    #[must_use]
    pub fn start(
        user_id: UserId,
        token_version: i64,
        family: FamilyId,
        origin: SessionOrigin,
        now: DateTime<Utc>,
        lifetime: SessionLifetime,
    ) -> Self {
        let max_expires_at = now + lifetime.max;
        Self {
            user_id,
            family,
            token_version,
            origin,
            created_at: now,
            expires_at: (now + lifetime.idle).min(max_expires_at),
            max_expires_at,
        }
    }
}

impl Session {
    /// Whether the session may still be used.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.expires_at && now < self.max_expires_at
    }

    /// Exchanges the refresh token of `generation` for the next one.
    ///
    /// On [`SessionEnded::Reused`] the session has been ended and must be stored.
    pub fn refresh(
        &mut self,
        generation: i64,
        now: DateTime<Utc>,
        idle: Duration,
    ) -> Result<Refreshed, SessionEnded> {
        if !self.is_live(now) {
            return Err(SessionEnded::Over);
        }
        if generation > self.generation || generation < 0 {
            return Err(SessionEnded::NeverIssued);
        }
        if generation == self.generation {
            self.generation += 1;
            self.last_used_at = now;
            self.expires_at = (now + idle).min(self.max_expires_at);
            return Ok(Refreshed::Rotated);
        }
        if generation + 1 == self.generation && now - self.last_used_at <= REFRESH_GRACE {
            return Ok(Refreshed::SameSuccessor);
        }
        self.ended_at = Some(now);
        Err(SessionEnded::Reused)
    }

    /// Ends the session. Ending it again changes nothing.
    pub fn end(&mut self, now: DateTime<Utc>) {
        self.ended_at.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::days(7);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn session() -> Session {
        let lifetime = SessionLifetime { idle: IDLE, max: Duration::days(30) };
        let new =
            NewSession::start(UserId(1), 0, FamilyId([7; 16]), SessionOrigin::default(), at(0), lifetime);
        Session {
            id: SessionId(1),
            user_id: new.user_id,
            family: new.family,
            generation: 0,
            token_version: new.token_version,
            origin: new.origin,
            created_at: new.created_at,
            last_used_at: new.created_at,
            expires_at: new.expires_at,
            max_expires_at: new.max_expires_at,
            ended_at: None,
        }
    }

    #[test]
    fn the_current_token_advances_the_family_by_one() {
        let mut session = session();
        assert_eq!(session.refresh(0, at(60), IDLE), Ok(Refreshed::Rotated));
        assert_eq!((session.generation, session.last_used_at), (1, at(60)));
        assert_eq!(session.expires_at, at(60) + IDLE);
    }

    #[test]
    fn the_previous_token_gets_the_same_successor_within_the_grace() {
        let mut session = session();
        session.refresh(0, at(60), IDLE).unwrap();
        assert_eq!(session.refresh(0, at(90), IDLE), Ok(Refreshed::SameSuccessor));
        assert_eq!((session.generation, session.last_used_at), (1, at(60)));
        assert!(session.is_live(at(90)));
    }

    #[test]
    fn the_previous_token_ends_the_family_after_the_grace() {
        let mut session = session();
        session.refresh(0, at(60), IDLE).unwrap();
        assert_eq!(session.refresh(0, at(91), IDLE), Err(SessionEnded::Reused));
        assert_eq!(session.refresh(1, at(92), IDLE), Err(SessionEnded::Over));
    }

    #[test]
    fn an_older_token_ends_the_family_even_within_the_grace() {
        let mut session = session();
        session.refresh(0, at(1), IDLE).unwrap();
        session.refresh(1, at(2), IDLE).unwrap();
        assert_eq!(session.refresh(0, at(3), IDLE), Err(SessionEnded::Reused));
        assert!(!session.is_live(at(3)));
    }

    #[test]
    fn a_generation_that_was_never_issued_does_not_end_the_session() {
        let mut session = session();
        assert_eq!(session.refresh(1, at(1), IDLE), Err(SessionEnded::NeverIssued));
        assert_eq!(session.refresh(-1, at(1), IDLE), Err(SessionEnded::NeverIssued));
        assert!(session.is_live(at(1)));
    }

    #[test]
    fn an_idle_session_ends() {
        let mut session = session();
        assert_eq!(session.refresh(0, at(0) + IDLE, IDLE), Err(SessionEnded::Over));
    }

    #[test]
    fn refreshing_never_extends_a_session_past_its_maximum() {
        let mut session = session();
        for day in 1..30 {
            session.refresh(day - 1, at(0) + Duration::days(day), IDLE).unwrap();
            assert!(session.expires_at <= session.max_expires_at);
        }
        assert_eq!(session.refresh(29, at(0) + Duration::days(30), IDLE), Err(SessionEnded::Over));
    }

    #[test]
    fn ending_a_session_again_does_not_change_the_time() {
        let mut session = session();
        session.end(at(5));
        session.end(at(9));
        assert_eq!(session.ended_at, Some(at(5)));
    }
}
