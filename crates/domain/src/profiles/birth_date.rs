use chrono::{Datelike, NaiveDate};

/// The last year in which nobody who lives was born.
const LAST_IMPOSSIBLE_YEAR: i32 = 1900;
/// From which age on people may register, in years.
const MIN_AGE: u32 = 18;

/// When somebody was born.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BirthDate(NaiveDate);

/// Why a text is no date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BirthDateError {
    /// It is no date.
    #[error("The date must be written as YYYY-MM-DD.")]
    Malformed,
    /// Nobody is so old.
    #[error("Invalid birth date - year must be greater than 1900.")]
    TooLongAgo,
    /// Whoever was born then is a child, or not born yet.
    #[error("You must be at least 18 years old to register.")]
    TooYoung,
}

impl BirthDate {
    /// Reads the date of birth, written as `YYYY-MM-DD`, of somebody who is grown up on this day.
    ///
    /// # Errors
    ///
    /// [`BirthDateError`].
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, BirthDateError> {
        let shape = text.len() == 10 && text.is_ascii();
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape);
        let date = date.ok_or(BirthDateError::Malformed)?;
        if date.year() <= LAST_IMPOSSIBLE_YEAR {
            return Err(BirthDateError::TooLongAgo);
        }
        match today.years_since(date) {
            Some(age) if age >= MIN_AGE => Ok(Self(date)),
            _ => Err(BirthDateError::TooYoung),
        }
    }

    /// The date that was stored: it was checked on the day it was given.
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
    fn people_are_grown_up_on_their_eighteenth_birthday() {
        assert_eq!(born("2008-11-22"), Ok(()));
        assert_eq!(born("2008-11-23"), Err(BirthDateError::TooYoung));
        assert_eq!(born("2030-01-01"), Err(BirthDateError::TooYoung));
    }

    #[test]
    fn nobody_was_born_in_1900_or_before() {
        assert_eq!(born("1901-01-01"), Ok(()));
        assert_eq!(born("1900-12-31"), Err(BirthDateError::TooLongAgo));
        assert_eq!(born("0001-01-01"), Err(BirthDateError::TooLongAgo));
    }

    #[test]
    fn what_is_no_date_is_told() {
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
    fn who_was_born_on_a_leap_day_is_grown_up_a_day_later_in_other_years() {
        let on = |year, month, day| {
            let today = NaiveDate::from_ymd_opt(year, month, day).unwrap();
            BirthDate::parse("2008-02-29", today).is_ok()
        };
        assert!(!on(2026, 2, 28));
        assert!(on(2026, 3, 1));
    }
}
