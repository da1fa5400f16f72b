//! Rules, as people see them and move them, and the plugins that they hand in.
//!
//! Which row lets somebody in is the door's; how far a rule may be moved is what was signed of it (`domain::rule::moving`).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::handler::Handler as _;
use axum::http::StatusCode;
use desk::{Counts, HelmError, PluginFacts, RuleRun, Stands};
use domain::Time;
use domain::decision::Digest;
use domain::id::RuleId;
use domain::raci::action::Action;
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::rule::Version;
use domain::rule::book::Uploaded;
use domain::rule::mode::Mode;
use domain::rule::moving::{Unmoved, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::authors::{AuthorTold, SignatureTold};
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::why::words::outcome;

/// The largest component that is read, in bytes: as much as is admitted.
const LARGEST: usize = 20 << 20;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let largest = DefaultBodyLimit::max(LARGEST);
    Routes::new()
        .get("/rules", Action::ReadRules, all)
        .about(About::WithinScope)
        .get("/rules/{rule}", Action::ReadRules, one)
        .about(About::WithinScope)
        .post("/rules/{rule}/moves", Action::MoveRules, move_rule)
        .about(About::RuleInPath)
        .post("/rules/{rule}/return", Action::MoveRules, return_rule)
        .about(About::RuleInPath)
        .post("/rule-sets/{set}/moves", Action::MoveRules, move_set)
        .about(About::SetInPath)
        .get("/plugins", Action::ReadPlugins, plugins)
        .post("/plugins", Action::UploadPlugin, upload.layer(largest))
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    let largest = DefaultBodyLimit::max(LARGEST);
    Routes::new()
        .get("/api/v1/rules", Action::ReadRules, part)
        .about(About::WithinScope)
        .page(
            Page::new("The rules in the order in which they are asked, and how each stands: those that are for cases in your scope.")
                .gives::<Part>()
                .paged(),
        )
        .get("/api/v1/rules/{rule}", Action::ReadRules, one)
        .about(About::WithinScope)
        .page(Page::new("One of them, with the versions that were ever in force.").gives::<Told>())
        .post("/api/v1/rules/{rule}/moves", Action::MoveRules, move_rule)
        .about(About::RuleInPath)
        .page(
            Page::new("Move a rule within what was signed of it. It is so for the next message.")
                .takes::<Move>()
                .gives::<Moved>(),
        )
        .post("/api/v1/rules/{rule}/return", Action::MoveRules, return_rule)
        .about(About::RuleInPath)
        .page(
            Page::new("Return a rule to what is signed of it, or to a version that was in force before.")
                .takes::<Return>()
                .gives::<Moved>(),
        )
        .post("/api/v1/rule-sets/{set}/moves", Action::MoveRules, move_set)
        .about(About::SetInPath)
        .page(Page::new("Switch a whole set off, or on again.").takes::<MoveSet>().gives::<Moved>())
        .get("/api/v1/plugins", Action::ReadPlugins, plugins_part)
        .page(
            Page::new("The plugins that you handed in; all of them if the row of rules says anything of you.")
                .gives::<PluginPart>()
                .paged(),
        )
        .post("/api/v1/plugins", Action::UploadPlugin, upload.layer(largest))
        .largest(LARGEST)
        .page(
            Page::new("Hand a component in: it is admitted and kept, and does nothing until a rule with it is agreed on.")
                .takes_bytes()
                .gives::<Plugin>(),
        )
}

/// A rule as it stands.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Told {
    /// What it is called.
    rule: String,
    /// The rule set in which it stands.
    set: String,
    /// Whether the set is on.
    set_on: bool,
    /// The mode that it is in: `off`, `shadow`, `canary 10%`, `live`.
    mode: String,
    /// The version that is signed.
    signed: VersionTold,
    /// The earlier version that runs instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<VersionTold>,
    /// How it was moved of what is signed: `by`, `at`, `why`, `mode`, `settings`.
    #[serde(skip_serializing_if = "Value::is_null")]
    moved: Value,
    /// How the set was switched last, if it ever was: `on`, `by`, `at`, `why`.
    #[serde(skip_serializing_if = "Value::is_null")]
    set_moved: Value,
    /// Whether a proposal brought it; else a file of the company did.
    agreed: bool,
    /// The author because of whose revoked key it does not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<AuthorTold>,
    /// Whether it failed too often of late and rests.
    rests: bool,
    /// What it did within the last hour: `asked`, `decided`, `failed`, `disagreed`, `behind`, `micros`.
    hour: Value,
    /// How it failed last, since this host runs it. Nobody of another company is told it: a plugin could say there what a customer said.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureTold>,
    /// What its plugin warned of when it read its settings: they work, and may not do what they seem to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    advice: Vec<String>,
    /// The versions that were ever in force, the oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<VersionTold>>,
}

