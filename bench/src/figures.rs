//! Results of the rounds: figures with an aim, and the quantities that they are computed from.

use crate::{
    catalogue::Loading,
    round::{Round, cores},
};

/// The unit of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A quotient of two quantities, without a unit.
    Ratio,
    /// Events in a second.
    PerSecond,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Mebibytes.
    Mebibytes,
}

/// A quantity with one measured value for each round.
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    /// Label in the report.
    pub(crate) name: &'static str,
    /// Unit of the values.
    pub(crate) unit: Unit,
    /// One value for each round.
    values: Vec<f64>,
}

/// The bound that the median of a quantity must meet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    /// Lower bound.
    AtLeast(f64),
    /// Upper bound.
    AtMost(f64),
}

/// A quantity that has an aim.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The quantity.
    pub(crate) quantity: Quantity,
    /// Its aim.
    pub(crate) aim: Aim,
}

impl Unit {
    /// Formats a value with its unit.
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Ratio => format!("{value:.2}"),
            Self::PerSecond if value < 100.0 => format!("{value:.1}/s"),
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::Seconds => format!("{value:.2} s"),
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Mebibytes => format!("{value:.1} MiB"),
        }
    }
}

impl Quantity {
    /// The median of the values; NaN if there are none.
    pub(crate) fn median(&self) -> f64 {
        median(&self.values)
    }

    /// The median, formatted with its unit.
    pub(crate) fn shown(&self) -> String {
        self.unit.show(self.median())
    }

    /// The smallest and the largest value, formatted with their unit.
    pub(crate) fn spread(&self) -> String {
        let smallest = self.values.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!("{} to {}", self.unit.show(smallest), self.unit.show(largest))
    }
}

impl Figure {
    /// The reached fraction of the aim: 1 meets it exactly, more is better, for both kinds of aim.
    pub(crate) fn reached(&self) -> f64 {
        match self.aim {
            Aim::AtLeast(aim) => self.quantity.median() / aim,
            Aim::AtMost(aim) => aim / self.quantity.median(),
        }
    }

    /// Whether the median meets the aim.
    pub(crate) fn is_met(&self) -> bool {
        self.reached() >= 1.0
    }

    /// The aim, formatted with its unit.
    pub(crate) fn aim(&self) -> String {
        match self.aim {
            Aim::AtLeast(aim) => format!("≥ {}", self.quantity.unit.show(aim)),
            Aim::AtMost(aim) => format!("≤ {}", self.quantity.unit.show(aim)),
        }
    }
}

/// The figures that have an aim. A ratio is computed within each round, so that both sides had the same conditions.
#[expect(clippy::cast_precision_loss, reason = "no machine has 2^52 cores")]
pub(crate) fn figures(rounds: &[Round], loadings: &[Loading]) -> Vec<Figure> {
    use Aim::{AtLeast, AtMost};
    use Unit::{Mebibytes, Milliseconds, Ratio, Seconds};
    let cores = cores() as f64;
    let of = |name, unit, aim, value: &dyn Fn(&Round) -> f64| Figure {
        quantity: Quantity { name, unit, values: rounds.iter().map(value).collect() },
        aim,
    };
    let loading = |name, unit, aim, value: &dyn Fn(&Loading) -> f64| Figure {
        quantity: Quantity { name, unit, values: loadings.iter().map(value).collect() },
        aim,
    };
    vec![
        of("first page from memory ÷ bare responder", Ratio, AtLeast(0.5), &|r| r.cached_page / r.bare_page),
        of("movie from memory ÷ bare responder", Ratio, AtLeast(0.5), &|r| r.cached_movie / r.bare_movie),
        of("first page from the database ÷ PostgreSQL alone", Ratio, AtLeast(0.35), &|r| {
            r.uncached_page / r.postgres_page
        }),
        of("any movie from the database ÷ PostgreSQL alone", Ratio, AtLeast(0.35), &|r| {
            r.uncached_movie / r.postgres_movie
        }),
        of("time of a deep page ÷ of page 1", Ratio, AtMost(1.3), &|r| r.deep_page_ms / r.page_one_ms),
        of("reads while 150 log in, 99 of 100", Milliseconds, AtMost(50.0), &|r| r.read_p99_ms),
        of("logins ÷ what bcrypt allows", Ratio, AtLeast(0.9), &|r| r.logins * r.hash_seconds / cores),
        of("idle memory", Mebibytes, AtMost(40.0), &|r| r.idle_mib),
        of("start to ready", Seconds, AtMost(0.5), &|r| r.ready_seconds),
        loading("time of an import ÷ of COPY", Ratio, AtMost(1.5), &|l| l.import_seconds / l.copy_seconds),
        loading("memory of an import", Mebibytes, AtMost(100.0), &|l| l.import_peak_mib),
    ]
}

