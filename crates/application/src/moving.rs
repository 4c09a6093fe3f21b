//! Legacy import: accounts with their passwords and profiles, and movies.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    accounts::{AccountStatus, Email, Group, NewUser, PasswordHash},
    catalogue::{MovieDraft, Name, NameList},
    legacy::{LegacyAccount, LegacyMovie, LegacyProfile, LegacySource},
    profiles::{BirthDate, Gender, Info, PersonName, ProcessedAvatar, ProfileChange},
    store::StoreError,
};

use crate::{
    catalogue::{
        Catalogue,
        import::{ImportError, ImportReport, ImportRow, Refusal, RowError, import_movies},
    },
    profiles::{ProfileError, Profiles, adopt, process_avatar},
};

/// Accounts or movies per read, and the maximum in memory.
const BATCH: u64 = 500;

/// Result of [`legacy_import`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegacyImportReport {
    /// Accounts that were created.
    pub accounts: u64,
    /// Accounts whose address is already registered; they are left unchanged.
    pub known_accounts: u64,
    /// Accounts that were not imported because their data is invalid.
    pub refused_accounts: u64,
    /// Profiles that were created.
    pub profiles: u64,
    /// Pictures that were uploaded.
    pub avatars: u64,
    /// Result of the import of the movies.
    pub movies: ImportReport,
}

/// Imports all accounts and movies of the legacy service; existing ones are left unchanged. `picture` returns the file of a
/// picture by its key, or `None` if pictures are not imported. Passes each account, field, picture and movie that cannot be
/// imported to `log`, with its legacy id and never with a password.
///
/// # Errors
///
/// [`StoreError`] of either side. Everything imported before it stays stored, and a repeated import adds the rest.
pub async fn legacy_import(
    legacy: &dyn LegacySource,
    profiles: &Profiles,
    catalogue: &Catalogue,
    picture: impl Fn(&str) -> Result<Option<Vec<u8>>, String>,
    mut log: impl FnMut(String),
) -> Result<LegacyImportReport, StoreError> {
    let mut report = LegacyImportReport::default();
    let mut last = 0;
    loop {
        let accounts = legacy.accounts(last, BATCH).await?;
        let Some(newest) = accounts.last() else { break };
        last = newest.id;
        for account in &accounts {
            move_account(profiles, account, &picture, &mut report, &mut log).await?;
        }
    }
    last = 0;
    loop {
        let movies = legacy.movies(last, BATCH).await?;
        let Some(newest) = movies.last() else { return Ok(report) };
        last = newest.id;
        let refused = |refusal: Refusal| log(format!("movie {}: {}", refusal.line, refusal.error));
        let drafts = movies.iter().map(|movie| Ok::<_, StoreError>(draft(movie)));
        let moved = import_movies(catalogue, drafts, refused, |_| {}).await;
        let moved = moved.map_err(|error| match error {
            ImportError::Source(error) | ImportError::Store(error) => error,
        })?;
        report.movies.read += moved.read;
        report.movies.added += moved.added;
        report.movies.existing += moved.existing;
        report.movies.refused += moved.refused;
    }
}

async fn move_account(
    profiles: &Profiles,
    account: &LegacyAccount,
    picture: &impl Fn(&str) -> Result<Option<Vec<u8>>, String>,
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
    let profile = account.profile.as_ref();
    let change = profile
        .map(|profile| change_of(profile, now.date_naive(), |what| log(format!("account {id}: {what}"))));
    let avatar = match profile.and_then(|profile| profile.avatar.as_deref()) {
        Some(key) => processed(profiles, key, picture).await.unwrap_or_else(|reason| {
            log(format!("account {id}: picture: {reason}"));
            None
        }),
        None => None,
    };
    let has_avatar = avatar.is_some();
    match adopt(profiles, &new, change.as_ref(), avatar.as_ref()).await {
        Ok(true) => {
            report.accounts += 1;
            report.profiles += u64::from(change.is_some());
            report.avatars += u64::from(has_avatar);
        }
        Ok(false) => report.known_accounts += 1,
        Err(ProfileError::Store(error)) => return Err(error),
        Err(error) => return Err(StoreError::Unavailable(error.into())),
    }
    Ok(())
}