/// A version of a rule.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct VersionTold {
    /// By what it is known.
    of: String,
    /// What its plugin is called.
    plugin: String,
    /// The SHA-256 of the component.
    component: String,
    /// What the plugin reads.
    settings: Value,
    /// For which cases: `numbers`, `queues`, `languages`, `tags`.
    scope: Value,
    /// Where it may have something asked, as `GET https://crm.example.com/orders/`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requests: Vec<String>,
    /// The names of the templates that it may send.
    templates: Vec<String>,
    /// The mode in which it begins.
    mode: String,
    /// The highest mode that it may be moved to.
    highest: String,
    /// How far else it may be moved: `movers`, `guard`, `until`, `bounds`.
    envelope: Value,
    /// The number of the event that kept it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
}

/// Some of the rules.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RulePart")]
struct Part {
    /// In the order in which they are asked.
    rules: Vec<Told>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// How a rule is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleMove")]
struct Move {
    /// `off`, `shadow`, `canary 10%` or `live`; as it is if absent.
    mode: Option<String>,
    /// Operational settings, by their JSON pointers.
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    /// Why: it is kept.
    why: String,
}

/// What a rule is to be again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleReturn")]
struct Return {
    /// A version, or the beginning of it, of at least 8 digits; what is signed now if absent.
    to: Option<String>,
    /// Why: it is kept.
    why: String,
}

/// How a set is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleSetMove")]
struct MoveSet {
    /// Whether its rules are asked, as far as each of them is.
    on: bool,
    /// Why: it is kept.
    why: String,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RuleMoved")]
struct Moved {
    /// The generation of rules in which it is so.
    generation: u64,
}

/// A plugin that was handed in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Plugin {
    /// The SHA-256 of the component: what a rule names it by.
    component: String,
    /// What it calls itself.
    name: String,
    /// Its version, in its own words.
    version: String,
    /// What it can be asked for.
    kinds: Vec<String>,
    /// The functions of the host that it needs.
    functions: Vec<String>,
    /// What these let it do, in words.
    may: Vec<String>,
    /// The rows of the matrix that a rule with it touches when it counts.
    rows: Vec<String>,
    /// Who signed it.
    signatures: Vec<SignatureTold>,
    /// Its size.
    bytes: u64,
    /// Who handed it in first.
    by: String,
    /// When.
    #[schemars(with = "String")]
    at: Time,
    /// The rules that run it now.
    rules: Vec<RunningTold>,
}

/// A rule that runs a plugin: counts, and no words of customers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RunningTold {
    /// What it is called.
    rule: String,
    /// The mode that it is in.
    mode: String,
    /// Whether it failed too often of late and rests.
    rests: bool,
    /// What it did within the last hour: `asked`, `decided`, `failed`, `disagreed`, `behind`, `micros`.
    hour: Value,
}

impl From<RuleRun> for RunningTold {
    fn from(running: RuleRun) -> Self {
        let RuleRun { rule, mode, hour, rests } = running;
        Self { rule: rule.to_string(), mode: mode.to_string(), rests, hour: json!(hour) }
    }
}

