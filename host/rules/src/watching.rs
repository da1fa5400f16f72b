//! Asking a rule what people should look at.
//!
//! A watcher is asked as any rule is: a fresh instance, fuel, limits, blame. Which figures it sees it says once; where an alert is the
//! host knows from the window that it is about, so that a rule can raise one only where something was counted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use domain::decision::Kind;
use domain::measure::alert::{Level, MOST_ALERTS, MOST_HOURS, MOST_WATCHES, Named, Watch};
use domain::measure::figure::{By, is_name, unsayable};
use domain::rule::mode::Mode;
use wasmtime::Engine;

use crate::contract::Window;
use crate::contract::bindings::exports::timonel::rules::alerting as exported;
use crate::fault::Failed;
use crate::generation::Generation;
use crate::limits::Limits;
use crate::measuring::Unmeasured;
use crate::rule::Rule;
use crate::run::{Guest, nonsense, not_exported, own_error, within};
use crate::weight;

/// The word for all places together.
const COMPANY: &str = "company";

/// What a rule found, and what that took.
#[derive(Debug)]
pub struct Judged {
    /// What people should look at, or why nothing is known of it.
    pub named: Result<Vec<Named>, Unmeasured>,
    /// Fuel that it took.
    pub fuel: u64,
    /// Microseconds that it took.
    pub micros: u64,
}

impl Generation {
    /// The rules that watch figures, in the order of their sets.
    pub fn watchers(&self) -> impl Iterator<Item = &Rule> {
        self.rules().filter(|rule| rule.is(Kind::Alerting) && rule.definition.mode == Mode::Live)
    }
}

/// What a rule wants to be shown.
pub(crate) fn watches(engine: &Engine, limits: &Limits, rule: &Rule) -> Result<Vec<Watch>, Unmeasured> {
    let mut guest = Guest::told_little(engine, limits, limits.preparation_fuel, rule, Kind::Alerting);
    told(&mut guest, limits, rule).map_err(Unmeasured::from)
}

/// What a rule finds in figures. `now` are milliseconds since 1970.
pub(crate) fn judge(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    watches: &[Watch],
    now: u64,
    windows: &[Window],
) -> Judged {
    let started = Instant::now();
    let mut guest = Guest::told_little(engine, limits, limits.decision_fuel, rule, Kind::Alerting);
    let named = call(&mut guest, limits, rule, now, windows);
    let named = named.and_then(|alerts| understood(alerts, watches, windows));
    Judged {
        named: named.map_err(Unmeasured::from),
        fuel: guest.spent(),
        micros: started.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
    }
}

fn told(guest: &mut Guest, limits: &Limits, rule: &Rule) -> Result<Vec<Watch>, Failed> {
    let exports = &rule.definition.linked.exports;
    let instance = &guest.start(exports)?;
    let functions = exports.alerting.as_ref().ok_or_else(|| not_exported(Kind::Alerting))?;
    let functions = functions.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let told =
        functions.call_watches(&mut guest.store, &rule.prepared).map_err(|error| Failed::calling(&error))?;
    let text = |watch: &exported::Watch| watch.rule.len() + watch.figure.len() + watch.by.len();
    within(told.iter().map(|watch| size_of::<exported::Watch>() + text(watch)).sum(), limits.output)?;
    if told.len() > MOST_WATCHES {
        return Err(nonsense(format!("{} watches, at most {MOST_WATCHES} are possible", told.len())));
    }
    told.into_iter().map(watch).collect()
}

fn watch(told: exported::Watch) -> Result<Watch, Failed> {
    if told.rule.is_empty() || told.rule.len() > 100 || !is_name(&told.figure) {
        return Err(nonsense("a watch of no rule, or of a figure that can have no such name".to_owned()));
    }
    let by = By::WORDS.iter().find(|(word, _)| *word == told.by).map(|(_, by)| *by);
    let by = by.or_else(|| (told.by == COMPANY).then_some(By::All));
    let by = by.ok_or_else(|| {
        nonsense("a watch whose `by` is not `company`, `number`, `queue`, `agent` or `label`".to_owned())
    })?;
    if !(1..=MOST_HOURS).contains(&told.hours) {
        return Err(nonsense(format!("a watch over {} hours: 1 to {MOST_HOURS} are possible", told.hours)));
    }
    Ok(Watch { rule: told.rule.as_str().into(), figure: told.figure, by, hours: told.hours })
}

fn call(
    guest: &mut Guest,
    limits: &Limits,
    rule: &Rule,
    now: u64,
    windows: &[Window],
) -> Result<Vec<exported::Alert>, Failed> {
    let exports = &rule.definition.linked.exports;
    let instance = &guest.start(exports)?;
    let functions = exports.alerting.as_ref().ok_or_else(|| not_exported(Kind::Alerting))?;
    let functions = functions.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let answered = functions.call_judge(&mut guest.store, &rule.prepared, now, windows);
    let alerts =
        answered.map_err(|error| Failed::calling(&error))?.map_err(|message| own_error(message, limits))?;
    let heaviness = |alert: &exported::Alert| {
        let texts = alert.name.len() + alert.level.len();
        size_of::<exported::Alert>() + texts + weight::attrs(&alert.words) + weight::attrs(&alert.attrs)
    };
    within(alerts.iter().map(heaviness).sum(), limits.output)?;
    Ok(alerts)
}

/// What it named, if it is of what the rule was shown.
fn understood(
    alerts: Vec<exported::Alert>,
    watches: &[Watch],
    windows: &[Window],
) -> Result<Vec<Named>, Failed> {
    if alerts.len() > MOST_ALERTS {
        return Err(nonsense(format!("{} alerts, at most {MOST_ALERTS} are possible", alerts.len())));
    }
    let mut known = BTreeSet::new();
    let mut understood = Vec::with_capacity(alerts.len());
    for alert in alerts {
        let place = usize::try_from(alert.window).unwrap_or(usize::MAX);
        let window = windows.get(place).ok_or_else(|| {
            nonsense(format!("an alert of window {place}, where {} were shown", windows.len()))
        })?;
        if !is_name(&alert.name) {
            return Err(nonsense(
                "an alert whose name is not 1 to 40 small letters, digits and hyphens".to_owned(),
            ));
        }
        let level = Level::ALL.into_iter().find(|level| level.word() == alert.level);
        let level =
            level.ok_or_else(|| nonsense("an alert that is no `warning` and not `critical`".to_owned()))?;
        let words: BTreeMap<String, String> = alert.words.into_iter().collect();
        if let Some(what) = unsayable(&words) {
            return Err(nonsense(format!("the alert `{}`: {what}", alert.name)));
        }
        // Two watches of one place can both be asked of; an alert is of one place, whichever window led to it.
        let by =
            usize::try_from(window.watch).ok().and_then(|watch| watches.get(watch)).map(|watch| watch.by);
        if !known.insert((alert.name.clone(), by, window.place.clone())) {
            return Err(nonsense(format!("the alert `{}` twice of one place", alert.name)));
        }
        understood.push(Named { name: alert.name, window: place, level, words });
    }
    Ok(understood)
}
