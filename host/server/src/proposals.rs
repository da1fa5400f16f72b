//! Changes that take more than one person, as people propose and decide them: at the machine and from afar.
//!
//! The door lets everybody of the company in, because whose a proposal is depends on what it would change. What somebody may
//! say of it is asked of the matrix where the content is known (`domain::proposal::due`), and shown to whom one of its rows
//! concerns.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{OfContact, RuleChange, RuleWish, TemplateWish};
use domain::Time;
use domain::company::Company;
use domain::decision::Digest;
use domain::id::{ContactId, ProposalId};
use domain::json::Json as Text;
use domain::law::language::Language;
use domain::proposal::due::{Missing, Unfit};
use domain::proposal::event::Opinion;
use domain::proposal::{Kind, Proposal, Stage};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::task::Task;
use governance::{ProposalError, Wish, Word};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::backtests;
use crate::company_files::{self, Entry, MOST, Proposed};
use crate::let_in::LetIn;
use crate::routes::Routes;

/// What is wanted of the company's files.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OfFiles {
    /// Which entries are to be otherwise; none: what lies in the files is proposed as it is.
    entries: Vec<Entry>,
}

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/proposals", Action::ReadProposals, all)
        .get("/proposals/{proposal}", Action::ReadProposals, one)
        .post("/proposals", Action::Propose, propose)
        .post("/proposals/{proposal}/words", Action::DecideProposals, say)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/proposals", Action::ReadProposals, part)
        .page(Page::new("Changes that wait for somebody; with `all=true` also those that do not any more.").gives::<Part>().paged())
        .get("/api/v1/proposals/{proposal}", Action::ReadProposals, one)
        .page(Page::new("One of them.").gives::<Told>())
        .post("/api/v1/proposals", Action::Propose, propose)
        .page(Page::new("Propose a change, or another content of one that is open: all signatures are void then.").takes::<Asked>().gives::<Told>().begins())
        .post("/api/v1/proposals/{proposal}/words", Action::DecideProposals, say)
        .page(Page::new("Say what you think of it, sign it, reject it, take it back; or go past the approvals in an emergency.").takes::<Said>().gives::<Told>())
}

/// A change that is wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    /// `rule`, `template`, `erasure`, `export`, or `company` for what lies in the company's files.
    #[schemars(with = "String")]
    kind: Kind,
    /// For a rule `rule`, `set`, `plugin`, `settings`, `scope`, `mode`, `requests`, `templates`, `envelope`, `after`, or `withdraw`; for a template what `POST /templates` takes; for a customer `{"contact": id}`; for the company's files nothing, or `entries`, each with `in` (`queues`, `agents`, `numbers`, `calendars`, `people`, `matrix`, `house`), `id`, `to`, as it would be written there (nothing: it is to be none any more), and `was`, what it was for whoever wants that, or `fresh` for a new one.
    #[serde(default)]
    content: Value,
    /// Why. Those who sign read it first, and it is kept.
    reason: String,
    /// Not to be carried out before.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    not_before: Option<Time>,
    /// The proposal of which this is another content.
    #[serde(default)]
    edits: Option<String>,
}

/// What somebody says of a proposal.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Said {
    /// `agree`, `object`, `sign`, `reject`, `withdraw`, `force`, `review`, `ratify`.
    #[serde(rename = "do")]
    does: String,
    /// The hash of the content that it is said of, as the proposal has it: of another one it says nothing.
    of: String,
    /// In words: needed to reject, to force and to review.
    #[serde(default)]
    words: String,
}

