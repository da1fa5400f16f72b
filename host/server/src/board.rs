//! How the operation is at this moment: who waits where and for how long, and who attends.
//!
//! It is asked for every other second by whoever steers, so it is made of what lies ready: the queues, the streams of the agents,
//! and the day's sums. Nobody's name is in it but of colleagues.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Time;
use domain::agent::{Agent, Presence};
use domain::company::{AgentDescription, Company};
use domain::conversation::{Conversation, Holder};
use domain::id::{AgentId, ConversationId, NumberId, QueueId};
use domain::measure::figure::Hour;
use domain::measure::sum::Sum;
use domain::raci::action::Action;
use domain::raci::person::{Person, Target};
use domain::rule::mode::Mode;
use domain::sla::{self, Standing};
use schemars::JsonSchema;
use serde::Serialize;
use store::ProjectionError;

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// The figure that says how many were answered in time.
const IN_TIME: &str = "service-level";

/// The figure that says the same of what queues promise.
const KEPT: &str = "sla-compliance";

/// Where whoever counts it says within what time that is, in seconds.
const PROMISE: &str = "/service-level-seconds";

/// The route of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    let page = Page::new(
        "How the operation is now, as far as you reach: each queue with who waits, and each agent with their load.",
    );
    Routes::new()
        .get("/api/v1/board", Action::ReadBoard, now)
        .about(About::WithinScope)
        .page(page.gives::<Board>())
}

/// How the operation is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Board {
    /// What the host's clock shows.
    #[schemars(with = "String")]
    pub(crate) now: Time,
    /// Within how many seconds a case is to be answered, as the figure `service-level` is counted; none if nobody counts it.
    pub(crate) promise: Option<u32>,
    /// In the order of the company's file.
    pub(crate) queues: Vec<QueueTold>,
    /// In the order of the company's file.
    pub(crate) agents: Vec<AgentTold>,
}

/// A queue.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "BoardQueue")]
pub(crate) struct QueueTold {
    /// What it is called.
    pub(crate) queue: String,
    /// Cases that wait.
    pub(crate) waiting: u32,
    /// Until when nobody is there, if nobody is by its hours.
    #[schemars(with = "Option<String>")]
    pub(crate) closed_until: Option<Time>,
    /// Since when the oldest does.
    #[schemars(with = "Option<String>")]
    pub(crate) oldest: Option<Time>,
    /// Minutes of its hours within which it promises the first answer; none if it promises nothing.
    pub(crate) first_response: Option<u32>,
    /// Cases of which the promise is at risk, with whomever they are. Of a queue that promises nothing: those that wait for half of the
    /// board's `promise` and more, in its hours.
    pub(crate) at_risk: u32,
    /// Those of which it is broken. Of a queue that promises nothing: those that wait for longer than the board's `promise`.
    pub(crate) late: u32,
    /// Cases of the queue that agents have.
    pub(crate) attended: u32,
    /// Agents who serve it and take cases, and how many more they could have.
    pub(crate) available: u32,
    /// How many more cases these could have.
    pub(crate) room: u32,
    /// Of today's cases the part that was answered in time: of what the queue promises, or within `promise` where it promises nothing;
    /// none if none was due.
    pub(crate) service_level: Option<f64>,
}

/// An agent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "BoardAgent")]
pub(crate) struct AgentTold {
    /// Their name for programs.
    pub(crate) agent: String,
    /// What colleagues read.
    pub(crate) name: String,
    /// `available`, `busy`, `break` or `away`.
    pub(crate) presence: &'static str,
    #[serde(skip)]
    pub(crate) state: Presence,
    /// Whether they ended the shift and did not come back yet.
    pub(crate) ended: bool,
    /// What a break is for, if it says so.
    pub(crate) code: Option<String>,
    /// Since when they are so.
    #[schemars(with = "Option<String>")]
    pub(crate) since: Option<Time>,
    /// Cases that they have.
    pub(crate) cases: u32,
    /// How many they may have.
    pub(crate) capacity: u32,
    /// The queues that they serve.
    pub(crate) queues: Vec<String>,
    /// The conversations for which they ask for help.
    pub(crate) help: Vec<String>,
}

/// A case that waits or that somebody has.
pub(crate) struct Open {
    pub(crate) id: ConversationId,
    pub(crate) conversation: Conversation,
}

async fn now(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Board>, Problem> {
    let read = tokio::task::spawn_blocking(move || board(&server, &let_in.person));
    let read = read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))?;
    Ok(Json(read?))
}

