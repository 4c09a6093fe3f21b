use chrono::Duration;
use domain::{
    accounts::{
        AccountQueries, AccountStatus, ClientNetwork, EmailPart, FamilyId, Group, LinkKind, NewLinkToken,
        NewSession, PasswordHash, RetentionStore, TokenDigest, UserFilter, UserId,
    },
    page::{PageNumber, PageSize, Position},
    store::{Begin, StoreError},
};
use test_servers::on_every_database;

use crate::world::{add_user, email, new_user, now, session, store, token};

on_every_database! {
    async fn an_account_is_read_back_as_it_was_stored(url: String) {
        let store = store(&url).await;
        let added = add_user(&store, "ann@example.com").await;
        let read = store.accounts.user_by_email(&email("ann@example.com")).await.unwrap().unwrap();
        assert_eq!((read.id, read.group, read.status), (added.id, Group::User, AccountStatus::Pending));
        assert_eq!((read.created_at, read.token_version), (now(), 0));
        assert_eq!(read.password_hash, new_user("ann@example.com").password_hash);
        assert_eq!(store.accounts.user(added.id).await.unwrap().unwrap().email, email("ann@example.com"));
    }

    async fn a_taken_email_address_is_a_conflict_and_the_unit_of_work_stays_usable(url: String) {
        let store = store(&url).await;
        add_user(&store, "ann@example.com").await;
        let unit = store.accounts.begin().await.unwrap();
        let error = unit.users().add(&new_user("ann@example.com")).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict));
        unit.users().add(&new_user("bob@example.com")).await.unwrap();
        unit.commit().await.unwrap();
        assert!(store.accounts.user_by_email(&email("bob@example.com")).await.unwrap().is_some());
    }

    async fn every_change_of_an_account_is_stored(url: String) {
        let store = store(&url).await;
        let id = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let mut user = unit.users().lock(id).await.unwrap().unwrap();
        user.group = Group::Admin;
        user.status = AccountStatus::Deactivated { activated_at: now() };
        user.token_version = 7;
        user.password_hash = PasswordHash::new("$2b$12$other".into());
        unit.users().save(&user).await.unwrap();
        unit.commit().await.unwrap();
        let read = store.accounts.user(id).await.unwrap().unwrap();
        assert_eq!((read.group, read.status, read.token_version), (Group::Admin, user.status, 7));
        assert_eq!(read.password_hash.expose(), "$2b$12$other");
        assert!(store.accounts.has_admin().await.unwrap());
    }

    async fn a_dropped_or_rolled_back_unit_of_work_stores_nothing(url: String) {
        let store = store(&url).await;
        let unit = store.accounts.begin().await.unwrap();
        unit.users().add(&new_user("ann@example.com")).await.unwrap();
        drop(unit);
        let unit = store.accounts.begin().await.unwrap();
        unit.users().add(&new_user("bob@example.com")).await.unwrap();
        unit.rollback().await.unwrap();
        for address in ["ann@example.com", "bob@example.com"] {
            assert!(store.accounts.user_by_email(&email(address)).await.unwrap().is_none(), "{address}");
        }
    }

    async fn a_missing_row_is_none(url: String) {
        let store = store(&url).await;
        assert!(store.accounts.user(UserId(1)).await.unwrap().is_none());
        assert!(store.accounts.authenticated(UserId(1), FamilyId([1; 16])).await.unwrap().is_none());
        assert!(!store.accounts.has_admin().await.unwrap());
        let unit = store.accounts.begin().await.unwrap();
        assert!(unit.users().lock(UserId(1)).await.unwrap().is_none());
        assert!(unit.sessions().lock(FamilyId([1; 16])).await.unwrap().is_none());
    }

    async fn each_registration_of_an_email_address_has_its_own_token_and_password(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let chosen = |number: u8, hash: &str| NewLinkToken {
            password_hash: Some(PasswordHash::new(hash.to_owned())),
            ..token(user, number)
        };
        let unit = store.accounts.begin().await.unwrap();
        let links = unit.link_tokens();
        for (number, hash) in [(1, "one"), (2, "other"), (3, "one")] {
            links.issue(LinkKind::Activation, &chosen(number, hash)).await.unwrap();
        }
        let mut passwords = Vec::new();
        for number in 1..=4 {
            let hash = links.chosen_password(user, TokenDigest([number; 32])).await.unwrap();
            passwords.push(hash.map(|hash| hash.expose().to_owned()));
        }
        assert_eq!(passwords, [None, Some("other".to_owned()), Some("one".to_owned()), None]);
        let newest = links.live(LinkKind::Activation, user).await.unwrap().unwrap();
        assert_eq!(newest.digest, TokenDigest([3; 32]));
        assert!(links.consume(LinkKind::Activation, user, TokenDigest([2; 32]), now()).await.unwrap());
        unit.commit().await.unwrap();
    }

    async fn networks_of_an_account_are_known_until_they_are_purged(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        add_user(&store, "bob@example.com").await;
        let network = |address: &str| ClientNetwork::of(address.parse().unwrap());
        let unit = store.accounts.begin().await.unwrap();
        for (address, days) in [("2001:db8::1", 0), ("2001:db8::2", 2), ("203.0.113.7", 1)] {
            let seen_at = now() + Duration::days(days);
            unit.users().remember_network(user, network(address), seen_at).await.unwrap();
        }
        unit.commit().await.unwrap();
        let known = async |address: &str, of: &str| {
            store.accounts.is_known_network(&email(of), network(address)).await.unwrap()
        };
        assert!(known("2001:db8::3", "ann@example.com").await && known("203.0.113.7", "ann@example.com").await);
        assert!(!known("203.0.113.8", "ann@example.com").await);
        assert!(!known("203.0.113.7", "bob@example.com").await && !known("203.0.113.7", "no@example.com").await);
        assert_eq!(store.accounts.remove_networks(now() + Duration::hours(36), 10).await.unwrap(), 1);
        assert!(known("2001:db8::3", "ann@example.com").await && !known("203.0.113.7", "ann@example.com").await);
    }

    async fn a_token_is_consumed_once_before_it_expires_by_its_digest(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let id = unit.link_tokens().issue(LinkKind::Activation, &token(user, 1)).await.unwrap();
        let tokens = unit.link_tokens();
        assert!(!tokens.consume(LinkKind::Activation, user, TokenDigest([2; 32]), now()).await.unwrap());
        assert!(!tokens.consume(LinkKind::Activation, UserId(user.0 + 1), TokenDigest([1; 32]), now()).await.unwrap());
        assert!(!tokens.consume(LinkKind::Activation, user, TokenDigest([1; 32]), now() + Duration::hours(1)).await.unwrap());
        assert!(tokens.consume(LinkKind::Activation, user, TokenDigest([1; 32]), now() + Duration::minutes(59)).await.unwrap());
        assert!(!tokens.consume(LinkKind::Activation, user, TokenDigest([1; 32]), now()).await.unwrap());
        unit.commit().await.unwrap();
        assert!(store.accounts.live_link_token(LinkKind::Activation, id).await.unwrap().is_none());
    }

    async fn a_new_token_replaces_the_old_one(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let old = unit.link_tokens().issue(LinkKind::Activation, &token(user, 1)).await.unwrap();
        let new = unit.link_tokens().issue(LinkKind::Activation, &token(user, 2)).await.unwrap();
        unit.commit().await.unwrap();
        assert!(store.accounts.live_link_token(LinkKind::Activation, old).await.unwrap().is_none());
        let live = store.accounts.live_link_token(LinkKind::Activation, new).await.unwrap().unwrap();
        assert_eq!((live.user_id, live.nonce.0, live.digest.0), (user, [2; 16], [2; 32]));
        assert_eq!(live.expires_at, token(user, 2).expires_at);
    }

    async fn a_session_is_read_back_with_its_owner_in_one_read(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let other = add_user(&store, "eve@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let started = unit.sessions().start(&session(user, 9)).await.unwrap();
        unit.commit().await.unwrap();
        let found = store.accounts.authenticated(user, FamilyId([9; 16])).await.unwrap().unwrap();
        let read = found.session.unwrap();
        assert_eq!((found.user.id, read.id, read.origin), (user, started.id, session(user, 9).origin));
        assert_eq!((read.created_at, read.expires_at), (now(), now() + Duration::days(7)));
        assert!(store.accounts.authenticated(user, FamilyId([8; 16])).await.unwrap().unwrap().session.is_none());
        assert!(store.accounts.authenticated(other, FamilyId([9; 16])).await.unwrap().unwrap().session.is_none());
    }

    async fn changes_of_a_session_are_stored(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        unit.sessions().start(&session(user, 9)).await.unwrap();
        let mut changed = unit.sessions().lock(FamilyId([9; 16])).await.unwrap().unwrap();
        let later = now() + Duration::hours(1);
        changed.refresh(0, later, Duration::days(7)).unwrap();
        changed.end(later);
        unit.sessions().save(&changed).await.unwrap();
        unit.commit().await.unwrap();
        let read = store.accounts.authenticated(user, FamilyId([9; 16])).await.unwrap().unwrap().session.unwrap();
        assert_eq!((read.generation, read.last_used_at, read.ended_at), (1, later, Some(later)));
        assert_eq!(read.expires_at, later + Duration::days(7));
    }

    async fn accounts_are_found_by_part_of_the_email_address_by_group_and_by_status(url: String) {
        let store = store(&url).await;
        for address in ["ann@example.com", "a_n%n@example.com", "bob@other.org"] {
            add_user(&store, address).await;
        }
        let unit = store.accounts.begin().await.unwrap();
        let mut bob = unit.users().lock_by_email(&email("bob@other.org")).await.unwrap().unwrap();
        bob.reactivate(now());
        bob.change_group(Group::Moderator);
        unit.users().save(&bob).await.unwrap();
        unit.commit().await.unwrap();
        let find = async |filter: UserFilter| {
            let page = store.accounts.users(&filter, Position::Page(PageNumber::FIRST), PageSize::DEFAULT).await.unwrap();
            assert_eq!(page.total, Some(i64::try_from(page.items.len()).unwrap()));
            page.items.iter().map(|user| user.email.to_string()).collect::<Vec<_>>()
        };
        let by_email = |part: &str| UserFilter { email: Some(EmailPart::parse(part).unwrap()), ..Default::default() };
        assert_eq!(find(UserFilter::default()).await, ["bob@other.org", "a_n%n@example.com", "ann@example.com"]);
        assert_eq!(find(by_email("EXAMPLE.com")).await, ["a_n%n@example.com", "ann@example.com"]);
        for literal in ["_n%", "%", "_"] {
            assert_eq!(find(by_email(literal)).await, ["a_n%n@example.com"], "{literal}");
        }
        assert_eq!(find(by_email("\\")).await, [""; 0]);
        assert_eq!(find(UserFilter { group: Some(Group::Moderator), ..Default::default() }).await, ["bob@other.org"]);
        assert_eq!(find(UserFilter { is_active: Some(false), ..Default::default() }).await.len(), 2);
    }

    async fn accounts_are_listed_by_page_and_by_cursor(url: String) {
        let store = store(&url).await;
        for number in 1..=5 {
            add_user(&store, &format!("user{number}@example.com")).await;
        }
        let size = PageSize::new(2).unwrap();
        let filter = UserFilter::default();
        let last = store.accounts.users(&filter, Position::Page(PageNumber::new(3).unwrap()), size).await.unwrap();
        assert_eq!((last.items.len(), last.has_more, last.total), (1, false, Some(5)));
        let after = store.accounts.users(&filter, Position::After(UserId(4)), size).await.unwrap();
        assert_eq!((after.items[0].id, after.has_more, after.total), (UserId(3), true, None));
        let far = store.accounts.users(&filter, Position::Page(PageNumber::new(i64::MAX).unwrap()), size).await.unwrap();
        assert!(far.items.is_empty());
    }

    async fn only_active_administrators_are_locked(url: String) {
        let store = store(&url).await;
        let ids = [add_user(&store, "ann@example.com").await.id, add_user(&store, "bob@example.com").await.id];
        let unit = store.accounts.begin().await.unwrap();
        for id in ids {
            let mut user = unit.users().lock(id).await.unwrap().unwrap();
            user.change_group(Group::Admin);
            user.reactivate(now());
            if id == ids[1] {
                user.deactivate(now());
            }
            unit.users().save(&user).await.unwrap();
        }
        assert_eq!(unit.users().lock_active_admins_and(ids[1]).await.unwrap(), [ids[0]]);
        unit.commit().await.unwrap();
    }

    async fn only_live_sessions_are_listed(url: String) {
        let store = store(&url).await;
        let ann = add_user(&store, "ann@example.com").await;
        let eve = add_user(&store, "eve@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let live = unit.sessions().start(&session(ann.id, 1)).await.unwrap();
        let mut ended = unit.sessions().start(&session(ann.id, 2)).await.unwrap();
        ended.end(now());
        unit.sessions().save(&ended).await.unwrap();
        unit.sessions().start(&NewSession { token_version: 1, ..session(ann.id, 3) }).await.unwrap();
        unit.sessions().start(&session(eve, 4)).await.unwrap();
        assert_eq!(unit.sessions().lock_by_id(live.id).await.unwrap().unwrap().family, FamilyId([1; 16]));
        unit.commit().await.unwrap();
        let list = async |at| {
            let position = Position::Page(PageNumber::FIRST);
            store.accounts.live_sessions(&ann, at, position, PageSize::DEFAULT).await.unwrap()
        };
        let page = list(now()).await;
        assert_eq!((page.items[0].id, page.items.len(), page.total), (live.id, 1, Some(1)));
        assert!(list(now() + Duration::days(7)).await.items.is_empty());
    }

    async fn tokens_of_different_kinds_are_independent(url: String) {
        let store = store(&url).await;
        let user = add_user(&store, "ann@example.com").await.id;
        let unit = store.accounts.begin().await.unwrap();
        let tokens = unit.link_tokens();
        tokens.issue(LinkKind::Activation, &token(user, 1)).await.unwrap();
        tokens.issue(LinkKind::PasswordReset, &token(user, 2)).await.unwrap();
        assert!(!tokens.consume(LinkKind::Activation, user, TokenDigest([2; 32]), now()).await.unwrap());
        let live = tokens.live(LinkKind::PasswordReset, user).await.unwrap().unwrap();
        assert_eq!((live.digest, live.issued_at), (TokenDigest([2; 32]), now()));
        assert!(tokens.consume(LinkKind::PasswordReset, user, TokenDigest([2; 32]), now()).await.unwrap());
        assert!(tokens.live(LinkKind::PasswordReset, user).await.unwrap().is_none());
        assert!(tokens.live(LinkKind::Activation, user).await.unwrap().is_some());
        tokens.revoke(LinkKind::Activation, user).await.unwrap();
        assert!(tokens.live(LinkKind::Activation, user).await.unwrap().is_none());
        unit.commit().await.unwrap();
        let holder = async |kind, address, byte| {
            store.accounts.link_holder(kind, &email(address), TokenDigest([byte; 32])).await.unwrap()
        };
        // A consumed token still identifies its holder.
        assert_eq!(holder(LinkKind::PasswordReset, "ann@example.com", 2).await, Some(user));
        assert_eq!(holder(LinkKind::PasswordReset, "ann@example.com", 1).await, None);
        assert_eq!(holder(LinkKind::PasswordReset, "bob@example.com", 2).await, None);
        assert_eq!(holder(LinkKind::Activation, "ann@example.com", 2).await, None);
    }

    async fn only_expired_rows_are_removed_in_batches(url: String) {
        let store = store(&url).await;
        let unit = store.accounts.begin().await.unwrap();
        let mut ann = unit.users().add(&new_user("ann@example.com")).await.unwrap();
        ann.reactivate(now());
        ann.deactivate(now());
        unit.users().save(&ann).await.unwrap();
        for number in 0..5 {
            let user = unit.users().add(&new_user(&format!("user{number}@example.com"))).await.unwrap();
            unit.link_tokens().issue(LinkKind::Activation, &token(user.id, number)).await.unwrap();
        }
        let mut ended = unit.sessions().start(&session(ann.id, 1)).await.unwrap();
        ended.end(now());
        unit.sessions().save(&ended).await.unwrap();
        unit.sessions().start(&session(ann.id, 2)).await.unwrap();
        unit.commit().await.unwrap();

        let later = now() + Duration::hours(2);
        assert_eq!(store.accounts.remove_links(LinkKind::Activation, now(), 10).await.unwrap(), 0);
        assert_eq!(store.accounts.remove_links(LinkKind::PasswordReset, later, 10).await.unwrap(), 0);
        assert_eq!(store.accounts.remove_pending_users(later, now(), 10).await.unwrap(), 0);
        assert_eq!(store.accounts.remove_links(LinkKind::Activation, later, 3).await.unwrap(), 3);
        assert_eq!(store.accounts.remove_links(LinkKind::Activation, later, 3).await.unwrap(), 2);
        assert_eq!(store.accounts.remove_sessions(now(), 10).await.unwrap(), 0);
        assert_eq!(store.accounts.remove_sessions(later, 10).await.unwrap(), 1);
        assert_eq!(store.accounts.remove_sessions(now() + Duration::days(8), 10).await.unwrap(), 1);
        assert_eq!(store.accounts.remove_pending_users(now(), later, 10).await.unwrap(), 0);
        assert_eq!(store.accounts.remove_pending_users(later, later, 10).await.unwrap(), 5);
        assert!(store.accounts.user(ann.id).await.unwrap().is_some());
    }
}
