use application::{
    administration::{change_group, deactivate_user},
    profiles::{
        ProfileError, UploadError, create_profile, delete_avatar, delete_profile, get_profile,
        process_avatar, process_upload, update_profile,
    },
    retention::clean_up,
};
use chrono::Duration;
use domain::{
    accounts::{Group, User, UserId},
    profiles::{AvatarSize, Gender, Info, PersonName, ProcessedAvatar, Profile, ProfileChange},
    rate_limit::Limit,
};
use futures::future::join_all;

use crate::world::World;

fn change() -> ProfileChange {
    ProfileChange {
        first_name: PersonName::parse("Ann").ok(),
        last_name: PersonName::parse("Lee").ok(),
        gender: Some(Gender::Woman),
        date_of_birth: None,
        info: Info::parse("I like movies.").ok(),
    }
}

fn picture(text: &str) -> ProcessedAvatar {
    ProcessedAvatar { large: text.into(), small: text.into() }
}

async fn ann(world: &World) -> User {
    let id = world.active("ann@example.com").await.id;
    world.store.users().into_iter().find(|user| user.id == id).unwrap()
}

async fn user_in(world: &World, group: Group) -> User {
    let id = world.active(&format!("{group}@example.com")).await.id;
    change_group(&world.accounts, id, group).await.unwrap();
    world.store.users().into_iter().find(|user| user.id == id).unwrap()
}

async fn set_avatar(world: &World, caller: &User, user: UserId, text: &str) -> Result<Profile, ProfileError> {
    update_profile(&world.profiles, caller, user, ProfileChange::default(), Some(picture(text)), None).await
}

/// The names of the objects that this profile shows.
fn shown(profile: &Profile) -> Vec<String> {
    let mut names: Vec<_> = AvatarSize::ALL
        .iter()
        .filter_map(|size| profile.avatar.as_ref().map(|key| key.object(*size)))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_profile_is_created_once_with_its_picture() {
    let world = World::new();
    let ann = ann(&world).await;
    let profile =
        create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("one"))).await.unwrap();
    assert_eq!(get_profile(&world.profiles, &ann, ann.id).await.unwrap(), profile);
    assert_eq!(world.objects.names(), shown(&profile));
    let again = create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("other"))).await;
    assert!(matches!(again, Err(ProfileError::AlreadyExists)));
    assert_eq!(world.objects.names(), shown(&profile), "a refused creation uploads nothing");
}

#[tokio::test]
async fn of_many_concurrent_creations_of_a_profile_one_succeeds_and_the_other_pictures_are_removed() {
    let world = World::new();
    let ann = ann(&world).await;
    let all = (0..50).map(|number| {
        create_profile(&world.profiles, &ann, ann.id, change(), Some(picture(&number.to_string())))
    });
    let outcomes = join_all(all).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    world.deliver_all().await;
    let profile = get_profile(&world.profiles, &ann, ann.id).await.unwrap();
    assert_eq!(world.objects.names(), shown(&profile));
    clean_up(&world.retention).await.unwrap();
    assert_eq!(world.objects.names(), shown(&profile));
}

#[tokio::test]
async fn only_the_owner_and_the_staff_may_change_a_profile() {
    let world = World::new();
    let ann = ann(&world).await;
    let other = user_in(&world, Group::User).await;
    for caller in [user_in(&world, Group::Moderator).await, user_in(&world, Group::Admin).await, ann.clone()]
    {
        create_profile(&world.profiles, &caller, ann.id, change(), None).await.unwrap();
        for outcome in [
            create_profile(&world.profiles, &other, ann.id, change(), None).await.map(|_| ()),
            update_profile(&world.profiles, &other, ann.id, change(), None, None).await.map(|_| ()),
            set_avatar(&world, &other, ann.id, "x").await.map(|_| ()),
            delete_avatar(&world.profiles, &other, ann.id, None).await,
            delete_profile(&world.profiles, &other, ann.id, None).await,
        ] {
            assert!(matches!(outcome, Err(ProfileError::Forbidden)), "{outcome:?}");
        }
        update_profile(&world.profiles, &caller, ann.id, change(), None, None).await.unwrap();
        delete_profile(&world.profiles, &caller, ann.id, None).await.unwrap();
    }
}

#[tokio::test]
async fn other_users_see_the_first_name_the_info_and_the_picture() {
    let world = World::new();
    let ann = ann(&world).await;
    let profile = create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("x"))).await.unwrap();
    let moderator = user_in(&world, Group::Moderator).await;
    assert_eq!(get_profile(&world.profiles, &moderator, ann.id).await.unwrap(), profile);
    let other = user_in(&world, Group::User).await;
    let seen = get_profile(&world.profiles, &other, ann.id).await.unwrap();
    assert_eq!(seen, profile.public_view());
    assert!(matches!(get_profile(&world.profiles, &other, other.id).await, Err(ProfileError::NotFound)));
}