/// A proposal, as people read it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Told {
    /// What it is called.
    pub(crate) proposal: String,
    /// What kind of change.
    kind: String,
    /// The same for people.
    pub(crate) kind_words: String,
    /// In one line.
    pub(crate) title: String,
    /// The same for people.
    pub(crate) title_words: String,
    /// Why.
    pub(crate) reason: String,
    /// The change itself, for whoever decides on it.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) content: Value,
    /// The hash of the content: what a word is said of.
    pub(crate) of: String,
    /// The rows of the matrix that it belongs to.
    pub(crate) rows: Vec<String>,
    /// Who wrote the content.
    pub(crate) author: String,
    /// When.
    #[schemars(with = "String")]
    pub(crate) since: Time,
    /// How far it is: `is`, and what belongs to it.
    stage: Value,
    /// The same for people.
    pub(crate) stage_words: String,
    /// What came of it, once it is carried out.
    #[serde(skip_serializing_if = "Value::is_null")]
    answer: Value,
    /// What it waits for: `waits-for`, what belongs to it, and `words`.
    pub(crate) missing: Vec<Value>,
    /// The rows of which fewer signatures will do than are demanded, because there are not so many people: `task`, `wanted`, `most` and
    /// `words`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) short: Vec<Value>,
    /// What approver rules said of this content: `rule`, `verdict`, `reasons` with their `words`.
    pub(crate) judgements: Vec<Value>,
    /// What came of the last time that somebody tried this rule on the past: `entry`, `by`, `at`, `from`, `to`, `report`.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub(crate) backtest: Value,
    /// What was said of this content.
    pub(crate) heard: Vec<Value>,
    /// Who signed this content.
    pub(crate) signed: Vec<Value>,
    /// If somebody went past the approvals.
    pub(crate) forced: Value,
    /// If it is in force by the word of somebody who has left: `left`, the `rows` of which nobody else answers for it yet, and
    /// `words`.
    pub(crate) to_ratify: Value,
    /// What you may do about it now.
    pub(crate) yours: Vec<&'static str>,
}

/// Some of the proposals.
#[derive(Serialize, JsonSchema)]
struct Part {
    /// The newest last.
    proposals: Vec<Told>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    all: bool,
}

impl From<ProposalError> for Problem {
    fn from(error: ProposalError) -> Self {
        let words = error.to_string();
        let (status, kind) = match error {
            ProposalError::None => (StatusCode::NOT_FOUND, "not-there"),
            ProposalError::Unfit(Unfit::Edited) => (StatusCode::PRECONDITION_FAILED, "changed-meanwhile"),
            ProposalError::Unfit(Unfit::Over) => (StatusCode::CONFLICT, "over"),
            ProposalError::Field { .. } | ProposalError::Unfit(Unfit::Silent) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-a-proposal")
            }
            ProposalError::Unfit(_) | ProposalError::NotYours(_) => {
                (StatusCode::FORBIDDEN, "not-yours-to-do")
            }
            ProposalError::Projection(_) | ProposalError::Commit(_) => {
                tracing::error!(error = %words, "a proposal could not be read or written");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words)
    }
}

fn invalid(words: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-proposal", words)
}

async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "proposals": shown(&server, &let_in, which.all)? })))
}

async fn part(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let mut told = shown(&server, &let_in, which.all)?;
    told.sort_by(|a, b| a.proposal.cmp(&b.proposal));
    let (proposals, next) = paging.part(told, |one| one.proposal.clone());
    Ok(Json(Part { proposals, next }))
}

/// The proposals that are any of somebody's business: those that wait for people, or all of them.
pub(crate) fn shown(server: &Server, let_in: &LetIn, all: bool) -> Result<Vec<Told>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let proposals = server.desk.proposals().list(!all)?;
    let raci = server.people.with_loans(company.raci());
    let concerns = |one: &Proposal| concerns(one, &let_in.person, &raci);
    Ok(proposals.iter().filter(|one| concerns(one)).map(|one| told(server, one, let_in, &company)).collect())
}

async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(proposal): Path<String>,
) -> Result<Json<Told>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let found = found(&server, &let_in, &proposal, &company)?;
    Ok(Json(told(&server, &found, &let_in, &company)))
}

