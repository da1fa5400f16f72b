//! The plugins: those that come with the host, those that were handed in, and whose signatures the company knows.
//!
//! Whoever works for another company finds their own and no others, and of what runs them how often it was asked and failed
//! (`rules::handed_in`). Handing one in does nothing: what lets it run is a proposal, which its own page offers.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::{HelmError, RuleRun, Signature};
use domain::decision::{Digest, Kind};
use domain::raci::action::Action;
use domain::rule::book::Author;

use super::asking;
use super::frame::{Frame, may, named, page};
use super::rules::{Told, mode};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::rules::{handed_in, sees_all_plugins};

#[derive(Template)]
#[template(path = "plugins.html")]
struct All {
    frame: Frame,
    handed_in: Vec<Row>,
    reference: Vec<Row>,
    sees_all: bool,
    authors: Option<Authors>,
}

/// A plugin, in a line.
struct Row {
    /// What its page is called.
    id: String,
    name: String,
    version: String,
    kinds: String,
    by: String,
    at: String,
    signature: Mark,
    runs: Vec<Run>,
}

/// A rule that runs a plugin: counts, and no words of customers.
pub(super) struct Run {
    pub(super) rule: String,
    pub(super) mode: Told,
    pub(super) asked: u64,
    pub(super) decided: u64,
    pub(super) failed: u64,
    /// Microseconds that a call took, if there was one.
    pub(super) micros: Option<u64>,
    pub(super) rests: bool,
}

/// Who signed something, and how much that says.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) words: String,
}

struct Authors {
    known: Vec<Known>,
    may_register: bool,
    may_revoke: bool,
}

/// An author whose signatures are known.
struct Known {
    key: String,
    who: String,
    since: String,
    revoked: Option<String>,
}

impl Run {
    pub(super) fn of(say: Words, running: &RuleRun) -> Self {
        let hour = running.hour;
        Self {
            rule: running.rule.to_string(),
            mode: mode(say, running.mode),
            asked: hour.asked,
            decided: hour.decided,
            failed: hour.failed,
            micros: hour.micros.checked_div(hour.asked),
            rests: running.rests,
        }
    }
}

impl Mark {
    /// What signatures come to: one that was revoked goes before one that is known, and that before one that nobody knows.
    pub(super) fn of(say: Words, signatures: &[Signature]) -> Self {
        let authors = || signatures.iter().filter_map(|one| one.author.as_ref());
        let (class, words) = if let Some(revoked) = authors().find(|author| author.revoked.is_some()) {
            ("bad", format!("{}: {}", say.signature_revoked(), revoked.who))
        } else if let Some(author) = authors().next() {
            ("good", format!("{} {}", say.signed_by(), author.who))
        } else if let Some(signature) = signatures.first() {
            ("risk", format!("{}: {}", say.signature_unknown(), signature.key))
        } else {
            ("", say.unsigned().to_owned())
        };
        Self { class, words }
    }
}

pub(super) fn kinds<'a>(say: Words, of: impl IntoIterator<Item = &'a Kind>) -> String {
    of.into_iter().map(|one| asking::kind(say, *one)).collect::<Vec<_>>().join(", ")
}

/// All that somebody may see.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn) -> Result<All, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/plugins");
    let (say, tell) = (frame.say, &frame.tell);
    let mut uploaded = handed_in(server, let_in)?;
    uploaded.sort_by_key(|one| std::cmp::Reverse(one.at));
    let row = |one: &domain::rule::book::Uploaded| -> Result<Row, HelmError> {
        let facts = server.desk.plugin_facts(&one.plugin)?;
        Ok(Row {
            id: one.plugin.component.to_string(),
            name: one.plugin.name.clone(),
            version: one.plugin.version.clone(),
            kinds: kinds(say, &one.plugin.kinds),
            by: named(company.raci(), &one.by),
            at: tell.at(one.at),
            signature: Mark::of(say, &facts.signatures),
            runs: facts.rules.iter().map(|running| Run::of(say, running)).collect(),
        })
    };
    let sees_all = sees_all_plugins(server, &let_in.person);
    let reference = server.desk.reference_plugins().iter().filter(|_| sees_all);
    let reference = reference.map(|(name, component)| Row {
        id: name.clone(),
        name: name.clone(),
        version: String::new(),
        kinds: String::new(),
        by: String::new(),
        at: String::new(),
        signature: Mark { class: "", words: String::new() },
        runs: runs(server, say, component),
    });
    let may = may(server, company.raci(), &let_in.person);
    let authors = (!let_in.person.external && may.everywhere(Action::ReadAuthors)).then(|| {
        let known = server.desk.authors()?;
        let known = known.iter().map(|one| author(&frame, one)).collect();
        let (may_register, may_revoke) =
            (may.everywhere(Action::RegisterAuthor), may.everywhere(Action::RevokeAuthor));
        Ok::<_, HelmError>(Authors { known, may_register, may_revoke })
    });
    Ok(All {
        handed_in: uploaded.iter().map(row).collect::<Result<_, _>>()?,
        reference: reference.collect(),
        sees_all,
        authors: authors.transpose()?,
        frame,
    })
}

fn runs(server: &Server, say: Words, component: &Digest) -> Vec<Run> {
    server.desk.rules_with(component).iter().map(|running| Run::of(say, running)).collect()
}

fn author(frame: &Frame, author: &Author) -> Known {
    let Author { key, who, at, revoked, .. } = author;
    let told =
        |revoked: &domain::rule::book::Revoked| format!("{} · «{}»", frame.tell.at(revoked.at), revoked.why);
    Known {
        key: key.id().to_string(),
        who: who.clone(),
        since: frame.tell.at(*at),
        revoked: revoked.as_ref().map(told),
    }
}
