//! What stands around every page: where somebody can go, that sending is stopped if it is, and who they are.
//!
//! What somebody may not do is not on their page; that it is not done either is the door's.

use std::sync::Arc;

use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::company::Company;
use domain::id::NumberId;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::{Person, Target};
use domain::stops::{Scope, Stop, Stops};

use super::rooms;
use super::stopping::Stopping;
use super::telling::Teller;
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::conversations::agent_of;
use crate::inbox;
use crate::let_in::LetIn;

/// A page that somebody can go to.
pub(super) struct Door {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) is_here: bool,
}

/// What stands around a page.
pub(super) struct Frame {
    pub(super) say: Words,
    pub(super) tell: Teller,
    pub(super) who: String,
    pub(super) doors: Vec<Door>,
    /// The pages of the surface that this one is in, if it has any of its own.
    pub(super) rooms: Vec<Door>,
    /// What is stopped, in a line.
    pub(super) stop: Option<String>,
    /// What a person is called for, each in a line.
    pub(super) calls: Vec<String>,
    pub(super) stopping: Stopping,
    /// How much they were told and have not read.
    pub(super) unread: usize,
    /// Whether this is the page of it.
    pub(super) is_notices: bool,
}

/// What somebody may do, as far as they reach.
pub(super) struct May<'a> {
    raci: std::borrow::Cow<'a, Raci>,
    person: &'a Person,
}

impl May<'_> {
    /// Something in their scope.
    pub(super) fn here(&self, action: Action) -> bool {
        self.raci.may(self.person, action, &self.person.somewhere()).is_ok()
    }

    /// Something with a number of the company.
    pub(super) fn of(&self, action: Action, number: &NumberId) -> bool {
        let target = Target { number: Some(number.clone()), ..Target::default() };
        self.raci.may(self.person, action, &target).is_ok()
    }

    /// Something with the whole company.
    pub(super) fn everywhere(&self, action: Action) -> bool {
        self.raci.may(self.person, action, &Target::default()).is_ok()
    }
}

impl Frame {
    /// Around a page of somebody's.
    pub(super) fn of(server: &Server, let_in: &LetIn, here: &str) -> Self {
        let company = Arc::clone(&server.desk.active().company);
        let language = let_in.person.language(company.own_language());
        let raci = server.people.with_loans(company.raci());
        let (say, may) = (Words(language), May { raci: raci.clone(), person: &let_in.person });
        let tell = Teller { language, zone: company.zone().clone(), now: server.clock.now() };
        let is_agent = company.agent(&agent_of(&let_in.person)).is_some();
        let attends = is_agent || may.everywhere(Action::FindContact);
        let (doors, rooms) = rooms::of(say, &may, (let_in.person.external, attends), here);
        let reads = may.here(Action::ReadStops);
        let all = if reads { server.desk.stops().unwrap_or_default() } else { Stops::default() };
        let calls = all.calls.iter().map(|call| {
            let number = company.number_name(&call.called.number);
            format!("{} · {} · {number} · {}", say.called(), call.called.why, tell.at(call.since))
        });
        let (calls, stops) = (calls.collect(), all.stopped);
        let whole = stops.iter().find(|stop| stop.stopped.scope == Scope::Account);
        let stop = whole.or(stops.first()).map(|stop| stopped(say, &tell, &company, stop));
        Self {
            say,
            stop,
            calls,
            who: let_in.person.name.clone(),
            doors,
            rooms,
            stopping: Stopping::of(&company, &may, &stops),
            unread: inbox::unread(server, &let_in.person.id).unwrap_or_default(),
            is_notices: here == "/console/notices",
            tell,
        }
    }
}

fn stopped(say: Words, tell: &Teller, company: &Company, stop: &Stop) -> String {
    let place = match &stop.stopped.scope {
        Scope::Account => String::new(),
        Scope::Number(id) => {
            format!(" {}: {}", say.of_number(), company.number_name(id))
        }
    };
    let (by, since) = (named(company.raci(), &stop.by.to_string()), tell.at(stop.since));
    format!("{}{place} · {} · {by} · {since}", say.stopped(), stop.stopped.why)
}

/// What colleagues call whoever did something; of a machine what it is.
pub(super) fn named(raci: &Raci, actor: &str) -> String {
    let name = actor.rsplit('/').next().unwrap_or(actor);
    raci.name_of(&name.into())
}

/// What somebody may do.
pub(super) fn may<'a>(server: &Server, raci: &'a Raci, person: &'a Person) -> May<'a> {
    May { raci: server.people.with_loans(raci), person }
}

/// A page, as it goes out.
pub(super) fn page(template: &impl Template) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be written");
        Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    })?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}
