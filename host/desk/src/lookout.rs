//! Has rules say what people should look at.
//!
//! The lookout reads the sums that were counted, shows each rule that watches figures those that it asked for, and keeps an account of
//! what it names: an alert begins when it is named, goes on while it is, and ends when it has not been for a while or nobody watches it
//! any more. Only what changes is written. When a rule fails its alerts stay as they were: not to know is no all-clear.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Time;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::Event;
use domain::id::RuleId;
use domain::measure::alert::{AlertEnded, AlertRaised, QUIET, Seen, Watch, Which};
use domain::measure::figure::{By, Figure, Hour, Place};
use domain::measure::sum::Sum;
use domain::rule::Scope;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use jiff::ToSpan as _;
use rules::{Rule, Unmeasured, contract};
use store::{Draft, Store};

use crate::active::Active;
use crate::command::DeskError;
use crate::input::instant;
use crate::measurer::covers;
use crate::shared::Shared;

/// How often it looks.
const EVERY: SignedDuration = SignedDuration::from_secs(10);

/// Has rules watch figures.
pub struct Lookout {
    shared: Arc<Shared>,
    /// What rules watch, by the component and settings that said so.
    watches: BTreeMap<Said, Result<Vec<Watch>, Unmeasured>>,
    /// Since when alerts that go on are not named any more.
    missed: BTreeMap<Which, Time>,
    /// When it looked last, and at which generation.
    looked: Option<(Time, u64)>,
}

/// What a rule says follows from these.
type Said = (RuleId, Digest, Digest);

/// A figure in one place, as it is shown.
struct Look {
    window: contract::Window,
    place: Place,
    seen: Seen,
}

impl Lookout {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, watches: BTreeMap::new(), missed: BTreeMap::new(), looked: None }
    }

    /// Looks, if it is time to.
    pub async fn step(&mut self) -> Result<(), DeskError> {
        let now = self.shared.now();
        let active = self.shared.active.load_full();
        let number = active.generation.number;
        let is_fresh = |at: Time| at <= now && now.duration_since(at) < EVERY;
        if self.looked.is_some_and(|(at, of)| of == number && is_fresh(at)) {
            return Ok(());
        }
        let events = self.look(&active, now)?;
        if !events.is_empty() {
            let version = self.shared.store.measures()?;
            let drafts: Result<Vec<Draft>, _> =
                events.into_iter().map(|event| Draft::new(Stream::Measures, Actor::Host, event)).collect();
            self.shared.store.commit(vec![(Stream::Measures, version)], drafts?).await?;
        }
        self.looked = Some((now, number));
        Ok(())
    }

    /// What changes of alerts.
    fn look(&mut self, active: &Active, now: Time) -> Result<Vec<Event>, DeskError> {
        let store = &self.shared.store;
        let is_over = |rule: &Rule| rule.definition().until.is_some_and(|until| now >= until);
        let watchers: Vec<&Rule> = active.generation.watchers().filter(|rule| !is_over(rule)).collect();
        let mut going = store.alerts()?;
        going.retain(|alert| alert.goes_on());
        let known = |which: &Which| going.iter().find(|alert| alert.raised.which == *which);
        let mut events: Vec<Event> = Vec::new();
        let mut named_now: BTreeSet<Which> = BTreeSet::new();
        let mut failed: BTreeSet<&RuleId> = BTreeSet::new();
        for rule in &watchers {
            let definition = rule.definition();
            let id = &definition.id;
            let (component, settings) = (definition.linked.admitted().digest, rule.settings());
            let host = &self.shared.rules;
            let said = (id.clone(), component, settings);
            let watches = match self.watches.entry(said).or_insert_with(|| host.watches(rule)) {
                Ok(watches) => watches,
                Err(error) => {
                    tracing::warn!(rule = %id, text = error.text, "a rule does not say what it watches");
                    failed.insert(id);
                    continue;
                }
            };
            let looks = looks(store, active, &definition.scope, watches, now)?;
            let windows: Vec<contract::Window> = looks.iter().map(|look| look.window.clone()).collect();
            let judged = host.judge_figures(rule, watches, instant(now), &windows);
            let named = match judged.named {
                Ok(named) => named,
                Err(error) => {
                    tracing::warn!(rule = %id, text = error.text, "a rule could not watch: its alerts stay as they are");
                    failed.insert(id);
                    continue;
                }
            };
            for one in named {
                let Some(look) = looks.get(one.window) else { continue };
                let which = Which { rule: id.clone(), alert: one.name, place: look.place.clone() };
                named_now.insert(which.clone());
                if known(&which).is_none_or(|alert| alert.raised.level != one.level) {
                    let (level, words, seen) = (one.level, one.words, look.seen.clone());
                    events.push(AlertRaised { which, level, words, component, settings, seen }.into());
                }
            }
        }
        for alert in &going {
            let which = &alert.raised.which;
            let unwatched = !watchers.iter().any(|rule| rule.definition().id == which.rule);
            let goes_on = named_now.contains(which) || failed.contains(&which.rule);
            if goes_on {
                self.missed.remove(which);
                continue;
            }
            let missed = *self.missed.entry(which.clone()).or_insert(now);
            if unwatched || now.duration_since(missed) >= QUIET {
                self.missed.remove(which);
                events.push(AlertEnded { which: which.clone(), unwatched }.into());
            }
        }
        Ok(events)
    }
}

