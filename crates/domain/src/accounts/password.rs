use secrecy::{ExposeSecret, SecretString};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The fewest characters (Unicode scalar values) of a password.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The most bytes (UTF-8) of a password: bcrypt reads 72 and the last one is its terminator.
pub const MAX_PASSWORD_BYTES: usize = 71;
/// The characters of which a password needs at least one.
pub const SPECIAL_CHARACTERS: [char; 8] = ['@', '$', '!', '%', '*', '?', '#', '&'];

/// A password that somebody chose and that keeps every [`PasswordRule`]. Its `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// A text offered as a password at login. No rule applies: it is right or it is wrong.
#[derive(Clone, Debug)]
pub struct PasswordAttempt(SecretString);

/// A password as the store keeps it: a bcrypt hash in its modular crypt form (`$2b$12$…`).
#[derive(Clone, Debug)]
pub struct PasswordHash(SecretString);

/// The rules of a new password, in the order in which their violations are told.
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

    /// A stable name for programs.
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
    /// Accepts a new password.
    ///
    /// # Errors
    ///
    /// Every rule that it breaks, at least one.
    pub fn parse(text: &str) -> Result<Self, Vec<PasswordRule>> {
        let broken: Vec<_> = PasswordRule::ALL.into_iter().filter(|rule| !rule.holds_for(text)).collect();
        if broken.is_empty() { Ok(Self(text.into())) } else { Err(broken) }
    }

    /// The password itself, for the hasher's eyes alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PasswordAttempt {
    /// Wraps what somebody typed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text itself, for the hasher's eyes alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// What is stored where there is no hash.
const NO_HASH: &str = "!";

impl PasswordHash {
    /// Stands where nobody has chosen a password: no password has this hash.
    #[must_use]
    pub fn none() -> Self {
        Self::new(NO_HASH.to_owned())
    }

    /// Whether nobody has chosen a password.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.expose() == NO_HASH
    }

    /// Wraps a hash that the hasher made or the store kept.
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
    use proptest::prelude::*;

    use super::*;

    fn broken(text: &str) -> Vec<PasswordRule> {
        Password::parse(text).err().unwrap_or_default()
    }

    #[test]
    fn a_password_that_keeps_every_rule_is_accepted() {
        assert!(Password::parse("StrongPass1!").is_ok());
    }

    #[test]
    fn each_rule_is_told_alone_when_it_alone_is_broken() {
        assert_eq!(broken("Short1!"), [PasswordRule::MinLength]);
        assert_eq!(broken("lowercase1!"), [PasswordRule::Uppercase]);
        assert_eq!(broken("UPPERCASE1!"), [PasswordRule::Lowercase]);
        assert_eq!(broken("NoDigits!!"), [PasswordRule::Digit]);
        assert_eq!(broken("NoSpecial11"), [PasswordRule::Special]);
        assert_eq!(broken("With\0Nul1!"), [PasswordRule::NoNul]);
    }

    #[test]
    fn all_broken_rules_are_told_at_once_in_order() {
        use PasswordRule::{Digit, Lowercase, MinLength, Special, Uppercase};
        assert_eq!(broken(""), [MinLength, Uppercase, Lowercase, Digit, Special]);
    }

    #[test]
    fn length_counts_characters_below_and_bytes_above() {
        assert_eq!(broken("Aa1!aaa"), [PasswordRule::MinLength]);
        assert!(broken("Aa1!aaaa").is_empty());
        assert!(broken("Aa1!🎬🎬🎬🎬").is_empty());
        assert!(broken(&format!("Aa1!{}", "x".repeat(67))).is_empty());
        assert_eq!(broken(&format!("Aa1!{}", "x".repeat(68))), [PasswordRule::MaxLength]);
        assert_eq!(broken(&format!("Aa1!{}", "é".repeat(34))), [PasswordRule::MaxLength]);
    }

    #[test]
    fn letters_and_digits_of_any_script_count() {
        assert!(broken("Пароль1!").is_empty());
        assert!(broken("Пароль\u{665}!").is_empty());
        assert_eq!(broken("Пароль½!"), [PasswordRule::Digit]);
        assert_eq!(broken("пароль1!"), [PasswordRule::Uppercase]);
    }

    #[test]
    fn each_special_character_of_the_list_is_enough() {
        for special in SPECIAL_CHARACTERS {
            assert!(broken(&format!("Password1{special}")).is_empty(), "{special}");
        }
        for other in ['.', '-', '_', '+', ' ', '^', '~'] {
            assert_eq!(broken(&format!("Password1{other}")), [PasswordRule::Special], "{other}");
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

    proptest! {
        #[test]
        fn a_password_is_accepted_exactly_when_no_rule_is_broken(text in "\\PC{0,80}") {
            let expected = PasswordRule::ALL.into_iter().all(|rule| rule.holds_for(&text));
            prop_assert_eq!(Password::parse(&text).is_ok(), expected);
        }
    }
}
