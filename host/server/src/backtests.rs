//! Trying a rule on the past.
//!
//! It takes longer than a request may, so a request begins it and others ask how far it is. Whoever sees what rules do may try one that
//! reads what they may read; they are shown what their scope reaches, and counts and ids alone. What was tried on the whole company is
//! kept, and stands beside the proposal of the same.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{HelmError, Progress, Span, Trial};
use domain::Time;
use domain::backtest::event::RuleBacktested;
use domain::id::{NumberId, QueueId, RuleId};
use domain::raci::action::{Action, Takes};
use domain::raci::person::{Person, Target};
use domain::rule::mode::Mode;
use domain::rule::{Scope, Version};
use domain::stream::Actor;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// What is tried where nobody says since when.
const USUAL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Of how many ended ones it is told what came of them.
const REMEMBERED: usize = 50;

/// How many may run at once: they share what live traffic leaves.
const AT_ONCE: usize = 2;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/backtests", Action::TryRules, begin)
        .about(About::WithinScope)
        .get("/backtests/{backtest}", Action::TryRules, look)
        .about(About::WithinScope)
        .delete("/backtests/{backtest}", Action::TryRules, stop)
        .about(About::WithinScope)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/api/v1/backtests", Action::TryRules, begin)
        .about(About::WithinScope)
        .page(
            Page::new("Try a rule on what really happened: what would have come out otherwise. It begins, and goes on while you ask how far it is.")
                .takes::<Asked>()
                .gives::<Told>()
                .begins(),
        )
        .get("/api/v1/backtests/{backtest}", Action::TryRules, look)
        .about(About::WithinScope)
        .page(Page::new("How far a trial of yours is, or what came of it.").gives::<Told>())
        .delete("/api/v1/backtests/{backtest}", Action::TryRules, stop)
        .about(About::WithinScope)
        .page(Page::new("Stop a trial of yours.").gives::<Told>())
}

/// A rule, and the past to try it on. What is left out of the rule is as it stands.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Backtest")]
struct Asked {
    /// What the rule is called: one that there is, or another name for a new one.
    #[schemars(with = "String")]
    rule: RuleId,
    /// A reference plugin by its name, or one that was uploaded by its hash.
    plugin: Option<String>,
    /// What the plugin reads.
    settings: Option<serde_json::Map<String, Value>>,
    /// For which cases: `numbers`, `queues`, `languages`, `tags`.
    #[schemars(with = "Option<Value>")]
    scope: Option<Scope>,
    /// The rule set in which it stands.
    set: Option<String>,
    /// The rule behind which it is asked.
    #[schemars(with = "Option<String>")]
    after: Option<RuleId>,
    /// `live` if absent: as if it counted for everybody. `off` shows what would be without it.
    mode: Option<String>,
    /// The first moment. Seven days before `to` if absent.
    #[schemars(with = "Option<String>")]
    from: Option<Time>,
    /// The moment before which it ends. Now if absent.
    #[schemars(with = "Option<String>")]
    to: Option<Time>,
}

/// A trial.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "BacktestTold")]
pub(crate) struct Told {
    /// Its number, by which it is asked for.
    pub(crate) backtest: u64,
    /// The rule.
    rule: String,
    /// `running`, `done`, `stopped` or `failed`.
    pub(crate) state: &'static str,
    /// Events of the journal that it went through.
    pub(crate) events: u64,
    /// Of how many.
    pub(crate) of: u64,
    /// Decisions that were made.
    decisions: u64,
    /// For how long it has run, in seconds.
    seconds: f64,
    /// What its plugin warned of when it read the settings.
    advice: Vec<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// As if the rule were in this mode.
    pub(crate) mode: String,
    /// The first moment that it is tried on.
    #[schemars(with = "String")]
    pub(crate) from: Time,
    /// The moment before which it ends.
    #[schemars(with = "String")]
    pub(crate) to: Time,
    /// What came of it: `decisions`, `same`, `simulated`, `not-asked`, `erased`, `by-others`, `wakes`, `requests`, `differences`, `queues`,
    /// `preferred`, `wait`, `rules`, `examples`.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) report: Value,
    /// Whether it is kept, and stands beside a proposal of the same.
    pub(crate) kept: bool,
}

/// The trials of this process.
#[derive(Default)]
pub struct Backtests {
    all: Mutex<BTreeMap<u64, Arc<Running>>>,
    last: AtomicU64,
}

struct Running {
    number: u64,
    rule: RuleId,
    by: Actor,
    span: Span,
    mode: Mode,
    advice: Vec<String>,
    began: Instant,
    stop: AtomicBool,
    at: Mutex<At>,
}

/// How far it is.
#[derive(Default)]
struct At {
    progress: Progress,
    seconds: Option<f64>,
    ended: Option<Result<Option<RuleBacktested>, String>>,
    kept: bool,
}

impl Backtests {
    fn add(
        &self,
        rule: RuleId,
        by: Actor,
        (mode, span): (Mode, Span),
        advice: Vec<String>,
    ) -> Result<Arc<Running>, Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = |one: &&Arc<Running>| one.at().ended.is_none();
        if all.values().filter(runs).count() >= AT_ONCE {
            let words = format!("{AT_ONCE} trials are running already: wait for one of them, or stop yours");
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-at-once", words));
        }
        while all.len() >= REMEMBERED {
            let Some(oldest) = all.values().find(|one| !runs(one)).map(|one| one.number) else { break };
            all.remove(&oldest);
        }
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (stop, at) = (AtomicBool::new(false), Mutex::default());
        let running =
            Arc::new(Running { number, rule, by, span, mode, advice, began: Instant::now(), stop, at });
        all.insert(number, Arc::clone(&running));
        Ok(running)
    }

    fn of(&self, number: &str, by: &Actor) -> Result<Arc<Running>, Problem> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = number.parse().ok().and_then(|number: u64| all.get(&number));
        found.filter(|one| one.by == *by).cloned().ok_or_else(|| {
            let words = "there is no such trial of yours since the host was started";
            Problem::new(StatusCode::NOT_FOUND, "not-there", words)
        })
    }
}

