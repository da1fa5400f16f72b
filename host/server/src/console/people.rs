//! The people of the company: what each of them is, how they prove who they are, and what is done about it.
//!
//! Who somebody is stands in the company's file of the matrix, and is changed there or by a proposal (`entry`); what is done here is about
//! their way in. Reading it
//! is of record, so these pages are not asked again by themselves.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::company::{AgentDescription, Company};
use domain::raci::action::Action;
use domain::raci::person::Person;

use super::entry;
use super::frame::{Frame, may, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::company_files::Section;
use crate::let_in::LetIn;
use crate::people::{self, PersonTold, SessionTold};

#[derive(Template)]
#[template(path = "people.html")]
struct All {
    frame: Frame,
    people: Vec<Row>,
    describes_nobody: bool,
    /// Agents whom the matrix does not describe: nobody can sign in as them.
    without: String,
    may_add: bool,
}

/// Somebody, in a line.
struct Row {
    told: PersonTold,
    /// Where the API has them.
    path: String,
    roles: String,
    limits: String,
    proof: String,
    last: String,
    is: Standing,
}

/// How it stands with somebody.
struct Standing {
    class: &'static str,
    words: String,
}

#[derive(Template)]
#[template(path = "person.html")]
struct One {
    frame: Frame,
    row: Row,
    sessions: Vec<Opened>,
    owner: Option<String>,
    may_change: bool,
    /// Whether who they are may be wanted otherwise.
    may_want: bool,
    is_oneself: bool,
}

/// A session.
struct Opened {
    told: SessionTold,
    opened: String,
    used: String,
}

/// All of them.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/people");
        let people = people::sorted(&server);
        let rows = people
            .iter()
            .map(|person| Ok::<_, Problem>(row(&frame, &company, person, people::told(&server, person)?.1)));
        Ok::<_, Problem>(All {
            people: rows.collect::<Result<_, _>>()?,
            without: without(&company, &people),
            describes_nobody: people.is_empty(),
            may_add: entry::may_want(&server, &let_in, Section::People),
            frame,
        })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn without(company: &Company, people: &[Person]) -> String {
    let is_known = |agent: &&AgentDescription| people.iter().any(|one| one.id.as_str() == agent.id.as_str());
    let names = company.agents().iter().filter(|agent| !is_known(agent)).map(|agent| agent.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, &person));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, id: &str) -> Result<One, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/people");
    let person = people::known(server, id)?;
    let mut told = people::told(server, &person)?.1;
    let sessions = std::mem::take(&mut told.sessions);
    let opened = |session: SessionTold| Opened {
        opened: frame.tell.at(session.opened),
        used: session.used.map(|used| frame.tell.at(used)).unwrap_or_default(),
        told: session,
    };
    Ok(One {
        sessions: sessions.into_iter().map(opened).collect(),
        owner: person.owner.as_ref().map(|owner| company.raci().name_of(owner)),
        may_change: may(server, company.raci(), &let_in.person).everywhere(Action::ChangeAccess),
        may_want: entry::may_want(server, let_in, Section::People),
        is_oneself: person.id == let_in.person.id,
        row: row(&frame, &company, &person, told),
        frame,
    })
}

fn row(frame: &Frame, company: &Company, person: &Person, told: PersonTold) -> Row {
    let (say, tell) = (frame.say, &frame.tell);
    let roles = company.raci().matrix().roles_of(person).map(|role| role.words(say.0).to_owned());
    let external = person.external.then(|| say.external().to_owned());
    let limits: Vec<String> = [external, person.scope.words(say.0)].into_iter().flatten().collect();
    let proofs = [
        (told.password, say.by_password()),
        (told.by_provider, say.by_provider()),
        (told.second_factor, say.by_second_factor()),
    ];
    let proofs: Vec<&str> = proofs.into_iter().filter(|(has, _)| *has).map(|(_, words)| words).collect();
    let is = |class, words: String| Standing { class, words };
    let standing = if let Some(left) = told.left {
        is("bad", format!("{} {}", say.has_left(), tell.at(left)))
    } else if told.service {
        is("", say.is_program().to_owned())
    } else if told.needs_second_factor && told.password && !told.second_factor {
        is("risk", say.lacks_second_factor().to_owned())
    } else if told.password || told.by_provider || told.last_sign_in.is_some() {
        is("good", say.can_sign_in().to_owned())
    } else if let Some(until) = told.invited_until {
        is("shadow", format!("{} {}", say.invited_until(), tell.at(until)))
    } else {
        is("risk", say.never_invited().to_owned())
    };
    Row {
        path: format!("/people/{}", told.person),
        roles: roles.collect::<Vec<_>>().join(", "),
        limits: limits.join("; "),
        proof: proofs.join(", "),
        last: told.last_sign_in.map(|at| tell.at(at)).unwrap_or_default(),
        is: standing,
        told,
    }
}
