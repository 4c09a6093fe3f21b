use async_trait::async_trait;
use domain::{
    outbox::{Message, OutboxEntry},
    profiles::AvatarKey,
};

use super::{Profiles, delete_objects};
use crate::jobs::{JobError, JobHandler, Outcome};

/// Kind of the message that deletes the files of an avatar.
const DELETE_AVATAR: &str = "delete_avatar";

/// The message that deletes the files of an avatar to which no profile refers.
#[must_use]
pub fn delete_avatar_files(key: &AvatarKey) -> Message {
    Message { kind: DELETE_AVATAR, subject: key.as_str().to_owned() }
}

#[async_trait]
impl JobHandler for Profiles {
    async fn handle(&self, entry: &OutboxEntry) -> Option<Result<Outcome, JobError>> {
        if entry.kind != DELETE_AVATAR {
            return None;
        }
        let key = AvatarKey::parse(&entry.subject)?;
        Some(delete_objects(self, &key).await.map(|()| Outcome::Done).map_err(JobError::from))
    }
}
