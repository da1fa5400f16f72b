//! What a company writes down for this rule: from where on a campaign takes more than the matrix demands. Nothing has to be.

use kit::judging::{Demand, Severities};
use kit::settings::{Field, pack, parse};
use serde::{Deserialize, Serialize};

use crate::rule::CODES;

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    pub severities: Severities<S>,
    /// What a finding of the weight `require` adds.
    pub demand: Demand<S>,
    /// Of 100 contacts so many have asked for it, at least.
    pub opted_in_percent: u32,
    /// More contacts than these are many.
    pub contacts: u64,
    /// More than this is costly, in whole units of the company's currency.
    pub cost: u64,
    /// Messages an hour.
    pub per_hour: u64,
    /// The hours in which it may start, on the clock of who reads it.
    pub from_hour: u32,
    pub until_hour: u32,
    /// Of 100 contacts so many may be left out because they were written to often enough.
    pub capped_percent: u32,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&[
            "severities",
            "demand",
            "opted-in-percent",
            "contacts",
            "cost",
            "per-hour",
            "hours",
            "capped-percent",
        ])?;
        let severities = of.optional("severities", |field| Severities::read(field, CODES))?;
        let hours = of.optional("hours", |field| {
            let hours = field.list(|hour| hour.number(0..=24))?;
            field.ensure(
                hours,
                |hours: &Vec<u32>| hours.len() == 2 && hours[0] < hours[1],
                "two hours, as [8, 20]",
            )
        })?;
        let percent = |field: &Field| field.number(0..=100);
        let (from_hour, until_hour) = hours.as_deref().map_or((8, 20), |hours| (hours[0], hours[1]));
        Ok(Self {
            severities: severities.unwrap_or_else(|| Severities(vec![])),
            demand: of
                .optional("demand", Demand::read)?
                .unwrap_or_else(|| Demand::two_of("approve-campaigns")),
            opted_in_percent: of.optional("opted-in-percent", percent)?.unwrap_or(95),
            contacts: of.optional("contacts", |field| field.number(0..=1_000_000_000))?.unwrap_or(1_000),
            cost: of.optional("cost", |field| field.number(0..=1_000_000_000))?.unwrap_or(100),
            per_hour: of.optional("per-hour", |field| field.number(1..=1_000_000_000))?.unwrap_or(10_000),
            from_hour,
            until_hour,
            capped_percent: of.optional("capped-percent", percent)?.unwrap_or(20),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_nothing_at_all_are_accepted_and_a_mistake_is_named() {
        prepare(include_str!("example.json")).unwrap();
        prepare("{}").unwrap();
        for (json, error) in [
            (r#"{"hours": [20, 8]}"#, "hours: got [20,8], expected two hours, as [8, 20]"),
            (r#"{"opted-in-percent": 101}"#, "expected a whole number from 0 to 100"),
            (r#"{"demand": {}}"#, "a demand of nothing would be none"),
        ] {
            let got = prepare(json).unwrap_err();
            assert!(got.ends_with(error), "{got}");
        }
    }
}
