/// Score of a movie, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(f64);

/// The number is not a score from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The score must be a number from 0 to 100.")]
pub struct ScoreError;

impl Score {
    /// Accepts a finite number from 0 to 100.
    pub fn new(value: f64) -> Result<Self, ScoreError> {
        // Adding zero turns the negative zero, which would print as `-0`, into zero.
        if (0.0..=100.0).contains(&value) { Ok(Self(value + 0.0)) } else { Err(ScoreError) }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_the_range_are_accepted() {
        assert_eq!(Score::new(0.0).map(Score::value), Ok(0.0));
        assert_eq!(Score::new(100.0).map(Score::value), Ok(100.0));
        assert!(Score::new(-0.0).unwrap().value().is_sign_positive());
    }

    #[test]
    fn numbers_outside_the_range_are_rejected() {
        for value in [-0.1, 100.000_1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Score::new(value), Err(ScoreError));
        }
    }
}
