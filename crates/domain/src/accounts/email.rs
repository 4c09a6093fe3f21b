use std::fmt;

use email_address::{EmailAddress, Options};

use crate::text::is_control;

/// Maximum length of an address in bytes (RFC 5321, 4.5.3.1.3: a path has 256 octets with its angle brackets).
const MAX_EMAIL_BYTES: usize = 254;

/// A lower-cased email address, so that every spelling of an address is the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// Why a text is not an [`Email`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than 254 bytes.
    #[error("The email address must be at most 254 characters long.")]
    TooLong,
    /// Not an address of the form `name@host.domain` in ASCII.
    #[error("The email address is not valid: it must look like name@example.com.")]
    Malformed,
}

impl Email {
    /// Parses an address in the form of RFC 5321, without quoted local parts, address literals or display names, and
    /// with a host of at least two labels. Surrounding spaces are removed and upper case is folded.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let address = text.trim_matches(' ').to_ascii_lowercase();
        if address.len() > MAX_EMAIL_BYTES {
            return Err(EmailError::TooLong);
        }
        if !address.is_ascii()
            || address.contains(['"', '\\', '(', ')'])
            || address.contains(char::is_control)
        {
            return Err(EmailError::Malformed);
        }
        let rules = Options::default().with_required_tld().without_domain_literal().without_display_text();
        EmailAddress::parse_with_options(&address, rules).map_err(|_| EmailError::Malformed)?;
        Ok(Self(address))
    }

    /// The normalised address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address without its tag (RFC 5233: `ann+news@example.com` has the tag `news`). Most providers deliver both to
    /// the same mailbox, so limits count by it; it never replaces the address.
    #[must_use]
    pub fn without_tag(&self) -> String {
        match self.0.split_once('@') {
            Some((local, host)) => {
                let user = local.split('+').next().filter(|user| !user.is_empty()).unwrap_or(local);
                format!("{user}@{host}")
            }
            None => self.0.clone(),
        }
    }
}

/// A lower-cased part of an email address, for searching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailPart(String);

/// Why a text is not an [`EmailPart`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailPartError {
    /// Longer than any address.
    #[error("Must be at most 254 bytes long.")]
    TooLong,
    /// Contains a control character.
    #[error("Must not contain control characters.")]
    Control,
}

impl EmailPart {
    /// Parses a part of an address and folds its upper case.
    pub fn parse(text: &str) -> Result<Self, EmailPartError> {
        if text.len() > MAX_EMAIL_BYTES {
            return Err(EmailPartError::TooLong);
        }
        if text.contains(is_control) {
            return Err(EmailPartError::Control);
        }
        Ok(Self(text.to_lowercase()))
    }

    /// The lower-cased part.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tag_is_what_follows_the_first_plus_of_the_local_part() {
        for (address, expected) in [
            ("Ann+news+more@example.com", "ann@example.com"),
            ("ann@example.com", "ann@example.com"),
            ("+ann@example.com", "+ann@example.com"),
        ] {
            assert_eq!(Email::parse(address).unwrap().without_tag(), expected);
        }
    }

    #[test]
    fn case_and_outer_spaces_do_not_make_another_address() {
        assert_eq!(Email::parse(" Ann.Lee@Example.COM ").unwrap().as_str(), "ann.lee@example.com");
    }

    #[test]
    fn a_part_is_bounded_and_has_no_control_characters() {
        assert_eq!(EmailPart::parse("@Example").unwrap().as_str(), "@example");
        assert_eq!(EmailPart::parse(&"a".repeat(255)), Err(EmailPartError::TooLong));
        for text in ["\0", "a\0b", "a\nb"] {
            assert_eq!(EmailPart::parse(text), Err(EmailPartError::Control), "{text:?}");
        }
    }

    #[test]
    fn ordinary_addresses_are_accepted() {
        for address in ["a@b.co", "first.last@sub.example.org", "user+tag@example.com", "o'brien@example.ie"]
        {
            assert!(Email::parse(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn invalid_addresses_are_rejected() {
        let invalid = [
            "",
            " ",
            "ann",
            "ann@",
            "@example.com",
            "ann@@example.com",
            "ann@localhost",
            "ann@[127.0.0.1]",
            "Ann <ann@example.com>",
            "\"ann lee\"@example.com",
            "ann lee@example.com",
            "ann@example..com",
            "ann@example.com\r\nBcc: eve@example.com",
            "ann@exam\0ple.com",
            "ann@-example.com",
            "анна@example.com",
        ];
        for text in invalid {
            assert_eq!(Email::parse(text), Err(EmailError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn an_address_longer_than_smtp_allows_is_rejected() {
        let address = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Email::parse(&address), Err(EmailError::TooLong));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,300}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }

        #[test]
        fn accepted_addresses_are_safe_in_a_mail_header(text in "[ -~\\r\\n\\t]{0,60}@[a-z.\\r\\n]{1,20}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().chars().all(|c| c.is_ascii_graphic()));
            }
        }
    }
}
