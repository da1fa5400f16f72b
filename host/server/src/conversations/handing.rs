//! What colleagues do with each other's cases: give back, hand over, let sleep, end the shift; and how somebody who
//! steers moves one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{Act, CommandError, DeskError};
use domain::Time;
use domain::company::AgentDescription;
use domain::id::{AgentId, ConversationId, QueueId};
use domain::moving::Destination;
use domain::raci::action::Action;
use domain::raci::person::Target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AtWork, Outcome, agent_of, at_work, came_of, desk, named};
use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// The routes of the API.
pub(super) fn api_routes() -> Routes<Arc<Server>> {
    let pass = Action::PassCaseOn;
    Routes::new()
        .post("/api/v1/conversations/{conversation}/return", pass, give_back)
        .about(About::ConversationInPath)
        .page(Page::new("Give back the case that you hold: to a queue and skills of your choice, or to where the routing rules want it. Its customer does not lose their turn, and it is given to others than you.").takes::<Return>().gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/hand-over", pass, offer)
        .about(About::ConversationInPath)
        .page(Page::new("Ask a colleague to take over the case that you hold. Until they accept it is yours.").takes::<HandOver>().gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/hand-over/withdraw", pass, withdraw)
        .about(About::ActInPath)
        .page(Page::new("Ask for it no more.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/hand-over/accept", pass, take_over)
        .about(About::ActInPath)
        .page(Page::new("Take over the case that a colleague asks you to, if you have room.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/hand-over/decline", pass, decline)
        .about(About::ActInPath)
        .page(Page::new("Do not take it over: it stays your colleague's.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/snooze", Action::AttendCase, snooze)
        .about(About::ConversationInPath)
        .page(Page::new("Let the case that you hold sleep until a moment within seven days, or until its customer writes. It stays yours and takes up a place.").takes::<Snooze>().gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/wake", Action::AttendCase, wake)
        .about(About::ConversationInPath)
        .page(Page::new("Let it sleep no more.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/move", Action::MoveCase, relocate)
        .about(About::ConversationInPath)
        .page(Page::new("Move a case, whoever has it: to a queue, or to an agent who is available and has room.").takes::<Relocate>().gives::<Outcome>())
        .get("/api/v1/colleagues", Action::ListConversations, colleagues)
        .about(About::WithinScope)
        .page(Page::new("Who attends: how they are, how much they hold and at most may; and the queues that there are. People of other companies find those that they reach.").gives::<Colleagues>())
        .post("/api/v1/me/shift/end", Action::KeepPresence, end_shift)
        .page(Page::new("End your shift: nothing more is given to you, and what you hold waits in its queues, for a colleague first if you name one, each case with your note if it has one.").takes::<EndOfShift>().gives::<AtWork>())
}

/// Where a case is to wait.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseReturn")]
struct Return {
    /// A queue; where the routing rules want it if absent.
    #[serde(default)]
    queue: Option<String>,
    /// What its next agent must be able to do, with `queue`.
    #[serde(default)]
    skills: Vec<String>,
    /// Why, for colleagues: 1 to 1,000 letters.
    why: String,
}

/// Whom to ask.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseHandOver")]
struct HandOver {
    /// The colleague.
    to: String,
    /// Why, and what they have to know: 1 to 1,000 letters.
    why: String,
}

/// Until when.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseSnooze")]
struct Snooze {
    /// A moment; until the customer writes if absent.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    until: Option<Time>,
}

/// Where somebody who steers wants a case.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseMove")]
struct Relocate {
    /// `{"queue": {"queue": …, "skills": […]}}` or `{"agent": …}`.
    #[schemars(with = "serde_json::Value")]
    to: Destination,
    /// Why: 1 to 1,000 letters.
    why: String,
}

/// The end of a shift.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EndOfShift")]
struct EndOfShift {
    /// The colleague for whom the cases wait first.
    #[serde(default)]
    to: Option<String>,
    /// Notes on them, as many as one likes or none.
    notes: Vec<NoteOn>,
}

/// A note on a case.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EndOfShiftNote")]
struct NoteOn {
    /// Of which conversation.
    conversation: String,
    /// 1 to 1,000 letters.
    text: String,
}

/// Those who attend, and where.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Colleagues")]
struct Colleagues {
    /// All agents.
    agents: Vec<Colleague>,
    /// All queues.
    queues: Vec<String>,
}

/// Somebody who attends.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Colleague")]
struct Colleague {
    /// What they are called in requests.
    agent: String,
    /// What people call them.
    name: String,
    /// `available`, `busy`, `break` or `away`.
    presence: &'static str,
    /// What a break is for, if it says so.
    code: Option<String>,
    /// Cases that they hold.
    cases: usize,
    /// How many they may hold.
    capacity: u32,
    /// The queues that they serve.
    queues: Vec<String>,
}

async fn colleagues(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Colleagues>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    // Who works for the company knows each other; whoever does not sees whom they reach.
    let sees = |queue: &QueueId, agent: Option<&AgentId>| {
        let target = Target { number: None, queue: Some(queue.clone()), agent: agent.cloned() };
        !let_in.person.external || let_in.person.reaches(&target)
    };
    let seen = |agent: &&AgentDescription| agent.queues.iter().any(|queue| sees(queue, Some(&agent.id)));
    let told = company.agents().iter().filter(seen).map(|agent| {
        let (_, state) = server.desk.store().agent(&agent.id).map_err(desk)?;
        Ok(Colleague {
            agent: agent.id.to_string(),
            name: agent.name.clone(),
            presence: state.presence.word(),
            code: state.code,
            cases: state.cases.len(),
            capacity: agent.capacity,
            queues: agent.queues.iter().map(ToString::to_string).collect(),
        })
    });
    let agents = told.collect::<Result<_, Problem>>()?;
    let queues = company.queues().iter().filter(|queue| sees(&queue.id, None));
    let queues = queues.map(|queue| queue.id.to_string()).collect();
    Ok(Json(Colleagues { agents, queues }))
}

async fn act(server: &Server, name: &str, act: Act) -> Result<Json<Outcome>, Problem> {
    let (id, _) = named(server, name)?;
    Ok(Json(came_of(server.desk.hand(id, act).await?)))
}

async fn give_back(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Return { queue, skills, why }): Json<Return>,
) -> Result<Json<Outcome>, Problem> {
    if queue.is_none() && !skills.is_empty() {
        let words = "`skills` are asked for with `queue`: which queue the case waits in was expected";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-such-place", words));
    }
    let to = queue.map(|queue| (QueueId::from(queue), skills));
    act(&server, &name, Act::Return { agent: agent_of(&let_in.person), to, why }).await
}

async fn offer(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(HandOver { to, why }): Json<HandOver>,
) -> Result<Json<Outcome>, Problem> {
    let to = colleague(&server, &to)?;
    act(&server, &name, Act::Offer { agent: agent_of(&let_in.person), to, why }).await
}

async fn withdraw(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    act(&server, &name, Act::Withdraw { agent: agent_of(&let_in.person) }).await
}

async fn take_over(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    act(&server, &name, Act::Answer { agent: agent_of(&let_in.person), takes: true }).await
}

async fn decline(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    act(&server, &name, Act::Answer { agent: agent_of(&let_in.person), takes: false }).await
}

async fn snooze(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Snooze { until }): Json<Snooze>,
) -> Result<Json<Outcome>, Problem> {
    act(&server, &name, Act::Snooze { agent: agent_of(&let_in.person), until }).await
}

async fn wake(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    act(&server, &name, Act::Wake { agent: agent_of(&let_in.person) }).await
}

async fn relocate(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Relocate { to, why }): Json<Relocate>,
) -> Result<Json<Outcome>, Problem> {
    if let Destination::Agent(agent) = &to {
        colleague(&server, agent.as_str())?;
    }
    act(&server, &name, Act::Move { by: let_in.actor(), to, why }).await
}

async fn end_shift(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(EndOfShift { to, notes }): Json<EndOfShift>,
) -> Result<Json<AtWork>, Problem> {
    let to = to.as_deref().map(|to| colleague(&server, to)).transpose()?;
    let notes: Result<Vec<(ConversationId, String)>, Problem> = notes
        .into_iter()
        .map(|NoteOn { conversation, text }| Ok((named(&server, &conversation)?.0, text)))
        .collect();
    server.desk.end_shift(&agent_of(&let_in.person), to, notes?).await?;
    at_work(&server, &let_in.person).map(Json)
}

/// Somebody whom the company has as an agent; who is named and is none is a mistake of whoever names them.
fn colleague(server: &Server, name: &str) -> Result<AgentId, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let id = AgentId::from(name);
    if company.agent(&id).is_some() {
        return Ok(id);
    }
    let known: Vec<&str> = company.agents().iter().map(|agent| agent.id.as_str()).collect();
    let words = format!("`{name}` is no agent of the company: one of {} was expected", known.join(", "));
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-such-place", words))
}

/// The cases that a person is asked to take over.
pub(super) fn asked(server: &Server, agent: &AgentId) -> Result<Vec<ConversationId>, Problem> {
    server.desk.store().offers(agent).map_err(|error| desk(DeskError::from(error)))
}

/// Of what makes a person's own act impossible: the status and the word.
pub(super) fn problem(error: &CommandError) -> Option<(StatusCode, &'static str)> {
    Some(match error {
        CommandError::NoQueue(_) | CommandError::NoSkill(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "no-such-place")
        }
        CommandError::Words { .. } | CommandError::NotUntil | CommandError::TooManyTags { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, "not-words")
        }
        CommandError::NoPause { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-a-code"),
        CommandError::NotAsked => (StatusCode::CONFLICT, "not-asked"),
        CommandError::There => (StatusCode::CONFLICT, "there-already"),
        _ => return None,
    })
}
