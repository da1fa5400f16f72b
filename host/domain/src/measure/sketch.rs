//! How values are spread, in a few numbers that can be added up.
//!
//! A percentile of a month is not made of the percentiles of its days. So each value is put into a bucket, and buckets are
//! added: the sketch of a month is the sum of the sketches of its hours, in whatever order, to the bit. Buckets grow with the
//! values, so that what is read from one is wrong by 1 % at most; up to 99 there is one for each value. Their bounds are made
//! with whole numbers alone, because logarithms differ between processors and what was counted is kept for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The first value of each bucket: about 2,100 of them up to the largest number there is.
static FIRSTS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let next = |first: &u64| last_of(*first).checked_add(1);
    std::iter::successors(Some(0), next).collect()
});

/// The last value of the bucket that begins with one. Whatever lies between the two is at most 1 % from their middle.
const fn last_of(first: u64) -> u64 {
    first.saturating_add(first / 100 * 2)
}

/// How often which values came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(u16, u64)>", into = "Vec<(u16, u64)>")]
pub struct Sketch(BTreeMap<u16, u64>);

impl From<Vec<(u16, u64)>> for Sketch {
    fn from(buckets: Vec<(u16, u64)>) -> Self {
        Self(buckets.into_iter().collect())
    }
}

impl From<Sketch> for Vec<(u16, u64)> {
    fn from(Sketch(buckets): Sketch) -> Self {
        buckets.into_iter().collect()
    }
}

impl Sketch {
    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in a value.
    pub fn add(&mut self, value: u64) {
        let bucket = FIRSTS.partition_point(|first| *first <= value).saturating_sub(1);
        // There are some thousand buckets.
        self.count(u16::try_from(bucket).unwrap_or(u16::MAX), 1);
    }

    /// Takes in all that another one has.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(bucket, count)| self.count(*bucket, *count));
    }

    fn count(&mut self, bucket: u16, more: u64) {
        let known = self.0.entry(bucket).or_default();
        *known = known.saturating_add(more);
    }

    /// The least value that `percent` of all do not exceed, wrong by 1 % at most. None if nothing came.
    pub fn percentile(&self, percent: u8) -> Option<u64> {
        let all: u128 = self.0.values().map(|count| u128::from(*count)).sum();
        let rank = (all * u128::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        let (bucket, _) = self.0.iter().find(|(_, count)| {
            seen += u128::from(**count);
            seen >= rank
        })?;
        let first = FIRSTS.get(usize::from(*bucket)).copied().unwrap_or(u64::MAX);
        Some(first.saturating_add(first / 100))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[u64]) -> Sketch {
        let mut sketch = Sketch::default();
        values.iter().for_each(|value| sketch.add(*value));
        sketch
    }

    fn merged(one: &Sketch, other: &Sketch) -> Sketch {
        let mut sum = one.clone();
        sum.merge(other);
        sum
    }

    /// Values of all sizes.
    fn value() -> impl Strategy<Value = u64> {
        (any::<u64>(), 0..64_u32).prop_map(|(value, shift)| value >> shift)
    }

    proptest! {
        #[test]
        fn a_percentile_is_wrong_by_one_percent_at_most(values in vec(value(), 1..300), percent in 0..=100_u8) {
            let told = sketch(&values).percentile(percent).unwrap();
            let mut sorted = values;
            sorted.sort_unstable();
            let rank = (sorted.len() * usize::from(percent)).div_ceil(100).max(1);
            let exact = sorted[rank - 1];
            prop_assert!(told.abs_diff(exact) <= exact / 100, "{told} for {exact}");
        }

        #[test]
        fn sums_do_not_depend_on_the_order_or_on_the_parts(a in vec(value(), 0..50), b in vec(value(), 0..50), c in vec(value(), 0..50)) {
            let (x, y, z) = (sketch(&a), sketch(&b), sketch(&c));
            prop_assert_eq!(merged(&x, &y), merged(&y, &x));
            prop_assert_eq!(merged(&merged(&x, &y), &z), merged(&x, &merged(&y, &z)));
            let whole = sketch(&[a, b, c].concat());
            prop_assert_eq!(&merged(&merged(&x, &y), &z), &whole);
            let kept: Sketch = serde_json::from_str(&serde_json::to_string(&whole).unwrap()).unwrap();
            prop_assert_eq!(kept, whole);
        }
    }

    #[test]
    fn small_values_are_exact_and_the_largest_has_a_bucket() {
        assert!((0..100).all(|value| sketch(&[value]).percentile(50) == Some(value)));
        assert!(FIRSTS.len() < 2_200 && sketch(&[u64::MAX]).percentile(50).is_some());
        assert_eq!(Sketch::default().percentile(50), None);
    }
}