/// How it is now, as far as somebody reaches.
pub(crate) fn board(server: &Server, person: &Person) -> Result<Board, ProjectionError> {
    let company = Arc::clone(&server.desk.active().company);
    let (now, store, promise) = (server.clock.now(), server.desk.store(), promise(server));
    let mut agents: Vec<(&AgentDescription, Agent)> = Vec::new();
    for one in company.agents() {
        agents.push((one, store.agent(&one.id)?.1));
    }
    let mut attended = BTreeMap::<QueueId, Vec<Option<Standing>>>::new();
    let mut help = BTreeMap::<AgentId, Vec<String>>::new();
    for id in agents.iter().flat_map(|(_, state)| state.cases.values()) {
        let Some(conversation) = reached(server, person, *id)? else { continue };
        if let Some(case) = &conversation.case
            && let Holder::Agent { queue, agent, .. } = &case.holder
        {
            if case.help.is_some() {
                help.entry(agent.clone()).or_default().push(id.to_string());
            }
            let stands = sla::standing(&company, &conversation, now);
            attended.entry(queue.clone()).or_default().push(stands);
        }
    }
    // A queue that promises something of its own is held to that, and any other to what the figure says for all of them.
    let mut levels = in_time(server, &company, person, now, IN_TIME)?;
    levels.retain(|queue, _| company.sla(queue).is_none());
    levels.extend(in_time(server, &company, person, now, KEPT)?);
    let mut queues = Vec::new();
    for queue in company.queues() {
        let mut waiting = Vec::new();
        for (_, id) in self::waiting(server, person, &queue.id)? {
            waiting.extend(store.conversation(id)?.1);
        }
        let held = attended.remove(&queue.id).unwrap_or_default();
        let stand: Vec<Option<Standing>> = held
            .iter()
            .copied()
            .chain(waiting.iter().map(|one| sla::standing_or(&company, one, promise, now)))
            .collect();
        let are = |what| count(stand.iter().filter(|one| **one == Some(what)).count());
        let serves = |(one, state): &&(&AgentDescription, Agent)| {
            state.presence == Presence::Available && one.queues.contains(&queue.id)
        };
        let room =
            |(one, state): &(&AgentDescription, Agent)| one.capacity.saturating_sub(count(state.cases.len()));
        let told = QueueTold {
            queue: queue.id.to_string(),
            waiting: count(waiting.len()),
            closed_until: closed_until(&company, &queue.id, now),
            oldest: waiting.iter().filter_map(sla::waits_since).min(),
            first_response: queue.sla.as_ref().and_then(|sla| sla.first_response),
            at_risk: are(Standing::AtRisk),
            late: are(Standing::Late),
            attended: count(held.len()),
            available: count(agents.iter().filter(serves).count()),
            room: agents.iter().filter(serves).map(room).sum(),
            service_level: levels.get(&queue.id).copied(),
        };
        if concerns(&company, person, &queue.id, &told) {
            queues.push(told);
        }
    }
    let is_theirs = |one: &AgentDescription| {
        let shown = |queue: &QueueId| queues.iter().any(|told| told.queue == queue.as_str());
        one.queues.iter().any(shown) && (person.scope.team.is_empty() || person.scope.team.contains(&one.id))
    };
    let agents = agents.into_iter().filter(|(one, _)| is_theirs(one)).map(|(one, state)| AgentTold {
        agent: one.id.to_string(),
        name: one.name.clone(),
        presence: state.presence.word(),
        state: state.presence,
        ended: state.ended.is_some(),
        code: state.code,
        since: state.since,
        cases: count(state.cases.len()),
        capacity: one.capacity,
        queues: one.queues.iter().map(ToString::to_string).collect(),
        help: help.remove(&one.id).unwrap_or_default(),
    });
    let agents = agents.collect();
    Ok(Board { now, promise, queues, agents })
}

/// Until when nobody is there: of a queue without hours of its own, by those of a number whose cases go there.
fn closed_until(company: &Company, queue: &QueueId, now: Time) -> Option<Time> {
    let numbers = company.numbers();
    let goes = numbers.iter().find(|number| company.default_queue(&number.id) == *queue);
    let number = goes.or(numbers.first()).map_or_else(|| NumberId::from(""), |number| number.id.clone());
    let hours = company.calendar(&number, Some(queue)).state(now);
    if hours.open { None } else { hours.next_change }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// Whether a queue is any of somebody's. Where their scope is numbers it is if cases of one go there, or something is in it.
fn concerns(company: &Company, person: &Person, queue: &QueueId, told: &QueueTold) -> bool {
    let numbers = &person.scope.numbers;
    let goes = |number| company.default_queue(number) == *queue;
    person.reaches(&Target { queue: Some(queue.clone()), ..person.somewhere() })
        && (numbers.is_empty() || numbers.iter().any(goes) || told.waiting + told.attended > 0)
}

/// A conversation, if somebody reaches it.
fn reached(
    server: &Server,
    person: &Person,
    id: ConversationId,
) -> Result<Option<Conversation>, ProjectionError> {
    let found = server.desk.store().conversation(id)?.1;
    Ok(found.filter(|state| person.reaches(&said::target(state))))
}

/// The cases that wait in a queue and that somebody reaches, with since when.
fn waiting(
    server: &Server,
    person: &Person,
    queue: &QueueId,
) -> Result<Vec<(Time, ConversationId)>, ProjectionError> {
    // Whoever reaches everything need not have each looked at.
    let all = person.reaches(&Target::default());
    let mut found = Vec::new();
    for one in server.desk.store().waiting(queue)? {
        if all || reached(server, person, one.conversation)?.is_some() {
            found.push((one.since, one.conversation));
        }
    }
    Ok(found)
}

/// Which cases are listed.
pub(crate) struct Listing<'a> {
    /// Those that wait in this queue or came from it; of all if none.
    pub(crate) queue: Option<&'a QueueId>,
    /// Those that this agent has; those that wait too if none.
    pub(crate) agent: Option<&'a AgentId>,
    /// This one alone.
    pub(crate) only: Option<ConversationId>,
    /// At most so many.
    pub(crate) most: usize,
}

