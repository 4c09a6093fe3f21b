use actix_web::{HttpResponse, http::StatusCode, http::header};
use domain::{
    ports::ObjectError,
    profiles::{AvatarKey, AvatarSize, BirthDate, Profile},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    documentation::sets::Gender,
    http::{conditional::etag, problem::Problem},
    services::Services,
};

/// What somebody tells of themselves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(crate) struct Body {
    /// Names the profile.
    id: i64,
    /// Names the account.
    user_id: i64,
    /// What they are called.
    first_name: Option<String>,
    /// What their family is called; for themselves and the staff.
    last_name: Option<String>,
    /// `man` or `woman`; for themselves and the staff.
    #[schema(value_type = Option<Gender>)]
    gender: Option<&'static str>,
    /// When they were born; for themselves and the staff.
    #[schema(format = Date)]
    date_of_birth: Option<String>,
    /// What else there is to say.
    info: Option<String>,
    /// Their picture, 512 × 512 pixels (JPEG). It works for at least an hour.
    #[schema(format = "uri")]
    avatar: Option<String>,
    /// The URL of the avatar, 128 × 128 pixels.
    #[schema(format = "uri")]
    avatar_small: Option<String>,
}

impl Body {
    /// A profile as it is shown, with the URLs of its picture.
    pub(crate) async fn of(services: &Services, profile: Profile) -> Result<Self, Problem> {
        let avatar = profile.avatar.as_ref();
        let avatar_small = url(services, avatar, AvatarSize::Small).await?;
        let avatar = url(services, avatar, AvatarSize::Large).await?;
        Ok(Self {
            id: profile.id.0,
            user_id: profile.user_id.0,
            first_name: profile.first_name.map(|name| name.as_str().to_owned()),
            last_name: profile.last_name.map(|name| name.as_str().to_owned()),
            gender: profile.gender.map(domain::profiles::Gender::as_str),
            date_of_birth: profile.date_of_birth.map(BirthDate::date).map(|date| date.to_string()),
            info: profile.info.map(|info| info.as_str().to_owned()),
            avatar,
            avatar_small,
        })
    }

    pub(super) async fn reply(
        status: StatusCode,
        services: &Services,
        profile: Profile,
    ) -> Result<HttpResponse, Problem> {
        let tag = stored_tag(&profile);
        let body = Self::of(services, profile).await?;
        // The second part changes with the signed URLs, which end; the first one is the profile's own.
        let urls = etag(format!("{:?}{:?}", body.avatar, body.avatar_small).as_bytes());
        let tag = format!("{}.{}", tag.trim_end_matches('"'), urls.trim_start_matches('"'));
        Ok(HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((header::ETAG, tag))
            .json(body))
    }
}

/// The validator of a profile as it is stored, whatever the URLs of its avatar are at the moment.
pub(super) fn stored_tag(profile: &Profile) -> String {
    etag(format!("{profile:?}").as_bytes())
}

async fn url(
    services: &Services,
    avatar: Option<&AvatarKey>,
    size: AvatarSize,
) -> Result<Option<String>, Problem> {
    let Some(key) = avatar else { return Ok(None) };
    let url = services.profiles.objects.url(&key.object(size)).await;
    Ok(Some(url.map_err(|ObjectError::Unavailable(reason)| Problem::internal().because(reason))?))
}