async fn propose(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    let Asked { kind, content, reason, not_before, edits } = asked;
    if !server.desk.active().company.is_governed() {
        return Err(invalid(
            "the company describes no people (`raci`), so that nobody could agree: do it directly",
        ));
    }
    let (content, tasks, title) = match kind {
        Kind::Company => {
            let files = server.files.as_ref();
            let files =
                files.ok_or_else(|| invalid("`kind`: the host runs without a file of the company"))?;
            let OfFiles { entries } = if content.is_null() { OfFiles::default() } else { read(content)? };
            // What is none of somebody's rows costs the host nothing.
            let rows = |entry: &Entry| company_files::may_want(&server, &let_in, &entry.section.rows());
            let may = match entries.is_empty() {
                true => company_files::may_want(&server, &let_in, &Task::ALL),
                false => entries.iter().try_for_each(rows),
            };
            let own = server.desk.active().company.own_language();
            may.map_err(|refusal| Problem::refused(&refusal, let_in.person.language(own)))?;
            if entries.len() > MOST {
                return Err(invalid(format!(
                    "`entries` has {}: at most {MOST} were expected",
                    entries.len()
                )));
            }
            // It reads files and compiles plugins.
            let files = Arc::clone(files);
            let read = tokio::task::spawn_blocking(move || files.proposed(&entries)).await;
            let read = read.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))?;
            let Proposed { content, tasks, title } = read?;
            (content, tasks, title)
        }
        Kind::Rule => {
            let (desk, wish) = (server.desk.clone(), read::<RuleWish>(content)?);
            // It compiles and tries the plugin.
            let checked = tokio::task::spawn_blocking(move || desk.check_rule(&wish)).await;
            checked.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??
        }
        Kind::Template => suggested(&server, &Change::Template(read(content)?), &reason)?,
        Kind::Erasure => suggested(&server, &Change::Erasure(read(content)?), &reason)?,
        Kind::Export => suggested(&server, &Change::Export(read(content)?), &reason)?,
        Kind::Move => {
            return Err(invalid(
                "`kind`: cases are moved, and that is proposed where it has to be, by `POST /case-moves`",
            ));
        }
        Kind::Campaign | Kind::Mass => {
            return Err(invalid(
                "`kind`: a campaign is proposed where it is drafted (`POST /campaigns/{campaign}/proposal`), and what is held is \
                 proposed by the host",
            ));
        }
    };
    let wish = Wish { kind, title, reason, content, tasks, not_before };
    let company = Arc::clone(&server.desk.active().company);
    let proposals = server.desk.proposals();
    let made = match edits {
        None => proposals.propose(wish, &let_in.person, &let_in.actor, company.raci()).await?,
        Some(id) => {
            let known = found(&server, &let_in, &id, &company)?;
            let edited = proposals.edit(known.id, wish, &let_in.person, &let_in.actor, company.raci()).await;
            edited.map_err(|error| match error {
                ProposalError::Unfit(unfit) => unfit_for(unfit, &known, &let_in.person, &company),
                other => other.into(),
            })?
        }
    };
    Ok((StatusCode::ACCEPTED, Json(told(&server, &made, &let_in, &company))))
}

/// The content of a proposal, in the form of its kind.
fn read<T: DeserializeOwned>(content: Value) -> Result<T, Problem> {
    serde_json::from_value(content).map_err(|error| invalid(format!("`content`: {error}")))
}

/// A change as the content of a proposal, if it makes sense: nobody is asked to agree to what cannot be done. A customer is
/// named by an id that says nothing.
fn suggested(
    server: &Server,
    change: &Change,
    reason: &str,
) -> Result<(Text, BTreeSet<Task>, String), Problem> {
    let no = |error: &dyn std::fmt::Display| invalid(error.to_string());
    let desk = &server.desk;
    Ok(match change {
        Change::Template(wish) => {
            desk.check_template(wish).map_err(|error| no(&error))?;
            (Text::of(wish), [Task::ModifyTemplates].into(), wish.title())
        }
        Change::Erasure(of) => {
            desk.may_erase(of.contact, reason).map_err(|error| no(&error))?;
            (Text::of(of), [Task::EraseData].into(), format!("contact/{}", of.contact))
        }
        Change::Export(of) => {
            desk.may_say(of.contact, reason).map_err(|error| no(&error))?;
            (Text::of(of), [Task::ExportData].into(), format!("contact/{}", of.contact))
        }
    })
}

