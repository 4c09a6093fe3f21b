use std::fmt;

/// A non-negative amount of US dollars in cents, which databases without exact decimals store exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a number.
    #[error("The amount must be a number.")]
    Malformed,
    /// Below zero.
    #[error("The amount must be greater than or equal to 0.")]
    Negative,
    /// More than two decimals.
    #[error("The amount must have at most two decimals.")]
    TooPrecise,
    /// More than [`Money::MAX`].
    #[error("The amount must be at most 9999999999999.99.")]
    TooLarge,
}

impl Money {
    /// Maximum amount: fifteen digits, which every JSON parser represents exactly.
    pub const MAX: Self = Self(999_999_999_999_999);

    /// Accepts an amount in cents.
    ///
    /// # Errors
    ///
    /// [`MoneyError::Negative`] or [`MoneyError::TooLarge`].
    pub const fn from_cents(cents: i64) -> Result<Self, MoneyError> {
        if cents < 0 {
            Err(MoneyError::Negative)
        } else if cents > Self::MAX.0 {
            Err(MoneyError::TooLarge)
        } else {
            Ok(Self(cents))
        }
    }

    /// Parses a decimal number such as `12`, `12.5` or `12.50`. Zeros after the second decimal are ignored.
    ///
    /// # Errors
    ///
    /// [`MoneyError`] if the text is not such a number or out of range.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 13 {
            return Err(if negative { MoneyError::Negative } else { MoneyError::TooLarge });
        }
        let cents: i64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| MoneyError::Malformed)?;
        if negative && cents > 0 { Err(MoneyError::Negative) } else { Self::from_cents(cents) }
    }

    /// The amount in cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_parsed_to_the_cent() {
        let table = [
            ("0", 0),
            ("0.0", 0),
            ("-0.0", 0),
            ("12", 1_200),
            ("12.5", 1_250),
            ("12.34", 1_234),
            ("012.3400", 1_234),
        ];
        for (text, cents) in table {
            assert_eq!(Money::parse(text).map(Money::cents), Ok(cents), "{text}");
        }
    }

    #[test]
    fn invalid_amounts_are_rejected_with_the_reason() {
        let table = [
            ("", MoneyError::Malformed),
            ("abc", MoneyError::Malformed),
            ("1e30", MoneyError::Malformed),
            ("1.", MoneyError::Malformed),
            (".5", MoneyError::Malformed),
            ("--1", MoneyError::Malformed),
            ("1,000", MoneyError::Malformed),
            ("-0.01", MoneyError::Negative),
            ("0.001", MoneyError::TooPrecise),
            ("10000000000000", MoneyError::TooLarge),
            ("99999999999999999999999999", MoneyError::TooLarge),
        ];
        for (text, error) in table {
            assert_eq!(Money::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_largest_amount_is_accepted() {
        assert_eq!(Money::parse("9999999999999.99"), Ok(Money::MAX));
    }

    proptest! {
        #[test]
        fn every_amount_is_parsed_from_its_display_form(cents in 0..=Money::MAX.0) {
            let money = Money::from_cents(cents).unwrap();
            prop_assert_eq!(Money::parse(&money.to_string()), Ok(money));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = Money::parse(&text);
        }
    }
}
