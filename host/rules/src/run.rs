//! One call of a guest, in an instance of its own.
//!
//! The instance comes from the pool and goes back to it; a store is never used again, neither after a trap, which
//! poisons it, nor after success, because what a guest keeps in memory would be a decision's secret input. What the call
//! collected is handed out only here, and only after it has returned.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use domain::decision::{Asked, Effect, Fault, Kind, Moment, Outcome, Place, Preference, Since, Verdict};
use wasmtime::component::Instance;
use wasmtime::{Engine, Store};

use crate::contract::Input;
use crate::contract::bindings::exports::timonel::rules::{following, responding, routing, rule};
use crate::fault::Failed;
use crate::limits::Limits;
use crate::link::Exports;
use crate::rule::Rule;
use crate::session::{Asking, Recording, Session};
use crate::snapshot::Nobody;
use crate::weight;

/// What a rule answered, and what that took.
#[derive(Debug)]
pub struct Answer {
    /// What may be counted and shown to anyone.
    pub asked: Asked,
    /// None if the call failed.
    pub verdict: Option<Verdict>,
    /// Why, in the rule's words; the text of the fault if it failed.
    pub reason: String,
    /// What the rule wants to happen: nothing if it abstained or failed.
    pub effects: Vec<Effect>,
    pub(crate) recording: Recording,
}

/// A guest from the host's side: its store, which outlives a failure and knows what it cost.
pub(crate) struct Guest {
    pub(crate) store: Store<Session>,
    fuel: u64,
}

impl Guest {
    pub(crate) fn new(engine: &Engine, limits: &Limits, fuel: u64, asking: Option<Asking>) -> Self {
        let mut store = Store::new(engine, Session::new(limits, asking));
        store.limiter(|session| &mut session.memory);
        store.set_hostcall_fuel(limits.crossing());
        Self { store, fuel }
    }

    /// The same for a rule that is asked without a customer: there is nothing that it could read.
    pub(crate) fn told_little(engine: &Engine, limits: &Limits, fuel: u64, rule: &Rule, kind: Kind) -> Self {
        let (id, linked) = (rule.definition.id.clone(), Arc::clone(&rule.definition.linked));
        let asking = Asking { rule: id, kind, linked, snapshot: Arc::new(Nobody) };
        Self::new(engine, limits, fuel, Some(asking))
    }

    /// Makes the instance. Start functions of the guest run here, so all limits stand already.
    pub(crate) fn start(&mut self, exports: &Exports) -> Result<Instance, Failed> {
        self.store.set_fuel(self.fuel).map_err(|error| Failed::host(&error))?;
        exports.pre.instantiate(&mut self.store).map_err(|error| Failed::starting(&error))
    }

    /// Another call of the same instance, with nothing of the one before in its account.
    fn begin(&mut self, limits: &Limits, asking: Asking) -> Result<(), Failed> {
        self.store.data_mut().begin(limits, asking);
        self.store.set_hostcall_fuel(limits.crossing());
        self.store.set_fuel(self.fuel).map_err(|error| Failed::host(&error))
    }

    pub(crate) fn spent(&self) -> u64 {
        self.fuel.saturating_sub(self.store.get_fuel().unwrap_or(0))
    }
}

/// Who the guest says it is.
pub(crate) fn describe(
    engine: &Engine,
    exports: &Exports,
    limits: &Limits,
) -> Result<rule::Description, Failed> {
    let mut guest = Guest::new(engine, limits, limits.preparation_fuel, None);
    let instance = guest.start(exports)?;
    let functions = exports.rule.load(&mut guest.store, &instance).map_err(|error| Failed::host(&error))?;
    let description = functions.call_describe(&mut guest.store).map_err(|error| Failed::calling(&error))?;
    let bytes = description.name.len()
        + description.version.len()
        + description.summary.len()
        + description.example_settings.len()
        + description.settings_schema.len()
        + description.attrs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    within(bytes, limits.output)?;
    Ok(description)
}

/// What a guest made of its settings.
pub(crate) struct Prepared {
    /// What every call is handed.
    pub(crate) bytes: Vec<u8>,
    /// What it warned of, for whoever wrote them.
    pub(crate) advice: Vec<String>,
}

/// What the guest makes of its settings. The inner error is the guest's own, for whoever wrote them.
pub(crate) fn prepare(
    engine: &Engine,
    exports: &Exports,
    limits: &Limits,
    settings: &str,
) -> Result<Result<Prepared, String>, Failed> {
    let mut guest = Guest::new(engine, limits, limits.preparation_fuel, None);
    let instance = guest.start(exports)?;
    let functions = exports.rule.load(&mut guest.store, &instance).map_err(|error| Failed::host(&error))?;
    let prepared =
        functions.call_prepare(&mut guest.store, settings).map_err(|error| Failed::calling(&error))?;
    match &prepared {
        Ok(bytes) => within(bytes.len(), limits.prepared)?,
        Err(message) => within(message.len(), limits.output)?,
    }
    let log = guest.store.into_data().recording.log;
    let advice = log.into_iter().filter(|line| line.level == "warn").map(|line| line.text).collect();
    Ok(prepared.map(|bytes| Prepared { bytes, advice }))
}

