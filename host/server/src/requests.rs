//! What rules asked of services outside, and what became of it: counts and places, and nothing that was asked or answered. Who
//! wants to know more looks at the decision (`why`).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use desk::{HelmError, Stands};
use domain::Time;
use domain::event::Event;
use domain::id::RuleId;
use domain::raci::action::Action;
use domain::request::{Destination, Tally};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::rules::seen;

/// Requests that are shown one by one.
const LAST: usize = 20;

/// Requests that are counted as open at most.
const OPEN: usize = 1_000;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new().get("/rules/{rule}/requests", Action::ReadRequests, of_rule).about(About::WithinScope)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/rules/{rule}/requests", Action::ReadRequests, of_rule)
        .about(About::WithinScope)
        .page(
            Page::new(
                "What a rule asked of services outside, and what became of it: counts, and the last ones.",
            )
            .gives::<Told>(),
        )
}

/// What a rule asked of services outside.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RuleRequests")]
pub(crate) struct Told {
    /// Which rule.
    pub(crate) rule: String,
    /// Where it may ask, as `GET https://crm.example.com/orders/`.
    pub(crate) may: Vec<String>,
    /// How many are not answered.
    pub(crate) open: usize,
    /// What ended today, by days of UTC.
    pub(crate) today: Counted,
    /// What ended within thirty days.
    pub(crate) month: Counted,
    /// The last that ended, the latest first.
    pub(crate) last: Vec<EndedTold>,
}

/// What became of some requests.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RequestCounts")]
pub(crate) struct Counted {
    /// How many ended.
    pub(crate) requests: u64,
    /// How often services were asked for that.
    pub(crate) attempts: u64,
    /// How they ended: `2xx` and the like, or why there was no answer, as `not-reached`.
    pub(crate) ended: BTreeMap<String, u64>,
    /// Bytes that came back.
    pub(crate) bytes: u64,
    /// Milliseconds that the last attempts took, all together.
    pub(crate) millis: u64,
}

/// A request that ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RequestEnded")]
pub(crate) struct EndedTold {
    /// The number of its event: `why` explains what came of it.
    entry: u64,
    /// When.
    #[schemars(with = "String")]
    at: Time,
    /// How it was asked, and which service.
    asked: String,
    /// `200` and the like, or why there was no answer.
    ended: String,
    /// How often it was tried.
    attempts: u32,
    /// Milliseconds that the last attempt took.
    millis: u64,
}

async fn of_rule(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(rule): Path<String>,
) -> Result<Json<Told>, Problem> {
    let rule = RuleId::from(rule);
    let rules = seen(&server, &let_in.person)?;
    let found = rules.iter().find(|(one, ..)| one.rule == rule);
    let (stands, ..) = found.ok_or_else(|| HelmError::NoRule(rule.clone()))?;
    Ok(Json(told(&server, stands)?))
}

/// What a rule asked of services outside.
pub(crate) fn told(server: &Server, stands: &Stands) -> Result<Told, Problem> {
    let rule = &stands.rule;
    let store = server.desk.store();
    let now = server.clock.now();
    let day = |ago: i64| {
        let then = now.saturating_sub(SignedDuration::from_hours(24 * ago)).unwrap_or(now);
        then.to_zoned(TimeZone::UTC).date()
    };
    let mut last = Vec::new();
    for entry in store.requests_ended(rule, LAST).map_err(HelmError::from)? {
        let recorded = store.event(entry).map_err(|error| HelmError::Desk(error.into()))?;
        let Some(recorded) = recorded else { continue };
        if let Event::RequestEnded(ended) = recorded.event {
            last.push(EndedTold {
                entry,
                at: recorded.time,
                asked: format!("{} {}", ended.method.word(), ended.to),
                ended: ended.ended.to_string(),
                attempts: ended.attempts,
                millis: ended.millis,
            });
        }
    }
    let since = |ago| store.requests_since(rule, day(ago)).map_err(HelmError::from);
    Ok(Told {
        may: stands.runs().requests.iter().map(Destination::to_string).collect(),
        open: store.requests_open(rule, OPEN).map_err(HelmError::from)?,
        today: since(0)?.into(),
        month: since(29)?.into(),
        last,
        rule: rule.to_string(),
    })
}

impl From<Tally> for Counted {
    fn from(tally: Tally) -> Self {
        let requests = tally.requests();
        let Tally { attempts, ended, bytes, millis } = tally;
        Self { requests, attempts, ended, bytes, millis }
    }
}
