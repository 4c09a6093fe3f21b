use std::sync::Arc;

use application::{accounts::Accounts, catalogue::Catalogue};
use domain::ports::{HealthProbe, Mailbox};

/// What the handlers call.
#[derive(Clone)]
pub struct Services {
    /// Registering and signing in.
    pub accounts: Accounts,
    /// Films.
    pub catalogue: Catalogue,
    /// Where letters lie while no mail server is configured.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// What the service cannot do without.
    pub probes: Vec<Arc<dyn HealthProbe>>,
}
