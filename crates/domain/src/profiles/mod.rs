//! Profiles: personal data and avatars of users.

mod avatar;
mod birth_date;
mod gender;
mod info;
mod person_name;
mod ports;
mod profile;

pub use avatar::{AvatarError, AvatarKey, AvatarSize, MAX_AVATAR_BYTES, MAX_AVATAR_PIXELS, ProcessedAvatar};
pub use birth_date::{BirthDate, BirthDateError};
pub use gender::{Gender, UnknownGender};
pub use info::{Info, InfoError};
pub use person_name::{PersonName, PersonNameError};
pub use ports::{AvatarProcessor, ProcessingError, ProfileQueries, ProfileRepository, ProfileUnit};
pub use profile::{Profile, ProfileChange, ProfileId};
