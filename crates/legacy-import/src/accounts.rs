use std::path::Path;

use application::profiles::{self, ProfileError, Profiles, process_avatar};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    accounts::{AccountStatus, Email, Group, NewUser, PasswordHash},
    profiles::{BirthDate, Gender, Info, PersonName, ProcessedAvatar, ProfileChange},
    store::StoreError,
};

use crate::{LegacyImportReport, database::LegacyAccount, pictures};

/// Imports an account with its profile and picture, all or nothing.
pub(crate) async fn import_account(
    profiles: &Profiles,
    account: &LegacyAccount,
    avatars: Option<&Path>,
    report: &mut LegacyImportReport,
    log: &mut impl FnMut(String),
) -> Result<(), StoreError> {
    let (id, now) = (account.id, profiles.clock.now());
    let new = match new_user(account, now) {
        Ok(new) => new,
        Err(reason) => {
            report.refused_accounts += 1;
            log(format!("account {id}: {reason}"));
            return Ok(());
        }
    };
    if profiles.accounts.user_by_email(&new.email).await?.is_some() {
        report.known_accounts += 1;
        return Ok(());
    }
    let change = account
        .has_profile
        .then(|| change_of(account, now.date_naive(), |what| log(format!("account {id}: {what}"))));
    let avatar = match (&account.avatar, avatars) {
        (Some(key), Some(folder)) => processed(profiles, folder, key)
            .await
            .map_err(|reason| log(format!("account {id}: picture: {reason}")))
            .ok(),
        _ => None,
    };
    match profiles::import_account(profiles, &new, change.as_ref(), avatar.as_ref()).await {
        Ok(true) => {
            report.accounts += 1;
            report.profiles += u64::from(change.is_some());
            report.avatars += u64::from(avatar.is_some());
        }
        Ok(false) => report.known_accounts += 1,
        Err(ProfileError::Store(error)) => return Err(error),
        Err(error) => return Err(StoreError::Unavailable(error.into())),
    }
    Ok(())
}

/// Reads and processes the picture with this key.
async fn processed(profiles: &Profiles, folder: &Path, key: &str) -> Result<ProcessedAvatar, String> {
    process_avatar(profiles, pictures::read(folder, key)?).await.map_err(|error| error.to_string())
}

fn new_user(account: &LegacyAccount, now: DateTime<Utc>) -> Result<NewUser, String> {
    let email = Email::parse(&account.email).map_err(|error| format!("address: {error}"))?;
    let group = account.group_name.parse::<Group>().map_err(|error| format!("group: {error}"))?;
    if !is_bcrypt(&account.hashed_password) {
        return Err("password: not a bcrypt hash".to_owned());
    }
    let since = account.created_at;
    // The owner of an unconfirmed address has as long to confirm it as after a new registration.
    let (status, created_at) = if account.is_active {
        (AccountStatus::Active { since }, since)
    } else {
        (AccountStatus::Pending, now)
    };
    Ok(NewUser {
        email,
        password_hash: PasswordHash::new(account.hashed_password.clone()),
        group,
        status,
        created_at,
    })
}

/// Whether this is `$2b$12$` and 53 more characters, or an older bcrypt version.
fn is_bcrypt(hash: &str) -> bool {
    hash.len() == 60 && ["$2a$", "$2b$", "$2y$"].iter().any(|version| hash.starts_with(version))
}

/// Converts the valid fields of a profile; skips and logs the others.
fn change_of(account: &LegacyAccount, today: NaiveDate, mut log: impl FnMut(String)) -> ProfileChange {
    let mut skip = |what: &str, reason: String| log(format!("{what} skipped: {reason}"));
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut name = |what: &str, text: &Option<String>| {
        let name = given(text).map(|text| PersonName::parse(&text)).transpose();
        name.map_err(|error| skip(what, error.to_string())).ok().flatten()
    };
    let (first_name, last_name) =
        (name("first name", &account.first_name), name("last name", &account.last_name));
    let gender = given(&account.gender).map(|text| text.parse::<Gender>()).transpose();
    let gender = gender.map_err(|error| skip("gender", error.to_string())).ok().flatten();
    let born = account.date_of_birth.map(|day| BirthDate::parse(&day.to_string(), today));
    let born = born.transpose().map_err(|error| skip("date of birth", error.to_string())).ok().flatten();
    let info = given(&account.info).map(|text| Info::parse(&text)).transpose();
    let info = info.map_err(|error| skip("info", error.to_string())).ok().flatten();
    ProfileChange { first_name, last_name, gender, date_of_birth: born, info }
}
