//! Conversations, for whoever attends customers: which ones wait, what was said, and what is done about them.
//!
//! Who attends a customer sees them; everybody else sees of a customer what tells one from the other. So a list has initials and four
//! digits but of one's own cases, and what was said is read by whoever holds the case, or looks customers up by their row: that is
//! of record, a list is not.

mod customer;
mod files;
mod handing;
mod helping;
pub(crate) mod offered;
mod told;

pub(crate) use files::handed_in;
pub(crate) use told::Teller;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{CommandError, DeskError, Done};
use domain::Time;
use domain::agent::Presence;
use domain::company::Company;
use domain::conversation::{Conversation, Holder};
use domain::id::{AgentId, ConversationId};
use domain::message::Outgoing;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::sla::Clock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// Conversations in one answer.
const MOST: usize = 500;

/// Messages in one answer.
const MESSAGES: usize = 50;

/// The routes of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    let (look, attend) = (Action::ReadConversation, Action::AttendCase);
    Routes::new()
        .get("/api/v1/conversations", Action::ListConversations, list)
        .about(About::WithinScope)
        .page(Page::new("Conversations: `which=mine` (your cases, and those that a colleague asks you to take over or asks you about), `waiting` (in your queues) or `open` (all that wait or that somebody has, as far as you reach); at most `limit`, which is 500 at most, of those that wait the longest waiting first.").gives::<List>())
        .get("/api/v1/conversations/{conversation}/messages", look, messages)
        .about(About::ConversationInPath)
        .page(Page::new("A conversation with its latest messages; `before=` a version has those before it. It is yours to read while you hold its case, or with R or A in the row of customers' data.").gives::<Whole>())
        .post("/api/v1/conversations/{conversation}/accept", attend, accept)
        .about(About::ConversationInPath)
        .page(Page::new("Take up a case that was given to you, or that waits in one of your queues.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/replies", attend, reply)
        .about(About::ConversationInPath)
        .page(Page::new("Write to the customer whose case you hold.").takes::<Words>().gives::<Outcome>().may_wait())
        .post("/api/v1/conversations/{conversation}/close", attend, close)
        .about(About::ConversationInPath)
        .page(Page::new("Resolve the case that you hold, with one of the company's codes.").takes::<Code>().gives::<Outcome>())
        .get("/api/v1/me/presence", Action::SeeOneself, presence)
        .page(Page::new("Whether you take cases, how many you hold, and how many at most.").gives::<AtWork>())
        .post("/api/v1/me/presence", Action::KeepPresence, set_presence)
        .page(Page::new("Come, go, or take a break, with one of the company's codes where it has some (`pause-codes`).").takes::<Present>().gives::<AtWork>())
        .merge(handing::api_routes())
        .merge(helping::api_routes())
        .merge(offered::api_routes())
        .merge(files::api_routes())
        .merge(customer::api_routes())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    which: Part,
    limit: Option<usize>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Part {
    #[default]
    Mine,
    Waiting,
    Open,
}

/// Conversations.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConversationList")]
struct List {
    /// Each with `conversation`, `number`, `customer`, `holder`, `priority`, `window-until`, `promise` (until when an answer was promised, and how that stands), `unanswered` (messages of the customer, and since when), `help` (since when its agent asks for it), `asks-you`, `writing` (who is, at this moment) and `last`.
    conversations: Vec<Value>,
    /// Whether there are more than were told.
    more: bool,
    /// What the host's clock shows: what waits, waits by it.
    now: Time,
}

/// A conversation and its latest messages.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConversationWithMessages")]
struct Whole {
    /// As in a list.
    conversation: Value,
    /// Oldest first: `version`, `at`, `by`, `kind`, `text` and what belongs to the kind; of ours how it fares.
    messages: Vec<Value>,
    /// Whether there are some before these.
    more: bool,
    /// What colleagues did to its cases and wrote on them, and how they ended, oldest first, the latest 50 of each: `at`, `by`, `is`, and what belongs to it.
    remarks: Vec<Value>,
    /// The codes that a case is closed with.
    codes: Vec<String>,
    /// The groups that each code is in, the outermost first, where it is in one.
    groups: std::collections::BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    before: Option<u64>,
}

/// What to say to the customer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Reply")]
struct Words {
    /// 1 to 4,096 characters; under a file at most 1,024, or none.
    #[serde(default)]
    text: String,
    /// A file that was handed in for this conversation.
    #[serde(default)]
    file: Option<files::File>,
}

/// How a case ended.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Closing")]
struct Code {
    /// A code that the company counts by.
    code: String,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ConversationOutcome")]
struct Outcome {
    /// `done`, `done-before`, or `held` until others agree.
    is: &'static str,
    /// The message, if one was queued or held.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Whether somebody takes cases.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PresenceChange")]
struct Present {
    /// `available`, `busy`, `break` or `away`.
    #[schemars(with = "String")]
    presence: Presence,
    /// What a break is for.
    #[serde(default)]
    code: Option<String>,
}

/// Somebody at work.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AtWork")]
struct AtWork {
    /// Whether they attend customers at all.
    agent: bool,
    /// `available`, `busy`, `break` or `away`.
    presence: &'static str,
    /// What a break is for, if it says so.
    code: Option<String>,
    /// The codes that a break of the company has.
    pauses: Vec<String>,
    /// Cases that they hold.
    cases: usize,
    /// How many they may hold.
    capacity: u32,
    /// The queues that they serve.
    queues: Vec<String>,
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let words = error.to_string();
        if let Some((status, kind)) = handing::problem(&error) {
            return Self::new(status, kind, words);
        }
        let (status, kind) = match error {
            CommandError::NoConversation => (StatusCode::NOT_FOUND, "not-there"),
            CommandError::NoAgent(_) => (StatusCode::FORBIDDEN, "not-an-agent"),
            CommandError::Taken(_) | CommandError::NotAccepted | CommandError::NotServing(_) => {
                (StatusCode::FORBIDDEN, "not-your-case")
            }
            CommandError::NoCase => (StatusCode::CONFLICT, "no-case"),
            CommandError::ChangedHands => (StatusCode::CONFLICT, "changed-meanwhile"),
            CommandError::NotAvailable { .. } => (StatusCode::CONFLICT, "not-available"),
            CommandError::Full { .. } => (StatusCode::CONFLICT, "full"),
            CommandError::WindowClosed => (StatusCode::CONFLICT, "window-closed"),
            CommandError::Invalid(_) | CommandError::Template(_) | CommandError::NoCode(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-a-message")
            }
            CommandError::NoQueue(_)
            | CommandError::NoSkill(_)
            | CommandError::Words { .. }
            | CommandError::NotUntil
            | CommandError::TooManyTags { .. }
            | CommandError::NoPause { .. }
            | CommandError::NotAsked
            | CommandError::There => (StatusCode::CONFLICT, "not-so"),
            CommandError::TooManyHeld => return Self::later("too-many-held", words, 3_600),
            CommandError::Desk(DeskError::Erased) => (StatusCode::GONE, "erased"),
            CommandError::Desk(DeskError::Stopping) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
            CommandError::Desk(_) => {
                tracing::error!(error = %words, "a case could not be worked on");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words).spoken(|language| error.words(language))
    }
}

pub(crate) fn desk(error: impl Into<DeskError>) -> Problem {
    CommandError::Desk(error.into()).into()
}

/// The agent that a person is.
pub(crate) fn agent_of(person: &Person) -> AgentId {
    AgentId::from(person.id.as_str())
}

/// Whether somebody has the case in their hands.
pub(crate) fn holds(person: &Person, conversation: &Conversation) -> bool {
    let holder = conversation.case.as_ref().map(|case| &case.holder);
    matches!(holder, Some(Holder::Agent { agent, .. }) if *agent == agent_of(person))
}

async fn list(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(Which { which, limit }): Query<Which>,
) -> Result<Json<List>, Problem> {
    let limit = limit.unwrap_or(MOST).clamp(1, MOST);
    let company = Arc::clone(&server.desk.active().company);
    let (person, store) = (&let_in.person, server.desk.store());
    let agent = company.agent(&agent_of(person));
    let waiting = |serves: &dyn Fn(&store::Waiting) -> bool| -> Result<Vec<(Time, ConversationId)>, Problem> {
        let mut found = Vec::new();
        for queue in company.queues() {
            let all = store.waiting(&queue.id).map_err(desk)?;
            found.extend(all.into_iter().filter(serves).map(|one| (one.since, one.conversation)));
        }
        Ok(found)
    };
    let held = |agent: &AgentId| -> Result<Vec<ConversationId>, Problem> {
        Ok(store.agent(agent).map_err(desk)?.1.cases.into_values().collect())
    };
    let mut found: Vec<ConversationId> = match which {
        Part::Mine => {
            let asked = handing::asked(&server, &agent_of(person))?;
            let mut mine = held(&agent_of(person))?;
            let consulted = store.consultations(&person.id).map_err(desk)?;
            mine.extend(consulted.into_iter().filter(|id| !mine.contains(id)).collect::<Vec<_>>());
            mine.retain(|id| !asked.contains(id));
            // What somebody is asked to take comes first, then whose time runs out first, then who waits without a promise.
            let mut urgent = Vec::with_capacity(mine.len());
            for id in mine {
                let conversation = store.conversation(id).map_err(desk)?.1;
                let due = conversation.as_ref().and_then(|one| Some(Clock::of(&company, one)?.term()?.due));
                let waits = conversation.is_some_and(|one| one.unanswered.is_some());
                urgent.push((due.is_none(), due, !waits, id));
            }
            urgent.sort_by_key(|(no_due, due, waits_not, _)| (*no_due, *due, *waits_not));
            asked.into_iter().chain(urgent.into_iter().map(|(.., id)| id)).collect()
        }
        Part::Waiting | Part::Open => {
            let all = which == Part::Open;
            let serves = |one: &store::Waiting| {
                let theirs = agent.is_some_and(|agent| agent.serves(&one.place.queue, &one.place.skills));
                all || theirs
            };
            let mut waiting = waiting(&serves)?;
            waiting.sort();
            waiting.into_iter().map(|(_, conversation)| conversation).collect()
        }
    };
    if which == Part::Open {
        for agent in company.agents() {
            found.extend(held(&agent.id)?);
        }
    }
    let mut told = Vec::new();
    let teller = told::Teller { server: &server, company: &company, person };
    let mut more = false;
    for id in found {
        let Some(conversation) = store.conversation(id).map_err(desk)?.1 else { continue };
        if !person.reaches(&said::target(&conversation)) {
            continue;
        }
        if told.len() == limit {
            more = true;
            break;
        }
        let open = holds(person, &conversation) || consulted(person, &conversation);
        told.push(teller.conversation(id, &conversation, open).map_err(desk)?);
    }
    Ok(Json(List { conversations: told, more, now: server.clock.now() }))
}

/// A conversation that a path names.
fn named(server: &Server, name: &str) -> Result<(ConversationId, Conversation), Problem> {
    let id: ConversationId = name.parse().map_err(|_| CommandError::NoConversation)?;
    let found = server.desk.store().conversation(id).map_err(desk)?.1;
    Ok((id, found.ok_or(CommandError::NoConversation)?))
}

/// A conversation that a path names, for whoever has its case.
pub(crate) fn held(
    server: &Server,
    person: &Person,
    name: &str,
) -> Result<(ConversationId, Conversation), Problem> {
    let (id, conversation) = named(server, name)?;
    if !holds(person, &conversation) {
        return Err(unread(person, &server.desk.active().company));
    }
    Ok((id, conversation))
}

/// A conversation that a path names, for whoever reads what was said.
pub(crate) fn readable(
    server: &Server,
    person: &Person,
    name: &str,
) -> Result<(ConversationId, Conversation), Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (id, conversation) = named(server, name)?;
    if !reads(server, person, &conversation) {
        return Err(unread(person, &company));
    }
    Ok((id, conversation))
}

/// Whether somebody reads what was said: has the case, is asked about it by name, or looks customers up.
pub(crate) fn reads(server: &Server, person: &Person, conversation: &Conversation) -> bool {
    let company = Arc::clone(&server.desk.active().company);
    holds(person, conversation)
        || consulted(person, conversation)
        || server.people.with_loans(company.raci()).looks_up(person)
}

/// Whether somebody is asked about the case by name.
fn consulted(person: &Person, conversation: &Conversation) -> bool {
    let named = conversation.case.as_ref().is_some_and(|case| case.consulted.contains(&person.id));
    named && !person.external
}

/// Why somebody does not read what was said.
fn unread(person: &Person, company: &Company) -> Problem {
    let language = person.language(company.own_language());
    let words = language.pick(
        "Lo que se dijo lo lee quien tiene el caso: acéptelo primero. O quien tiene R o A en «Consultar datos de clientes».",
        "O que foi dito é lido por quem tem o caso: aceite-o primeiro. Ou por quem tem R ou A em «Consultar dados de clientes».",
        "What was said is read by whoever has the case: accept it first. Or by whoever has R or A in “Look up customers' data”.",
    );
    Problem::new(StatusCode::FORBIDDEN, "not-your-case", words)
}

async fn messages(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Query(Before { before }): Query<Before>,
) -> Result<Json<Whole>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let person = &let_in.person;
    let (id, conversation) = readable(&server, person, &name)?;
    let teller = told::Teller { server: &server, company: &company, person };
    let mut lines = server.desk.store().history(id, before, MESSAGES + 1).map_err(desk)?;
    let more = lines.len() > MESSAGES;
    if more {
        lines.remove(0);
    }
    let messages = lines.iter().map(|(version, line)| teller.line(id, *version, line, &conversation));
    Ok(Json(Whole {
        conversation: teller.conversation(id, &conversation, true).map_err(desk)?,
        messages: messages.collect::<Result<_, _>>().map_err(desk)?,
        more,
        remarks: teller.all_remarks(id, &conversation).map_err(desk)?,
        codes: company.closing_codes().map(ToOwned::to_owned).collect(),
        groups: company
            .typification()
            .into_iter()
            .filter(|(_, groups)| !groups.is_empty())
            .map(|(code, groups)| (code.to_owned(), groups.into_iter().map(ToOwned::to_owned).collect()))
            .collect(),
    }))
}

fn came_of(done: Done) -> Outcome {
    let message = match &done {
        Done::Queued(message) | Done::Held(message) => Some(message.to_string()),
        Done::Recorded | Done::Repeated | Done::Strange => None,
    };
    let is = match done {
        Done::Repeated => "done-before",
        Done::Held(_) => "held",
        Done::Recorded | Done::Strange | Done::Queued(_) => "done",
    };
    Outcome { is, message }
}

async fn accept(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    let (id, _) = named(&server, &name)?;
    Ok(Json(came_of(server.desk.accept(&agent_of(&let_in.person), id).await?)))
}

async fn reply(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Words { text, file }): Json<Words>,
) -> Result<Response, Problem> {
    let (id, _) = named(&server, &name)?;
    let message = match file {
        Some(file) => file.message(&server, id, text)?,
        None => Outgoing::Text { body: text },
    };
    let done = server.desk.reply(&agent_of(&let_in.person), id, message).await?;
    server.writing.ends(id);
    let status = if matches!(done, Done::Held(_)) { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(came_of(done))).into_response())
}

