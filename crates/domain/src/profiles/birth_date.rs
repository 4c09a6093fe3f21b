use chrono::{Datelike, NaiveDate};

/// Birth years up to this one are rejected.
const LAST_REJECTED_YEAR: i32 = 1900;
/// Minimum age of a user in years.
const MIN_AGE: u32 = 18;

/// Date of birth: in 1901 or later, and at least 18 years before the day on which it was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthDate(NaiveDate);

/// Error of [`BirthDate::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// Not a date of the form `YYYY-MM-DD`.
    #[error("The date must be written as YYYY-MM-DD.")]
    Malformed,
    /// In 1900 or before.
    #[error("Invalid birth date - year must be greater than 1900.")]
    TooLongAgo,
    /// Less than 18 years ago, or in the future.
    #[error("You must be at least 18 years old to register.")]
    TooYoung,
}

impl BirthDate {
    /// Parses the date of birth, written as `YYYY-MM-DD`, of a user who is at least 18 years old on `today`.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, BirthDateError> {
        let shape = text.len() == 10 && text.is_ascii();
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape);
        let date = date.ok_or(BirthDateError::Malformed)?;
        if date.year() <= LAST_REJECTED_YEAR {
            return Err(BirthDateError::TooLongAgo);
        }
        match today.years_since(date) {
            Some(age) if age >= MIN_AGE => Ok(Self(date)),
            _ => Err(BirthDateError::TooYoung),
        }
    }

    /// Wraps a stored date without checking it again.
    #[must_use]
    pub const fn from_stored(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn born(text: &str) -> Result<(), BirthDateError> {
        BirthDate::parse(text, NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()).map(|_| ())
    }

    #[test]
    fn a_user_is_of_age_on_the_eighteenth_birthday() {
        assert_eq!(born("2008-11-22"), Ok(()));
        assert_eq!(born("2008-11-23"), Err(BirthDateError::TooYoung));
        assert_eq!(born("2030-01-01"), Err(BirthDateError::TooYoung));
    }

    #[test]
    fn years_up_to_1900_are_rejected() {
        assert_eq!(born("1901-01-01"), Ok(()));
        assert_eq!(born("1900-12-31"), Err(BirthDateError::TooLongAgo));
        assert_eq!(born("0001-01-01"), Err(BirthDateError::TooLongAgo));
    }

    #[test]
    fn malformed_dates_are_rejected() {
        for text in [
            "",
            "2000",
            "01/02/2000",
            "2000-02-30",
            "2000-2-3",
            "+2000-01-01",
            "12000-01-01",
            "２０００-01-01",
        ] {
            assert_eq!(born(text), Err(BirthDateError::Malformed), "{text}");
        }
    }

    #[test]
    fn a_user_born_on_a_leap_day_is_of_age_on_1_march_in_other_years() {
        let on = |year, month, day| {
            let today = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            BirthDate::parse("2008-02-29", today).is_ok()
        };
        assert!(!on(2026, 2, 28));
        assert!(on(2026, 3, 1));
    }
}
