use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use application::{accounts::Accounts, catalogue::Catalogue, profiles::Profiles};
use domain::ports::{HealthProbe, Mailbox, ObjectStore};
use futures::future::join_all;
use tokio::{sync::Mutex, time::timeout};

use crate::http::ReplyCache;

/// How long a dependency may take to answer.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long the result of a probe is used: anonymous callers read it, and must not multiply requests to dependencies.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// What the handlers call.
#[derive(Clone)]
pub struct Services {
    /// Registering and logging in.
    pub accounts: Accounts,
    /// What people tell of themselves.
    pub profiles: Profiles,
    /// Movies.
    pub catalogue: Catalogue,
    /// Finished replies of the catalogue; `None` where each is made anew.
    pub replies: Option<ReplyCache>,
    /// Where letters lie while no mail server is configured.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// The home page of the cinema, which pages link to; `None` for no link.
    pub home_url: Option<Arc<str>>,
    /// Objects that this service hands out itself, while no object store is configured.
    pub media: Option<Arc<dyn ObjectStore>>,
    /// The dependencies that are asked whether they work.
    pub dependencies: Arc<Dependencies>,
}

/// How a dependency is.
#[derive(Clone, Debug)]
pub struct DependencyState {
    /// What it is.
    pub name: &'static str,
    /// Whether the service cannot do without it.
    pub is_needed: bool,
    /// Why it is away, if it is.
    pub fault: Option<String>,
    /// How long it took to find out.
    pub latency: Duration,
}

impl DependencyState {
    /// Whether it does what it is there for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.fault.is_none()
    }
}

/// The dependencies of the service, what their last probes found, and which were unavailable.
pub struct Dependencies {
    probes: Vec<Arc<dyn HealthProbe>>,
    away: std::sync::Mutex<BTreeSet<&'static str>>,
    /// When the last probes ended, and what they found. Held while probes run, so that there is one run at a time.
    found: Mutex<Option<(Instant, Vec<DependencyState>)>>,
    max_age: Duration,
}

impl Dependencies {
    /// These dependencies, of which none is known to be unavailable.
    #[must_use]
    pub fn new(probes: Vec<Arc<dyn HealthProbe>>) -> Self {
        Self { probes, away: std::sync::Mutex::default(), found: Mutex::default(), max_age: PROBE_INTERVAL }
    }

    /// The state of every dependency, at most 5 seconds old. However many callers there are, each dependency is probed at
    /// most once in that time.
    pub async fn ask(self: &Arc<Self>) -> Vec<DependencyState> {
        let this = self.clone();
        // A task of its own: a caller who hangs up must not end the probes, or the next one would start them again.
        let task = tokio::spawn(async move {
            let mut found = this.found.lock().await;
            if let Some((at, states)) = &*found
                && at.elapsed() < this.max_age
            {
                return states.clone();
            }
            let states = join_all(this.probes.iter().map(|probe| this.probe(&**probe))).await;
            *found = Some((Instant::now(), states.clone()));
            states
        });
        task.await.unwrap_or_else(|error| {
            let latency = Duration::ZERO;
            let state = |probe: &Arc<dyn HealthProbe>| {
                let (name, is_needed) = (probe.name(), probe.is_needed());
                DependencyState { name, is_needed, fault: Some(error.to_string()), latency }
            };
            self.probes.iter().map(state).collect()
        })
    }

    async fn probe(&self, probe: &dyn HealthProbe) -> DependencyState {
        let started = Instant::now();
        let answer = timeout(DEADLINE, probe.check()).await;
        let fault = answer.unwrap_or_else(|_| Err("no answer in time".to_owned())).err();
        let (name, is_needed, latency) = (probe.name(), probe.is_needed(), started.elapsed());
        let state = DependencyState { name, is_needed, fault, latency };
        self.log(&state);
        state
    }

    /// Logs what has changed: who asks every few seconds need not fill the log.
    fn log(&self, DependencyState { name, is_needed, fault, .. }: &DependencyState) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(reason) => {
                if away.insert(name) {
                    tracing::warn!(component = name, needed = is_needed, reason, "a dependency is away");
                }
            }
            None => {
                if away.remove(name) {
                    tracing::info!(component = name, "a dependency is back");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use tokio::sync::Notify;

    use super::*;

    /// Counts its calls, and answers each when it is permitted to.
    #[derive(Default)]
    struct Counting {
        calls: AtomicUsize,
        called: Notify,
        permitted: Notify,
    }

    #[async_trait]
    impl HealthProbe for Counting {
        fn name(&self) -> &'static str {
            "object_store"
        }

        async fn check(&self) -> Result<(), String> {
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.called.notify_one();
            self.permitted.notified().await;
            Ok(())
        }
    }

    fn dependencies(max_age: Duration) -> (Arc<Counting>, Arc<Dependencies>) {
        let probe = Arc::new(Counting::default());
        let dependencies = Dependencies::new(vec![probe.clone() as Arc<dyn HealthProbe>]);
        (probe, Arc::new(Dependencies { max_age, ..dependencies }))
    }

    #[tokio::test]
    async fn callers_at_once_and_soon_after_share_one_probe() {
        let (probe, dependencies) = dependencies(Duration::from_mins(10));
        let callers = join_all((0..50).map(|_| dependencies.ask()));
        let permit = async {
            probe.called.notified().await;
            probe.permitted.notify_one();
        };
        let (answers, ()) = tokio::join!(callers, permit);
        assert!(answers.iter().all(|states| states.len() == 1 && states[0].is_good()));
        dependencies.ask().await;
        assert_eq!(probe.calls.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_caller_who_hangs_up_does_not_end_the_probe() {
        let (probe, dependencies) = dependencies(Duration::from_mins(10));
        tokio::select! {
            _ = dependencies.ask() => panic!("the probe waits for its permit"),
            () = probe.called.notified() => {}
        }
        probe.permitted.notify_one();
        assert!(dependencies.ask().await[0].is_good());
        assert_eq!(probe.calls.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn an_old_result_is_not_used() {
        let (probe, dependencies) = dependencies(Duration::ZERO);
        for _ in 0..2 {
            probe.permitted.notify_one();
            dependencies.ask().await;
        }
        assert_eq!(probe.calls.load(Ordering::Relaxed), 2);
    }
}