async fn close(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Code { code }): Json<Code>,
) -> Result<Json<Outcome>, Problem> {
    let (id, _) = named(&server, &name)?;
    let company = Arc::clone(&server.desk.active().company);
    // It stands in the journal for ever and is not sealed.
    if !company.counts_by(&code) {
        let known: Vec<&str> = company.closing_codes().collect();
        let words = format!("`code` is `{code}`: one of {} was expected (`closing-codes`)", known.join(", "));
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-code", words));
    }
    Ok(Json(came_of(server.desk.close(&agent_of(&let_in.person), id, &code).await?)))
}

fn at_work(server: &Server, person: &Person) -> Result<AtWork, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let id = agent_of(person);
    let (_, state) = server.desk.store().agent(&id).map_err(desk)?;
    let described = company.agent(&id);
    Ok(AtWork {
        agent: described.is_some(),
        presence: state.presence.word(),
        code: state.code.clone(),
        pauses: company.pause_codes().to_vec(),
        cases: state.cases.len(),
        capacity: described.map_or(0, |agent| agent.capacity),
        queues: described.iter().flat_map(|agent| &agent.queues).map(ToString::to_string).collect(),
    })
}

async fn presence(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<AtWork>, Problem> {
    at_work(&server, &let_in.person).map(Json)
}

async fn set_presence(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Present { presence, code }): Json<Present>,
) -> Result<Json<AtWork>, Problem> {
    server.desk.set_presence(&agent_of(&let_in.person), presence, code.as_deref()).await?;
    at_work(&server, &let_in.person).map(Json)
}
