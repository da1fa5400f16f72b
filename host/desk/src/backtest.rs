//! What a rule would have done last week.
//!
//! The journal is folded forward in memory, and wherever rules were asked in the span the candidate's are asked the same, with what
//! could be read at that moment (`past`, `moment`); those that look after cases also where they alone would have been (`silence`).
//! What they say is compared and counted (`running`, `domain::backtest`). Nothing of it reaches the rules in force, the store or a
//! customer. All of it runs at a low priority and hands a guest's place back after each call, so live traffic goes first.

mod moment;
mod past;
mod running;
mod silence;

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Time;
use domain::backtest::Tally;
use domain::backtest::event::{Report, RuleBacktested};
use domain::company::Company;
use domain::id::{NumberId, QueueId, RuleId};
use domain::json::Json;
use domain::raci::task::Task;
use domain::rule::mode::Mode;
use domain::rule::{Envelope, Scope, Version};
use domain::stream::Actor;
use rules::{Generation, Rule};

use crate::assemble::{Desk, give_way};
use crate::helm::{self, HelmError, Signed, field};

use past::Past;
use running::Runner;

/// Decisions that are prepared before they are asked: enough for threads to share, few enough to lie in memory.
const AT_ONCE: usize = 2_048;

/// Events between two looks whether somebody still wants to know.
const LOOK: u64 = 4_096;

/// The longest span, in days.
const LONGEST: i64 = 92;

/// A rule as somebody would like to see it tried. What is left out is as it stands.
#[derive(Debug, Clone)]
pub struct Trial {
    /// What it is called.
    pub rule: RuleId,
    /// A reference plugin by its name, or one that was uploaded by its hash.
    pub plugin: Option<String>,
    /// What the plugin reads.
    pub settings: Option<serde_json::Map<String, serde_json::Value>>,
    /// For which cases.
    pub scope: Option<Scope>,
    /// The rule set in which it stands.
    pub set: Option<String>,
    /// The rule behind which it is asked; where it stands, or the last of its set, if none.
    pub after: Option<RuleId>,
    /// In which mode: `live` if none. `off` shows what would be without it.
    pub mode: Option<Mode>,
}

/// A stretch of the past: from a moment to before another.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first moment.
    pub from: Time,
    /// The first moment behind it.
    pub to: Time,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Events that were gone through.
    pub events: u64,
    /// Of how many.
    pub of: u64,
    /// Decisions that were made.
    pub decisions: u64,
}

/// Rules that can be tried on the past.
pub struct Contender {
    rule: RuleId,
    version: Version,
    company: Arc<Company>,
    generation: Generation,
    /// What is in force now, to see whether it was then.
    now: Arc<Generation>,
}

impl Contender {
    /// What its plugin warned of when it read the settings.
    pub fn advice(&self) -> Vec<String> {
        self.own().map(|own| own.advice().to_vec()).unwrap_or_default()
    }

    fn own(&self) -> Option<&Rule> {
        self.generation.rules().find(|rule| rule.definition().id == self.rule)
    }

    /// The rows of what it reads.
    pub fn reads(&self) -> BTreeSet<Task> {
        let reach = self.own().map(|rule| rule.definition().linked.admitted().reach());
        reach.map(|reach| helm::rows(&reach, &BTreeSet::new(), Mode::Shadow)).unwrap_or_default()
    }
}

/// Which decisions count: by number, and by the queue in which the case is.
pub type Reaches<'a> = &'a dyn Fn(&NumberId, Option<&QueueId>) -> bool;

