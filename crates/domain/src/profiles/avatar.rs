use std::fmt;

/// Maximum size of an uploaded avatar file in bytes.
pub const MAX_AVATAR_BYTES: usize = 1024 * 1024;

/// Maximum number of pixels of an uploaded avatar, which limits what a small file expands to.
pub const MAX_AVATAR_PIXELS: u64 = 9_000_000;

/// Key of the two files of an avatar. It is random and never reused, so the files can be cached indefinitely and the keys
/// of other avatars cannot be guessed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AvatarKey(String);

/// Stored size of an avatar, which is a square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AvatarSize {
    /// 512 × 512 pixels.
    Large,
    /// 128 × 128 pixels.
    Small,
}

/// JPEG files of an avatar: decoded, turned upright, cropped to a square and encoded again, so that only the pixels of the
/// uploaded file remain.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcessedAvatar {
    /// 512 × 512 pixels.
    pub large: Vec<u8>,
    /// 128 × 128 pixels.
    pub small: Vec<u8>,
}

/// Why a file is not accepted as an avatar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvatarError {
    /// The file has more than [`MAX_AVATAR_BYTES`] bytes.
    #[error("Image size exceeds 1 MB")]
    TooLarge,
    /// The image has more than [`MAX_AVATAR_PIXELS`] pixels, or takes too much memory to decode.
    #[error("Image must have at most 9 megapixels, fewer if it is progressive or has 16 bits per channel.")]
    TooManyPixels,
    /// The file is not an image, or is corrupt.
    #[error("Invalid image format")]
    Invalid,
    /// The image is neither JPEG nor PNG; the value is the name of its format.
    #[error("Unsupported image format: {0}. Use one of next: ['JPG', 'JPEG', 'PNG']")]
    Unsupported(&'static str),
}

impl AvatarKey {
    /// Builds a key from random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bits)))
    }

    /// Parses a stored key; `None` unless it has 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(good)).then(|| Self(text.to_owned()))
    }

    /// 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the file of this size in the object store.
    #[must_use]
    pub fn object(&self, size: AvatarSize) -> String {
        format!("avatars/{}/{}.jpg", self.0, size.pixels())
    }
}

impl AvatarSize {
    /// All sizes.
    pub const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// Length of a side in pixels.
    #[must_use]
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Large => 512,
            Self::Small => 128,
        }
    }
}

impl ProcessedAvatar {
    /// JPEG file of this size.
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
    fn a_key_has_32_digits_and_one_object_name_per_size() {
        let key = AvatarKey::from_bits([0xab; 16]);
        assert_eq!(AvatarKey::parse(key.as_str()), Some(key.clone()));
        assert_eq!(key.object(AvatarSize::Small), format!("avatars/{}/128.jpg", "ab".repeat(16)));
        assert_eq!(key.object(AvatarSize::Large), format!("avatars/{}/512.jpg", "ab".repeat(16)));
    }

    #[test]
    fn texts_other_than_32_hexadecimal_digits_are_rejected() {
        let long = "a".repeat(33);
        for text in ["", "abc", "../../../../../../../etc/passwd.", &long, &"A".repeat(32), &"g".repeat(32)] {
            assert_eq!(AvatarKey::parse(text), None, "{text}");
        }
    }
}
