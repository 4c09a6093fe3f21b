use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, ETag, EntityTag},
    },
};
use domain::{
    objects::ObjectError,
    profiles::{AvatarKey, AvatarSize, BirthDate, Profile},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    documentation::values::Gender,
    http::{HandlerResult, Problem, conditional::etag, problems::InternalError},
    services::Services,
};

/// A user profile. A field without a value is null; `last_name`, `gender` and `date_of_birth` are also null for callers
/// other than the owner, moderators and administrators.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
pub(crate) struct ProfileBody {
    /// Identifier of the profile.
    id: i64,
    /// Identifier of the account.
    user_id: i64,
    /// First name, up to 100 characters.
    first_name: Option<String>,
    /// Last name, up to 100 characters.
    last_name: Option<String>,
    /// `man` or `woman`.
    #[schema(value_type = Option<Gender>)]
    gender: Option<&'static str>,
    /// Date of birth (`YYYY-MM-DD`).
    #[schema(format = Date)]
    date_of_birth: Option<String>,
    /// Text of the user, up to 5,000 characters.
    info: Option<String>,
    /// URL of the picture, 512 × 512 pixels (JPEG); valid for at least an hour.
    #[schema(format = "uri")]
    avatar: Option<String>,
    /// URL of the picture, 128 × 128 pixels (JPEG); valid for at least an hour.
    #[schema(format = "uri")]
    avatar_small: Option<String>,
}

/// A profile, for examples.
pub(super) fn example() -> Value {
    let url =
        |size| format!("http://localhost:8000/media/avatars/0123456789abcdef0123456789abcdef/{size}.jpg");
    let mut profile = example_without_picture();
    profile["avatar"] = url(512).into();
    profile["avatar_small"] = url(128).into();
    profile
}

pub(super) fn example_without_picture() -> Value {
    json!({
        "id": 3, "user_id": 7, "first_name": "Ann", "last_name": "Lee", "gender": "woman",
        "date_of_birth": "1990-04-25", "info": "I like movies.", "avatar": null, "avatar_small": null,
    })
}

impl ProfileBody {
    /// Builds the body of a profile, with the URLs of its picture.
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

    pub(super) async fn reply(status: StatusCode, services: &Services, profile: Profile) -> HandlerResult {
        let tag = stored_tag(&profile);
        let body = Self::of(services, profile).await?;
        // The second part changes with the signed URLs, which expire; the first part depends on the profile alone.
        let urls = etag(format!("{:?}{:?}", body.avatar, body.avatar_small).as_bytes());
        let tag = EntityTag::new_strong(format!("{}.{}", tag.tag(), urls.tag()));
        Ok(HttpResponse::build(status)
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header(ETag(tag))
            .json(body))
    }
}

/// Validator of a profile as it is stored, independent of the current URLs of its picture.
pub(super) fn stored_tag(profile: &Profile) -> EntityTag {
    etag(format!("{profile:?}").as_bytes())
}

async fn url(
    services: &Services,
    avatar: Option<&AvatarKey>,
    size: AvatarSize,
) -> Result<Option<String>, Problem> {
    let Some(key) = avatar else { return Ok(None) };
    let url = services.profiles.objects.url(&key.object(size)).await;
    Ok(Some(url.map_err(|ObjectError::Unavailable(reason)| Problem::from(InternalError).because(reason))?))
}