impl Running {
    fn at(&self) -> std::sync::MutexGuard<'_, At> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn told(&self) -> Told {
        let at = self.at();
        let (state, why, report) = match &at.ended {
            None => ("running", None, Value::Null),
            Some(Ok(None)) => ("stopped", None, Value::Null),
            Some(Ok(Some(tried))) => ("done", None, json!(tried.report)),
            Some(Err(why)) => ("failed", Some(why.clone()), Value::Null),
        };
        Told {
            backtest: self.number,
            rule: self.rule.to_string(),
            state,
            events: at.progress.events,
            of: at.progress.of,
            decisions: at.progress.decisions,
            seconds: at.seconds.unwrap_or_else(|| self.began.elapsed().as_secs_f64()),
            advice: self.advice.clone(),
            why,
            mode: self.mode.to_string(),
            from: self.span.from,
            to: self.span.to,
            report,
            kept: at.kept,
        }
    }
}

async fn begin(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    let Asked { rule, plugin, settings, scope, set, after, mode, from, to } = asked;
    let mode: Option<Mode> = mode.map(|mode| mode.parse()).transpose().map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-rule", format!("`mode`: {error}"))
    })?;
    let to = to.unwrap_or_else(|| server.clock.now());
    let from = from.or_else(|| to.checked_sub(USUAL).ok()).unwrap_or(Time::UNIX_EPOCH);
    let trial = Trial { rule: rule.clone(), plugin, settings, scope, set, after, mode };
    let prepared = tokio::task::spawn_blocking({
        let server = Arc::clone(&server);
        move || server.desk.contender(&trial)
    });
    let contender = prepared.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??;
    may_read(&server, &let_in.person, &contender)?;
    let running = server.backtests.add(
        rule,
        let_in.actor(),
        (mode.unwrap_or(Mode::Live), Span { from, to }),
        contender.advice(),
    )?;
    let told = running.told();
    let handle = tokio::runtime::Handle::current();
    let work = move || run(&server, &let_in.person, &contender, &running, &handle);
    std::thread::Builder::new()
        .name("backtest".into())
        .spawn(work)
        .map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))?;
    Ok((StatusCode::ACCEPTED, Json(told)))
}

/// A rule reads for whoever tries it, so they have to be let see it themselves.
fn may_read(server: &Server, person: &Person, contender: &desk::Contender) -> Result<(), Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let raci = server.people.with_loans(company.raci());
    let may = raci.let_in(person, &contender.reads(), Takes::Seeing, &person.somewhere());
    may.map_err(|refusal| Problem::refused(&refusal, person.language(company.own_language())))
}

fn run(
    server: &Server,
    person: &Person,
    contender: &desk::Contender,
    running: &Running,
    handle: &tokio::runtime::Handle,
) {
    let reaches = |number: &NumberId, queue: Option<&QueueId>| {
        person.reaches(&Target { number: Some(number.clone()), queue: queue.cloned(), agent: None })
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut progress = |far: Progress| {
        running.at().progress = far;
        !running.stop.load(Ordering::Relaxed)
    };
    let ran = server.desk.backtest(contender, running.span, &reaches, cores.div_ceil(2), &mut progress);
    let mut kept = false;
    if let Ok(Some(tried)) = &ran
        && person.reaches(&Target::default())
    {
        let keeping = server.desk.keep_backtest(running.by.clone(), tried.clone());
        match handle.block_on(keeping) {
            Ok(()) => kept = true,
            Err(error) => tracing::error!(%error, "what came of trying a rule could not be kept"),
        }
    }
    let mut at = running.at();
    at.seconds = Some(running.began.elapsed().as_secs_f64());
    at.kept = kept;
    at.ended = Some(ran.map_err(|error: HelmError| error.to_string()));
}

async fn look(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(number): Path<String>,
) -> Result<Json<Told>, Problem> {
    Ok(Json(look_at(&server, &let_in, &number)?))
}

/// How far a trial of somebody's is, or what came of it.
pub(crate) fn look_at(server: &Server, let_in: &LetIn, number: &str) -> Result<Told, Problem> {
    Ok(server.backtests.of(number, &let_in.actor())?.told())
}

async fn stop(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(number): Path<String>,
) -> Result<Json<Told>, Problem> {
    let running = server.backtests.of(&number, &let_in.actor())?;
    running.stop.store(true, Ordering::Relaxed);
    Ok(Json(running.told()))
}

/// What came of the last time that somebody tried what decides like a version, for whoever decides on it.
pub(crate) fn evidence(server: &Server, version: &Version) -> Value {
    let recorded = match server.desk.backtested(version) {
        Ok(recorded) => recorded,
        Err(error) => {
            tracing::error!(%error, "what came of trying a rule could not be read");
            None
        }
    };
    let Some(recorded) = recorded else { return Value::Null };
    let domain::event::Event::RuleBacktested(tried) = &recorded.event else { return Value::Null };
    json!({
        "entry": recorded.seq, "by": recorded.actor.to_string(), "at": recorded.time,
        "from": tried.from, "to": tried.to, "report": tried.report,
    })
}