/// Proposes what somebody asked for to be done, where it takes more than one person; none where it does not.
pub(crate) async fn instead(
    server: &Server,
    let_in: &LetIn,
    change: Change,
    reason: &str,
) -> Result<Option<Response>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    if !company.is_governed() {
        return Ok(None);
    }
    let (content, tasks, title) = suggested(server, &change, reason)?;
    let kind = change.kind();
    let wish = Wish { kind, title, reason: reason.to_owned(), content, tasks, not_before: None };
    let made = server.desk.proposals().propose(wish, &let_in.person, &let_in.actor, company.raci()).await?;
    let told = told(server, &made, let_in, &company);
    Ok(Some((StatusCode::ACCEPTED, Json(json!({ "proposal": told }))).into_response()))
}

/// The proposal by which somebody may take a customer's data now, if there is one.
pub(crate) fn approved_export(
    server: &Server,
    let_in: &LetIn,
    contact: ContactId,
) -> Result<Option<ProposalId>, Problem> {
    let content = Text::of(&OfContact { contact });
    let (active, now) = (server.desk.active(), server.clock.now());
    let raci = server.desk.proposals().at_work(active.company.raci())?;
    let theirs = |one: &Proposal| {
        one.kind == Kind::Export
            && one.stage == Stage::Approved
            && one.author == let_in.person.id
            && one.content == content
            // Who signed may have left since.
            && one.missing(&raci, active.company.approvals(), now).is_empty()
    };
    Ok(server.desk.proposals().list(true)?.into_iter().find(theirs).map(|one| one.id))
}

/// Something that takes more than one person.
pub(crate) enum Change {
    /// Of a template.
    Template(TemplateWish),
    /// Forgetting a customer.
    Erasure(OfContact),
    /// Handing a customer's data out.
    Export(OfContact),
}

impl Change {
    fn kind(&self) -> Kind {
        match self {
            Self::Template(_) => Kind::Template,
            Self::Erasure(_) => Kind::Erasure,
            Self::Export(_) => Kind::Export,
        }
    }
}

async fn say(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(proposal): Path<String>,
    Json(said): Json<Said>,
) -> Result<Json<Told>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let found = found(&server, &let_in, &proposal, &company)?;
    let of: Digest = serde_json::from_value(json!(said.of))
        .map_err(|_| invalid("`of` is no hash: the one of the proposal's `of` was expected"))?;
    let words = said.words;
    let word = match said.does.as_str() {
        "agree" => Word::Heard(Opinion { agrees: true, words }),
        "object" => Word::Heard(Opinion { agrees: false, words }),
        "sign" => Word::Sign,
        "reject" => Word::Reject(words),
        "withdraw" => Word::Withdraw,
        "force" => Word::Force(words),
        "review" => Word::Review(words),
        "ratify" => Word::Ratify(words),
        other => {
            return Err(invalid(format!(
                "`do` is `{other}`: agree, object, sign, reject, withdraw, force, review or ratify was expected"
            )));
        }
    };
    if let (Kind::Erasure | Kind::Export, Some(words)) = (found.kind, word.words())
        && let Ok(of) = serde_json::from_str::<OfContact>(found.content.text())
    {
        server.desk.may_say(of.contact, words).map_err(|error| invalid(error.to_string()))?;
    }
    let proposals = server.desk.proposals();
    let said = proposals.say(found.id, of, &word, &let_in.person, &let_in.actor, company.raci()).await;
    let now = said.map_err(|error| match error {
        ProposalError::Unfit(unfit) => unfit_for(unfit, &found, &let_in.person, &company),
        error => error.into(),
    })?;
    Ok(Json(told(&server, &now, &let_in, &company)))
}