/// Some of the plugins.
#[derive(Serialize, JsonSchema)]
struct PluginPart {
    /// In the order of their hashes.
    plugins: Vec<Plugin>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

impl From<HelmError> for Problem {
    fn from(error: HelmError) -> Self {
        let words = error.to_string();
        let (status, kind) = match error {
            HelmError::NoRule(_) | HelmError::NoSet(_) | HelmError::NoVersion(_) | HelmError::NoAuthor(_) => {
                (StatusCode::NOT_FOUND, "not-there")
            }
            HelmError::Unmoved(_, Unmoved::Nothing) => (StatusCode::CONFLICT, "nothing-to-do"),
            HelmError::Unmoved(..) => (StatusCode::FORBIDDEN, "outside-of-what-was-signed"),
            HelmError::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-a-rule"),
            HelmError::Refused(..) => (StatusCode::UNPROCESSABLE_ENTITY, "not-admitted"),
            HelmError::Plugin(_) | HelmError::Desk(_) => {
                tracing::error!(error = %words, "a rule could not be put in force");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words)
    }
}

/// The same in the language of whoever asked.
fn told_to(let_in: &LetIn, server: &Server) -> impl Fn(HelmError) -> Problem {
    let language = let_in.person.language(server.desk.active().company.own_language());
    move |error| match &error {
        HelmError::Unmoved(rule, why) => {
            let words = format!("{rule}: {}", why.words(language));
            Problem::from(error).saying(words)
        }
        _ => error.into(),
    }
}

fn version(version: &Version, entry: Option<u64>) -> VersionTold {
    let envelope = &version.envelope;
    VersionTold {
        of: version.digest().to_string(),
        plugin: version.plugin.clone(),
        component: version.component.to_string(),
        settings: version.settings.value(),
        scope: json!(version.scope),
        requests: version.requests.iter().map(ToString::to_string).collect(),
        templates: version.templates.iter().cloned().collect(),
        mode: version.mode.to_string(),
        highest: version.highest().to_string(),
        envelope: json!({
            "movers": envelope.movers, "guard": envelope.guard, "until": envelope.until, "bounds": envelope.bounds,
        }),
        entry,
    }
}

fn told((stands, counts, rests): &(Stands, Counts, bool), versions: Option<Vec<VersionTold>>) -> Told {
    Told {
        rule: stands.rule.to_string(),
        set: stands.signed.set.clone(),
        set_on: stands.set_is_on(),
        mode: stands.mode.to_string(),
        signed: version(&stands.signed, None),
        instead: stands.instead.as_ref().map(|earlier| version(earlier, None)),
        moved: json!(stands.moved),
        set_moved: json!(stands.switched),
        agreed: stands.agreed,
        stopped: stands.stopped.as_ref().map(AuthorTold::from),
        rests: *rests,
        hour: json!(counts),
        failure: None,
        advice: Vec::new(),
        versions,
    }
}

/// A call that failed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RuleFailure")]
pub(crate) struct FailureTold {
    /// When.
    #[schemars(with = "String")]
    pub(crate) at: Time,
    /// As what it counts, for people.
    pub(crate) words: String,
    /// The text of the fault.
    pub(crate) text: String,
}

/// How a rule failed last, for whoever is of the company.
pub(crate) fn failure(server: &Server, person: &Person, rule: &RuleId) -> Option<FailureTold> {
    let failure = server.desk.failure(rule).filter(|_| !person.external)?;
    let at = Time::from_millisecond(i64::try_from(failure.at).ok()?).ok()?;
    let language = person.language(server.desk.active().company.own_language());
    Some(FailureTold { at, words: outcome(&failure.outcome, language), text: failure.text })
}

/// The rules that are for cases in the scope of whoever asks, all or some of them.
pub(crate) fn seen(server: &Server, person: &Person) -> Result<Vec<(Stands, Counts, bool)>, Problem> {
    let mut rules = server.desk.rules()?;
    rules.retain(|(one, ..)| server.desk.is_seen(person, one));
    Ok(rules)
}

fn list(server: &Server, let_in: &LetIn) -> Result<Vec<Told>, Problem> {
    Ok(seen(server, &let_in.person)?.iter().map(|one| told(one, None)).collect())
}

async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "rules": list(&server, &let_in)? })))
}

async fn part(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let placed = list(&server, &let_in)?.into_iter().enumerate().collect();
    let (rules, next) = paging.part(placed, |(place, _)| format!("{place:05}"));
    Ok(Json(Part { rules: rules.into_iter().map(|(_, rule)| rule).collect(), next }))
}

async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(rule): Path<String>,
) -> Result<Json<Told>, Problem> {
    let rule = RuleId::from(rule);
    let rules = seen(&server, &let_in.person)?;
    let found = rules.iter().find(|(one, ..)| one.rule == rule);
    let found = found.ok_or_else(|| HelmError::NoRule(rule.clone()))?;
    let versions = server.desk.rule_versions(&rule)?;
    let versions = versions.iter().map(|(entry, one)| version(one, Some(*entry))).collect();
    Ok(Json(Told {
        advice: server.desk.advice(&rule),
        failure: failure(&server, &let_in.person, &rule),
        ..told(found, Some(versions))
    }))
}

async fn move_rule(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(rule): Path<String>,
    Json(asked): Json<Move>,
) -> Result<Json<Moved>, Problem> {
    let mode: Option<Mode> = asked.mode.map(|mode| mode.parse()).transpose().map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-rule", format!("`mode`: {error}"))
    })?;
    let (rule, wish) = (RuleId::from(rule), Wish { mode, settings: asked.settings });
    let moved = server.desk.move_rule(&let_in.person, let_in.actor(), &rule, &wish, &asked.why).await;
    Ok(Json(Moved { generation: moved.map_err(told_to(&let_in, &server))? }))
}

