use super::*;

const RIGHT: &str = "StrongPass1!";

fn budget(cost: u32) -> BcryptHasher {
    BcryptHasher::start(cost, Duration::from_secs(5)).unwrap()
}

async fn hash(budget: &BcryptHasher, password: &str) -> PasswordHash {
    budget.acquire().await.unwrap().hash(&Password::parse(password).unwrap()).await.unwrap()
}

async fn verify(budget: &BcryptHasher, attempt: &str, hash: Option<&PasswordHash>) -> Verdict {
    budget.acquire().await.unwrap().verify(&PasswordAttempt::new(attempt), hash).await.unwrap()
}

#[tokio::test]
async fn a_password_matches_only_its_own_hash() {
    let budget = budget(4);
    let stored = hash(&budget, RIGHT).await;
    assert!(stored.expose().starts_with("$2b$04$"));
    assert_eq!(verify(&budget, RIGHT, Some(&stored)).await, Verdict::Right { outdated: false });
    assert_eq!(verify(&budget, "StrongPass1?", Some(&stored)).await, Verdict::Wrong);
}

#[tokio::test]
async fn without_a_hash_every_password_is_wrong() {
    let budget = budget(4);
    for attempt in ["", RIGHT, "\0", &"x".repeat(1_000)] {
        assert_eq!(verify(&budget, attempt, None).await, Verdict::Wrong);
    }
}

#[tokio::test]
async fn a_password_that_is_too_long_is_wrong_and_never_truncated() {
    let budget = budget(4);
    let longest = format!("Aa1!{}", "x".repeat(67));
    let stored = hash(&budget, &longest).await;
    assert_eq!(verify(&budget, &longest, Some(&stored)).await, Verdict::Right { outdated: false });
    assert_eq!(verify(&budget, &format!("{longest}x"), Some(&stored)).await, Verdict::Wrong);
}

#[tokio::test]
async fn a_hash_of_another_cost_is_outdated_and_renewed() {
    let stored = hash(&budget(4), RIGHT).await;
    let budget = budget(5);
    assert_eq!(verify(&budget, RIGHT, Some(&stored)).await, Verdict::Right { outdated: true });
    let renewed = budget.acquire().await.unwrap().renew(&PasswordAttempt::new(RIGHT)).await.unwrap();
    assert_eq!(verify(&budget, RIGHT, Some(&renewed)).await, Verdict::Right { outdated: false });
}

#[tokio::test]
async fn hashes_of_the_original_service_verify() {
    // Made with Python's bcrypt; `2a` and `2y` are older names of the same algorithm.
    let made = "$2b$04$ZnvqB3FmNPCX3QfCj6d1Qe82PiASdoDnvh.5fe9nQp.K1ZyeEr5hu";
    for version in ["$2a$", "$2b$", "$2y$"] {
        let stored = PasswordHash::new(made.replace("$2b$", version));
        assert_eq!(
            verify(&budget(4), RIGHT, Some(&stored)).await,
            Verdict::Right { outdated: false },
            "{version}"
        );
    }
}

#[tokio::test]
async fn an_invalid_stored_hash_is_an_internal_error() {
    let slot = budget(4).acquire().await.unwrap();
    let result = slot.verify(&PasswordAttempt::new(RIGHT), Some(&PasswordHash::new("plain".into()))).await;
    assert!(matches!(result, Err(HashingError::Failed(_))));
}

#[tokio::test]
async fn a_caller_is_rejected_at_once_if_the_queue_is_full() {
    let budget = BcryptHasher { queue: Semaphore::new(0), ..budget(4) };
    assert!(matches!(budget.acquire().await, Err(HashingError::Overloaded { .. })));
}

#[tokio::test]
async fn a_caller_that_cannot_be_served_in_time_is_rejected_at_once() {
    let budget = std::sync::Arc::new(budget(4));
    let mut held = Vec::new();
    while budget.semaphore.available_permits() > 0 {
        held.push(budget.acquire().await.unwrap());
    }
    record(&budget.threads.mean_duration, Duration::from_secs(2));
    assert_eq!(budget.expected_wait(2 * budget.permits), Duration::from_secs(4));
    // With these callers waiting, the next one would wait for three rounds of two seconds.
    let waiting: Vec<_> = (0..3 * budget.permits)
        .map(|_| {
            let budget = budget.clone();
            tokio::spawn(async move { budget.acquire().await.is_ok() })
        })
        .collect();
    while budget.waiting() < 3 * budget.permits {
        tokio::task::yield_now().await;
    }
    assert!(matches!(budget.acquire().await, Err(HashingError::Overloaded { .. })));
    drop(held);
    for accepted in waiting {
        assert!(accepted.await.unwrap(), "an accepted caller is served");
    }
}

#[tokio::test]
async fn the_expected_wait_follows_the_latest_hashes() {
    let mean = AtomicU64::new(0);
    record(&mean, Duration::from_millis(80));
    assert_eq!(mean.load(Ordering::Relaxed), 80_000);
    (0..40).for_each(|_| record(&mean, Duration::from_millis(800)));
    assert!((780_000..=800_000).contains(&mean.load(Ordering::Relaxed)));
}

#[tokio::test]
async fn a_caller_that_waits_too_long_is_rejected() {
    let budget = BcryptHasher::start(4, Duration::from_millis(20)).unwrap();
    let mut held = Vec::new();
    while let Ok(slot) = budget.acquire().await {
        held.push(slot);
    }
    assert!(!held.is_empty());
    drop(held);
    assert!(budget.acquire().await.is_ok());
    assert_eq!(budget.waiting(), 0);
}

#[tokio::test]
async fn the_dummy_takes_as_many_rounds_as_a_real_hash() {
    let parts = HashParts::from_str(dummy_hash(12).expose()).unwrap();
    assert_eq!(parts.get_cost(), 12);
}

#[tokio::test]
async fn closing_rejects_waiting_callers() {
    let budget = std::sync::Arc::new(budget(4));
    let mut held = Vec::new();
    while budget.semaphore.available_permits() > 0 {
        held.push(budget.acquire().await.unwrap());
    }
    let waiting = tokio::spawn({
        let budget = budget.clone();
        async move { budget.acquire().await.err() }
    });
    while budget.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    budget.close();
    assert!(matches!(waiting.await.unwrap(), Some(HashingError::Overloaded { .. })));
    let work = held[0].hash(&Password::parse(RIGHT).unwrap()).await;
    assert!(work.is_ok(), "a caller with a permit is served");
}
