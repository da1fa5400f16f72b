//! Has rules count what happened.
//!
//! The measurer goes behind everything else: facts wait in the projections until it comes to them, on a thread of its own that
//! gives way. It hands them to the rules that measure as they are in force when it comes, many in a call, and writes what they
//! counted with which facts these were, in one commit: so a host that stops in between counts nothing twice and leaves nothing
//! out. Where nobody measures, facts are let go of when there are many.
//!
//! It also says which cases have settled, and seals each day when all of its facts are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::Time;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::CaseSettled;
use domain::id::RuleId;
use domain::measure::event::{FiguresDefined, Measured, Measurement};
use domain::measure::fact::Fact;
use domain::measure::figure::{Counted, Figure, Hour, MOST_LABELS, Place, count};
use domain::measure::shown::Shown;
use domain::rule::Scope;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use rules::{Rule, Unmeasured, contract};
use store::{CommitError, Draft, Store};
use tokio::sync::watch;

use crate::active::Active;
use crate::assemble::NAP;
use crate::command::DeskError;
use crate::input::instant;
use crate::lookout::Lookout;
use crate::shared::Shared;

/// Facts in one call: enough to share what a call costs, few enough to be lost when it fails.
const AT_ONCE: usize = 256;

/// How long a fact waits for company, if there are not many: so far figures are behind.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);

/// Cases that settle in one step.
const SETTLING: usize = 64;

/// For how long after midnight a day stays open, for what was decided before it and written after.
const GRACE: SignedDuration = SignedDuration::from_mins(1);

/// Has rules count what happened.
pub struct Measurer {
    shared: Arc<Shared>,
    /// What rules count, by the component and settings that said so.
    figures: BTreeMap<Said, Result<Vec<Figure>, Unmeasured>>,
}

/// What a rule says follows from these.
type Said = (RuleId, Digest, Digest);

