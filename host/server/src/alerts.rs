//! What people should look at, as rules that watch figures say.
//!
//! Whoever sees figures sees alerts of the same: an agent what is theirs, whoever steers what lies in their scope.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use domain::Time;
use domain::measure::alert::Alert;
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::figures::Sees;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// The most that are told of those that are over.
const MOST_ENDED: usize = 100;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new().get("/alerts", Action::ReadFigures, all).about(About::WithinScope)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new().get("/api/v1/alerts", Action::ReadFigures, all).about(About::WithinScope).page(
        Page::new("What people should look at, as far as you see figures: what matters most first, then what began last.")
            .gives::<List>()
            .asks(&[("all", "`true`: the latest hundred that are over, too.")]),
    )
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    all: bool,
}

/// Alerts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Alerts")]
struct List {
    /// Those that go on, and those that are over if they were asked for.
    alerts: Vec<Told>,
}

/// Something that people should look at.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Alert")]
pub(crate) struct Told {
    /// The rule that raised it and its name, as `watch/slow-first-response`.
    pub(crate) alert: String,
    /// `warning` or `critical`.
    pub(crate) level: String,
    /// What the rule says, in your language.
    pub(crate) words: String,
    /// The name of the company's number that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<String>,
    /// The queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<String>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<String>,
    /// What else the figure is counted by.
    #[serde(skip_serializing_if = "String::is_empty")]
    label: String,
    /// Since when it goes on.
    #[schemars(with = "String")]
    pub(crate) since: Time,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    ended: Option<Time>,
    /// The figure that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metric: Option<String>,
    /// By what it is known, as `GET /api/v1/kpis` has it.
    series: String,
    /// How many samples of it there were.
    samples: u64,
}

/// What goes on, as far as somebody sees it.
pub(crate) fn going(server: &Server, let_in: &LetIn) -> Result<Vec<Told>, Problem> {
    let mut alerts = seen(server, let_in)?;
    alerts.retain(Alert::goes_on);
    told(server, let_in, &alerts)
}

async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(Which { all }): Query<Which>,
) -> Result<Json<List>, Problem> {
    let mut alerts = seen(&server, &let_in)?;
    let over = alerts.iter().position(|alert| !alert.goes_on()).unwrap_or(alerts.len());
    alerts.truncate(if all { over + MOST_ENDED } else { over });
    Ok(Json(List { alerts: told(&server, &let_in, &alerts)? }))
}

/// Those that somebody sees: what goes on first.
fn seen(server: &Server, let_in: &LetIn) -> Result<Vec<Alert>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let raci = server.people.with_loans(company.raci());
    let sees = Sees::of(&let_in.person, raci.as_ref());
    let mut alerts = server.desk.store().alerts()?;
    alerts.retain(|alert| sees.sees(&alert.raised.which.place));
    alerts.sort_by_key(|alert| {
        let level = alert.goes_on().then_some(alert.raised.level);
        Reverse((alert.goes_on(), level, alert.turned()))
    });
    Ok(alerts)
}

fn told(server: &Server, let_in: &LetIn, alerts: &[Alert]) -> Result<Vec<Told>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let figures = server.desk.store().figures()?;
    let number = |id| company.number_name(id);
    let language = let_in.person.language(company.own_language());
    let told = alerts.iter().map(|alert| {
        let (which, seen) = (&alert.raised.which, &alert.raised.seen);
        let figure = figures.iter().find(|one| one.figure.series(&one.rule) == seen.series);
        Told {
            alert: which.to_string(),
            level: alert.raised.level.word(),
            words: alert.words(language).to_owned(),
            number: which.place.number.as_ref().map(number),
            queue: which.place.queue.as_ref().map(ToString::to_string),
            agent: which.place.agent.as_ref().map(ToString::to_string),
            label: which.place.label.clone(),
            since: alert.since,
            ended: alert.ended,
            metric: figure.map(|one| one.figure.name.clone()),
            series: seen.series.to_string(),
            samples: seen.samples,
        }
    });
    Ok(told.collect())
}
