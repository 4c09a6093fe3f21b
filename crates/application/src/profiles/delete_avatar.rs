use domain::{
    accounts::{User, UserId},
    outbox::Message,
    profiles::Profile,
};

use super::{ProfileError, Profiles, may_change};
use crate::precondition::{Precondition, check};

/// Takes the picture out of a profile; doing so again succeeds.
///
/// # Errors
///
/// [`ProfileError`]; nothing was changed then.
pub async fn delete_avatar(
    profiles: &Profiles,
    caller: &User,
    user: UserId,
    expected: Precondition<'_, Profile>,
) -> Result<(), ProfileError> {
    may_change(caller, user)?;
    let unit = profiles.store.begin().await?;
    let mut profile = unit.profiles().lock(user).await?.ok_or(ProfileError::NotFound)?;
    check(expected, &profile)?;
    let Some(old) = profile.avatar.take() else { return Ok(()) };
    unit.profiles().save(&profile).await?;
    unit.outbox().post(Message::DeleteAvatar(old)).await?;
    unit.commit().await?;
    Ok(())
}
