use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use application::{accounts::Accounts, catalogue::Catalogue, profiles::Profiles};
use domain::{environment::Randomness, health::HealthProbe, mail::Mailbox, objects::ObjectStore};
use futures::future::join_all;
use tokio::{sync::Mutex, time::timeout};

use crate::http::ReplyCache;

/// Timeout of a probe.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long the result of a probe is reused: anonymous callers request it and must not multiply probes.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);

/// Use cases and adapters that the handlers call.
#[derive(Clone)]
pub struct Services {
    /// Generates request ids.
    pub randomness: Arc<dyn Randomness>,
    /// Use cases of accounts and sessions.
    pub accounts: Accounts,
    /// Use cases of user profiles.
    pub profiles: Profiles,
    /// Use cases of the movie catalogue.
    pub catalogue: Catalogue,
    /// Cache of catalogue responses; `None` disables it.
    pub replies: Option<ReplyCache>,
    /// Stored emails of the development mailbox; `None` if a mail server is configured.
    pub mailbox: Option<Arc<dyn Mailbox>>,
    /// URL of the cinema's home page, which pages link to; `None` for no link.
    pub home_url: Option<Arc<str>>,
    /// Embedded object store, whose objects this service serves; `None` if an external one is configured.
    pub media: Option<Arc<dyn ObjectStore>>,
    /// Dependencies whose health is checked.
    pub dependencies: Arc<Dependencies>,
}

/// State of a dependency, as of its last probe.
#[derive(Clone, Debug)]
pub struct DependencyState {
    /// Name in logs and health responses, such as `database`.
    pub name: &'static str,
    /// Whether the service is not ready without it.
    pub is_needed: bool,
    /// Reason why it is unavailable; `None` if it is available.
    pub fault: Option<String>,
    /// Duration of the probe.
    pub latency: Duration,
}

impl DependencyState {
    fn of(probe: &dyn HealthProbe, fault: Option<String>, latency: Duration) -> Self {
        Self { name: probe.name(), is_needed: probe.is_needed(), fault, latency }
    }

    /// Whether it is available.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.fault.is_none()
    }
}

/// Probes of the dependencies, with their last results.
pub struct Dependencies {
    probes: Vec<Arc<dyn HealthProbe>>,
    /// Names of the dependencies that are unavailable.
    unavailable: std::sync::Mutex<BTreeSet<&'static str>>,
    /// Time and results of the last probes. Locked while probes run, so that they run once at a time.
    last: Mutex<Option<(Instant, Vec<DependencyState>)>>,
    max_age: Duration,
}

impl Dependencies {
    /// No dependency is known to be unavailable yet.
    #[must_use]
    pub fn new(probes: Vec<Arc<dyn HealthProbe>>) -> Self {
        Self {
            probes,
            unavailable: std::sync::Mutex::default(),
            last: Mutex::default(),
            max_age: PROBE_INTERVAL,
        }
    }

    /// Returns the state of every dependency, at most 5 seconds old. Each dependency is probed at most once in that time,
    /// regardless of the number of callers.
    pub async fn check(self: &Arc<Self>) -> Vec<DependencyState> {
        let this = self.clone();
        // A separate task: a caller that disconnects must not cancel the probes, or the next one would start them again.
        let task = tokio::spawn(async move {
            let mut last = this.last.lock().await;
            if let Some((at, states)) = &*last
                && at.elapsed() < this.max_age
            {
                return states.clone();
            }
            let states = join_all(this.probes.iter().map(|probe| this.probe(&**probe))).await;
            *last = Some((Instant::now(), states.clone()));
            states
        });
        task.await.unwrap_or_else(|error| {
            let fault = Some(error.to_string());
            let failed =
                |probe: &Arc<dyn HealthProbe>| DependencyState::of(&**probe, fault.clone(), Duration::ZERO);
            self.probes.iter().map(failed).collect()
        })
    }

    async fn probe(&self, probe: &dyn HealthProbe) -> DependencyState {
        let started = Instant::now();
        let outcome = timeout(DEADLINE, probe.check()).await;
        let fault = outcome.unwrap_or_else(|_| Err("probe timed out".to_owned())).err();
        let state = DependencyState::of(probe, fault, started.elapsed());
        self.log(&state);
        state
    }

    /// Logs changes only, because probes run every few seconds.
    fn log(&self, DependencyState { name, is_needed, fault, .. }: &DependencyState) {
        let mut unavailable = self.unavailable.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(reason) if unavailable.insert(name) => {
                tracing::warn!(component = name, needed = is_needed, reason, "dependency unavailable");
            }
            None if unavailable.remove(name) => tracing::info!(component = name, "dependency recovered"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use tokio::sync::Notify;

    use super::*;

    /// Counts its calls, and returns from each when permitted.
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
    async fn concurrent_and_subsequent_callers_share_one_probe() {
        let (probe, dependencies) = dependencies(Duration::from_mins(10));
        let callers = join_all((0..50).map(|_| dependencies.check()));
        let permit = async {
            probe.called.notified().await;
            probe.permitted.notify_one();
        };
        let (results, ()) = tokio::join!(callers, permit);
        assert!(results.iter().all(|states| states.len() == 1 && states[0].is_good()));
        dependencies.check().await;
        assert_eq!(probe.calls.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_caller_that_disconnects_does_not_cancel_the_probe() {
        let (probe, dependencies) = dependencies(Duration::from_mins(10));
        tokio::select! {
            _ = dependencies.check() => panic!("the probe waits for its permit"),
            () = probe.called.notified() => {}
        }
        probe.permitted.notify_one();
        assert!(dependencies.check().await[0].is_good());
        assert_eq!(probe.calls.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn an_expired_result_is_not_reused() {
        let (probe, dependencies) = dependencies(Duration::ZERO);
        for _ in 0..2 {
            probe.permitted.notify_one();
            dependencies.check().await;
        }
        assert_eq!(probe.calls.load(Ordering::Relaxed), 2);
    }
}
