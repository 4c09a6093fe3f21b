use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::UserId;

/// How long the token before the current refresh token still gets that same current token: long enough for a client
/// that lost the reply or refreshed twice at once, too short for a thief.
pub const REFRESH_GRACE: Duration = Duration::seconds(30);

/// Names one session towards its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

/// 128 random bits that name a refresh token family inside its tokens. Unlike a row number it never comes back, so a
/// token can never meet a row that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FamilyId(pub [u8; 16]);

/// From where a session was opened, as its owner will recognise it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOrigin {
    /// What the client calls itself (`User-Agent`), cut to 255 characters.
    pub device: Option<String>,
    /// The client's address.
    pub ip: Option<IpAddr>,
}

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLifetime {
    /// Without a refresh.
    pub idle: Duration,
    /// However often it is refreshed.
    pub max: Duration,
}

/// A session that is about to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Who logged in.
    pub user_id: UserId,
    /// The new family's name.
    pub family: FamilyId,
    /// The account's [`token_version`](super::User::token_version) at that moment.
    pub token_version: i64,
    /// From where.
    pub origin: SessionOrigin,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
    /// When it ends in any case.
    pub max_expires_at: DateTime<Utc>,
}

/// One login and all the refresh tokens that follow from it: a refresh token family (RFC 9700, 4.14.2).
///
/// The family needs no token in the store. A refresh token names the family and its generation, and only the row's
/// generation tells which token is the current one.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its row.
    pub id: SessionId,
    /// Who logged in.
    pub user_id: UserId,
    /// The family's name inside tokens.
    pub family: FamilyId,
    /// The generation of the current refresh token; the first one is 0.
    pub generation: i64,
    /// The account's `token_version` at login. A session under an older version is over.
    pub token_version: i64,
    /// From where it was opened.
    pub origin: SessionOrigin,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When the current refresh token was issued.
    pub last_used_at: DateTime<Utc>,
    /// When it ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
    /// When it ends in any case.
    pub max_expires_at: DateTime<Utc>,
    /// When it was ended, by its owner or because a token was used twice.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What presenting a valid refresh token came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// The family moved on by one generation; store the session.
    Rotated,
    /// The previous token came back within [`REFRESH_GRACE`]: hand out the current token again. Nothing changed.
    SameSuccessor,
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionEnded {
    /// The session was ended or outlived its time.
    #[error("the session is over")]
    Over,
    /// A token that had been replaced came back. Somebody else may hold it, so the session is now ended; store it.
    #[error("a replaced refresh token was used again")]
    Reused,
    /// The token claims a generation that was never issued.
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

    /// Takes a refresh token of `generation` in exchange for the next one.
    ///
    /// # Errors
    ///
    /// [`SessionEnded`]; on [`SessionEnded::Reused`] the session has been ended and must be stored.
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
    fn the_current_token_moves_the_family_on_by_one() {
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
    fn a_generation_that_was_never_issued_harms_nothing() {
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
    fn refreshing_never_carries_a_session_past_its_maximum() {
        let mut session = session();
        for day in 1..30 {
            session.refresh(day - 1, at(0) + Duration::days(day), IDLE).unwrap();
            assert!(session.expires_at <= session.max_expires_at);
        }
        assert_eq!(session.refresh(29, at(0) + Duration::days(30), IDLE), Err(SessionEnded::Over));
    }

    #[test]
    fn ending_keeps_the_first_moment() {
        let mut session = session();
        session.end(at(5));
        session.end(at(9));
        assert_eq!(session.ended_at, Some(at(5)));
    }
}
