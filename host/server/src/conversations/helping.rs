//! How somebody brings others into a case that they keep: notes that ask colleagues by name, help, tags, and that they are writing.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{Act, Hands};
use domain::company::Company;
use domain::conversation::{Conversation, Holder};
use domain::id::PersonId;
use domain::notice::whom;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::stream::Actor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Outcome, agent_of, came_of, held, holds, named, readable};
use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// The most people whom a note asks.
const MENTIONS: usize = 10;

/// The routes of the API.
pub(super) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/api/v1/conversations/{conversation}/notes", Action::NoteOnCase, note)
        .about(About::ConversationInPath)
        .page(Page::new("Leave colleagues a note on the open case of a conversation that you may read. Its customer never sees it. Whoever it asks by name is told, and may read the conversation while the case is in the same hands.").takes::<Note>().gives::<Outcome>())
        .get("/api/v1/conversations/{conversation}/readers", Action::NoteOnCase, readers)
        .about(About::ConversationInPath)
        .page(Page::new("Whom a note on the case can ask by name.").gives::<Readers>())
        .post("/api/v1/conversations/{conversation}/help", Action::AttendCase, ask)
        .about(About::ConversationInPath)
        .page(Page::new("Ask for help with the case that you hold: whoever watches over the operation is told. It ends when one of them leaves a note.").takes::<Help>().gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/help/withdraw", Action::AttendCase, need_no_more)
        .about(About::ActInPath)
        .page(Page::new("Ask for it no more.").gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/tags", Action::NoteOnCase, tag)
        .about(About::ConversationInPath)
        .page(Page::new("Put tags on the open case of a conversation that you may read, and take others off. Rules read them.").takes::<Tags>().gives::<Outcome>())
        .post("/api/v1/conversations/{conversation}/writing", Action::ShowWriting, write)
        .about(About::ConversationInPath)
        .page(Page::new("Say that you are writing to the customer whose case you hold: for six seconds whoever looks at the conversation sees it.").gives::<Outcome>())
}

/// A note for colleagues.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseNote")]
struct Note {
    /// 1 to 1,000 letters.
    text: String,
    /// Whom it asks by name, at most ten: `readers` of the conversation says who can be.
    #[serde(default)]
    mentions: BTreeSet<String>,
}

/// What somebody needs help for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseHelp")]
struct Help {
    /// 1 to 1,000 letters.
    why: String,
}

/// Tags, each of 1 to 40 letters; at most 20 on a case.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseTags")]
struct Tags {
    /// Those that it has from now on.
    #[serde(default)]
    add: Vec<String>,
    /// Those that it has no more.
    #[serde(default)]
    remove: Vec<String>,
}

/// Whom a note can ask.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CaseReaders")]
struct Readers {
    /// Colleagues who could attend this customer.
    people: Vec<Reader>,
}

/// A colleague.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CaseReader")]
struct Reader {
    /// What they are called in requests.
    person: String,
    /// What people call them.
    name: String,
}

/// As whom somebody writes on a case: its agent as one, everybody else as the person that they are.
fn author(let_in: &LetIn, conversation: &Conversation) -> Actor {
    if holds(&let_in.person, conversation) { Actor::Agent(agent_of(&let_in.person)) } else { let_in.actor() }
}

/// Who can be asked by name: colleagues whom the matrix lets read such a conversation, and nobody of another company.
fn could_read(server: &Server, company: &Company, conversation: &Conversation) -> Vec<Person> {
    let (raci, target) = (server.people.with_loans(company.raci()), said::target(conversation));
    let reads = |person: &&Person| {
        !person.service
            && !person.external
            && raci.may(person, Action::ReadConversation, &target).is_ok()
            && server.people.works_here(company.raci(), &person.id).unwrap_or(false)
    };
    raci.people().iter().filter(reads).cloned().collect()
}

async fn readers(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Readers>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (_, conversation) = readable(&server, &let_in.person, &name)?;
    let people = could_read(&server, &company, &conversation).into_iter();
    let others = people.filter(|person| person.id != let_in.person.id);
    let people = others.map(|person| Reader { person: person.id.to_string(), name: person.name });
    Ok(Json(Readers { people: people.collect() }))
}

/// Whoever may read what was said may write on it, and nobody else: a note is about a customer.
async fn note(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Note { text, mentions }): Json<Note>,
) -> Result<Json<Outcome>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (id, conversation) = readable(&server, &let_in.person, &name)?;
    let not_so = |words: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "no-such-person", words);
    if mentions.len() > MENTIONS {
        return Err(not_so(format!("`mentions` are {}: at most {MENTIONS} were expected", mentions.len())));
    }
    let could = could_read(&server, &company, &conversation);
    if let Some(stranger) = mentions.iter().find(|name| !could.iter().any(|one| one.id.as_str() == **name)) {
        let known: Vec<&str> = could.iter().map(|person| person.id.as_str()).collect();
        let words = format!(
            "`mentions`: `{stranger}` could not attend this customer: one of {} was expected",
            known.join(", ")
        );
        return Err(not_so(words));
    }
    let mentions: BTreeSet<PersonId> = mentions.into_iter().map(PersonId::from).collect();
    // Whoever is asked answers, and asks nobody else in: that is for whoever has the case, or looks customers up.
    let case = conversation.case.as_ref();
    let known = |person: &PersonId| {
        case.is_some_and(|case| case.consulted.contains(person) || has_it(person, &case.holder))
    };
    let lets_in = holds(&let_in.person, &conversation)
        || server.people.with_loans(company.raci()).looks_up(&let_in.person);
    if !lets_in && !mentions.iter().all(known) {
        let words = "`mentions`: whoever has the case asks others; you can name whom it was asked of already";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-your-case", words));
    }
    let by = author(&let_in, &conversation);
    let hands = Hands::of(&conversation);
    Ok(Json(came_of(server.desk.hand(id, Act::Note { by, text, mentions, hands }).await?)))
}

