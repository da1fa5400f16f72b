//! Finding customers, and what was said to them and by them.
//!
//! Nothing of it lies in clear, and an index of words would be the clear text once more. So what somebody may read is opened and
//! looked at, conversation by conversation from the latest on, for as long as somebody waits gladly; the answer says how far that
//! came, and one goes on from there. What is looked for comes in the body: addresses end in logs.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Time;
use domain::conversation::Conversation;
use domain::id::{AgentId, ConversationId};
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::search::Sought;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::conversations::{Teller, desk, holds};
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// Conversations in one answer.
const MOST: usize = 30;

/// Messages of one conversation that are told.
const MESSAGES: usize = 5;

/// Messages that are read at once.
const PAGE: usize = 200;

/// The latest messages of a conversation that are looked at: nobody who floods is to be what a search is about.
const DEEP: usize = 2_000;

/// Searches at once. Each opens what it looks at, and has a core to itself.
static SEARCHES: Semaphore = Semaphore::const_new(2);

/// How long one answer is looked for.
const PATIENCE: Duration = Duration::from_millis(400);

/// The route of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/api/v1/search", Action::SearchConversations, search)
        .about(About::WithinScope)
        .page(
            Page::new(
                "Find customers by name or phone, and messages and notes by words, without minding capitals and accents: in the cases \
                 that you hold; with R or A in the row of customers' data in all that you reach. The latest conversations first.",
            )
            .takes::<Asked>()
            .gives::<Found>(),
        )
}

/// What is looked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Search")]
struct Asked {
    /// Words that all have to be there: 2 to 100 characters.
    words: String,
    /// `next` of the answer before, to go on from there.
    #[serde(default)]
    after: Option<String>,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SearchResult")]
struct Found {
    /// The latest first.
    hits: Vec<Hit>,
    /// How many conversations were looked at for this answer.
    looked: usize,
    /// Where one goes on; none if all were looked at.
    next: Option<String>,
}

/// A conversation in which it was found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SearchHit")]
struct Hit {
    /// As in a list of conversations.
    conversation: Value,
    /// Whether it is the customer's name or phone.
    customer: bool,
    /// Messages and notes, the latest first, at most five: `at`, `by`, `is` (`message` or `note`), `excerpt`.
    said: Vec<Value>,
}

async fn search(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Json<Found>, Problem> {
    let sought = Sought::of(&asked.words).ok_or_else(|| {
        let words = "`words`: 2 to 100 characters were expected";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "nothing-to-find", words)
    })?;
    let permit = SEARCHES.acquire().await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))?;
    let found = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let after = asked.after.as_deref().map(place).transpose()?;
        look(&server, &let_in.person, &sought, after)
    });
    Ok(Json(found.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??))
}

/// Where a conversation stands among the others: the latest first.
type Place = (Reverse<Option<Time>>, ConversationId);

fn place(text: &str) -> Result<Place, Problem> {
    let wrong = || {
        let words = "`after`: `next` of the answer before was expected";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "nothing-to-find", words)
    };
    let (at, id) = text.split_once('/').ok_or_else(wrong)?;
    let at = if at.is_empty() { None } else { Some(at.parse().map_err(|_| wrong())?) };
    Ok((Reverse(at), id.parse().map_err(|_| wrong())?))
}

/// The conversations of which somebody reads every word.
fn readable(server: &Server, person: &Person) -> Result<Vec<(ConversationId, Conversation)>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let store = server.desk.store();
    let reaches = |conversation: &Conversation| person.reaches(&said::target(conversation));
    if server.people.with_loans(company.raci()).looks_up(person) {
        let all = store.conversations().map_err(desk)?;
        return Ok(all.into_iter().filter(|(_, one)| reaches(one)).collect());
    }
    let cases = store.agent(&AgentId::from(person.id.as_str())).map_err(desk)?.1.cases;
    let mut found = Vec::new();
    for id in cases.into_values() {
        if let Some(conversation) = store.conversation(id).map_err(desk)?.1
            && holds(person, &conversation)
            && reaches(&conversation)
        {
            found.push((id, conversation));
        }
    }
    Ok(found)
}

fn look(server: &Server, person: &Person, sought: &Sought, after: Option<Place>) -> Result<Found, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let teller = Teller { server, company: &company, person };
    let mut all: Vec<(Place, Conversation)> = readable(server, person)?
        .into_iter()
        .map(|(id, conversation)| ((Reverse(conversation.last_inbound), id), conversation))
        .filter(|(place, _)| after.as_ref().is_none_or(|after| place > after))
        .collect();
    all.sort_by_key(|(place, _)| *place);
    let (begun, mut found) = (Instant::now(), Found { hits: Vec::new(), looked: 0, next: None });
    let last = all.len();
    for (n, ((Reverse(at), id), conversation)) in all.into_iter().enumerate() {
        found.looked += 1;
        if let Some(hit) = hit(&teller, sought, id, &conversation)? {
            found.hits.push(hit);
        }
        if n + 1 < last && (found.hits.len() >= MOST || begun.elapsed() >= PATIENCE) {
            let at = at.map(|at| at.to_string()).unwrap_or_default();
            found.next = Some(format!("{at}/{id}"));
            break;
        }
    }
    Ok(found)
}

fn hit(
    teller: &Teller<'_>,
    sought: &Sought,
    id: ConversationId,
    conversation: &Conversation,
) -> Result<Option<Hit>, Problem> {
    let customer = teller.customer(conversation, true).map_err(desk)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (name, phone) = (text(&customer["name"]), text(&customer["phone"]));
    let customer = sought.is_in(&name) || sought.is_of_phone(phone.trim_start_matches('+'));
    let mut said = Vec::new();
    for remark in teller.remarks(id, conversation).map_err(desk)?.into_iter().rev() {
        if sought.is_in(&text(&remark["text"])) {
            said.push(told(sought, "note", &remark));
        }
    }
    let (mut before, mut looked) = (None, 0);
    while said.len() < MESSAGES && looked < DEEP {
        let lines = teller.server.desk.store().history(id, before, PAGE).map_err(desk)?;
        for (version, line) in lines.iter().rev() {
            let line = teller.line(id, *version, line, conversation).map_err(desk)?;
            if said.len() < MESSAGES && sought.is_in(&text(&line["text"])) {
                said.push(told(sought, "message", &line));
            }
        }
        looked += lines.len();
        if lines.len() < PAGE {
            break;
        }
        before = lines.first().map(|(version, _)| *version);
    }
    said.truncate(MESSAGES);
    if !customer && said.is_empty() {
        return Ok(None);
    }
    let conversation = teller.conversation(id, conversation, true).map_err(desk)?;
    Ok(Some(Hit { conversation, customer, said }))
}

fn told(sought: &Sought, is: &str, one: &Value) -> Value {
    let excerpt = sought.excerpt(one["text"].as_str().unwrap_or_default());
    json!({ "is": is, "at": one["at"], "by": one["by"], "excerpt": excerpt })
}
