//! The board: how the operation is, and cases moved from where they wait for too long.
//!
//! It is asked again every other second while somebody looks at it. What the stream of events tells is notices, proposals and stops;
//! that somebody waits is told by nothing, because an index of what happens in conversations would cost each message a key
//! (decisions/0025). So the page listens for stops and asks for the rest, and what it is answered is the page itself.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::agent::Presence;
use domain::company::Company;
use domain::conversation::{Conversation, Holder};
use domain::id::{AgentId, QueueId};
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::sla::{self, Standing};
use serde::Deserialize;

use super::frame::{Frame, may, named, page};
use super::telling::{Teller, lasting};
use super::words::Words;
use crate::Server;
use crate::alerts;
use crate::api::problem::Problem;
use crate::board::{AgentTold, Board, Listing, Open, QueueTold, board, places};
use crate::let_in::LetIn;
use crate::moves;

/// Cases that are shown; a filter reaches all of them.
const MOST: usize = 100;

/// Moves that are shown.
const MOVES: usize = 8;

/// Which cases are listed.
#[derive(Deserialize)]
pub(super) struct Which {
    queue: Option<String>,
    agent: Option<String>,
    /// One case alone, chosen already.
    conversation: Option<String>,
}

#[derive(Template)]
#[template(path = "board.html")]
struct Shown {
    frame: Frame,
    promise: Option<String>,
    alerts: Vec<AlertRow>,
    queues: Vec<QueueRow>,
    agents: Vec<AgentRow>,
    cases: Option<Cases>,
    moves: Vec<MoveRow>,
}

struct AlertRow {
    told: alerts::Told,
    is: &'static str,
    level: &'static str,
    /// The figure that it is about, and how to look at it.
    figure: Option<String>,
    /// The queue, number or agent.
    about: String,
    since: String,
}

struct QueueRow {
    told: QueueTold,
    oldest: Option<String>,
    level: Option<String>,
    /// Within what time it promises the first answer.
    promise: Option<String>,
    /// Until when nobody is there, if nobody is.
    closed: Option<String>,
}

struct AgentRow {
    told: AgentTold,
    presence: &'static str,
    since: Option<String>,
}

/// The cases of somebody who may move them.
struct Cases {
    rows: Vec<CaseRow>,
    are_all: bool,
    is_one: bool,
    queue: String,
    agent: String,
    agent_name: String,
    queues: Vec<String>,
    agents: Vec<(String, String)>,
    here: Vec<(String, String)>,
    /// Whether they read what was said.
    may_open: bool,
}

struct CaseRow {
    id: String,
    /// Whether somebody came here for this one.
    is_chosen: bool,
    customer: String,
    /// Whether its agent asks for help.
    asks_help: bool,
    /// Why it is where it is although somebody else could have it, or waits without being late.
    notes: Vec<String>,
    number: String,
    holder: String,
    waits: Option<String>,
    priority: u8,
    is: &'static str,
}

struct MoveRow {
    told: moves::Told,
    by: String,
    at: String,
    stage: &'static str,
    /// Where to: an agent by their name.
    to: String,
    /// How many were left where they were, and why.
    left: String,
}

/// The page.
pub(super) async fn shown(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, &which));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, which: &Which) -> Result<Shown, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/tower");
    let may = may(server, company.raci(), &let_in.person);
    let board = board(server, &let_in.person)?;
    let (say, tell) = (frame.say, &frame.tell);
    let moves_cases = may.here(Action::MoveCases) && may.here(Action::ListConversations);
    let cases = moves_cases
        .then(|| cases(server, &company, &let_in.person, &board, which, (say, tell)))
        .transpose()?;
    let moves =
        if may.here(Action::ReadMoves) { moves::latest(server, let_in, MOVES)?.0 } else { Vec::new() };
    let moves = moves.into_iter().map(|told| MoveRow {
        by: named(company.raci(), &told.by),
        at: tell.at(told.asked),
        to: company
            .agents()
            .iter()
            .find(|one| one.id.as_str() == told.to)
            .map_or_else(|| told.to.clone(), |one| one.name.clone()),
        left: told
            .left
            .iter()
            .map(|one| format!("{}: {}", one.words, one.cases))
            .collect::<Vec<_>>()
            .join(" · "),
        stage: match told.stage {
            "asked" => say.stage_asked(),
            "proposed" => say.stage_proposed(),
            "running" => say.stage_running(),
            "over" => say.stage_over(),
            _ => say.stage_done(),
        },
        told,
    });
    let moves = moves.collect();
    let queues = board.queues.into_iter().map(|told| QueueRow {
        oldest: told.oldest.map(|since| tell.ago(since)),
        level: told.service_level.map(|part| tell.part(part)),
        closed: told.closed_until.map(|until| tell.at(until)),
        promise: told.first_response.map(|minutes| lasting(i64::from(minutes) * 60)),
        told,
    });
    let agents = board.agents.into_iter().map(|told| AgentRow {
        presence: match told.state {
            Presence::Away if told.ended => say.ended_shift(),
            state => state.words(say.0),
        },
        since: told.since.map(|since| tell.ago(since)),
        told,
    });
    let (queues, agents) = (queues.collect(), agents.collect());
    let alerts = if may.here(Action::ReadFigures) { alerts::going(server, let_in)? } else { Vec::new() };
    let alerts = alerts.into_iter().map(|told| {
        let (is, level) = match told.level.as_str() {
            "critical" => ("late", say.critical()),
            _ => ("risk", say.warning()),
        };
        // The figure by the hours of the day and by what the alert is about.
        let by = match (&told.agent, &told.queue, &told.number) {
            (Some(_), ..) => "agent",
            (None, Some(_), _) => "queue",
            (None, None, Some(_)) => "number",
            (None, None, None) => "",
        };
        let day = told.since.to_zoned(tell.zone.clone()).date();
        let figure = told.metric.as_ref().map(|metric| format!("{metric}?every=hour&by={by}&since={day}"));
        let about = [
            told.number.clone(),
            told.queue.clone(),
            told.agent.as_ref().map(|id| named(company.raci(), id)),
        ];
        let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        AlertRow { is, level, figure, about, since: tell.ago(told.since), told }
    });
    let alerts = alerts.collect();
    let promise = board.promise.map(|seconds| lasting(seconds.into()));
    Ok(Shown { promise, alerts, queues, agents, cases, moves, frame })
}

