use application::profiles::{UploadError, process_upload};
use domain::{
    accounts::UserId,
    profiles::{
        AvatarError, BirthDate, Info, MAX_AVATAR_BYTES, PersonName, ProcessedAvatar, ProcessingError,
        ProfileChange,
    },
};
use utoipa::ToSchema;

use crate::{
    documentation::values,
    http::{File, FormContent, Invalid, Issue, Parts, Problem, RequestPart, problems::InternalError},
    services::Services,
};

const FIELDS: [&str; 5] = ["first_name", "last_name", "gender", "date_of_birth", "info"];
const AVATAR: &str = "avatar";

/// Fields of a user profile. Every field is optional; an empty one counts as absent.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the parts are read one by one; this type only documents them")]
pub(crate) struct ProfileForm {
    /// Up to 100 characters: letters of any script, spaces, apostrophes and hyphens.
    #[schema(value_type = String, required = false, max_length = 100, pattern = r"^[\p{L}\p{M} '’-]*$")]
    first_name: Option<String>,
    /// Up to 100 characters: letters of any script, spaces, apostrophes and hyphens.
    #[schema(value_type = String, required = false, max_length = 100, pattern = r"^[\p{L}\p{M} '’-]*$")]
    last_name: Option<String>,
    /// `man` or `woman`.
    #[schema(value_type = values::FormGender, required = false)]
    gender: Option<String>,
    /// Date of birth (`YYYY-MM-DD`), after the year 1900 and at least 18 years ago.
    #[schema(value_type = String, required = false, format = Date)]
    date_of_birth: Option<String>,
    /// Text of up to 5,000 characters, with line breaks; not blank.
    #[schema(value_type = String, required = false, max_length = 5000, pattern = r"^$|\S")]
    info: Option<String>,
    /// JPEG or PNG file, detected by its content; at most 1 MiB and 9 megapixels.
    #[schema(value_type = String, required = false, format = Binary, content_media_type = "application/octet-stream")]
    avatar: Option<String>,
}

/// Picture of a user profile.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the part is read by itself; this type only documents it")]
pub(crate) struct AvatarForm {
    /// JPEG or PNG file, detected by its content; at most 1 MiB and 9 megapixels.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    avatar: String,
}

/// Reads the fields of a form and its processed picture. All errors are reported at once.
pub(super) async fn change(
    services: &Services,
    caller: UserId,
    parts: Parts,
) -> Result<(ProfileChange, Option<ProcessedAvatar>), Problem> {
    let mut read = parts.read(&FIELDS, AVATAR, MAX_AVATAR_BYTES).await?;
    let today = services.profiles.clock.now().date_naive();
    let first_name = read.value("first_name", "invalid_name", PersonName::parse);
    let last_name = read.value("last_name", "invalid_name", PersonName::parse);
    let gender = read.value("gender", "unknown_gender", str::parse);
    let date_of_birth =
        read.value("date_of_birth", "invalid_birth_date", |text| BirthDate::parse(text, today));
    let info = read.value("info", "invalid_info", Info::parse);
    let avatar = picture(services, caller, &mut read).await?;
    read.finish()?;
    Ok((ProfileChange { first_name, last_name, gender, date_of_birth, info }, avatar))
}

/// Reads a form that contains only a picture.
pub(super) async fn avatar(
    services: &Services,
    caller: UserId,
    parts: Parts,
) -> Result<ProcessedAvatar, Problem> {
    let mut read = parts.read(&[], AVATAR, MAX_AVATAR_BYTES).await?;
    if read.file.is_none() {
        read.refuse(AVATAR, Issue::new("missing", "This field is required."));
    }
    let avatar = picture(services, caller, &mut read).await?;
    read.finish()?;
    Ok(avatar.ok_or(InternalError)?)
}

async fn picture(
    services: &Services,
    caller: UserId,
    read: &mut FormContent,
) -> Result<Option<ProcessedAvatar>, Problem> {
    let outcome = match read.file.take() {
        None => return Ok(None),
        Some(File::TooLarge) => Err(ProcessingError::from(AvatarError::TooLarge).into()),
        Some(File::Bytes(bytes)) => process_upload(&services.profiles, caller, bytes).await,
    };
    match outcome {
        Ok(avatar) => Ok(Some(avatar)),
        Err(UploadError::Processing(ProcessingError::Avatar(error))) => {
            read.refuse(AVATAR, Issue::new("invalid_avatar", error));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

impl FormContent {
    /// Parses a text field; `None` if it is absent or invalid. An invalid one is recorded as an error.
    fn value<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        code: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let parsed = parse(self.texts.get(name)?);
        parsed.map_err(|error| self.refuse(name, Issue::new(code, error))).ok()
    }

    /// Fails if errors were recorded.
    fn finish(self) -> Result<(), Problem> {
        if self.invalid == Invalid::default() {
            Ok(())
        } else {
            Err(Problem::invalid(self.invalid, RequestPart::Form))
        }
    }
}
