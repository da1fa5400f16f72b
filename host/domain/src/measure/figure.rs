//! What a figure means, and where a sample of one belongs.
//!
//! A figure is known by the rule that counts it and by what its definition says of how: its name, version, variant, unit and
//! the way it adds up. Another of these is another figure with a past of its own, so that what was counted one way is never
//! added to what was counted another way. Words for people may change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::sum::Sum;
use crate::Time;
use crate::decision::Digest;
use crate::id::{AgentId, NumberId, QueueId, RuleId};
use crate::json::Json;

/// The most figures that one rule counts.
pub const MOST_FIGURES: usize = 64;

/// The most labels that one figure ever has.
pub const MOST_LABELS: usize = 100;

/// The longest name, label, unit or word of whom a figure is for.
const LONGEST_NAME: usize = 40;

/// The longest title, formula or variant, in characters.
const LONGEST_WORDS: usize = 300;

/// How samples become a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// Their values, added.
    Sum,
    /// Their values, added, of what they are a part of, added.
    Ratio,
    /// Their mean, and their percentiles.
    Distribution,
}

impl Aggregate {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sum, Self::Ratio, Self::Distribution];

    /// Its word in the contract.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }
}

/// What a figure means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Figure {
    /// Its name for programs, as `first-response`.
    pub name: String,
    /// What people call it, by language.
    pub titles: BTreeMap<String, String>,
    /// What its values are, as `ms` or `cases`.
    pub unit: String,
    /// How it is counted, in words.
    pub formula: String,
    /// Which of several ways to count it this is, in words.
    pub variant: String,
    /// Counts the meanings that it has had.
    pub version: u32,
    /// Roles that it is made for, as `supervisor`.
    pub audience: BTreeSet<String>,
    /// How samples become it.
    pub aggregate: Aggregate,
    /// Formula and variant in other words, as `formula-es`, for those who read them in that language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spoken: BTreeMap<String, String>,
}

impl Figure {
    /// What is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), String> {
        if !is_name(&self.name) {
            return Err("a figure whose name is not 1 to 40 small letters, digits and hyphens".to_owned());
        }
        let wrong = |what: &str| Err(format!("the figure `{}`: {what}", self.name));
        if !is_name(&self.unit) || !self.audience.iter().all(|role| is_name(role)) {
            return wrong("unit and roles are 1 to 40 small letters, digits and hyphens");
        }
        if let Some(what) = unsayable(&self.titles) {
            return wrong(what);
        }
        if ![&self.formula, &self.variant]
            .into_iter()
            .chain(self.spoken.values())
            .all(|text| is_sayable(text))
        {
            return wrong("formula and variant have 1 to 300 characters, in whichever language");
        }
        Ok(())
    }

    /// By what it is known, of a rule that counts it.
    pub fn series(&self, rule: &RuleId) -> Digest {
        let Self { name, unit, variant, version, aggregate, .. } = self;
        let known_by = (rule, name, version, variant, unit, aggregate);
        Digest::of(Json::of(&known_by).text().as_bytes())
    }

    /// How it is counted, in a language if it has that.
    pub fn formula(&self, language: &str) -> &str {
        self.spoken.get(&format!("formula-{language}")).unwrap_or(&self.formula)
    }

    /// Its variant, in a language if it has that.
    pub fn variant(&self, language: &str) -> &str {
        self.spoken.get(&format!("variant-{language}")).unwrap_or(&self.variant)
    }

    /// Its title in a language, or its name.
    pub fn title(&self, language: &str) -> &str {
        self.titles.get(language).unwrap_or(&self.name)
    }
}

fn is_sayable(text: &str) -> bool {
    (1..=LONGEST_WORDS).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Why people cannot be told something that is there by language, if they cannot.
pub fn unsayable(words: &BTreeMap<String, String>) -> Option<&'static str> {
    if !["es", "pt", "en"].iter().all(|language| words.contains_key(*language)) {
        return Some("it needs words in es, pt and en");
    }
    let wrong = |(language, text): (&String, &String)| language.len() != 2 || !is_sayable(text);
    (words.len() > 8 || words.iter().any(wrong))
        .then_some("languages have two letters, and words 1 to 300 characters")
}

/// Whether a text can be a name: 1 to 40 small letters, digits and hyphens.
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_NAME).contains(&text.len()) && text.bytes().all(plain)
}

/// What a rule has measured of one fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The place of the fact among those that the rule was shown.
    pub fact: usize,
    /// The place of the figure among those that the rule counts.
    pub figure: usize,
    /// How much.
    pub value: u64,
    /// What it is a part of, if the figure is a ratio.
    pub of: u64,
    /// One more thing to count by. Empty for none.
    pub label: String,
}

/// Where a sample belongs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// The number of the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// The queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// What else the rule counts by. Empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// How places are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Not at all.
    All,
    /// By queue.
    Queue,
    /// By agent.
    Agent,
    /// By number of the company.
    Number,
    /// By what else the rule counts by.
    Label,
}

impl By {
    /// What people call them.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("queue", Self::Queue), ("agent", Self::Agent), ("number", Self::Number), ("label", Self::Label)];
}

