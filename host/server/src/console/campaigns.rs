//! Campaigns: how they fare, a draft of one, and what one would come to before others are asked to agree.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::campaign::{Asked, Campaign};
use domain::law::class::Category;
use domain::message::{Reading, Source, Template as Filled};
use domain::raci::action::Action;
use domain::templates::offerable;
use serde::Deserialize;
use serde_json::{Value, json};

use super::differing::{Change, changes};
use super::frame::{Frame, may, named, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::campaigns::{Told, id, told};
use crate::conversations::offered::{self, Above};
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "campaigns.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    numbers: Vec<(String, String)>,
    /// Those that may be sent.
    templates: Vec<offered::One>,
    may_draft: bool,
    /// The draft that the form begins with, if somebody comes to change one: its plan in JSON, with `campaign`.
    again: Option<String>,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Which {
    /// The draft that is to be changed.
    again: Option<String>,
}

#[derive(Template)]
#[template(path = "campaign.html")]
struct One {
    frame: Frame,
    row: Row,
    plan: Vec<Change>,
    /// What customers read.
    as_read: Option<AsRead>,
    may_draft: bool,
    /// Whether the form can hold all of it: whom somebody named in a list, it cannot.
    may_edit: bool,
    may_stop: bool,
    /// Whether stopping it is only letting a draft be.
    is_draft: bool,
}

/// A template as its customers read it, and what stands above its words.
pub(super) struct AsRead {
    pub(super) reading: Reading,
    /// The address of the picture or document, or what it is called.
    pub(super) above: Option<String>,
}

struct Row {
    told: Told,
    by: String,
    drafted: String,
    class: &'static str,
    /// Messages by where they are.
    progress: Vec<(&'static str, u32)>,
}

/// All of them.
pub(super) async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/campaigns");
        let mut campaigns = server.desk.campaigns()?;
        campaigns.sort_by_key(|one| std::cmp::Reverse(one.drafted));
        let rows = campaigns.iter().map(|one| row(&server, &frame, told(&server, one, frame.say.0)?));
        let templates = server.desk.templates().map_err(|error| {
            tracing::error!(%error, "the templates could not be read");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
        })?;
        let templates = templates.iter().filter(|one| offerable(one).is_ok()).filter_map(offered::one);
        let again = which.again.and_then(|named| campaigns.iter().find(|one| one.id.to_string() == named));
        Ok::<_, Problem>(All {
            again: again.filter(|one| is_fillable(one)).map(|one| {
                let mut plan = json!(one.plan);
                plan["campaign"] = one.id.to_string().into();
                plan.to_string()
            }),
            rows: rows.collect::<Result<_, _>>()?,
            numbers: company.numbers().iter().map(|one| (one.id.to_string(), one.name.clone())).collect(),
            templates: templates.collect(),
            may_draft: may(&server, company.raci(), &let_in.person).everywhere(Action::DraftCampaign),
            frame,
        })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/campaigns");
        let may = may(&server, company.raci(), &let_in.person);
        let campaign = server.desk.campaign(id(&campaign)?)?;
        let told = told(&server, &campaign, frame.say.0)?;
        let is_draft = told.stage == "draft";
        let is_over = ["stopping", "stopped", "done"].contains(&told.stage.as_str());
        Ok::<_, Problem>(One {
            as_read: as_read(&server, campaign.plan.number.as_str(), &told.plan["template"]),
            plan: changes(None, &told.plan).into_iter().map(|one| one.spoken(frame.say.0)).collect(),
            row: row(&server, &frame, told)?,
            may_draft: is_draft && may.everywhere(Action::DraftCampaign),
            may_edit: is_draft && is_fillable(&campaign) && may.everywhere(Action::DraftCampaign),
            may_stop: !is_over && may.everywhere(Action::StopCampaign),
            is_draft,
            frame,
        })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

/// Whether the form of the page can hold whom a campaign goes to.
fn is_fillable(campaign: &Campaign) -> bool {
    matches!(campaign.plan.audience, Asked::Query(_)) && !campaign.stage.is_over()
}

/// A template as customers of a number read it now: what is each one's own stands there as it was written.
pub(super) fn as_read(server: &Server, number: &str, template: &Value) -> Option<AsRead> {
    let filled: Filled = serde_json::from_value(template.clone()).ok()?;
    let reading = server.desk.template_read(&number.into(), &filled, server.clock.now()).ok()??;
    let above = filled.media().first().map(|(source, name)| match source {
        Source::Link(address) => address.clone(),
        Source::Id(id) => name.unwrap_or(id).to_owned(),
    });
    Some(AsRead { reading, above })
}

fn row(server: &Server, frame: &Frame, told: Told) -> Result<Row, Problem> {
    let (say, company) = (frame.say, Arc::clone(&server.desk.active().company));
    let places = [
        ("queued", say.place_queued()),
        ("sent", say.place_sent()),
        ("delivered", say.place_delivered()),
        ("read", say.place_read()),
        ("failed", say.failed()),
        ("withheld", say.place_withheld()),
    ];
    let progress = places.into_iter().filter_map(|(place, words)| Some((words, *told.progress.get(place)?)));
    Ok(Row {
        by: named(company.raci(), &told.by),
        drafted: frame.tell.at(told.drafted),
        class: match told.stage.as_str() {
            "running" => "live",
            "stopping" | "stopped" => "bad",
            "proposed" => "shadow",
            "done" => "good",
            _ => "",
        },
        progress: progress.collect(),
        told,
    })
}