/// The figures that a rule wants to be shown, each in all places in which something was counted.
fn looks(
    store: &Store,
    active: &Active,
    scope: &Scope,
    watches: &[Watch],
    now: Time,
) -> Result<Vec<Look>, DeskError> {
    let company = &active.company;
    let mut looks = Vec::new();
    for (place, watch) in (0..).zip(watches) {
        if !active.generation.measurers().any(|rule| rule.definition().id == watch.rule) {
            continue;
        }
        let said = store.counts(&watch.rule)?.said;
        let figures = said.iter().flat_map(|said| &said.figures);
        let Some(figure) = figures.into_iter().find(|figure| figure.name == watch.figure) else { continue };
        let hours = i64::from(watch.hours.saturating_sub(1));
        let first = now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Time::UNIX_EPOCH);
        let first = Hour::of(first, company.zone());
        let series = figure.series(&watch.rule);
        let mut sums: BTreeMap<Option<String>, Sum> = BTreeMap::new();
        if watch.by == By::All {
            sums.insert(None, Sum::default());
        }
        let today = Hour::of(now, company.zone()).day;
        for day in first.day.series(1.day()).take_while(|day| *day <= today) {
            for (begins, place, sum) in store.sums_of_hours(&series, day)? {
                let group = place.group(watch.by);
                let belongs = group.is_some() || watch.by == By::All;
                if begins >= first.begins && belongs && covers(scope, company, &place) {
                    sums.entry(group).or_default().merge(&sum);
                }
            }
        }
        looks.extend(sums.into_iter().map(|(group, sum)| Look {
            window: shown(place, watch, figure, company, first.begins, group.as_deref(), &sum),
            place: Place::of_group(watch.by, group.as_deref()),
            seen: Seen { series, since: first.begins, samples: sum.samples, value: sum.value, of: sum.of },
        }));
    }
    Ok(looks)
}

fn shown(
    watch: u32,
    of: &Watch,
    figure: &Figure,
    company: &Company,
    since: Time,
    group: Option<&str>,
    sum: &Sum,
) -> contract::Window {
    let number = |id: &str| company.number(&id.into()).map(|number| number.name.clone());
    let place = group.map(|group| match of.by {
        By::Number => number(group).unwrap_or_else(|| group.to_owned()),
        _ => group.to_owned(),
    });
    let percentiles = sum.read(figure.aggregate).percentiles;
    contract::Window {
        watch,
        place,
        since: instant(since),
        titles: figure.titles.clone().into_iter().collect(),
        unit: figure.unit.clone(),
        aggregate: figure.aggregate.word(),
        samples: sum.samples,
        value: sum.value,
        of: sum.of,
        percentiles: percentiles.map_or_else(Vec::new, |known| [50, 90, 95].into_iter().zip(known).collect()),
        attrs: Vec::new(),
    }
}
