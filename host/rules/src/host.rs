//! The host of rules: one engine, its pool, and the verbs on them.

use std::path::PathBuf;
use std::sync::Arc;

use domain::decision::{Digest, Kind};
use domain::measure::alert::Watch;
use domain::measure::figure::Figure;
use domain::proposal::judgement::Judgement;
use domain::raci::Raci;
use wasmtime::Engine;

use crate::admission::{Admission, Admitted, Worker};
use crate::cache::Cache;
use crate::contract::{Fact, Input, Proposal, Window};
use crate::engine::{self, Reset, StartError};
use crate::fault::Failed;
use crate::grant::Grant;
use crate::judging;
use crate::limits::Limits;
use crate::link::Linked;
use crate::measuring::{self, Measured, Unmeasured};
use crate::permits::Permits;
use crate::refusal::Refusal;
use crate::rule::{Definition, Rule};
use crate::run::{self, Answer};
use crate::snapshot::Snapshot;
use crate::steady::{self, Unsteady};
use crate::watching::{self, Judged};

/// What a [`Host`] is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// The directory of compiled components. Only this process's user may write to it: what is in it is executed.
    pub cache: PathBuf,
    /// The program that compiles, in a child process.
    pub worker: Worker,
    /// What bounds a guest.
    pub limits: Limits,
    /// How many guests may run at once: as many as there are cores, since a decision only computes.
    pub concurrency: usize,
}

/// The engine, its pool, and what was admitted.
pub struct Host {
    engine: Engine,
    reset: Reset,
    limits: Limits,
    permits: Permits,
    admission: Admission,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("reset", &self.reset)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// Once per process. Looks at the machine and refuses what would go wrong later.
    pub fn start(config: Config) -> Result<Self, StartError> {
        let Config { cache, worker, limits, concurrency } = config;
        if concurrency == 0 {
            return Err(StartError::NoConcurrency);
        }
        if !worker.program.is_file() {
            return Err(StartError::NoWorker { path: worker.program });
        }
        let reset = Reset::choose();
        let engine = engine::running(&limits, concurrency, reset)?;
        let cache = Cache::open(&cache, &engine)?;
        let admission = Admission::new(cache, worker);
        Ok(Self { engine, reset, limits, permits: Permits::new(concurrency), admission })
    }

    /// Once per component: every gate, before any of the guest's code runs in this process. Takes as long as compiling
    /// the first time, so never call it where somebody waits for a decision.
    pub fn admit(&self, component: &[u8]) -> Result<Arc<Admitted>, Refusal> {
        self.admission.admit(&self.engine, component, &self.limits)
    }

    /// Once per component and grant: tells what is missing, and ties the component to what it may do.
    pub fn link(&self, admitted: &Arc<Admitted>, grant: &Grant) -> Result<Arc<Linked>, Refusal> {
        Linked::new(&self.engine, admitted, grant).map(Arc::new)
    }

    /// Once per rule and generation: lets the component read its settings. What it logs then as a warning is for whoever wrote
    /// them ([`Rule::advice`]).
    pub fn prepare(&self, definition: Definition) -> Result<Rule, Refusal> {
        let schema = &definition.linked.admitted().schema;
        schema.check(&definition.settings).map_err(|message| Refusal::Settings { message })?;
        let permit = self.permits.take();
        let prepared =
            run::prepare(&self.engine, &definition.linked.exports, &self.limits, &definition.settings);
        let failed = |function: &str| {
            let function = function.to_owned();
            move |failed: Failed| Refusal::Trial { function, detail: failed.text }
        };
        let prepared =
            prepared.map_err(failed("prepare"))?.map_err(|message| Refusal::Settings { message })?;
        let exports = &definition.linked.exports;
        let moments = run::moments(&self.engine, &self.limits, exports, &prepared.bytes);
        drop(permit);
        Ok(Rule {
            settings: Digest::of(definition.settings.as_bytes()),
            prepared: prepared.bytes.into(),
            advice: prepared.advice.into(),
            moments: moments.map_err(failed("moments"))?.into(),
            breaker: Arc::default(),
            lately: Arc::default(),
            definition,
        })
    }

    /// Once per decision: one rule, one fresh instance. Waits for a free one.
    pub fn ask(&self, rule: &Rule, kind: Kind, input: &Input, snapshot: &Arc<dyn Snapshot>) -> Answer {
        let asking = rule.asking(kind, snapshot);
        let _permit = self.permits.take();
        run::decide(&self.engine, &self.limits, rule, kind, input, asking)
    }

    /// Only to see that a rule answers the same however often it is asked and wherever its memory lies: nothing, if it does.
    pub fn unsteady(
        &self,
        rule: &Rule,
        kind: Kind,
        input: &Input,
        snapshot: &Arc<dyn Snapshot>,
    ) -> Vec<Unsteady> {
        let asking = rule.asking(kind, snapshot);
        let _permit = self.permits.take();
        steady::unsteady(&self.engine, &self.limits, rule, kind, input, &asking)
    }

    /// Once per content of a proposal: one approver rule, one fresh instance, and a matrix to see that what it demands is there.
    pub fn judge(&self, rule: &Rule, proposal: &Proposal, raci: &Raci) -> Judgement {
        let _permit = self.permits.take();
        judging::judge(&self.engine, &self.limits, rule, proposal, raci)
    }

    /// Once per measuring rule and generation: what it counts.
    pub fn figures(&self, rule: &Rule) -> Result<Vec<Figure>, Unmeasured> {
        let _permit = self.permits.take();
        measuring::figures(&self.engine, &self.limits, rule)
    }

    /// Once per rule and batch of facts: one fresh instance. `figures` are those that the rule counts.
    pub fn measure(&self, rule: &Rule, figures: &[Figure], facts: &[Fact]) -> Measured {
        let _permit = self.permits.take();
        measuring::measure(&self.engine, &self.limits, rule, figures, facts)
    }

    /// Once per watching rule and generation: which figures it wants to be shown.
    pub fn watches(&self, rule: &Rule) -> Result<Vec<Watch>, Unmeasured> {
        let _permit = self.permits.take();
        watching::watches(&self.engine, &self.limits, rule)
    }

    /// Once per watching rule and look: one fresh instance, shown the figures of these watches.
    pub fn judge_figures(&self, rule: &Rule, watches: &[Watch], now: u64, windows: &[Window]) -> Judged {
        let _permit = self.permits.take();
        watching::judge(&self.engine, &self.limits, rule, watches, now, windows)
    }

    /// How the memory of instances is made new, chosen at the start.
    pub fn reset(&self) -> Reset {
        self.reset
    }

    /// What bounds a guest.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}
