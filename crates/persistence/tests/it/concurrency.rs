use std::sync::Arc;

use chrono::Duration;
use domain::{
    accounts::{AccountQueries, FamilyId, Group, LinkKind, NewLinkToken, RetentionStore, TokenDigest},
    catalogue::{
        CatalogueQueries, MovieFilter, MovieOrder, MoviePatch, Name, SearchQuery, Taxonomy, TaxonomyEntryId,
        TaxonomyEntryPatch,
    },
    outbox::OutboxReader,
    page::{PageNumber, PageSize, Position},
    store::{Begin, StoreError},
};
use test_servers::{eventually, lock_is_awaited, on_every_database};
use tokio::{sync::Barrier, task::JoinSet};

use crate::world::{
    Stores, activated, add_user, create_movie, draft, email, names, new_user, now, session, store, token,
};

/// Runs `callers` calls that start at the same moment and returns their outcomes.
async fn at_once<T, F>(callers: usize, store: &Stores, call: impl Fn(Stores, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(callers));
    let mut all = JoinSet::new();
    for number in 0..callers {
        let (barrier, call) = (barrier.clone(), call(store.clone(), number));
        all.spawn(async move {
            barrier.wait().await;
            call.await
        });
    }
    all.join_all().await
}

on_every_database! {
    async fn of_a_hundred_additions_of_one_email_address_one_succeeds(url: String) {
        let store = store(&url).await;
        let outcomes = at_once(100, &store, |store, _| async move {
            let unit = store.accounts.begin().await?;
            let user = unit.users().add(&new_user("ann@example.com")).await?;
            unit.outbox().post(activated(user.id)).await?;
            unit.commit().await
        })
        .await;
        let conflicts = outcomes.iter().filter(|outcome| matches!(outcome, Err(StoreError::Conflict))).count();
        assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), conflicts), (1, 99));
        assert!(store.accounts.user_by_email(&email("ann@example.com")).await.unwrap().is_some());
        assert_eq!(store.database.oldest(10).await.unwrap().len(), 1);
    }

    async fn concurrent_changes_of_the_catalogue_never_deadlock(url: String) {
        let store = store(&url).await;
        let movie = create_movie(&store, &draft("Shared")).await;
        let actor = store.catalogue.movie(movie).await.unwrap().unwrap().actors[0].id;
        let actor = TaxonomyEntryId { kind: Taxonomy::Actor, id: actor };
        let mut own = Vec::new();
        for number in 0..12 {
            own.push(create_movie(&store, &draft(&format!("Own {number}"))).await);
        }
        let own = Arc::new(own);
        let outcomes = at_once(12, &store, move |store, number| {
            let own = own.clone();
            async move {
                for round in 0..15 {
                    let unit = store.catalogue.begin().await?;
                    // Callers add the same names in different orders.
                    let genres = Some(names(if (round + number) % 2 == 0 { &["Crime"] } else { &["Drama", "Comedy"] }));
                    match number % 4 {
                        0 => {
                            unit.movies().add(&draft(&format!("Movie {number} {round}"))).await?;
                        }
                        1 => {
                            unit.movies().lock(own[number]).await?;
                            unit.movies().update(own[number], &MoviePatch { genres, ..MoviePatch::default() }).await?;
                        }
                        2 => {
                            unit.taxonomies().lock(actor).await?;
                            let name = Name::parse(&format!("Actor {number} {round}")).ok();
                            unit.taxonomies().update(actor, &TaxonomyEntryPatch { name, code: None }).await?;
                        }
                        _ => {
                            unit.movies().lock(movie).await?;
                            let title = Name::parse(&format!("Title {number} {round}")).ok();
                            let patch = MoviePatch { name: title, genres, ..MoviePatch::default() };
                            unit.movies().update(movie, &patch).await?;
                        }
                    }
                    match unit.commit().await {
                        Ok(()) => {}
                        other => return other,
                    }
                }
                Ok::<_, StoreError>(())
            }
        })
        .await;
        for outcome in outcomes {
            outcome.unwrap();
        }
        // The search index has the last committed name of the movie and of its actors.
        let shared = store.catalogue.movie(movie).await.unwrap().unwrap();
        let found = async |text: &str| {
            let filter = MovieFilter { search: SearchQuery::parse(text).ok(), ..MovieFilter::default() };
            let first = Position::Page(PageNumber::FIRST);
            let order = MovieOrder::Relevance;
            store.catalogue.movies(&filter, order, first, PageSize::new(100).unwrap()).await.unwrap().page.items.iter().any(|one| one.id == movie)
        };
        assert!(found(shared.name.as_str()).await);
        for actor in &shared.actors {
            assert!(found(&actor.name).await, "{}", actor.name);
        }
    }

    async fn of_fifty_consumptions_of_one_token_one_succeeds(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        unit.link_tokens().issue(LinkKind::Activation, &token(user, 1)).await.unwrap();
        unit.commit().await.unwrap();
        let outcomes = at_once(50, &store, move |store, _| async move {
            let unit = store.accounts.begin().await.unwrap();
            let consumed = unit.link_tokens().consume(LinkKind::Activation, user, TokenDigest([1; 32]), now()).await.unwrap();
            unit.commit().await.unwrap();
            consumed
        })
        .await;
        assert_eq!(outcomes.into_iter().filter(|consumed| *consumed).count(), 1);
    }

    async fn an_account_activated_during_the_cleanup_is_not_removed(url: String) {
        let store = store(&url).await;
        let ann = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let mut user = unit.users().lock(ann).await.unwrap().unwrap();
        user.activate(now()).unwrap();
        unit.users().save(&user).await.unwrap();
        let later = now() + Duration::days(31);
        let cleaner = store.clone();
        let cleaning = tokio::spawn(async move { cleaner.accounts.remove_pending_users(later, later, 10).await });
        // The cleanup has found the account and waits for its lock.
        eventually("the cleanup waits", || lock_is_awaited(&url)).await;
        unit.commit().await.unwrap();
        assert_eq!(cleaning.await.unwrap().unwrap(), 0);
        assert!(store.accounts.user(ann).await.unwrap().unwrap().status.is_active());
    }

    async fn an_account_that_gets_a_link_during_the_cleanup_is_not_removed(url: String) {
        let store = store(&url).await;
        let ann = add_user(&store, "ann@example.com").await.id;
        let later = now() + Duration::days(31);
        let unit = store.accounts.begin().await.unwrap();
        let mut user = unit.users().lock(ann).await.unwrap().unwrap();
        user.register_again(later, false);
        unit.users().save(&user).await.unwrap();
        let link = NewLinkToken { expires_at: later + Duration::days(1), ..token(ann, 1) };
        unit.link_tokens().issue(LinkKind::Activation, &link).await.unwrap();
        let cleaner = store.clone();
        let cleaning = tokio::spawn(async move { cleaner.accounts.remove_pending_users(later, later, 10).await });
        eventually("the cleanup waits", || lock_is_awaited(&url)).await;
        unit.commit().await.unwrap();
        assert_eq!(cleaning.await.unwrap().unwrap(), 0);
        assert!(store.accounts.user(ann).await.unwrap().is_some());
    }

    async fn administrators_who_lock_each_other_never_deadlock(url: String) {
        let store = store(&url).await;
        let mut ids = Vec::new();
        for number in 0..4 {
            ids.push(add_user(&store, &format!("admin{number}@example.com")).await.id);
        }
        for _ in 0..20 {
            let unit = store.accounts.begin().await.unwrap();
            for id in &ids {
                let mut user = unit.users().lock(*id).await.unwrap().unwrap();
                user.change_group(Group::Admin);
                user.reactivate(now());
                unit.users().save(&user).await.unwrap();
            }
            unit.commit().await.unwrap();
            let targets = ids.clone();
            let outcomes = at_once(16, &store, move |store, number| {
                let target = targets[number % targets.len()];
                async move {
                    let unit = store.accounts.begin().await?;
                    let admins = unit.users().lock_active_admins_and(target).await?;
                    if admins.len() > 1 {
                        let mut user = unit.users().lock(target).await?.unwrap();
                        user.change_group(Group::User);
                        unit.users().save(&user).await?;
                    }
                    unit.commit().await
                }
            })
            .await;
            for outcome in outcomes {
                outcome.unwrap();
            }
        }
    }

    async fn no_update_of_a_locked_session_is_lost(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        unit.sessions().start(&session(user, 9)).await.unwrap();
        unit.commit().await.unwrap();
        at_once(20, &store, |store, _| async move {
            let unit = store.accounts.begin().await.unwrap();
            let mut session = unit.sessions().lock(FamilyId([9; 16])).await.unwrap().unwrap();
            session.generation += 1;
            unit.sessions().save(&session).await.unwrap();
            unit.commit().await.unwrap();
        })
        .await;
        let read = store.accounts.authenticated(user, FamilyId([9; 16])).await.unwrap().unwrap().session.unwrap();
        assert_eq!(read.generation, 20);
    }

    async fn thirty_two_concurrent_writers_get_no_busy_error(url: String) {
        let store = store(&url).await;
        let outcomes = at_once(32, &store, |store, number| async move {
            for round in 0..10 {
                let unit = store.accounts.begin().await?;
                unit.users().add(&new_user(&format!("user-{number}-{round}@example.com"))).await?;
                unit.commit().await?;
            }
            Ok::<_, StoreError>(())
        })
        .await;
        for outcome in outcomes {
            outcome.unwrap();
        }
    }
}