/// The quantities that the ratios are computed from.
pub(crate) fn quantities(rounds: &[Round], loadings: &[Loading]) -> Vec<Quantity> {
    use Unit::{Milliseconds, PerSecond, Seconds};
    let of = |name, unit, value: fn(&Round) -> f64| Quantity {
        name,
        unit,
        values: rounds.iter().map(value).collect(),
    };
    let loading = |name, unit, value: fn(&Loading) -> f64| Quantity {
        name,
        unit,
        values: loadings.iter().map(value).collect(),
    };
    vec![
        of("bare responder, a body as long as the first page", PerSecond, |r| r.bare_page),
        of("first page from memory", PerSecond, |r| r.cached_page),
        of("bare responder, a body as long as a movie", PerSecond, |r| r.bare_movie),
        of("movie from memory", PerSecond, |r| r.cached_movie),
        of("PostgreSQL alone, first page", PerSecond, |r| r.postgres_page),
        of("first page from the database", PerSecond, |r| r.uncached_page),
        of("PostgreSQL alone, any movie", PerSecond, |r| r.postgres_movie),
        of("any movie from the database", PerSecond, |r| r.uncached_movie),
        of("page 1, half of the answers", Milliseconds, |r| r.page_one_ms),
        of("deep page, half of the answers", Milliseconds, |r| r.deep_page_ms),
        of("deep page, the first time after a start", Milliseconds, |r| r.first_deep_page_ms),
        of("one bcrypt hash at cost 12", Seconds, |r| r.hash_seconds),
        of("logins", PerSecond, |r| r.logins),
        loading("import", Seconds, |l| l.import_seconds),
        loading("COPY", Seconds, |l| l.copy_seconds),
    ]
}

/// The median: the middle value, or the mean of the two middle values; NaN if there are no values.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.len() % 2, middle.checked_sub(1).and_then(|before| sorted.get(before)), sorted.get(middle))
    {
        (0, Some(before), Some(after)) => f64::midpoint(*before, *after),
        (_, _, Some(value)) => *value,
        _ => f64::NAN,
    }
}

/// Formats a number with thousands separators: `61203` as `61,203`.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value_or_the_mean_of_the_two_middle_values() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn lower_and_upper_bounds_are_checked() {
        let figure = |aim, value| Figure {
            quantity: Quantity { name: "", unit: Unit::Ratio, values: vec![value] },
            aim,
        };
        assert!(figure(Aim::AtLeast(0.5), 0.6).is_met() && !figure(Aim::AtLeast(0.5), 0.4).is_met());
        assert!(figure(Aim::AtMost(1.3), 1.2).is_met() && !figure(Aim::AtMost(1.3), 1.4).is_met());
        assert!(!figure(Aim::AtMost(1.3), f64::NAN).is_met());
    }

    #[test]
    fn rates_are_grouped_by_thousands() {
        assert_eq!(Unit::PerSecond.show(1_234_567.4), "1,234,567/s");
        assert_eq!(Unit::PerSecond.show(999.0), "999/s");
        assert_eq!(Unit::PerSecond.show(9.87), "9.9/s");
    }
}
