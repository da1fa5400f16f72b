//! How values are written in a scenario. Each refusal says what was found and what was expected; the file's reader adds
//! the line, and with it the key.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};

use crate::rules::Pair;

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SPAN: &str = "a duration of whole units such as \"500ms\", \"6s\", \"5m\", \"1h\" or \"30d\"";

fn parse_span(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    Some(Duration::from_millis(number.parse::<u64>().ok()?.checked_mul(*millis)?))
}

fn no_span<E: Error>(given: &str) -> E {
    E::invalid_value(Unexpected::Str(given), &SPAN)
}

/// `"90s"`.
pub(crate) fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let given = String::deserialize(from)?;
    parse_span(&given).ok_or_else(|| no_span(&given))
}

/// `"90s"` or `"off"`.
pub(crate) fn span_or_off<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let given = String::deserialize(from)?;
    match given.as_str() {
        "off" => Ok(None),
        given => parse_span(given).map(Some).ok_or_else(|| {
            D::Error::invalid_value(Unexpected::Str(given), &format!("{SPAN}, or \"off\"").as_str())
        }),
    }
}

/// `["3h", "6h"]`.
pub(crate) fn spans<'de, D: Deserializer<'de>>(from: D) -> Result<[Duration; 2], D::Error> {
    let [first, second] = <[String; 2]>::deserialize(from)?;
    let parse = |given: &str| parse_span(given).ok_or_else(|| no_span(given));
    Ok([parse(&first)?, parse(&second)?])
}

/// `"1s..5s"`.
pub(crate) fn range<'de, D: Deserializer<'de>>(from: D) -> Result<RangeInclusive<Duration>, D::Error> {
    let given = String::deserialize(from)?;
    let ends = given
        .split_once("..")
        .and_then(|(from, to)| Some((parse_span(from.trim())?, parse_span(to.trim())?)));
    ends.filter(|(from, to)| from <= to).map(|(from, to)| from..=to).ok_or_else(|| {
        let expected = "two durations, the shorter one first, such as \"1s..5s\"";
        D::Error::invalid_value(Unexpected::Str(&given), &expected)
    })
}

/// A share of all cases.
pub(crate) fn share<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let given = f64::deserialize(from)?;
    if (0.0..=1.0).contains(&given) {
        return Ok(given);
    }
    Err(D::Error::invalid_value(Unexpected::Float(given), &"a share from 0 to 1"))
}

/// Codes of Meta's.
pub(crate) fn codes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<i64>, D::Error> {
    let given = Vec::<i64>::deserialize(from)?;
    if given.is_empty() {
        return Err(D::Error::invalid_length(0, &"at least one of Meta's error codes"));
    }
    Ok(given)
}

/// `250` or `"off"`.
pub(crate) fn count_or_off<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a number from 1 on, or \"off\" was expected")]
    enum Given {
        Count(std::num::NonZeroU64),
        Off(Off),
    }
    Ok(match Given::deserialize(from)? {
        Given::Count(count) => Some(count.get()),
        Given::Off(Off::Off) => None,
    })
}

/// `{ every = "6s", burst = 45 }` or `"off"`.
pub(crate) fn pair_or_off<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Pair>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        #[serde(deserialize_with = "span")]
        every: Duration,
        burst: std::num::NonZeroU64,
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "{ every = \"6s\", burst = 45 } or \"off\" was expected")]
    enum Given {
        Pair(Written),
        Off(Off),
    }
    Ok(match Given::deserialize(from)? {
        Given::Pair(Written { every, burst }) => Some(Pair { every, burst: burst.get() }),
        Given::Off(Off::Off) => None,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Off {
    Off,
}
