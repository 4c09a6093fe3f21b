use application::accounts::{
    FirstAdmin, GrantedAdmin, authenticate, draw_password, ensure_first_admin, grant_admin,
};
use domain::accounts::Group;

use crate::world::{PASSWORD, World, email, password};

#[tokio::test]
async fn the_first_start_makes_an_administrator_with_a_drawn_password_and_the_second_none() {
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
async fn the_first_administrator_takes_the_password_that_was_configured() {
    let world = World::new();
    ensure_first_admin(&world.accounts, email("admin@example.com"), Some(password(PASSWORD))).await.unwrap();
    world.login("admin@example.com").await;
}

#[tokio::test]
async fn an_account_that_exists_is_promoted_and_logged_out_everywhere() {
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
async fn drawn_passwords_differ() {
    let world = World::new();
    let drawn: std::collections::HashSet<_> =
        (0..100).map(|_| draw_password(&world.accounts).expose().to_owned()).collect();
    assert_eq!(drawn.len(), 100);
}