/// The customer of a conversation, as whoever does not attend them tells one from the other; nothing of who is forgotten.
fn glimpse(server: &Server, conversation: &Conversation) -> String {
    let Ok(glimpse) = server.desk.glimpse(conversation.contact) else { return String::new() };
    format!("{} {}", glimpse.name, glimpse.phone.unwrap_or_default()).trim().to_owned()
}

fn notes(company: &Company, conversation: &Conversation, say: Words) -> Vec<String> {
    let Some(Holder::Queue { place, .. }) = conversation.case.as_ref().map(|case| &case.holder) else {
        return Vec::new();
    };
    let first = place.prefer.as_ref();
    let first = first.map(|one| format!("{} {}", say.first_for(), company.agent_name(&one.agent)));
    let answered = conversation.unanswered.is_none().then(|| say.is_answered().to_owned());
    first.into_iter().chain(answered).collect()
}

fn cases(
    server: &Server,
    company: &Company,
    person: &Person,
    board: &Board,
    which: &Which,
    (say, tell): (Words, &Teller),
) -> Result<Cases, Problem> {
    let named = |name: &Option<String>| name.as_deref().map(str::trim).unwrap_or_default().to_owned();
    let (queue, agent) = (named(&which.queue), named(&which.agent));
    let (of_queue, of_agent) = (QueueId::from(queue.as_str()), AgentId::from(agent.as_str()));
    let only = which.conversation.as_deref().and_then(|id| id.parse().ok());
    let listing = Listing {
        queue: Some(&of_queue).filter(|_| !queue.is_empty()),
        agent: Some(&of_agent).filter(|_| !agent.is_empty()),
        only,
        most: MOST,
    };
    let (all, more) = listing.read(server, person)?;
    let row = |one: &Open| {
        let (conversation, case) = (&one.conversation, one.conversation.case.as_ref());
        let holder = match case.map(|case| &case.holder) {
            Some(Holder::Queue { place, .. }) => place.queue.to_string(),
            Some(Holder::Agent { agent, .. }) => company.agent_name(agent),
            Some(Holder::Rules) | None => say.none().to_owned(),
        };
        CaseRow {
            id: one.id.to_string(),
            is_chosen: only == Some(one.id),
            customer: glimpse(server, conversation),
            number: company.number_name(&conversation.number),
            holder,
            asks_help: case.is_some_and(|case| case.help.is_some()),
            notes: notes(company, conversation, say),
            waits: sla::waits_since(conversation).map(|since| tell.ago(since)),
            priority: case.map_or(0, |case| case.priority),
            is: match sla::standing_or(company, conversation, board.promise, board.now) {
                Some(Standing::Late) => "late",
                Some(Standing::AtRisk) => "risk",
                Some(Standing::InTime) | None => "",
            },
        }
    };
    let (here, queues) = places(board);
    let named = |one: &AgentTold| (one.agent.clone(), one.name.clone());
    Ok(Cases {
        rows: all.iter().map(row).collect(),
        agent_name: if agent.is_empty() { String::new() } else { company.agent_name(&of_agent) },
        may_open: server.people.with_loans(company.raci()).looks_up(person),
        is_one: only.is_some(),
        are_all: !more,
        queue,
        agent,
        queues: queues.into_iter().map(ToOwned::to_owned).collect(),
        agents: board.agents.iter().map(named).collect(),
        here: here
            .into_iter()
            .map(|one| (one.agent.clone(), format!("{} · {} / {}", one.name, one.cases, one.capacity)))
            .collect(),
    })
}
