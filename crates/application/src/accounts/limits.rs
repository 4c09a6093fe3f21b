use std::{net::IpAddr, sync::Arc, time::Duration};

use domain::{
    accounts::{ClientNetwork, Email, FamilyId, UserId},
    ports::{AccountQueries, Limit, RateLimiter, Refused, Reservation, StoreError},
};

/// How much of what is everybody's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitRules {
    /// Logins with a wrong password into one account, from everywhere together.
    pub login_per_account: Limit,
    /// Logins from one network.
    pub login_per_network: Limit,
    /// Letters of one kind to one address that anybody may ask for.
    pub mail_per_recipient: Limit,
    /// Letters of one kind to whomever, asked for from one network.
    pub mail_per_network: Limit,
    /// Refreshes of one session.
    pub refresh_per_session: Limit,
}

/// Keeps guessers and mail bombers to their share.
#[derive(Clone)]
pub struct Limits {
    /// Counts.
    pub limiter: Arc<dyn RateLimiter>,
    /// How much; `None` where nothing is limited.
    pub rules: Option<LimitRules>,
}

/// What an anonymous caller wants to have mailed.
#[derive(Clone, Copy, Debug)]
pub(super) enum EmailKind {
    Registration,
    Activation,
    PasswordReset,
}

/// Why a login was not tried.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoginRefused {
    #[error(transparent)]
    TooMany(#[from] Refused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A password that was counted as a wrong guess, until it turns out to be none.
#[must_use]
pub(super) struct CountedAttempt(Option<Box<dyn Reservation>>);

impl Default for LimitRules {
    fn default() -> Self {
        let minute = |uses| Limit { uses, per: Duration::from_mins(1) };
        let hour = |uses| Limit { uses, per: Duration::from_hours(1) };
        Self {
            login_per_account: minute(10),
            login_per_network: minute(100),
            mail_per_recipient: hour(5),
            mail_per_network: hour(60),
            refresh_per_session: minute(60),
        }
    }
}

impl CountedAttempt {
    /// The password was right, or was never looked at.
    pub(super) async fn refund(self) {
        if let Some(reservation) = self.0 {
            reservation.release().await;
        }
    }
}

impl Limits {
    /// Counts a login. Guessers from anywhere share what an account allows; a network from which its owner has signed
    /// in before has a share of its own, so that guessers cannot keep the owner out.
    pub(super) async fn login(
        &self,
        queries: &dyn AccountQueries,
        email: Option<&Email>,
        client: Option<IpAddr>,
    ) -> Result<CountedAttempt, LoginRefused> {
        let Some(rules) = self.rules else { return Ok(CountedAttempt(None)) };
        let network = client.map(ClientNetwork::of);
        self.limiter.take(&format!("login from {}", name(network)), rules.login_per_network).await?;
        let Some(email) = email else { return Ok(CountedAttempt(None)) };
        // Known or not, a network gets the same number of tries.
        let key = match network {
            Some(network) if queries.is_known_network(email, network).await? => {
                format!("login into {email} from {network}")
            }
            _ => format!("login into {email}"),
        };
        Ok(CountedAttempt(Some(self.limiter.reserve(&key, rules.login_per_account).await?)))
    }

    /// Counts a password that somebody who is logged in says is theirs.
    pub(super) async fn own_password(&self, user: UserId) -> Result<CountedAttempt, Refused> {
        let Some(rules) = self.rules else { return Ok(CountedAttempt(None)) };
        let key = format!("password of {}", user.0);
        Ok(CountedAttempt(Some(self.limiter.reserve(&key, rules.login_per_account).await?)))
    }

    /// Counts a letter that anybody may ask for.
    pub(super) async fn email(
        &self,
        kind: EmailKind,
        to: &Email,
        client: Option<IpAddr>,
    ) -> Result<(), Refused> {
        let Some(rules) = self.rules else { return Ok(()) };
        let from = name(client.map(ClientNetwork::of));
        self.limiter.take(&format!("{kind:?} from {from}"), rules.mail_per_network).await?;
        // Addresses that differ in a tag alone are one mailbox.
        let recipient = to.without_tag();
        self.limiter.take(&format!("{kind:?} to {recipient}"), rules.mail_per_recipient).await
    }

    /// Counts a refresh.
    pub(super) async fn refresh(&self, family: FamilyId) -> Result<(), Refused> {
        let Some(rules) = self.rules else { return Ok(()) };
        let family = u128::from_be_bytes(family.0);
        self.limiter.take(&format!("refresh of {family:x}"), rules.refresh_per_session).await
    }
}

/// Clients whose address is not known count as one.
fn name(network: Option<ClientNetwork>) -> String {
    network.map_or_else(|| "unknown".to_owned(), |network| network.to_string())
}
