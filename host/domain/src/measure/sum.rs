//! What samples add up to: whole numbers, so that the same samples give the same sum in whatever order they come.

use serde::{Deserialize, Serialize};

use super::figure::Aggregate;
use super::sketch::Sketch;

/// A sum of samples. Numbers stop at the largest there is and do not go round.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    /// How many there were.
    pub samples: u64,
    /// Their values, added.
    pub value: u64,
    /// What they are a part of, added.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of: u64,
    /// How they are spread, if the figure wants to know.
    #[serde(default, skip_serializing_if = "Sketch::is_empty")]
    pub spread: Sketch,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What people read of a sum. Amounts are in the unit of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Read {
    /// How many samples it is made of.
    pub samples: u64,
    /// The sum, the part of the whole (0 to 1), or the mean. None where there is nothing to divide by.
    pub value: Option<f64>,
    /// The 50th, 90th and 95th percentile, wrong by 1 % at most, of what is spread.
    pub percentiles: Option<[u64; 3]>,
}

impl Sum {
    /// Takes in a sample.
    pub fn add(&mut self, aggregate: Aggregate, value: u64, of: u64) {
        self.samples = self.samples.saturating_add(1);
        self.value = self.value.saturating_add(value);
        match aggregate {
            Aggregate::Sum => {}
            Aggregate::Ratio => self.of = self.of.saturating_add(of),
            Aggregate::Distribution => self.spread.add(value),
        }
    }

    /// Takes in all that another one has.
    pub fn merge(&mut self, other: &Self) {
        self.samples = self.samples.saturating_add(other.samples);
        self.value = self.value.saturating_add(other.value);
        self.of = self.of.saturating_add(other.of);
        self.spread.merge(&other.spread);
    }

    /// What it says.
    #[allow(clippy::cast_precision_loss, reason = "what is kept is whole; this is for reading")]
    pub fn read(&self, aggregate: Aggregate) -> Read {
        let per = |of: u64| (of > 0).then(|| self.value as f64 / of as f64);
        let value = match aggregate {
            Aggregate::Sum => Some(self.value as f64),
            Aggregate::Ratio => per(self.of),
            Aggregate::Distribution => per(self.samples),
        };
        let percentile = |percent| self.spread.percentile(percent);
        let percentiles = match (percentile(50), percentile(90), percentile(95)) {
            // Of a single one the sum knows it to the last digit, and no reader understands why half is not all.
            (Some(_), ..) if self.samples == 1 => Some([self.value; 3]),
            (Some(half), Some(most), Some(nearly_all)) => Some([half, most, nearly_all]),
            _ => None,
        };
        Read { samples: self.samples, value, percentiles }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn sum(aggregate: Aggregate, samples: &[(u64, u64)]) -> Sum {
        let mut sum = Sum::default();
        samples.iter().for_each(|(value, of)| sum.add(aggregate, *value, *of));
        sum
    }

    proptest! {
        #[test]
        fn a_day_is_the_sum_of_its_hours_in_any_order(
            one in vec((0..1_000_000_u64, 0..9_u64), 0..40),
            other in vec((0..1_000_000_u64, 0..9_u64), 0..40),
            aggregate in prop::sample::select(&Aggregate::ALL[..]),
        ) {
            let (a, b) = (sum(aggregate, &one), sum(aggregate, &other));
            let (mut there, mut back) = (a.clone(), b.clone());
            there.merge(&b);
            back.merge(&a);
            prop_assert_eq!(&there, &back);
            let whole = [one, other].concat();
            prop_assert_eq!(&there, &sum(aggregate, &whole));
            prop_assert_eq!(there.value, whole.iter().map(|(value, _)| value).sum::<u64>());
        }
    }

    #[test]
    fn what_nothing_is_known_of_has_no_mean_and_no_part() {
        assert_eq!(Sum::default().read(Aggregate::Sum).value, Some(0.0));
        for aggregate in [Aggregate::Ratio, Aggregate::Distribution] {
            assert_eq!(Sum::default().read(aggregate), Read::default());
        }
        let mean = sum(Aggregate::Distribution, &[(10, 0), (20, 0), (60, 0)]).read(Aggregate::Distribution);
        assert_eq!((mean.samples, mean.value, mean.percentiles), (3, Some(30.0), Some([20, 60, 60])));
        assert_eq!(sum(Aggregate::Ratio, &[(1, 1), (0, 1), (0, 2)]).read(Aggregate::Ratio).value, Some(0.25));
    }
}