/// When a rule that looks after cases wants to be asked: nothing, if it is none.
pub(crate) fn moments(
    engine: &Engine,
    limits: &Limits,
    exports: &Exports,
    prepared: &[u8],
) -> Result<Vec<Moment>, Failed> {
    let Some(functions) = &exports.following else { return Ok(Vec::new()) };
    let mut guest = Guest::new(engine, limits, limits.preparation_fuel, None);
    let instance = guest.start(exports)?;
    let functions = functions.load(&mut guest.store, &instance).map_err(|error| Failed::host(&error))?;
    let told = functions.call_moments(&mut guest.store, prepared).map_err(|error| Failed::calling(&error))?;
    let heaviness = |moment: &following::Moment| size_of::<following::Moment>() + moment.since.len();
    within(told.iter().map(heaviness).sum(), limits.output)?;
    if told.len() > Moment::MOST {
        return Err(nonsense(format!("{} moments, at most {} are possible", told.len(), Moment::MOST)));
    }
    told.iter().map(moment).collect()
}

fn moment(told: &following::Moment) -> Result<Moment, Failed> {
    let since = Since::ALL.into_iter().find(|since| since.why().word() == told.since);
    let since = since.ok_or_else(|| {
        let words = Since::ALL.map(|since| since.why().word()).join("`, `");
        nonsense(format!("a moment whose `since` is none of `{words}`"))
    })?;
    if told.seconds > Moment::LATEST {
        return Err(nonsense(format!(
            "a moment after {} seconds, at most {} are possible",
            told.seconds,
            Moment::LATEST
        )));
    }
    Ok(Moment { since, seconds: told.seconds })
}

/// Asks a rule for a decision.
pub(crate) fn decide(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    kind: Kind,
    input: &Input,
    asking: Asking,
) -> Answer {
    decide_after(engine, limits, rule, kind, input, asking, Before::Nothing)
}

/// What an instance did before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing, as whenever a decision counts.
    Nothing,
    /// It described itself and read its settings, so that what it is handed now lies elsewhere in its memory.
    Introduced,
    /// It was asked the same.
    Asked,
}

/// The same of an instance that may have run before: only to see that it makes no difference.
pub(crate) fn decide_after(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    kind: Kind,
    input: &Input,
    asking: Asking,
    before: Before,
) -> Answer {
    let started = Instant::now();
    let once_more = (before != Before::Nothing).then(|| asking.clone());
    let mut guest = Guest::new(engine, limits, limits.decision_fuel, Some(asking));
    let returned = guest.start(&rule.definition.linked.exports).and_then(|instance| {
        match before {
            Before::Nothing => {}
            Before::Introduced => introduce(&mut guest, &instance, rule)?,
            Before::Asked => drop(call(&mut guest, &instance, limits, rule, kind, input)?),
        }
        if let Some(asking) = once_more {
            guest.begin(limits, asking)?;
        }
        call(&mut guest, &instance, limits, rule, kind, input)
    });
    let fuel = guest.spent();
    let mut recording = guest.store.into_data().recording;

    let (outcome, verdict, reason) = match returned {
        Ok((verdict, reason)) => (outcome(&verdict), Some(verdict), reason),
        Err(failed) => (failed.outcome, None, failed.text),
    };
    let wanted = std::mem::take(&mut recording.effects);
    let effects = if outcome.decides() { wanted } else { Vec::new() };

    let mut calls = BTreeMap::new();
    for said in &recording.calls {
        *calls.entry(said.function()).or_insert(0) += 1;
    }
    let definition = &rule.definition;
    let asked = Asked {
        rule: definition.id.clone(),
        set: definition.set.clone(),
        component: definition.linked.admitted().digest,
        settings: rule.settings,
        outcome,
        calls: calls.into_iter().map(|(function, times)| (function.to_string(), times)).collect(),
        fuel,
        micros: started.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
    };
    Answer { asked, verdict, reason, effects, recording }
}

/// Has an instance say who it is and read its settings.
fn introduce(guest: &mut Guest, instance: &Instance, rule: &Rule) -> Result<(), Failed> {
    let exports = &rule.definition.linked.exports;
    let functions = exports.rule.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let fault = |error: wasmtime::Error| Failed::calling(&error);
    functions.call_describe(&mut guest.store).map_err(fault)?;
    functions
        .call_prepare(&mut guest.store, &rule.definition.settings)
        .map_err(fault)?
        .map_or_else(|message| Err(Failed::guest(Fault::Error, message)), |_| Ok(()))
}

