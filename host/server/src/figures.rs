//! Figures: what each means, and what was counted.
//!
//! The row of reports lets somebody in; what they see of it is narrower. An agent sees what is theirs. Whoever does or answers
//! for the SLA or for reports sees the numbers, queues and agents of their scope. A figure that is counted in two ways is told
//! in both: whoever reads one learns that there is another.

mod report;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::id::RuleId;
use domain::law::language::Language;
use domain::measure::figure::{By, Hour, Place};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::letters::Letters;
use domain::raci::person::{Person, Target};
use domain::raci::task::Task;
use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Defined, ProjectionError};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

pub(crate) use report::{Every, Row, Span};

/// The most days of a report, by day and by hour.
const LONGEST: [i32; 2] = [400, 31];

/// Days that are told where nobody says which.
const USUAL: i32 = 7;

/// What may stand in the query of a report.
const ASKS: &[(&str, &str)] = &[
    ("since", "The first day, as 2026-11-01, on the company's wall clock. The last seven days if absent."),
    ("until", "The last day. Today if absent."),
    ("every", "`day`, `hour` or `total`. `day` if absent."),
    ("by", "`queue`, `agent`, `number` or `label`. All together if absent."),
    ("rule", "Only as this rule counts it."),
    ("format", "`json` or `csv`. What `Accept` says if absent."),
];

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/kpis", Action::ReadFigures, all)
        .about(About::WithinScope)
        .get("/kpis/{metric}", Action::ReadFigures, one)
        .about(About::WithinScope)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/kpis", Action::ReadFigures, all)
        .about(About::WithinScope)
        .page(
            Page::new("What is or was counted: each figure with its formula, and who counts it.")
                .gives::<Part>()
                .paged(),
        )
        .get("/api/v1/kpis/{metric}", Action::ReadFigures, one)
        .about(About::WithinScope)
        .page(
            Page::new("What was counted of a figure, in every way in which it is: your own as an agent, else that of your scope.")
                .gives_table::<Report>()
                .asks(ASKS),
        )
}

/// What a figure means, and who counts it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Told {
    /// Its name.
    pub(crate) metric: String,
    /// What people call it, in your language.
    pub(crate) title: String,
    /// What its values are: those of a ratio are parts of 1.
    pub(crate) unit: String,
    /// `sum`, `ratio` or `distribution`.
    pub(crate) aggregate: String,
    /// How it is counted, in words.
    pub(crate) formula: String,
    /// Which of several ways to count it this is.
    pub(crate) variant: String,
    /// Counts the meanings that it has had.
    pub(crate) version: u32,
    /// Roles that it is made for.
    audience: Vec<String>,
    /// The rule that counts it.
    pub(crate) rule: String,
    /// By what it is known: SHA-256 of rule, name, version, variant, unit and aggregate.
    pub(crate) series: String,
    /// The SHA-256 of the component that counted it last.
    component: String,
    /// The SHA-256 of its settings.
    settings: String,
    /// Since when it is counted.
    #[schemars(with = "String")]
    pub(crate) since: domain::Time,
    /// Whether it is counted now.
    pub(crate) counted: bool,
    /// Facts that are missing in the figures of this rule because it failed.
    pub(crate) dropped: u64,
}

/// Some figures.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Figures")]
struct Part {
    /// By name, then by rule and since when they are counted.
    figures: Vec<Told>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// A figure, as it was counted in one way.
#[derive(Serialize, JsonSchema)]
struct Counted {
    /// What it means.
    figure: Told,
    /// What was counted, in the order of time, then of groups.
    rows: Vec<Row>,
}

/// What was counted of a figure.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FigureReport")]
struct Report {
    /// The first day.
    #[schemars(with = "String")]
    since: Date,
    /// The last day.
    #[schemars(with = "String")]
    until: Date,
    /// The zone of the company's wall clock.
    zone: String,
    /// In every way in which it is or was counted.
    figures: Vec<Counted>,
}

#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) every: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) rule: Option<String>,
    pub(crate) format: Option<String>,
}

