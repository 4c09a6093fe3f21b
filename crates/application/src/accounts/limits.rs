use std::{net::IpAddr, sync::Arc};

use domain::{
    accounts::{AccountQueries, ClientNetwork, Email, FamilyId, UserId},
    rate_limit::{Limit, RateLimiter, Refused, Reservation},
};

use super::LoginError;

/// Rate limits of logins, requested emails and refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitRules {
    /// Failed logins to one account: from all unknown networks together, and from each known network.
    pub login_per_account: Limit,
    /// Logins from one network, to any account.
    pub login_per_network: Limit,
    /// Emails of one kind to one address, requested by any client.
    pub mail_per_recipient: Limit,
    /// Emails of one kind requested from one network, to any address.
    pub mail_per_network: Limit,
    /// Refreshes of one session.
    pub refresh_per_session: Limit,
}

/// Limits password guessing and email flooding.
#[derive(Clone)]
pub struct Limits {
    /// Counts uses per key.
    pub limiter: Arc<dyn RateLimiter>,
    /// Limits; `None` disables rate limiting.
    pub rules: Option<LimitRules>,
}

/// Kind of email that an anonymous client may request.
#[derive(Clone, Copy, Debug)]
pub(super) enum EmailKind {
    Registration,
    Activation,
    PasswordReset,
}

/// An attempt that counts as failed unless it is refunded.
#[must_use]
pub(super) struct CountedAttempt(Option<Box<dyn Reservation>>);

impl CountedAttempt {
    /// Releases the attempt because the password was right or was not checked.
    pub(super) async fn refund(self) {
        if let Some(reservation) = self.0 {
            reservation.release().await;
        }
    }
}

impl Limits {
    /// Counts a login attempt. All unknown networks share the limit of an account; a network from which its owner has
    /// logged in before has its own limit, so that an attacker cannot lock the owner out.
    pub(super) async fn login(
        &self,
        queries: &dyn AccountQueries,
        email: Option<&Email>,
        client: Option<IpAddr>,
    ) -> Result<CountedAttempt, LoginError> {
        let Some(rules) = self.rules else { return Ok(CountedAttempt(None)) };
        let network = client.map(ClientNetwork::of);
        self.limiter.take(&format!("login from {}", name(network)), rules.login_per_network).await?;
        let Some(email) = email else { return Ok(CountedAttempt(None)) };
        // Known and unknown networks have the same limit.
        let key = match network {
            Some(network) if queries.is_known_network(email, network).await? => {
                format!("login into {email} from {network}")
            }
            _ => format!("login into {email}"),
        };
        Ok(CountedAttempt(Some(self.limiter.reserve(&key, rules.login_per_account).await?)))
    }

    /// Counts a check of this user's password outside a login.
    pub(super) async fn own_password(&self, user: UserId) -> Result<CountedAttempt, Refused> {
        let Some(rules) = self.rules else { return Ok(CountedAttempt(None)) };
        let key = format!("password of {}", user.0);
        Ok(CountedAttempt(Some(self.limiter.reserve(&key, rules.login_per_account).await?)))
    }

    /// Counts a request for an email.
    pub(super) async fn email(
        &self,
        kind: EmailKind,
        to: &Email,
        client: Option<IpAddr>,
    ) -> Result<(), Refused> {
        let Some(rules) = self.rules else { return Ok(()) };
        let from = name(client.map(ClientNetwork::of));
        self.limiter.take(&format!("{kind:?} from {from}"), rules.mail_per_network).await?;
        // Addresses that differ only in a tag are one mailbox.
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

/// Clients without a known IP address count as one network.
fn name(network: Option<ClientNetwork>) -> String {
    network.map_or_else(|| "unknown".to_owned(), |network| network.to_string())
}
