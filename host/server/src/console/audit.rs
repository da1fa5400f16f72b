//! The record of who did what: filtered, with how far it is vouched for, and a proof of each entry to take away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Time;
use domain::company::Company;
use domain::search::plain;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::audit::{self, Checkpoint};
use crate::let_in::LetIn;
use crate::reading::Wanted;

/// Entries on one page.
const SOME: usize = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct Shown {
    frame: Frame,
    rows: Vec<Row>,
    which: Which,
    /// Whom one can ask for.
    names: Vec<String>,
    /// And for what.
    kinds: BTreeMap<String, String>,
    /// The query of the entries before these.
    older: Option<u64>,
    checkpoint: Checkpoint,
    is_signed: bool,
}

/// An entry.
struct Row {
    entry: u64,
    at: String,
    who: String,
    what: String,
    about: String,
    before: String,
    /// Whether somebody was not let do it.
    refused: bool,
}

/// Which entries.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    about: String,
    /// A day, on the company's clock.
    #[serde(default)]
    since: String,
    /// The last day.
    #[serde(default)]
    until: String,
    before: Option<u64>,
}

/// The page.
pub(super) async fn shown(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, which));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, which: Which) -> Result<Shown, Problem> {
    let frame = Frame::of(server, let_in, "/console/audit");
    let company = Arc::clone(&server.desk.active().company);
    let failed = |error: store::OpenError| {
        tracing::error!(%error, "the record could not be read");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    };
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let not_a_day = |day: &str| {
        let words = format!("`since` is `{day}`: a day was expected, as 2026-11-26");
        Problem::new(StatusCode::BAD_REQUEST, "not-a-day", words)
    };
    let midnight = |day: String| {
        let midnight = day.parse::<Date>().and_then(|day| day.to_zoned(frame.tell.zone.clone()));
        midnight.map_err(|_| not_a_day(&day))
    };
    let since = some(&which.since).map(midnight).transpose()?;
    let last = some(&which.until).map(midnight).transpose()?;
    let until = last.and_then(|day| day.tomorrow().ok());
    let wanted = Wanted {
        limit: Some(SOME),
        before: which.before,
        who: some(&which.who).map(|who| named(&company, who)),
        what: some(&which.what),
        about: some(&which.about),
        since: since.map(|zoned| zoned.timestamp()),
        until: until.map(|zoned| zoned.timestamp()),
    };
    let entries = audit::last(server, &let_in.person, &wanted).map_err(failed)?;
    let rows: Vec<Row> = entries.iter().rev().map(|entry| row(&frame, entry)).collect();
    let older = rows.last().filter(|_| rows.len() == SOME).map(|row| row.entry);
    let checkpoint = audit::standing(server, None).map_err(failed)?;
    Ok(Shown {
        rows,
        which,
        older,
        names: names(&company),
        kinds: kinds(&entries),
        is_signed: server.checkpoints.is_some(),
        checkpoint,
        frame,
    })
}

/// Somebody by what colleagues call them, as programs do.
fn named(company: &Company, who: String) -> String {
    let asked = plain(&who);
    let people = company.raci().people().iter().map(|one| (plain(&one.name), one.id.to_string()));
    let agents = company.agents().iter().map(|one| (plain(&one.name), one.id.to_string()));
    let all: BTreeMap<String, String> = agents.chain(people).collect();
    // The whole name, or a beginning that nobody else has.
    let mut begins = all.iter().filter(|(name, _)| name.starts_with(&asked));
    match (all.get(&asked), begins.next(), begins.next()) {
        (Some(id), ..) | (None, Some((_, id)), None) => id.clone(),
        _ => who,
    }
}

/// What the entries of a page are of: what people read, and the word for programs.
fn kinds(entries: &[Value]) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    // What is said before the first colon: what is behind it is of this one.
    let kind = |entry: &Value| {
        let (words, act) = (text(&entry["what"])?, text(&entry["act"]["action"]));
        let words = words.split(':').next().unwrap_or_default().to_owned();
        Some((words, act.or_else(|| text(&entry["kind"]))?))
    };
    entries.iter().filter_map(kind).collect()
}

/// Everybody of the company, by name.
fn names(company: &Company) -> Vec<String> {
    let people = company.raci().people().iter().map(|one| one.name.clone());
    let all: BTreeSet<String> = people.chain(company.agents().iter().map(|one| one.name.clone())).collect();
    all.into_iter().collect()
}

fn row(frame: &Frame, entry: &Value) -> Row {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let time = serde_json::from_value::<Time>(entry["time"].clone()).ok();
    Row {
        entry: entry["entry"].as_u64().unwrap_or_default(),
        at: time.map(|time| frame.tell.at(time)).unwrap_or_default(),
        who: text(&entry["name"]),
        what: text(&entry["what"]),
        about: text(&entry["about"]),
        before: text(&entry["before"]["what"]),
        refused: !entry["act"]["refused"].is_null(),
    }
}
