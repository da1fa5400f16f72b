//! Adds up what was counted, for whoever reads it: of the hours and places that they see, by time and group.

use std::collections::BTreeMap;

use domain::Time;
use domain::measure::figure::{By, Place};
use domain::measure::sum::Sum;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Defined, ProjectionError, Store};

/// How time is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Every {
    Total,
    Day,
    Hour,
}

impl Every {
    pub(super) const WORDS: &'static [(&'static str, Self)] =
        &[("day", Self::Day), ("hour", Self::Hour), ("total", Self::Total)];
}

/// The days of a report, both ends included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) since: Date,
    pub(crate) until: Date,
    pub(crate) every: Every,
}

/// What was counted in some time of a group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "FigureRow")]
pub(crate) struct Row {
    /// The day, or when the hour begins; none if it is about all days.
    pub(crate) when: Option<String>,
    /// The queue, agent, number or label; none of what belongs to none, or if there are no groups.
    pub(crate) group: Option<String>,
    /// How many samples it is made of.
    pub(crate) samples: u64,
    /// The sum, the part of 1, or the mean. None where there is nothing to divide by.
    pub(crate) value: Option<f64>,
    /// The 50th percentile, wrong by 1 % at most as the other two, of what is spread.
    pub(crate) p50: Option<u64>,
    /// The 90th percentile.
    pub(crate) p90: Option<u64>,
    /// The 95th percentile.
    pub(crate) p95: Option<u64>,
    /// The values, added.
    sum: u64,
    /// Of a ratio what they are a part of, added.
    of: u64,
    /// Whether the day is sealed, if this is about one day.
    pub(crate) sealed: Option<bool>,
}

/// A day, and when the hour begins if it is about one.
type When = (Date, Option<Time>);

/// Which row a sum belongs to: its time, if not all days together, and its group.
type Key = (Option<When>, Option<String>);

/// The rows of a figure.
pub(super) fn rows(
    store: &Store,
    defined: &Defined,
    span: Span,
    by: By,
    zone: &TimeZone,
    sees: &dyn Fn(&Place) -> bool,
) -> Result<Vec<Row>, ProjectionError> {
    let series = defined.figure.series(&defined.rule);
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    let mut add = |when, place: Place, sum: &Sum| {
        if sees(&place) {
            sums.entry((when, place.group(by))).or_default().merge(sum);
        }
    };
    let mut day = span.since;
    while day <= span.until {
        match span.every {
            Every::Hour => {
                for (begins, place, sum) in store.sums_of_hours(&series, day)? {
                    add(Some((day, Some(begins))), place, &sum);
                }
            }
            every => {
                for (place, sum) in store.sums_of_day(&series, day)? {
                    add((every == Every::Day).then_some((day, None)), place, &sum);
                }
            }
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    let row = |((when, group), sum): (Key, Sum)| {
        let read = sum.read(defined.figure.aggregate);
        let [p50, p90, p95] = read.percentiles.map_or([None; 3], |told| told.map(Some));
        let sealed = match when {
            Some((day, None)) => Some(store.sealed_day(day)?.is_some()),
            _ => None,
        };
        Ok(Row {
            when: when.map(|when| in_words(when, zone)),
            group,
            samples: read.samples,
            value: read.value,
            p50,
            p90,
            p95,
            sum: sum.value,
            of: sum.of,
            sealed,
        })
    };
    sums.into_iter().map(row).collect()
}

fn in_words((day, hour): When, zone: &TimeZone) -> String {
    let Some(begins) = hour else { return day.to_string() };
    // With the offset, or the hour that comes twice would be one.
    begins.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The same as comma-separated values (RFC 4180), all figures below each other. Words of rules are not in it, so that no
/// spreadsheet takes one for a formula.
pub(super) fn csv(read: &[(Vec<Row>, Defined)]) -> String {
    let mut lines =
        vec!["metric,version,rule,unit,when,group,samples,value,p50,p90,p95,sum,of,sealed".to_owned()];
    for (rows, Defined { figure, rule, .. }) in read {
        for row in rows {
            let fields = [
                figure.name.clone(),
                figure.version.to_string(),
                rule.to_string(),
                figure.unit.clone(),
                row.when.clone().unwrap_or_default(),
                row.group.clone().unwrap_or_default(),
                row.samples.to_string(),
                told(row.value),
                told(row.p50),
                told(row.p90),
                told(row.p95),
                row.sum.to_string(),
                row.of.to_string(),
                told(row.sealed),
            ];
            lines.push(fields.map(|field| quoted(&field)).join(","));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}

fn told(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