fn has_it(person: &PersonId, holder: &Holder) -> bool {
    matches!(holder, Holder::Agent { agent, .. } if agent.as_str() == person.as_str())
}

async fn ask(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Help { why }): Json<Help>,
) -> Result<Json<Outcome>, Problem> {
    let (id, conversation) = named(&server, &name)?;
    let company = Arc::clone(&server.desk.active().company);
    let (raci, target) = (server.people.with_loans(company.raci()), said::target(&conversation));
    let helps = |person: &Person| {
        person.id != let_in.person.id
            && whom::helps(person, &raci, &target)
            && server.people.works_here(company.raci(), &person.id).unwrap_or(false)
    };
    if !raci.people().iter().any(helps) {
        let words = let_in.person.language(company.own_language()).pick(
            "Nadie que vigile este servicio puede leer a sus clientes: pregunte a un colega por su nombre, en una nota.",
            "Ninguém que acompanhe este serviço pode ler seus clientes: pergunte a um colega pelo nome, em uma nota.",
            "Nobody who watches over this service may read its customers: ask a colleague by name, in a note.",
        );
        return Err(Problem::new(StatusCode::CONFLICT, "nobody-to-help", words));
    }
    let act = Act::AskHelp { agent: agent_of(&let_in.person), why };
    Ok(Json(came_of(server.desk.hand(id, act).await?)))
}

async fn need_no_more(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    let (id, _) = named(&server, &name)?;
    let act = Act::NeedNoHelp { agent: agent_of(&let_in.person) };
    Ok(Json(came_of(server.desk.hand(id, act).await?)))
}

async fn tag(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
    Json(Tags { add, remove }): Json<Tags>,
) -> Result<Json<Outcome>, Problem> {
    let (id, conversation) = readable(&server, &let_in.person, &name)?;
    let by = author(&let_in, &conversation);
    Ok(Json(came_of(server.desk.hand(id, Act::Tag { by, add, remove }).await?)))
}

async fn write(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Outcome>, Problem> {
    let (id, _) = held(&server, &let_in.person, &name)?;
    server.writing.begins(id, let_in.person.id.clone());
    Ok(Json(Outcome { is: "done", message: None }))
}