impl Measurer {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, figures: BTreeMap::new() }
    }

    /// Does what there is to do now. False if nothing is left.
    pub async fn step(&mut self) -> Result<bool, DeskError> {
        let settles = self.settle().await?;
        let active = self.shared.active.load_full();
        let facts = self.shared.store.facts(AT_ONCE)?;
        self.seal(&active, facts.first()).await?;
        let now = self.shared.now();
        let measurers: Vec<&Rule> = active
            .generation
            .measurers()
            .filter(|rule| rule.definition().until.is_none_or(|until| now < until))
            .collect();
        // All but those of the last event come at once when there are many.
        let many = facts.len() >= AT_ONCE / 2;
        let waited = facts.first().is_some_and(|first| now.duration_since(first.time) >= PATIENCE);
        if many || (waited && !measurers.is_empty()) {
            self.count(&active, &measurers, &facts).await?;
        }
        Ok(many || settles)
    }

    async fn count(&mut self, active: &Active, measurers: &[&Rule], facts: &[Fact]) -> Result<(), DeskError> {
        let (Some(first), Some(last)) = (facts.first(), facts.last()) else { return Ok(()) };
        let version = self.shared.store.measures()?;
        let (mut drafts, mut by) = (Vec::new(), Vec::new());
        for rule in measurers {
            let (defined, measurement) = self.measure(active, rule, facts)?;
            if let Some(defined) = defined {
                drafts.push(Draft::new(Stream::Measures, Actor::Host, defined)?);
            }
            by.push(measurement);
        }
        let measured = Measured {
            generation: active.generation.number,
            from: first.seq,
            to: last.seq,
            facts: u32::try_from(facts.len()).unwrap_or(u32::MAX),
            by,
        };
        drafts.push(Draft::new(Stream::Measures, Actor::Host, measured)?);
        self.shared.store.commit(vec![(Stream::Measures, version)], drafts).await?;
        Ok(())
    }

    /// What one rule makes of them, and what it counts if that is new.
    fn measure(
        &mut self,
        active: &Active,
        rule: &Rule,
        facts: &[Fact],
    ) -> Result<(Option<FiguresDefined>, Measurement), DeskError> {
        let definition = rule.definition();
        let id = definition.id.clone();
        let (component, settings) = (definition.linked.admitted().digest, rule.settings());
        let mut measurement = Measurement {
            rule: id.clone(),
            component,
            settings,
            failed: None,
            figures: Vec::new(),
            fuel: 0,
            micros: 0,
        };
        let host = &self.shared.rules;
        let said = (id.clone(), component, settings);
        let figures = match self.figures.entry(said).or_insert_with(|| host.figures(rule)) {
            Ok(figures) => figures,
            Err(unmeasured) => {
                failed(&id, unmeasured);
                measurement.failed = Some(unmeasured.outcome.clone());
                return Ok((None, measurement));
            }
        };
        let defined = FiguresDefined { rule: id.clone(), component, settings, figures: figures.clone() };
        let known = self.shared.store.counts(&id)?.said;
        let mut shown: Vec<Shown<'_>> = facts.iter().map(|fact| Shown::of(fact, &active.company)).collect();
        shown.retain(|shown| covers(&rule.definition().scope, &active.company, &shown.place));
        for shown in &mut shown {
            // What comes late is counted now.
            if self.shared.store.sealed_day(shown.hour.day)?.is_some() {
                shown.hour = Hour::of(self.shared.now(), active.company.zone());
            }
        }
        let made = of_shown(host, rule, figures, &active.company, &shown);
        (measurement.fuel, measurement.micros) = (made.fuel, made.micros);
        match within_labels(&self.shared.store, &id, figures, made.counted)? {
            Ok(counted) => measurement.figures = counted,
            Err(unmeasured) => {
                failed(&id, &unmeasured);
                measurement.failed = Some(unmeasured.outcome);
            }
        }
        Ok((Some(defined).filter(|defined| known.as_ref() != Some(defined)), measurement))
    }

    /// Says of which cases the customers did not come back. Where one does at this moment, nothing is said. True if there may be
    /// more of them.
    async fn settle(&self) -> Result<bool, DeskError> {
        let due = self.shared.store.settling(self.shared.now(), SETTLING)?;
        let more = due.len() == SETTLING;
        for (conversation, case) in due {
            let stream = Stream::Conversation(conversation);
            let (version, known) = self.shared.store.conversation(conversation)?;
            if known.is_none() {
                continue;
            }
            let draft = Draft::new(stream.clone(), Actor::Host, CaseSettled { case })?;
            match self.shared.store.commit(vec![(stream, version)], vec![draft]).await {
                Ok(_) | Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(more)
    }

    /// Seals the days that are over, up to that of the first fact that waits to be counted.
    async fn seal(&self, active: &Active, waits: Option<&Fact>) -> Result<(), DeskError> {
        let settled = self.shared.now().checked_sub(GRACE).unwrap_or(Time::UNIX_EPOCH);
        let open = waits.map_or(settled, |fact| fact.time.min(settled));
        let open = Hour::of(open, active.company.zone()).day;
        for day in self.shared.store.open_days()?.into_iter().filter(|day| *day < open) {
            let version = self.shared.store.measures()?;
            let draft = Draft::new(Stream::Measures, Actor::Host, self.shared.store.seal_of(day)?)?;
            self.shared.store.commit(vec![(Stream::Measures, version)], vec![draft]).await?;
        }
        Ok(())
    }
}

/// What was counted, unless a figure would have more labels than one may ever have.
fn within_labels(
    store: &Store,
    rule: &RuleId,
    figures: &[Figure],
    counted: Result<Vec<Counted>, Unmeasured>,
) -> Result<Result<Vec<Counted>, Unmeasured>, DeskError> {
    let Ok(all) = &counted else { return Ok(counted) };
    for one in all {
        let fresh = one.cells.iter().map(|cell| cell.place.label.clone());
        let mut labels: BTreeSet<String> = fresh.filter(|label| !label.is_empty()).collect();
        if labels.is_empty() {
            continue;
        }
        labels.extend(store.labels(&one.series)?);
        let figure = figures.iter().find(|figure| figure.series(rule) == one.series);
        if let Some(figure) = figure.filter(|_| labels.len() > MOST_LABELS) {
            return Ok(Err(Unmeasured::too_many_labels(figure)));
        }
    }
    Ok(counted)
}

/// What a rule counted, and what that took.
pub struct Tallied {
    /// By figure.
    pub counted: Result<Vec<Counted>, Unmeasured>,
    /// Fuel.
    pub fuel: u64,
    /// Microseconds.
    pub micros: u64,
}

/// What a rule makes of facts that belong to its scope, at the hours at which they happened. Nothing is kept.
pub fn measured(
    host: &rules::Host,
    rule: &Rule,
    figures: &[Figure],
    company: &Company,
    facts: &[Fact],
) -> Tallied {
    let shown = facts.iter().map(|fact| Shown::of(fact, company));
    let shown: Vec<Shown<'_>> =
        shown.filter(|shown| covers(&rule.definition().scope, company, &shown.place)).collect();
    of_shown(host, rule, figures, company, &shown)
}

fn of_shown(
    host: &rules::Host,
    rule: &Rule,
    figures: &[Figure],
    company: &Company,
    shown: &[Shown<'_>],
) -> Tallied {
    if shown.is_empty() {
        return Tallied { counted: Ok(Vec::new()), fuel: 0, micros: 0 };
    }
    let told: Vec<contract::Fact> = shown.iter().map(|shown| told(shown, company)).collect();
    let measured = host.measure(rule, figures, &told);
    let wheres: Vec<_> = shown.iter().map(|shown| (shown.hour, shown.place.clone())).collect();
    let id = &rule.definition().id;
    let counted = measured.samples.map(|samples| count(id, figures, &wheres, &samples));
    Tallied { counted, fuel: measured.fuel, micros: measured.micros }
}

/// Whether a place, as far as it is known, lies within the numbers and queues of a scope.
pub(crate) fn covers(scope: &Scope, company: &Company, place: &Place) -> bool {
    let number = place.number.as_ref().map(|number| company.number(number));
    let number = number.flatten().map(|number| &number.name);
    let of_numbers = scope.numbers.is_empty() || number.is_some_and(|name| scope.numbers.contains(name));
    let queue = place.queue.as_ref();
    of_numbers && (scope.queues.is_empty() || queue.is_some_and(|queue| scope.queues.contains(queue)))
}

/// A fact in the words of the contract.
fn told(shown: &Shown<'_>, company: &Company) -> contract::Fact {
    let place = &shown.place;
    let named = |number| company.number_name(number);
    contract::Fact {
        kind: shown.fact.what.name().to_owned(),
        at: instant(shown.fact.time),
        case: shown.case.map(|case| case.to_string()),
        number: place.number.as_ref().map(named),
        queue: place.queue.as_ref().map(ToString::to_string),
        agent: place.agent.as_ref().map(ToString::to_string),
        numbers: shown.numbers.clone(),
        words: shown.words.clone(),
        attrs: Vec::new(),
    }
}

fn failed(rule: &RuleId, unmeasured: &Unmeasured) {
    tracing::warn!(%rule, text = unmeasured.text, "a rule could not measure: these facts are missing in its figures");
}

/// Drives a measurer until it is stopped,
/// and the lookout behind it, which reads what was counted.
pub(crate) async fn measuring(
    mut measurer: Measurer,
    mut lookout: Lookout,
    mut stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        match measurer.step().await {
            Ok(true) => continue,
            Ok(false) | Err(DeskError::Commit(CommitError::Conflict { .. })) => {}
            Err(error) => {
                tracing::error!(%error, part = "measurer", "a part of the desk failed: trying again");
            }
        }
        match lookout.step().await {
            Ok(()) | Err(DeskError::Commit(CommitError::Conflict { .. })) => {}
            Err(error) => {
                tracing::error!(%error, part = "lookout", "a part of the desk failed: trying again");
            }
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