impl Place {
    /// The group that it belongs to; none if it belongs to none.
    pub fn group(&self, by: By) -> Option<String> {
        match by {
            By::All => None,
            By::Queue => self.queue.as_ref().map(ToString::to_string),
            By::Agent => self.agent.as_ref().map(ToString::to_string),
            By::Number => self.number.as_ref().map(ToString::to_string),
            By::Label => Some(self.label.clone()).filter(|label| !label.is_empty()),
        }
    }
}

/// An hour of the company's wall clock. When clocks are set back, one of them comes twice: they differ in when they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hour {
    /// The day that it is of.
    pub day: Date,
    /// When it begins.
    pub begins: Time,
}

impl Hour {
    /// The hour of a moment in a zone.
    pub fn of(at: Time, zone: &TimeZone) -> Self {
        let local = at.to_zoned(zone.clone());
        // The offset stays as it is, so the hour that comes twice is told apart.
        let begins = local.with().minute(0).second(0).subsec_nanosecond(0).build();
        Self { day: local.date(), begins: begins.map_or(at, |begins| begins.timestamp()) }
    }
}

/// What was counted of a figure in one hour and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The hour.
    pub hour: Hour,
    /// The place.
    #[serde(flatten)]
    pub place: Place,
    /// The sum.
    pub sum: Sum,
}

/// What was counted of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// By what the figure is known.
    pub series: Digest,
    /// By hour and place, in order.
    pub cells: Vec<Cell>,
}

/// Adds up samples. `wheres` says of each fact when and where it happened.
pub fn count(
    rule: &RuleId,
    figures: &[Figure],
    wheres: &[(Hour, Place)],
    samples: &[Sample],
) -> Vec<Counted> {
    let mut sums: BTreeMap<usize, BTreeMap<(Hour, Place), Sum>> = BTreeMap::new();
    for sample in samples {
        let (Some(figure), Some((hour, place))) = (figures.get(sample.figure), wheres.get(sample.fact))
        else {
            continue;
        };
        let place = Place { label: sample.label.clone(), ..place.clone() };
        let cells = sums.entry(sample.figure).or_default();
        cells.entry((*hour, place)).or_default().add(figure.aggregate, sample.value, sample.of);
    }
    let counted = sums.into_iter().filter_map(|(figure, cells)| {
        let figure = figures.get(figure)?;
        let cells = cells.into_iter().map(|((hour, place), sum)| Cell { hour, place, sum });
        Some(Counted { series: figure.series(rule), cells: cells.collect() })
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, from: &str, minutes: i64) -> Vec<Hour> {
        let (zone, from): (_, Time) = (TimeZone::get(zone).unwrap(), from.parse().unwrap());
        let at = |minute| Hour::of(Time::from_second(from.as_second() + 60 * minute).unwrap(), &zone);
        let mut hours: Vec<_> = (0..minutes).map(at).collect();
        hours.dedup();
        hours
    }

    #[test]
    fn a_day_on_which_clocks_change_has_23_or_25_hours_and_each_minute_is_in_one_of_them() {
        // Santiago: clocks go back on 2026-04-05 at 00:00, which is 23:00 of the 4th again, and forth on 2026-09-06 at 00:00.
        let autumn = hours("America/Santiago", "2026-04-04T03:00:00Z", 3 * 1_440);
        let spring = hours("America/Santiago", "2026-09-05T04:00:00Z", 3 * 1_440);
        let on = |hours: &[Hour], day: &str| {
            let day: Date = day.parse().unwrap();
            hours.iter().filter(|hour| hour.day == day).count()
        };
        assert_eq!(on(&autumn, "2026-04-04"), 25);
        assert_eq!(on(&autumn, "2026-04-05"), 24);
        assert_eq!(on(&spring, "2026-09-06"), 23);
        assert!(autumn.is_sorted() && spring.is_sorted());
    }

    #[test]
    fn another_way_to_count_is_another_figure_and_other_words_are_not() {
        let titles = ["es", "pt", "en"].map(|language| (language.to_owned(), "FRT".to_owned()));
        let figure = Figure {
            name: "first-response".into(),
            titles: titles.into(),
            unit: "ms".into(),
            formula: "answered − queued".into(),
            variant: "wall time".into(),
            version: 1,
            audience: ["agent".to_owned()].into(),
            aggregate: Aggregate::Distribution,
            spoken: BTreeMap::new(),
        };
        assert_eq!(figure.check(), Ok(()));
        let series = |figure: &Figure| figure.series(&"kpi".into());
        assert_eq!(series(&figure), series(&Figure { formula: "other words".into(), ..figure.clone() }));
        for other in [
            Figure { version: 2, ..figure.clone() },
            Figure { variant: "business time".into(), ..figure.clone() },
            Figure { unit: "s".into(), ..figure.clone() },
            Figure { aggregate: Aggregate::Sum, ..figure.clone() },
        ] {
            assert_ne!(series(&figure), series(&other));
        }
        assert_ne!(figure.series(&"kpi".into()), figure.series(&"other".into()));
        assert!(Figure { name: "+57 310 555 0101".into(), ..figure.clone() }.check().is_err());
        assert!(Figure { titles: BTreeMap::new(), ..figure }.check().is_err());
    }
}
