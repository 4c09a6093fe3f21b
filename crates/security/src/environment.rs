use chrono::{DateTime, SubsecRound, Utc};
use domain::environment::{Clock, Randomness};

/// The system clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The random number generator of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandomness;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this adapter wraps the system source")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

impl Randomness for OsRandomness {
    #[expect(clippy::disallowed_methods, reason = "this adapter wraps the system source")]
    fn bits128(&self) -> [u8; 16] {
        // A version 4 UUID has 122 random bits, so its bytes with fixed bits are replaced by bytes of a second one.
        let (one, other) = (uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes());
        let mut bits = one;
        bits[6] = other[0];
        bits[8] = other[1];
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_returns_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn no_draw_repeats_and_every_bit_varies() {
        let draws: Vec<_> = (0..200).map(|_| u128::from_be_bytes(OsRandomness.bits128())).collect();
        let distinct: std::collections::HashSet<_> = draws.iter().collect();
        assert_eq!(distinct.len(), draws.len());
        assert_eq!(draws.iter().fold(0, |seen, draw| seen | draw), u128::MAX);
        assert_eq!(draws.iter().fold(u128::MAX, |seen, draw| seen & draw), 0);
    }
}