impl Desk {
    /// Prepares a rule to be tried among those in force. It compiles it if nobody has yet, so it takes a moment.
    pub fn contender(&self, trial: &Trial) -> Result<Contender, HelmError> {
        let active = self.active();
        let stands = self.rules()?.into_iter().map(|(stands, ..)| stands).find(|one| one.rule == trial.rule);
        let needed = |name: &str| {
            let rule = &trial.rule;
            field(
                name,
                format!(
                    "there is no rule `{rule}` yet, so this has to be said: another rule's name was meant, or a plugin and a set"
                ),
            )
        };
        let runs = stands.as_ref().map(|one| one.runs());
        let (plugin, component) = match (&trial.plugin, runs) {
            (Some(plugin), _) => {
                let admitted = self.plugin(plugin)?;
                (admitted.description.name.clone(), admitted.digest)
            }
            (None, Some(runs)) => (runs.plugin.clone(), runs.component),
            (None, None) => return Err(needed("plugin")),
        };
        let version = Version {
            set: trial
                .set
                .clone()
                .or_else(|| runs.map(|runs| runs.set.clone()))
                .ok_or_else(|| needed("set"))?,
            plugin,
            component,
            settings: match (&trial.settings, &stands) {
                (Some(settings), _) => Json::of(settings),
                (None, Some(stands)) => stands.settings(),
                (None, None) => Json::of(&serde_json::Map::new()),
            },
            scope: trial.scope.clone().or_else(|| runs.map(|runs| runs.scope.clone())).unwrap_or_default(),
            mode: trial.mode.unwrap_or(Mode::Live),
            envelope: Envelope::default(),
            requests: runs.map(|runs| runs.requests.clone()).unwrap_or_default(),
            templates: runs.map(|runs| runs.templates.clone()).unwrap_or_default(),
        };
        let signed = Signed { rule: trial.rule.clone(), version: version.clone() };
        let generation = helm::contended(self.shared(), &active, signed, trial.after.as_ref(), version.mode)?;
        Ok(Contender {
            rule: trial.rule.clone(),
            version,
            company: Arc::clone(&active.company),
            generation,
            now: Arc::clone(&active.generation),
        })
    }

    /// Tries a contender on a span, on a thread that may wait and gives way from now on, and on so many more. None if `progress` said that nobody wants to know any more.
    pub fn backtest(
        &self,
        contender: &Contender,
        span: Span,
        reaches: Reaches<'_>,
        threads: usize,
        progress: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Option<RuleBacktested>, HelmError> {
        let Span { from, to } = span;
        if from >= to {
            return Err(field("to", "it lies before `from`"));
        }
        if to.duration_since(from).as_hours() > LONGEST * 24 {
            return Err(field("from", format!("at most {LONGEST} days can be tried at once")));
        }
        give_way();
        let store = self.store();
        let mut past = Past::new(self.shared(), contender, span, reaches);
        let mut runners: Vec<Runner<'_>> =
            (0..threads.max(1)).map(|_| Runner::new(&self.shared().rules, contender)).collect();
        let mut far = Progress { of: store.last_seq(), ..Progress::default() };
        for recorded in store.events(1) {
            let recorded = recorded.map_err(crate::command::DeskError::from)?;
            if recorded.time >= to && past.is_settled() {
                break;
            }
            far.events = recorded.seq;
            past.take(&recorded)?;
            if past.ready.len() >= AT_ONCE {
                far.decisions += running::all(&mut runners, &mut past);
            }
            if recorded.seq % LOOK == 0 && !progress(far) {
                return Ok(None);
            }
        }
        while !past.end()? {
            far.decisions += running::all(&mut runners, &mut past);
            if !progress(far) {
                return Ok(None);
            }
        }
        far.decisions += running::all(&mut runners, &mut past);
        let mut tally = Tally { erased: past.erased, ..Tally::default() };
        runners.into_iter().for_each(|runner| tally.add(runner.tally));
        progress(Progress { events: far.of, ..far });
        Ok(Some(RuleBacktested {
            rule: contender.rule.clone(),
            version: contender.version.decides_as(),
            from,
            to,
            report: Report::of(tally, past.by_others, &past.waits),
        }))
    }

    /// Keeps what came of it, for whoever signs the same.
    pub async fn keep_backtest(&self, actor: Actor, backtested: RuleBacktested) -> Result<(), HelmError> {
        helm::keep(self.shared(), actor, backtested.into()).await
    }

    /// What came of the last time that somebody tried what decides like a version, with the number of its event, when and by whom.
    pub fn backtested(&self, version: &Version) -> Result<Option<domain::event::Recorded>, HelmError> {
        let last = self.store().changed_last(&format!("backtest/{}", version.decides_as()))?;
        let recorded = last.map(|seq| self.store().event(seq)).transpose();
        Ok(recorded.map_err(crate::command::DeskError::from)?.flatten())
    }
}
