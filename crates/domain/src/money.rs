//! Amounts of money.

use std::fmt;

/// A currency in which amounts are stored; its minor unit is a hundredth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// US dollars, in which budgets and revenues of movies are stated.
    Usd,
}

impl Currency {
    /// ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
        }
    }
}

/// A non-negative amount in minor units, which databases without exact decimals store exactly, and its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor_units: i64,
    currency: Currency,
}

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
    /// More than [`Money::MAX_MINOR_UNITS`].
    #[error("The amount must be at most 9999999999999.99.")]
    TooLarge,
}

impl Money {
    /// Maximum amount: fifteen digits, which every JSON parser represents exactly.
    pub const MAX_MINOR_UNITS: i64 = 999_999_999_999_999;

    /// Accepts an amount in minor units.
    ///
    /// Fails with [`MoneyError::Negative`] or [`MoneyError::TooLarge`].
    pub const fn new(minor_units: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor_units < 0 {
            Err(MoneyError::Negative)
        } else if minor_units > Self::MAX_MINOR_UNITS {
            Err(MoneyError::TooLarge)
        } else {
            Ok(Self { minor_units, currency })
        }
    }

    /// No money.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor_units: 0, currency }
    }

    /// Parses a decimal number such as `12`, `12.5` or `12.50`. Zeros after the second decimal are ignored.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
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
        let minor_units: i64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| MoneyError::Malformed)?;
        if negative && minor_units > 0 { Err(MoneyError::Negative) } else { Self::new(minor_units, currency) }
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor_units(self) -> i64 {
        self.minor_units
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }
}

/// The amount with two decimals and without its currency, such as `12.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.minor_units / 100, self.minor_units % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Result<Money, MoneyError> {
        Money::parse(text, Currency::Usd)
    }

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
            assert_eq!(usd(text).map(Money::minor_units), Ok(cents), "{text}");
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
            assert_eq!(usd(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_largest_amount_is_accepted() {
        assert_eq!(usd("9999999999999.99").map(Money::minor_units), Ok(Money::MAX_MINOR_UNITS));
    }

    proptest! {
        #[test]
        fn every_amount_is_parsed_from_its_display_form(cents in 0..=Money::MAX_MINOR_UNITS) {
            let money = Money::new(cents, Currency::Usd).unwrap();
            prop_assert_eq!(usd(&money.to_string()), Ok(money));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC{0,40}") {
            let _ = usd(&text);
        }
    }
}