async fn return_rule(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(rule): Path<String>,
    Json(asked): Json<Return>,
) -> Result<Json<Moved>, Problem> {
    let rule = RuleId::from(rule);
    let to = asked.to.map(|to| begins(&server, &rule, &to)).transpose()?;
    let moved = server.desk.return_rule(&let_in.person, let_in.actor(), &rule, to, &asked.why).await;
    Ok(Json(Moved { generation: moved.map_err(told_to(&let_in, &server))? }))
}

/// The version that begins like that.
fn begins(server: &Server, rule: &RuleId, text: &str) -> Result<Digest, Problem> {
    let versions = server.desk.rule_versions(rule)?;
    let mut found =
        versions.iter().map(|(_, one)| one.digest()).filter(|of| of.to_string().starts_with(text));
    match (found.next(), found.next()) {
        (Some(one), None) if text.len() >= 8 => Ok(one),
        _ => Err(HelmError::NoVersion(rule.clone()).into()),
    }
}

async fn move_set(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(set): Path<String>,
    Json(asked): Json<MoveSet>,
) -> Result<Json<Moved>, Problem> {
    let moved = server.desk.move_set(&let_in.person, let_in.actor(), &set, asked.on, &asked.why).await;
    Ok(Json(Moved { generation: moved.map_err(told_to(&let_in, &server))? }))
}

fn plugin(server: &Server, uploaded: &Uploaded) -> Result<Plugin, Problem> {
    let Uploaded { plugin, by, at } = uploaded;
    let PluginFacts { signatures, may, rows, rules } = server.desk.plugin_facts(plugin)?;
    Ok(Plugin {
        signatures: signatures.into_iter().map(SignatureTold::from).collect(),
        component: plugin.component.to_string(),
        name: plugin.name.clone(),
        version: plugin.version.clone(),
        kinds: plugin.kinds.iter().map(ToString::to_string).collect(),
        may: may.into_iter().map(|one| one.words.to_owned()).collect(),
        functions: plugin.functions.clone(),
        rows: rows.iter().map(|task| task.word()).collect(),
        bytes: plugin.bytes,
        by: by.clone(),
        at: *at,
        rules: rules.into_iter().map(RunningTold::from).collect(),
    })
}

/// Whether somebody sees the plugins of everybody: where the row of rules says anything of one, and never who works elsewhere.
pub(crate) fn sees_all_plugins(server: &Server, person: &Person) -> bool {
    let company = Arc::clone(&server.desk.active().company);
    !person.external && company.raci().letters(person, Task::AdjustRoutingRules).has(Letters::ANY)
}

/// The plugins that somebody may see, as they were handed in.
pub(crate) fn handed_in(server: &Server, let_in: &LetIn) -> Result<Vec<Uploaded>, Problem> {
    let sees_all = sees_all_plugins(server, &let_in.person);
    let own = let_in.actor.to_string();
    Ok(server.desk.plugins()?.into_values().filter(|one| sees_all || one.by == own).collect())
}

/// Whether somebody may see a plugin: a reference plugin by its name, any other by its hash.
pub(crate) fn may_see_plugin(server: &Server, let_in: &LetIn, plugin: &str) -> Result<bool, Problem> {
    let is_reference = server.desk.reference_plugins().contains_key(plugin);
    Ok(is_reference && sees_all_plugins(server, &let_in.person)
        || handed_in(server, let_in)?.iter().any(|one| one.plugin.component.to_string() == plugin))
}

fn told_of(server: &Server, let_in: &LetIn) -> Result<Vec<Plugin>, Problem> {
    handed_in(server, let_in)?.iter().map(|one| plugin(server, one)).collect()
}

async fn plugins(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "plugins": told_of(&server, &let_in)? })))
}

async fn plugins_part(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(paging): Query<Paging>,
) -> Result<Json<PluginPart>, Problem> {
    let (plugins, next) = paging.part(told_of(&server, &let_in)?, |one| one.component.clone());
    Ok(Json(PluginPart { plugins, next }))
}

async fn upload(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    body: Bytes,
) -> Result<(StatusCode, Json<Plugin>), Problem> {
    let uploaded = server.desk.upload_plugin(let_in.actor(), body.into()).await?;
    Ok((StatusCode::OK, Json(plugin(&server, &uploaded)?)))
}