/// Reads and processes the picture with this key.
async fn processed(
    profiles: &Profiles,
    key: &str,
    picture: &impl Fn(&str) -> Result<Option<Vec<u8>>, String>,
) -> Result<Option<ProcessedAvatar>, String> {
    let Some(file) = picture(key)? else { return Ok(None) };
    process_avatar(profiles, file).await.map(Some).map_err(|error| error.to_string())
}

fn new_user(account: &LegacyAccount, now: DateTime<Utc>) -> Result<NewUser, String> {
    let email = Email::parse(&account.email).map_err(|error| format!("address: {error}"))?;
    let group = account.group.parse::<Group>().map_err(|error| format!("group: {error}"))?;
    if !is_bcrypt(&account.password_hash) {
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
        password_hash: PasswordHash::new(account.password_hash.clone()),
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
fn change_of(profile: &LegacyProfile, today: NaiveDate, mut log: impl FnMut(String)) -> ProfileChange {
    let mut skip = |what: &str, reason: String| log(format!("{what} skipped: {reason}"));
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut name = |what: &str, text: &Option<String>| {
        let name = given(text).map(|text| PersonName::parse(&text)).transpose();
        name.map_err(|error| skip(what, error.to_string())).ok().flatten()
    };
    let (first_name, last_name) =
        (name("first name", &profile.first_name), name("last name", &profile.last_name));
    let gender = given(&profile.gender).map(|text| text.parse::<Gender>()).transpose();
    let gender = gender.map_err(|error| skip("gender", error.to_string())).ok().flatten();
    let born = profile.date_of_birth.map(|day| BirthDate::parse(&day.to_string(), today));
    let born = born.transpose().map_err(|error| skip("date of birth", error.to_string())).ok().flatten();
    let info = given(&profile.info).map(|text| Info::parse(&text)).transpose();
    let info = info.map_err(|error| skip("info", error.to_string())).ok().flatten();
    ProfileChange { first_name, last_name, gender, date_of_birth: born, info }
}

/// Converts a movie to a draft; the legacy id takes the place of the line.
fn draft(movie: &LegacyMovie) -> Result<MovieDraft, Refusal> {
    let refuse = |error| Refusal { line: movie.id.unsigned_abs(), error };
    let row = ImportRow {
        line: movie.id.unsigned_abs(),
        names: movie.name.clone(),
        date_x: movie.date.clone(),
        score: movie.score.clone(),
        overview: movie.overview.clone(),
        status: status(&movie.status),
        budget_x: movie.budget.clone(),
        revenue: movie.revenue.clone(),
        country: movie.country.clone(),
        ..ImportRow::default()
    };
    let draft = row.draft().map_err(refuse)?;
    let list = |column, all: &[String]| {
        let known =
            all.iter().filter(|name| !name.trim().is_empty() && !name.trim().eq_ignore_ascii_case("unknown"));
        let names = known.map(|name| Name::parse(name)).collect::<Result<Vec<_>, _>>();
        let wrong = |reason: String| refuse(RowError { column, reason });
        NameList::new(names.map_err(|error| wrong(error.to_string()))?)
            .map_err(|error| wrong(error.to_string()))
    };
    Ok(MovieDraft {
        genres: list("genres", &movie.genres)?,
        actors: list("actors", &movie.actors)?,
        languages: list("languages", &movie.languages)?,
        ..draft
    })
}

/// Converts the stored name of an enumeration: `POST_PRODUCTION` becomes `Post Production`.
fn status(text: &str) -> String {
    let words = text.split(['_', ' ']).map(|word| {
        let mut characters = word.chars();
        let first = characters.next().map(|character| character.to_ascii_uppercase());
        first.into_iter().chain(characters.flat_map(char::to_lowercase)).collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}