#[tokio::test]
async fn a_deactivated_account_gets_no_profile() {
    let world = World::new();
    let ann = ann(&world).await;
    let moderator = user_in(&world, Group::Moderator).await;
    deactivate_user(&world.accounts, ann.id).await.unwrap();
    let outcome = create_profile(&world.profiles, &moderator, ann.id, change(), Some(picture("x"))).await;
    assert!(matches!(outcome, Err(ProfileError::UserNotActive)));
    assert!(world.objects.names().is_empty());
}

#[tokio::test]
async fn a_new_picture_replaces_the_previous_one() {
    let world = World::new();
    let ann = ann(&world).await;
    let before = create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("one"))).await.unwrap();
    let after = set_avatar(&world, &ann, ann.id, "two").await.unwrap();
    assert_ne!(before.avatar, after.avatar);
    assert_eq!(Profile { avatar: before.avatar.clone(), ..after.clone() }, before);
    world.deliver_all().await;
    assert_eq!(world.objects.names(), shown(&after));
    delete_avatar(&world.profiles, &ann, ann.id, None).await.unwrap();
    delete_avatar(&world.profiles, &ann, ann.id, None).await.unwrap();
    world.deliver_all().await;
    assert!(world.objects.names().is_empty());
}

#[tokio::test]
async fn deleting_a_profile_removes_its_picture() {
    let world = World::new();
    let ann = ann(&world).await;
    create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("one"))).await.unwrap();
    delete_profile(&world.profiles, &ann, ann.id, None).await.unwrap();
    assert!(matches!(delete_profile(&world.profiles, &ann, ann.id, None).await, Err(ProfileError::NotFound)));
    world.deliver_all().await;
    assert!(world.objects.names().is_empty());
}

#[tokio::test]
async fn a_failing_object_store_leaves_the_profile_unchanged_and_no_orphaned_object() {
    let world = World::new();
    let ann = ann(&world).await;
    let before = create_profile(&world.profiles, &ann, ann.id, change(), Some(picture("one"))).await.unwrap();
    world.objects.break_down();
    let outcome = set_avatar(&world, &ann, ann.id, "two").await;
    assert!(matches!(outcome, Err(ProfileError::UploadFailed { .. })));
    assert_eq!(get_profile(&world.profiles, &ann, ann.id).await.unwrap(), before);
    update_profile(&world.profiles, &ann, ann.id, change(), None, None).await.unwrap();
    world.objects.repair();
    let removed = clean_up(&world.retention).await.unwrap();
    assert_eq!(removed.count("unused pictures"), 1);
    assert_eq!(world.objects.names(), shown(&before));
}

#[tokio::test]
async fn the_cleanup_removes_the_picture_of_a_failed_commit() {
    let world = World::new();
    let ann = ann(&world).await;
    let profile = create_profile(&world.profiles, &ann, ann.id, change(), None).await.unwrap();
    world.store.break_commits_after(1);
    let outcome = set_avatar(&world, &ann, ann.id, "lost").await;
    assert!(matches!(outcome, Err(ProfileError::Store(_))), "{outcome:?}");
    world.store.repair();
    assert_eq!(world.objects.names().len(), 2);
    assert_eq!(
        clean_up(&world.retention).await.unwrap().count("unused pictures"),
        0,
        "the upload may still be in progress"
    );
    world.later(Duration::minutes(10) + Duration::seconds(1));
    assert_eq!(clean_up(&world.retention).await.unwrap().count("unused pictures"), 1);
    assert!(world.objects.names().is_empty());
    assert_eq!(get_profile(&world.profiles, &ann, ann.id).await.unwrap(), profile);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let world = World::new();
    let outcome = process_avatar(&world.profiles, vec![0; 1024 * 1024 + 1]).await;
    assert_eq!(outcome.unwrap_err().to_string(), "Image size exceeds 1 MB");
    assert!(process_avatar(&world.profiles, vec![1; 1024 * 1024]).await.is_ok());
}

#[tokio::test]
async fn uploads_per_user_are_limited_including_failed_ones() {
    let mut world = World::new();
    world.profiles.avatars_per_user = Some(Limit { uses: 2, per: std::time::Duration::from_mins(1) });
    let upload =
        async |user, bytes: usize| process_upload(&world.profiles, UserId(user), vec![1; bytes]).await;
    assert!(matches!(upload(1, 2 * 1024 * 1024).await, Err(UploadError::Processing(_))));
    assert!(upload(1, 9).await.is_ok());
    assert!(matches!(upload(1, 9).await, Err(UploadError::TooMany(_))));
    assert!(upload(2, 9).await.is_ok());
}
