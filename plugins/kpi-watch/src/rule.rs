//! Whether a figure has left its bound. Whole numbers are compared, so that every machine finds the same.

use crate::settings::{Bound, Limit, WHOLE};

/// A figure as the host shows it.
pub struct Seen<'a> {
    pub aggregate: &'a str,
    pub samples: u64,
    pub value: u64,
    pub of: u64,
    pub percentiles: &'a [(u8, u64)],
}

/// A figure that has left its bound: what it is, and what it should be at most or at least. Parts of a whole are in hundredths of
/// a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub is: u64,
    pub limit: u64,
    pub above: bool,
    pub samples: u64,
}

/// The bound that a figure has left; none where it keeps it, or where nothing can be said.
pub fn left<S>(seen: &Seen<'_>, bound: &Bound<S>) -> Option<Left> {
    if seen.samples < bound.at_least {
        return None;
    }
    let is = amount(seen, bound.percentile)?;
    let number = |limit: Limit| match limit {
        Limit::Plain(number) | Limit::Time(number) | Limit::Part(number) => number,
    };
    let left = |limit: u64, above: bool| Left { is, limit, above, samples: seen.samples };
    let above = bound.above.map(number).filter(|limit| is > *limit).map(|limit| left(limit, true));
    above.or_else(|| bound.below.map(number).filter(|limit| is < *limit).map(|limit| left(limit, false)))
}

/// What is looked at of a figure. None if there is nothing to divide by.
fn amount(seen: &Seen<'_>, percentile: Option<u8>) -> Option<u64> {
    if let Some(percent) = percentile {
        return seen.percentiles.iter().find(|(known, _)| *known == percent).map(|(_, value)| *value);
    }
    let per = |whole: u128, of: u64| (of > 0).then(|| whole / u128::from(of));
    let amount = match seen.aggregate {
        "ratio" => per(u128::from(seen.value) * u128::from(WHOLE), seen.of),
        "distribution" => per(u128::from(seen.value), seen.samples),
        _ => Some(u128::from(seen.value)),
    };
    amount.map(|amount| u64::try_from(amount).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Seen<'_> = Seen { aggregate: "sum", samples: 0, value: 0, of: 0, percentiles: &[] };

    fn bound(above: Option<Limit>, below: Option<Limit>, percentile: Option<u8>) -> Bound<&'static str> {
        let (name, rule, figure, by, level) = ("a", "kpi", "f", "company", "warning");
        Bound { name, rule, figure, by, hours: 1, percentile, above, below, at_least: 5, level }
    }

    #[test]
    fn a_service_level_of_69_in_100_is_below_70_percent_and_of_70_is_not() {
        let bound = bound(None, Some(Limit::Part(7_000)), None);
        let of = |value| Seen { aggregate: "ratio", samples: 100, value, of: 100, ..CALM };
        assert_eq!(left(&of(70), &bound), None);
        assert_eq!(left(&of(69), &bound), Some(Left { is: 6_900, limit: 7_000, above: false, samples: 100 }));
    }

    #[test]
    fn nothing_follows_from_few_cases_or_from_none() {
        let low = bound(None, Some(Limit::Part(7_000)), None);
        assert_eq!(left(&Seen { aggregate: "ratio", samples: 4, value: 0, of: 4, ..CALM }, &low), None);
        assert_eq!(left(&Seen { aggregate: "ratio", samples: 9, value: 0, of: 0, ..CALM }, &low), None);
        let slow = bound(Some(Limit::Time(1_000)), None, Some(90));
        assert_eq!(left(&Seen { samples: 9, ..CALM }, &slow), None);
    }

    #[test]
    fn a_mean_hides_what_a_percentile_shows() {
        let seen = Seen {
            aggregate: "distribution",
            samples: 10,
            value: 10_000,
            percentiles: &[(50, 100), (90, 9_000), (95, 9_000)],
            ..CALM
        };
        let limit = Some(Limit::Time(5_000));
        assert_eq!(left(&seen, &bound(limit, None, None)), None);
        assert_eq!(left(&seen, &bound(limit, None, Some(90))).unwrap().is, 9_000);
    }

    #[test]
    fn that_nobody_wrote_at_all_can_be_an_alert_of_the_company() {
        let quiet = Bound { at_least: 0, ..bound(None, Some(Limit::Plain(1)), None) };
        assert_eq!(left(&CALM, &quiet).unwrap().is, 0);
    }
}
