use secrecy::{ExposeSecret, SecretString};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Minimum length of a password in characters (Unicode scalar values).
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Maximum length of a password in bytes (UTF-8): bcrypt reads 72 bytes, the last of which is its terminator.
pub const MAX_PASSWORD_BYTES: usize = 71;
/// Special characters, of which a password needs at least one.
pub const SPECIAL_CHARACTERS: [char; 8] = ['@', '$', '!', '%', '*', '?', '#', '&'];

/// A new password that satisfies every [`PasswordRule`]. Its `Debug` output hides it.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// A password submitted at login. No [`PasswordRule`] applies to it.
#[derive(Clone, Debug)]
pub struct PasswordAttempt(SecretString);

/// A stored password: a bcrypt hash in the modular crypt format (`$2b$12$…`).
#[derive(Clone, Debug)]
pub struct PasswordHash(SecretString);

/// Rules of a new password, in the order in which violations are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PasswordRule {
    /// At least [`MIN_PASSWORD_CHARS`] characters.
    #[error("Password must contain at least 8 characters.")]
    MinLength,
    /// At least one uppercase letter of any script (Unicode's property `Uppercase`).
    #[error("Password must contain at least one uppercase letter.")]
    Uppercase,
    /// At least one lowercase letter of any script (`Lowercase`).
    #[error("Password must contain at least one lower letter.")]
    Lowercase,
    /// At least one digit of any script (general category `Nd`).
    #[error("Password must contain at least one digit.")]
    Digit,
    /// At least one of [`SPECIAL_CHARACTERS`].
    #[error("Password must contain at least one special character: @, $, !, %, *, ?, #, &.")]
    Special,
    /// At most [`MAX_PASSWORD_BYTES`] bytes.
    #[error("Password must be at most 71 bytes long.")]
    MaxLength,
    /// No NUL character, at which C implementations of bcrypt stop reading.
    #[error("Password must not contain the NUL character.")]
    NoNul,
}

impl PasswordRule {
    const ALL: [Self; 7] = [
        Self::MinLength,
        Self::Uppercase,
        Self::Lowercase,
        Self::Digit,
        Self::Special,
        Self::MaxLength,
        Self::NoNul,
    ];

    fn holds_for(self, text: &str) -> bool {
        match self {
            Self::MinLength => text.chars().count() >= MIN_PASSWORD_CHARS,
            Self::Uppercase => text.contains(char::is_uppercase),
            Self::Lowercase => text.contains(char::is_lowercase),
            Self::Digit => text.contains(|c: char| c.general_category() == GeneralCategory::DecimalNumber),
            Self::Special => text.contains(SPECIAL_CHARACTERS),
            Self::MaxLength => text.len() <= MAX_PASSWORD_BYTES,
            Self::NoNul => !text.contains('\0'),
        }
    }

    /// Stable error code of the violation.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::MinLength => "password_too_short",
            Self::Uppercase => "password_needs_uppercase",
            Self::Lowercase => "password_needs_lowercase",
            Self::Digit => "password_needs_digit",
            Self::Special => "password_needs_special",
            Self::MaxLength => "password_too_long",
            Self::NoNul => "password_has_nul",
        }
    }
}

impl Password {
    /// Accepts a new password, or returns every rule that it violates.
    pub fn parse(text: &str) -> Result<Self, Vec<PasswordRule>> {
        let violated: Vec<_> = PasswordRule::ALL.into_iter().filter(|rule| !rule.holds_for(text)).collect();
        if violated.is_empty() { Ok(Self(text.into())) } else { Err(violated) }
    }

    /// The password itself, for the hasher only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PasswordAttempt {
    /// Wraps a submitted password.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text itself, for the hasher only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Stored in place of a hash if no password is set.
const NO_HASH: &str = "!";

impl PasswordHash {
    /// Placeholder for an account without a password. No password matches it.
    #[must_use]
    pub fn none() -> Self {
        Self::new(NO_HASH.to_owned())
    }

    /// Whether no password is set.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.expose() == NO_HASH
    }

    /// Wraps a hash from the hasher or the store.
    #[must_use]
    pub fn new(hash: String) -> Self {
        Self(hash.into())
    }

    /// The hash itself, for the hasher and the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for PasswordHash {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(text: &str) -> Vec<PasswordRule> {
        Password::parse(text).err().unwrap_or_default()
    }

    #[test]
    fn a_single_violation_is_reported_alone() {
        assert_eq!(violations("Short1!"), [PasswordRule::MinLength]);
        assert_eq!(violations("lowercase1!"), [PasswordRule::Uppercase]);
        assert_eq!(violations("UPPERCASE1!"), [PasswordRule::Lowercase]);
        assert_eq!(violations("NoDigits!!"), [PasswordRule::Digit]);
        assert_eq!(violations("NoSpecial11"), [PasswordRule::Special]);
        assert_eq!(violations("With\0Nul1!"), [PasswordRule::NoNul]);
    }

    #[test]
    fn all_violations_are_reported_in_order() {
        use PasswordRule::{Digit, Lowercase, MinLength, Special, Uppercase};
        assert_eq!(violations(""), [MinLength, Uppercase, Lowercase, Digit, Special]);
    }

    #[test]
    fn the_minimum_length_counts_characters_and_the_maximum_bytes() {
        assert_eq!(violations("Aa1!aaa"), [PasswordRule::MinLength]);
        assert!(violations("Aa1!aaaa").is_empty());
        assert!(violations("Aa1!🎬🎬🎬🎬").is_empty());
        assert!(violations(&format!("Aa1!{}", "x".repeat(67))).is_empty());
        assert_eq!(violations(&format!("Aa1!{}", "x".repeat(68))), [PasswordRule::MaxLength]);
        assert_eq!(violations(&format!("Aa1!{}", "é".repeat(34))), [PasswordRule::MaxLength]);
    }

    #[test]
    fn characters_of_any_script_count() {
        assert!(violations("Пароль1!").is_empty());
        assert!(violations("Пароль\u{665}!").is_empty());
        assert_eq!(violations("Пароль½!"), [PasswordRule::Digit]);
        assert_eq!(violations("пароль1!"), [PasswordRule::Uppercase]);
    }

    #[test]
    fn each_special_character_of_the_list_is_enough() {
        for special in SPECIAL_CHARACTERS {
            assert!(violations(&format!("Password1{special}")).is_empty(), "{special}");
        }
        for other in ['.', '-', '_', '+', ' ', '^', '~'] {
            assert_eq!(violations(&format!("Password1{other}")), [PasswordRule::Special], "{other}");
        }
    }

    #[test]
    fn debug_output_shows_nothing_of_a_password() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Password::parse("StrongPass1!").unwrap(),
            PasswordAttempt::new("StrongPass1!"),
            PasswordHash::new("$2b$12$StrongPass1!".into())
        );
        assert!(!shown.contains("StrongPass1!"), "{shown}");
    }
}
