use std::sync::Arc;

use application::{accounts::Accounts, catalogue::Catalogue, profiles::Profiles};
use domain::ports::{HealthProbe, Mailbox, ObjectStore};

use crate::http::ReplyCache;

/// What the handlers call.
#[derive(Clone)]
pub struct Services {
    /// Registering and signing in.
    pub accounts: Accounts,
    /// What people tell of themselves.
    pub profiles: Profiles,
    /// Films.
    pub catalogue: Catalogue,
    /// Finished replies of the catalogue; `None` where each is made anew.
    pub replies: Option<ReplyCache>,
    /// Where letters lie while no mail server is configured.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// Objects that this service hands out itself, while no object store is configured.
    pub media: Option<Arc<dyn ObjectStore>>,
    /// The neighbours that are asked whether they work.
    pub probes: Vec<Arc<dyn HealthProbe>>,
}