/// Why somebody's word does not count, in their language; and who could say it.
fn unfit_for(unfit: Unfit, proposal: &Proposal, person: &Person, company: &Company) -> Problem {
    let language = person.language(company.own_language());
    let mut words = unfit.words(language).to_owned();
    if unfit == Unfit::Row {
        words = format!("{words} {}", proposal.who_could(company.raci(), language));
    }
    Problem::from(ProposalError::Unfit(unfit)).saying(words)
}

/// One of them, and what it is.
pub(crate) fn shown_one(server: &Server, let_in: &LetIn, id: &str) -> Result<(Told, Proposal), Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let found = found(server, let_in, id, &company)?;
    Ok((told(server, &found, let_in, &company), found))
}

/// A proposal that somebody may know of.
fn found(server: &Server, let_in: &LetIn, id: &str, company: &Company) -> Result<Proposal, Problem> {
    let id: ProposalId = id.parse().map_err(|_| ProposalError::None)?;
    let found = server.desk.proposals().get(id)?;
    let raci = server.people.with_loans(company.raci());
    if concerns(&found, &let_in.person, &raci) { Ok(found) } else { Err(ProposalError::None.into()) }
}

/// Whether a proposal is any of somebody's business: they wrote it, or one of its rows says something of them.
pub(crate) fn concerns(proposal: &Proposal, person: &Person, raci: &Raci) -> bool {
    let any = Letters::RA | Letters::C | Letters::I;
    let has = |task: &Task| raci.letters(person, *task).has(any);
    person.id == proposal.author
        || !person.external && (proposal.rows().iter().any(has) || proposal.asks(person))
}

fn told(server: &Server, proposal: &Proposal, let_in: &LetIn, company: &Company) -> Told {
    let (person, now) = (&let_in.person, server.clock.now());
    let at_work = server.desk.proposals().at_work(company.raci());
    let raci = &at_work.unwrap_or_else(|_| company.raci().clone());
    let language = person.language(company.own_language());
    let decides = |task: &Task| raci.letters(person, *task).has(Letters::RA | Letters::C);
    let reads = person.id == proposal.author || proposal.rows().iter().any(decides) || proposal.asks(person);
    let mut missing = match proposal.stage {
        Stage::Open => proposal.missing(raci, company.approvals(), now),
        _ => Vec::new(),
    };
    let rules = server.desk.unjudged(proposal);
    let is_judged = rules.is_empty();
    if !is_judged {
        missing.insert(0, Missing::Judgement { rules });
    }
    let missing = missing.iter().map(|missing| {
        let mut told = json!(missing);
        told["words"] = missing.words(language, raci, company.zone()).into();
        told
    });
    let short = proposal.short(raci, company.approvals()).into_iter().map(|short| {
        let mut told = json!(short);
        told["words"] = short.words(language).into();
        told
    });
    let of = &proposal.hash;
    let may = [
        ("agree", proposal.may_speak(person, of, raci).is_ok()),
        ("object", proposal.may_speak(person, of, raci).is_ok()),
        // What a rule is about to reject nobody is asked to sign; it says so a moment later.
        ("sign", is_judged && proposal.may_sign(person, of, raci).is_ok()),
        ("reject", proposal.may_reject(person, of, raci).is_ok()),
        ("withdraw", proposal.may_withdraw(&person.id).is_ok()),
        ("force", proposal.may_force(person, of, raci).is_ok()),
        ("review", proposal.may_review(person, raci).is_ok()),
        ("ratify", proposal.may_ratify(person, raci).is_ok()),
    ];
    Told {
        proposal: proposal.id.to_string(),
        kind: json!(proposal.kind).as_str().unwrap_or_default().to_owned(),
        kind_words: proposal.kind.words(language).to_owned(),
        title: proposal.title.clone(),
        title_words: title_words(proposal, language),
        reason: proposal.reason.clone(),
        content: if reads { proposal.content.value() } else { Value::Null },
        of: of.to_string(),
        rows: proposal.tasks.iter().map(|task| task.words(language).to_owned()).collect(),
        author: proposal.author.to_string(),
        since: proposal.since,
        stage: json!(proposal.stage),
        stage_words: proposal.stage_words(language).to_owned(),
        answer: proposal.answer.value(),
        missing: missing.collect(),
        short: short.filter(|_| !proposal.stage.is_over()).collect(),
        judgements: if reads { judgements(proposal, raci, language) } else { Vec::new() },
        backtest: if reads { backtest(server, proposal) } else { Value::Null },
        heard: proposal
            .heard
            .iter()
            .map(|(who, said)| json!({ "by": who, "agrees": said.agrees, "words": said.words }))
            .collect(),
        signed: proposal.signed.iter().map(|(who, at)| json!({ "by": who, "at": at })).collect(),
        forced: json!(proposal.forced),
        to_ratify: proposal.mark.as_ref().map_or(Value::Null, |mark| {
            let mut told = json!(mark);
            told["words"] = mark.words(language).into();
            told
        }),
        yours: may.into_iter().filter_map(|(what, may)| may.then_some(what)).collect(),
    }
}