/// What was counted of some figures, as far as somebody sees it.
pub(crate) struct Reading {
    /// The days, and how they are divided.
    pub(crate) span: Span,
    /// Each with its rows, in the order of time, then of groups.
    pub(crate) figures: Vec<Rows>,
}

/// The rows of a figure, and what it means.
pub(crate) type Rows = (Vec<Row>, Defined);

impl From<ProjectionError> for Problem {
    fn from(error: ProjectionError) -> Self {
        tracing::error!(%error, "figures could not be read");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    }
}

/// What somebody sees of figures.
pub(crate) struct Sees<'a> {
    person: &'a Person,
    /// Whether they see their scope, and not only what is theirs.
    steers: bool,
}

impl<'a> Sees<'a> {
    /// Of somebody, as the matrix has it.
    pub(crate) fn of(person: &'a Person, raci: &Raci) -> Self {
        let steers = [Task::MonitorSla, Task::Reporting]
            .into_iter()
            .any(|task| raci.letters(person, task).has(Letters::RA));
        Self { person, steers }
    }

    /// Whether they see what was counted in a place.
    pub(crate) fn sees(&self, place: &Place) -> bool {
        let Place { number, queue, agent, .. } = place;
        if !self.steers {
            // Whoever is an agent is called the same there.
            return agent.as_ref().is_some_and(|agent| agent.as_str() == self.person.id.as_str());
        }
        let target = Target { number: number.clone(), queue: queue.clone(), agent: agent.clone() };
        self.person.reaches(&target)
    }
}

fn defined(server: &Server) -> Result<Vec<Defined>, Problem> {
    let mut all = server.desk.store().figures()?;
    all.sort_by(|a, b| (&a.figure.name, &a.rule, a.since).cmp(&(&b.figure.name, &b.rule, b.since)));
    Ok(all)
}

/// What a figure means.
pub(crate) fn told(server: &Server, defined: &Defined, language: Language) -> Result<Told, Problem> {
    let Defined { rule, figure, component, settings, since } = defined;
    let counts = server.desk.store().counts(rule)?;
    let (series, code) = (figure.series(rule), language.pick("es", "pt", "en"));
    let says = counts.said.iter().flat_map(|said| &said.figures);
    let is_said = says.into_iter().any(|one| one.series(rule) == series);
    let generation = &server.desk.active().generation;
    let counted = is_said && generation.measurers().any(|one| one.definition().id == *rule);
    Ok(Told {
        metric: figure.name.clone(),
        title: figure.title(code).to_owned(),
        unit: figure.unit.clone(),
        aggregate: figure.aggregate.word(),
        formula: figure.formula(code).to_owned(),
        variant: figure.variant(code).to_owned(),
        version: figure.version,
        audience: figure.audience.iter().cloned().collect(),
        rule: rule.to_string(),
        series: series.to_string(),
        component: component.to_string(),
        settings: settings.to_string(),
        since: *since,
        counted,
        dropped: counts.dropped,
    })
}

async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let language = let_in.person.language(server.desk.active().company.own_language());
    let figures =
        defined(&server)?.iter().map(|one| told(&server, one, language)).collect::<Result<_, _>>()?;
    let key = |one: &Told| format!("{} {} {} {}", one.metric, one.rule, one.since, one.series);
    let mut figures: Vec<Told> = figures;
    figures.sort_by_key(key);
    let (figures, next) = paging.part(figures, key);
    Ok(Json(Part { figures, next }))
}

