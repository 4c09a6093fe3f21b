use application::accounts::{
    FirstAdmin, GrantedAdmin, authenticate, ensure_first_admin, generate_password, grant_admin,
};
use domain::accounts::Group;

use crate::world::{PASSWORD, World, email, password};

#[tokio::test]
async fn the_first_start_creates_an_administrator_with_a_random_password_and_the_second_none() {
    let world = World::new();
    let FirstAdmin::Created { password } =
        ensure_first_admin(&world.accounts, email("admin@example.com"), None).await.unwrap()
    else {
        panic!("there was none before")
    };
    let admin = &world.store.users()[0];
    assert!(admin.group == Group::Admin && admin.status.is_active());
    assert_eq!(admin.password_hash.expose(), format!("plain:{}", password.expose()));
    let again = ensure_first_admin(&world.accounts, email("other@example.com"), None).await.unwrap();
    assert!(matches!(again, FirstAdmin::Present));
    assert_eq!(world.store.users().len(), 1);
}

#[tokio::test]
async fn the_first_administrator_gets_the_configured_password() {
    let world = World::new();
    ensure_first_admin(&world.accounts, email("admin@example.com"), Some(password(PASSWORD))).await.unwrap();
    world.login("admin@example.com").await;
}

#[tokio::test]
async fn an_existing_account_is_promoted_and_its_sessions_end() {
    let world = World::new();
    world.active("ann@example.com").await;
    let token = world.login("ann@example.com").await.access_token;
    let granted =
        grant_admin(&world.accounts, email("ann@example.com"), &password("Another-1!")).await.unwrap();
    assert_eq!(granted, GrantedAdmin::Promoted);
    assert!(authenticate(&world.accounts, &token).await.is_err());
    assert_eq!(world.store.users()[0].group, Group::Admin);
}

#[tokio::test]
async fn generated_passwords_differ() {
    let world = World::new();
    let generated: std::collections::HashSet<_> =
        (0..100).map(|_| generate_password(&world.accounts).expose().to_owned()).collect();
    assert_eq!(generated.len(), 100);
}