impl Told {
    /// Whether it is of a kind.
    pub(crate) fn is_of(&self, kind: Kind) -> bool {
        json!(kind) == self.kind
    }
}

/// What a proposal is of, in a line for people. What nobody can say better stays as its author or the host called it.
pub(crate) fn title_words(proposal: &Proposal, language: Language) -> String {
    let own = || proposal.title.clone();
    let content = proposal.content.text();
    match proposal.kind {
        Kind::Template => {
            serde_json::from_str(content).map_or_else(|_| own(), |wish: TemplateWish| wish.words(language))
        }
        Kind::Rule => match serde_json::from_str(content) {
            Ok(RuleChange::Agree { rule, version, instead_of, .. }) => {
                let what = match instead_of {
                    Some(_) => language.pick("otra versión de", "outra versão de", "another version of"),
                    None => language.pick("regla nueva", "regra nova", "new rule"),
                };
                let (mode, highest) = (version.mode.words(language), version.highest().words(language));
                let up_to = language.pick("hasta", "até", "up to");
                let highest = if mode == highest { String::new() } else { format!(", {up_to} {highest}") };
                format!("{what} «{rule}» ({}), {mode}{highest}", version.plugin)
            }
            Ok(RuleChange::Withdraw { rule, .. }) => {
                format!(
                    "{} «{rule}»",
                    language.pick("retirar la regla", "retirar a regra", "withdraw the rule")
                )
            }
            Err(_) => own(),
        },
        Kind::Company => {
            match serde_json::from_value::<Vec<Entry>>(proposal.content.value()["entries"].clone()) {
                Ok(entries) => company_files::words(&entries, language),
                Err(_) => own(),
            }
        }
        _ => own(),
    }
}

/// What the rule would have done with the past, if somebody has tried.
fn backtest(server: &Server, proposal: &Proposal) -> Value {
    match serde_json::from_str::<RuleChange>(proposal.content.text()) {
        Ok(RuleChange::Agree { version, .. }) if proposal.kind == Kind::Rule => {
            backtests::evidence(server, &version)
        }
        _ => Value::Null,
    }
}

/// What rules said of the content, as somebody reads it.
fn judgements(proposal: &Proposal, raci: &Raci, language: Language) -> Vec<Value> {
    let judgements = proposal.judged.iter().flat_map(|judged| &judged.judgements);
    let told = judgements.map(|one| {
        let reasons = one.reasons.iter();
        let reasons = reasons.map(|reason| json!({ "code": reason.code, "words": reason.words(language) }));
        json!({
            "rule": one.rule,
            "verdict": one.verdict,
            "words": one.verdict.words(language, raci),
            "reasons": reasons.collect::<Vec<_>>(),
            "component": one.component,
            "settings": one.settings,
            "input": one.input,
            "fuel": one.fuel,
        })
    });
    told.collect()
}
