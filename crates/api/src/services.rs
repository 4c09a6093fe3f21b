use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::rt::time::timeout;
use application::{accounts::Accounts, catalogue::Catalogue, profiles::Profiles};
use domain::ports::{HealthProbe, Mailbox, ObjectStore};
use futures::future::join_all;

use crate::http::ReplyCache;

/// How long a neighbour may take to answer.
const DEADLINE: Duration = Duration::from_secs(2);

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
    /// The home page of the cinema, which pages link to; `None` for no link.
    pub home_url: Option<Arc<str>>,
    /// Objects that this service hands out itself, while no object store is configured.
    pub media: Option<Arc<dyn ObjectStore>>,
    /// The neighbours that are asked whether they work.
    pub neighbours: Arc<Neighbours>,
}

/// How a neighbour is.
#[derive(Clone, Debug)]
pub struct NeighbourState {
    /// What it is.
    pub name: &'static str,
    /// Whether the service cannot do without it.
    pub is_needed: bool,
    /// Why it is away, if it is.
    pub fault: Option<String>,
    /// How long it took to find out.
    pub latency: Duration,
}

impl NeighbourState {
    /// Whether it does what it is there for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.fault.is_none()
    }
}

/// The neighbours of the service, and which of them were away when they were asked last.
pub struct Neighbours {
    probes: Vec<Arc<dyn HealthProbe>>,
    away: Mutex<BTreeSet<&'static str>>,
}

impl Neighbours {
    /// These neighbours, of which none is known to be away.
    #[must_use]
    pub fn new(probes: Vec<Arc<dyn HealthProbe>>) -> Self {
        Self { probes, away: Mutex::default() }
    }

    /// Asks every neighbour how it is, all at once.
    pub async fn ask(&self) -> Vec<NeighbourState> {
        join_all(self.probes.iter().map(|probe| async {
            let started = Instant::now();
            let answer = timeout(DEADLINE, probe.check()).await;
            let fault = answer.unwrap_or_else(|_| Err("no answer in time".to_owned())).err();
            let state = NeighbourState {
                name: probe.name(),
                is_needed: probe.is_needed(),
                fault,
                latency: started.elapsed(),
            };
            self.tell(&state);
            state
        }))
        .await
    }

    /// Logs what has changed: who asks every few seconds need not fill the log.
    fn tell(&self, NeighbourState { name, is_needed, fault, .. }: &NeighbourState) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(reason) => {
                if away.insert(name) {
                    tracing::warn!(component = name, needed = is_needed, reason, "a neighbour is away");
                }
            }
            None => {
                if away.remove(name) {
                    tracing::info!(component = name, "a neighbour is back");
                }
            }
        }
    }
}