/// The verdict and the reason for it.
fn call(
    guest: &mut Guest,
    instance: &Instance,
    limits: &Limits,
    rule: &Rule,
    kind: Kind,
    input: &Input,
) -> Result<(Verdict, String), Failed> {
    let exports = &rule.definition.linked.exports;
    let (store, prepared) = (&mut guest.store, &rule.prepared);
    let host = |error: wasmtime::Error| Failed::host(&error);
    let fault = |error: wasmtime::Error| Failed::calling(&error);
    match kind {
        Kind::Routing => {
            let functions = exports.routing.as_ref().ok_or_else(|| not_exported(kind))?;
            let functions = functions.load(&mut *store, instance).map_err(host)?;
            match functions.call_route(&mut *store, prepared, input).map_err(fault)? {
                Ok(None) => Ok((Verdict::Abstain, String::new())),
                Ok(Some(place)) => placed(place, limits),
                Err(message) => Err(own_error(message, limits)),
            }
        }
        Kind::Responding => {
            let functions = exports.responding.as_ref().ok_or_else(|| not_exported(kind))?;
            let functions = functions.load(&mut *store, instance).map_err(host)?;
            match functions.call_respond(&mut *store, prepared, input).map_err(fault)? {
                Ok(answer) => answered(answer, limits),
                Err(message) => Err(own_error(message, limits)),
            }
        }
        Kind::Following => {
            let functions = exports.following.as_ref().ok_or_else(|| not_exported(kind))?;
            let functions = functions.load(&mut *store, instance).map_err(host)?;
            match functions.call_follow(&mut *store, prepared, input).map_err(fault)? {
                Ok(answer) => followed(answer, limits),
                Err(message) => Err(own_error(message, limits)),
            }
        }
        // Not asked with a conversation: see `judging`, `measuring` and `watching`.
        Kind::Approving | Kind::Measuring | Kind::Alerting => Err(not_exported(kind)),
    }
}

fn placed(place: routing::Place, limits: &Limits) -> Result<(Verdict, String), Failed> {
    let preferred = place.prefer.as_ref().map_or(0, |preference| preference.agent.len());
    within(
        place.queue.len()
            + weight::texts(&place.skills)
            + preferred
            + place.reason.len()
            + weight::attrs(&place.attrs),
        limits.output,
    )?;
    if place.priority > 9 {
        return Err(nonsense(format!("a priority of {}, 0 to 9 are possible", place.priority)));
    }
    let prefer = match place.prefer {
        // A day: a customer who waits longer for one agent waits for nobody.
        Some(preference) if preference.for_seconds > 86_400 => {
            return Err(nonsense(format!(
                "a preference for {} seconds, at most 86400 are possible",
                preference.for_seconds
            )));
        }
        Some(preference) => {
            Some(Preference { agent: preference.agent.into(), for_seconds: preference.for_seconds })
        }
        None => None,
    };
    let verdict = Verdict::Place(Place {
        queue: place.queue.into(),
        skills: place.skills,
        priority: place.priority,
        prefer,
        overflow_after: place.overflow_after,
        avoid: None,
    });
    Ok((verdict, place.reason))
}

fn answered(answer: responding::Answer, limits: &Limits) -> Result<(Verdict, String), Failed> {
    within(answer.reason.len() + weight::attrs(&answer.attrs), limits.output)?;
    let verdict = match answer.outcome {
        responding::Outcome::Abstain => Verdict::Abstain,
        responding::Outcome::Answered => Verdict::Answered,
        responding::Outcome::AnsweredAndRoute => Verdict::AnsweredAndRoute,
        responding::Outcome::HandOver => Verdict::HandOver,
    };
    Ok((verdict, answer.reason))
}

fn followed(answer: following::Answer, limits: &Limits) -> Result<(Verdict, String), Failed> {
    within(answer.reason.len() + weight::attrs(&answer.attrs), limits.output)?;
    let verdict = match answer.outcome {
        following::Outcome::Abstain => Verdict::Abstain,
        following::Outcome::Done => Verdict::Answered,
    };
    Ok((verdict, answer.reason))
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Abstain => Outcome::Abstained,
        Verdict::Answered => Outcome::Answered,
        Verdict::AnsweredAndRoute => Outcome::AnsweredAndRoute,
        Verdict::HandOver => Outcome::HandedOver,
        Verdict::Place(_) => Outcome::Placed,
    }
}

pub(crate) fn within(bytes: usize, limit: usize) -> Result<(), Failed> {
    if bytes <= limit {
        return Ok(());
    }
    Err(Failed::guest(
        Fault::TooMuchOutput,
        format!("it returned {bytes} bytes, at most {limit} are possible"),
    ))
}

pub(crate) fn nonsense(text: String) -> Failed {
    Failed::guest(Fault::Nonsense, text)
}

/// As much of the guest's own words as it might have logged.
pub(crate) fn own_error(mut message: String, limits: &Limits) -> Failed {
    message.truncate(message.floor_char_boundary(limits.log));
    Failed::guest(Fault::Error, message)
}

/// Only reached by whoever asks a rule for what it is not.
pub(crate) fn not_exported(kind: Kind) -> Failed {
    Failed { outcome: Outcome::HostFault, text: format!("it was asked for {kind}, which it does not do") }
}