/// What was counted of one figure in the time that somebody asks for, or of all of them.
pub(crate) fn read(
    server: &Server,
    person: &Person,
    metric: Option<&str>,
    asked: &Asked,
) -> Result<Reading, Problem> {
    let active = server.desk.active();
    let (company, raci) = (&active.company, server.people.with_loans(active.company.raci()));
    let span = span(asked, Hour::of(server.clock.now(), company.zone()).day)?;
    let by = one_of("by", asked.by.as_deref(), By::WORDS, By::All)?;
    let of_rule = |rule: &RuleId| asked.rule.as_ref().is_none_or(|only| only == rule.as_str());
    let mut found = defined(server)?;
    found.retain(|one| metric.is_none_or(|metric| one.figure.name == metric) && of_rule(&one.rule));
    if found.is_empty() && metric.is_some() {
        let words = "nothing of this name is counted: `timonel kpi list` and GET /api/v1/kpis show what is";
        return Err(Problem::new(StatusCode::NOT_FOUND, "no-such-figure", words));
    }
    let sees = Sees::of(person, raci.as_ref());
    let rows = |one: &Defined| {
        report::rows(server.desk.store(), one, span, by, company.zone(), &|place| sees.sees(place))
    };
    let figures = found.into_iter().map(|one| Ok((rows(&one)?, one)));
    Ok(Reading { span, figures: figures.collect::<Result<_, ProjectionError>>()? })
}

/// Whether somebody sees of figures what their scope reaches, and not only what is theirs.
pub(crate) fn steers(person: &Person, raci: &Raci) -> bool {
    Sees::of(person, raci).steers
}

async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(metric): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let language = let_in.person.language(company.own_language());
    let csv = wants_csv(&asked, &headers)?;
    let reader = Arc::clone(&server);
    let reading = tokio::task::spawn_blocking(move || read(&reader, &let_in.person, Some(&metric), &asked));
    let Reading { span, figures } =
        reading.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??;
    if csv {
        let head = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((head, report::csv(&figures)).into_response());
    }
    let figures = figures
        .into_iter()
        .map(|(rows, one)| Ok::<_, Problem>(Counted { figure: told(&server, &one, language)?, rows }));
    let figures = figures.collect::<Result<_, _>>()?;
    let zone = company.zone().iana_name().unwrap_or("UTC").to_owned();
    Ok(Json(Report { since: span.since, until: span.until, zone, figures }).into_response())
}

fn wrong(field: &str, value: &str, expected: &str) -> Problem {
    let words = format!("`{field}` is `{value}`: {expected}");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-report", words)
}

fn one_of<T: Copy>(
    field: &str,
    value: Option<&str>,
    words: &[(&'static str, T)],
    absent: T,
) -> Result<T, Problem> {
    let Some(value) = value else { return Ok(absent) };
    let found = words.iter().find(|(word, _)| *word == value);
    found.map(|(_, one)| *one).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        wrong(field, value, &format!("one of {} was expected", known.join(", ")))
    })
}

fn span(asked: &Asked, today: Date) -> Result<Span, Problem> {
    let every = one_of("every", asked.every.as_deref(), Every::WORDS, Every::Day)?;
    let day = |field: &str, value: &Option<String>, absent: Date| match value {
        None => Ok(absent),
        Some(text) => text.parse().map_err(|_| wrong(field, text, "a day was expected, as 2026-11-01")),
    };
    let until = day("until", &asked.until, today)?;
    let usual = until.checked_sub((USUAL - 1).days()).unwrap_or(until);
    let since = day("since", &asked.since, usual)?;
    let [days, of_hours] = LONGEST;
    let longest = if every == Every::Hour { of_hours } else { days };
    let length = since.until(until).map_or(i32::MAX, |span| span.get_days());
    if length < 0 || length >= longest {
        let words = format!("a day from `since` on, {longest} days at most, was expected");
        return Err(wrong("until", &until.to_string(), &words));
    }
    Ok(Span { since, until, every })
}

fn wants_csv(asked: &Asked, headers: &HeaderMap) -> Result<bool, Problem> {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let accepts = accepts.is_some_and(|accept| accept.trim().starts_with("text/csv"));
    one_of("format", asked.format.as_deref(), &[("json", false), ("csv", true)], accepts)
}