impl Listing<'_> {
    /// The cases that wait, the longest waiting first, and then those that agents have; and whether there are more.
    pub(crate) fn read(
        &self,
        server: &Server,
        person: &Person,
    ) -> Result<(Vec<Open>, bool), ProjectionError> {
        let company = Arc::clone(&server.desk.active().company);
        let (is_queue, is_agent) = (
            |queue: &QueueId| self.queue.is_none_or(|only| only == queue),
            |agent: &AgentId| self.agent.is_none_or(|only| only == agent),
        );
        let all = || {
            let mut waits = Vec::new();
            for queue in company.queues().iter().filter(|one| self.agent.is_none() && is_queue(&one.id)) {
                waits.extend(waiting(server, person, &queue.id)?);
            }
            waits.sort();
            let mut ids: Vec<ConversationId> = waits.into_iter().map(|(_, id)| id).collect();
            for one in company.agents().iter().filter(|one| is_agent(&one.id)) {
                ids.extend(server.desk.store().agent(&one.id)?.1.cases.into_values());
            }
            Ok::<_, ProjectionError>(ids)
        };
        let mut found = Vec::new();
        for id in self.only.map_or_else(all, |only| Ok(vec![only]))? {
            let Some(conversation) = reached(server, person, id)? else { continue };
            let fits = match conversation.case.as_ref().map(|case| &case.holder) {
                Some(Holder::Agent { queue, .. }) => is_queue(queue),
                Some(Holder::Queue { .. }) => true,
                Some(Holder::Rules) | None => false,
            };
            if fits && found.len() == self.most {
                return Ok((found, true));
            }
            if fits {
                found.push(Open { id, conversation });
            }
        }
        Ok((found, false))
    }
}

/// Within what time a case is to be answered, as the rule that counts it was told.
pub(crate) fn promise(server: &Server) -> Option<u32> {
    let rules = server.desk.rules().unwrap_or_default();
    let counting = rules.iter().filter(|(stands, ..)| stands.mode != Mode::Off);
    let told = counting.filter_map(|(stands, ..)| stands.runs().settings.value().pointer(PROMISE)?.as_u64());
    told.filter_map(|seconds| u32::try_from(seconds).ok()).next()
}

/// The part of today's cases that was answered in time, by queue.
fn in_time(
    server: &Server,
    company: &Company,
    person: &Person,
    now: Time,
    figure: &str,
) -> Result<BTreeMap<QueueId, f64>, ProjectionError> {
    let (store, today) = (server.desk.store(), Hour::of(now, company.zone()).day);
    // What was counted in another way before is another figure.
    let newest =
        store.figures()?.into_iter().filter(|one| one.figure.name == figure).max_by_key(|one| one.since);
    let Some(counted) = newest else { return Ok(BTreeMap::new()) };
    let mut sums = BTreeMap::<QueueId, Sum>::new();
    for (place, sum) in store.sums_of_day(&counted.figure.series(&counted.rule), today)? {
        let target = Target { number: place.number, queue: place.queue.clone(), agent: place.agent };
        if let Some(queue) = place.queue
            && person.reaches(&target)
        {
            sums.entry(queue).or_default().merge(&sum);
        }
    }
    let part = |(queue, sum): (QueueId, Sum)| Some((queue, sum.read(counted.figure.aggregate).value?));
    Ok(sums.into_iter().filter_map(part).collect())
}

/// The agents to whom a case could be moved, and the queues.
pub(crate) fn places(board: &Board) -> (Vec<&AgentTold>, Vec<&str>) {
    let here = |one: &&AgentTold| one.presence != Presence::Away.word();
    (board.agents.iter().filter(here).collect(), board.queues.iter().map(|one| one.queue.as_str()).collect())
}
