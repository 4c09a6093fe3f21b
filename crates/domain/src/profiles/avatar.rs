use std::fmt;

/// The largest file that somebody may send as their picture, in bytes.
pub const MAX_AVATAR_BYTES: usize = 1024 * 1024;

/// The largest picture, in pixels: what a file of that size may unfold to.
pub const MAX_AVATAR_PIXELS: u64 = 9_000_000;

/// Names the two files of one picture. It is drawn at random and belongs to this picture alone, so whoever has seen one
/// may keep it for ever, and nobody can guess another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AvatarKey(String);

/// A size in which a picture is kept: a square, with this many pixels on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarSize {
    /// 512.
    Large,
    /// 128.
    Small,
}

/// A picture as it is kept: decoded, turned upright, cut to a square and encoded anew, so that nothing of the file that
/// was sent is left but its pixels. Both are JPEG files.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcessedAvatar {
    /// 512 pixels on each side.
    pub large: Vec<u8>,
    /// 128 pixels on each side.
    pub small: Vec<u8>,
}

/// Why a file is no picture that can be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvatarError {
    /// It has more bytes than [`MAX_AVATAR_BYTES`].
    #[error("Image size exceeds 1 MB")]
    TooLarge,
    /// It has more pixels than [`MAX_AVATAR_PIXELS`], or takes too much memory to decode.
    #[error("Image must have at most 9 megapixels, fewer if it is progressive or has 16 bits per channel.")]
    TooManyPixels,
    /// It is no picture, or a broken one.
    #[error("Invalid image format")]
    Invalid,
    /// It is a picture of another kind than JPEG or PNG.
    #[error("Unsupported image format: {0}. Use one of next: ['JPG', 'JPEG', 'PNG']")]
    Unsupported(&'static str),
}

impl AvatarKey {
    /// The key of these random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bits)))
    }

    /// The key that was stored as this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the object that holds the picture in this size.
    #[must_use]
    pub fn object(&self, size: AvatarSize) -> String {
        format!("avatars/{}/{}.jpg", self.0, size.pixels())
    }
}

impl AvatarSize {
    /// Every size.
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// How many pixels each side has.
    #[must_use]
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Large => 512,
            Self::Small => 128,
        }
    }
}

impl ProcessedAvatar {
    /// The file of this size.
    #[must_use]
    pub fn file(&self, size: AvatarSize) -> &[u8] {
        match size {
            AvatarSize::Large => &self.large,
            AvatarSize::Small => &self.small,
        }
    }
}

impl fmt::Debug for ProcessedAvatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { large, small } = self;
        f.debug_struct("ProcessedAvatar").field("large", &large.len()).field("small", &small.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_digits_and_names_an_object_for_each_size() {
        let key = AvatarKey::from_bits([0xab; 16]);
        assert_eq!(AvatarKey::parse(key.as_str()), Some(key.clone()));
        assert_eq!(key.object(AvatarSize::Small), format!("avatars/{}/128.jpg", "ab".repeat(16)));
        assert_eq!(key.object(AvatarSize::Large), format!("avatars/{}/512.jpg", "ab".repeat(16)));
    }

    #[test]
    fn what_leads_elsewhere_is_no_key() {
        let long = "a".repeat(33);
        for text in ["", "abc", "../../../../../../../etc/passwd.", &long, &"A".repeat(32), &"g".repeat(32)] {
            assert_eq!(AvatarKey::parse(text), None, "{text}");
        }
    }
}
