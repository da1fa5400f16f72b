//! Figures, for whoever answers for them: each with what it means one click away, as a picture, as a table and as a file.
//!
//! What is read is what `GET /kpis` reads, so a page shows nobody more than the API does.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::company::Company;
use domain::measure::figure::Aggregate;
use domain::raci::person::Person;
use jiff::civil::Date;

use super::chart::{Chart, Point, bars, told as moment};
use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::figures::{self, Asked, Every, Reading, Row, Rows, Span};
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "figures.html")]
struct All {
    frame: Frame,
    tiles: Vec<Tile>,
    steers: bool,
}

/// A figure of the last days, in a corner of the page.
struct Tile {
    metric: String,
    title: String,
    value: String,
    samples: u64,
    bars: String,
    variant: String,
    counted: bool,
}

#[derive(Template)]
#[template(path = "figure.html")]
struct One {
    frame: Frame,
    metric: String,
    title: String,
    steers: bool,
    since: String,
    until: String,
    every: Vec<Choice>,
    by: Vec<Choice>,
    csv: String,
    zone: String,
    ways: Vec<Way>,
}

/// What can be chosen.
struct Choice {
    value: &'static str,
    words: &'static str,
    is_now: bool,
}

/// A figure, as it was counted in one way.
struct Way {
    told: figures::Told,
    since: String,
    heading: &'static str,
    chart: Option<Chart>,
    rows: Vec<Line>,
    spread: bool,
}

struct Line {
    when: String,
    group: String,
    value: String,
    percentiles: [String; 3],
    samples: u64,
}

/// All of them.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/figures");
        let (person, language) = (&let_in.person, frame.say.0);
        let daily = figures::read(&server, person, None, &Asked::default())?;
        let in_all = figures::read(
            &server,
            person,
            None,
            &Asked { every: Some("total".to_owned()), ..Asked::default() },
        )?;
        let days = days(daily.span);
        let tile = |((rows, one), (total, _)): (&Rows, &Rows)| {
            let told = figures::told(&server, one, language)?;
            let of = |day: &String| {
                rows.iter().find(|row| row.when.as_ref() == Some(day)).and_then(|row| row.value)
            };
            let total = total.first();
            let value = total.and_then(|row| row.value).map(|value| frame.tell.amount(value, &told.unit));
            Ok::<_, Problem>(Tile {
                value: value.unwrap_or_else(|| "—".to_owned()),
                samples: total.map_or(0, |row| row.samples),
                bars: bars(&days.iter().map(of).collect::<Vec<_>>()),
                metric: told.metric,
                title: told.title,
                variant: told.variant,
                counted: told.counted,
            })
        };
        let tiles = daily.figures.iter().zip(&in_all.figures).map(tile).collect::<Result<_, _>>()?;
        let steers = steers(&server, &company, person);
        Ok::<_, Problem>(All { tiles, steers, frame })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn steers(server: &Server, company: &Company, person: &Person) -> bool {
    figures::steers(person, server.people.with_loans(company.raci()).as_ref())
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(metric): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, metric, filled(asked)));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

/// The same without what a form sends and nobody chose.
fn filled(asked: Asked) -> Asked {
    let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Asked {
        since: some(asked.since),
        until: some(asked.until),
        every: some(asked.every),
        by: some(asked.by),
        ..Asked::default()
    }
}

fn read(server: &Server, let_in: &LetIn, metric: String, asked: Asked) -> Result<One, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/figures");
    let say = frame.say;
    let Reading { span, figures } = figures::read(server, &let_in.person, Some(&metric), &asked)?;
    let (every, by) = (asked.every.as_deref().unwrap_or("day"), asked.by.as_deref().unwrap_or(""));
    let group = |row: &Row| named(&company, by, row.group.as_deref().unwrap_or_default());
    let ways = figures.iter().map(|(rows, one)| {
        let told = figures::told(server, one, say.0)?;
        let points: Vec<Point> = rows
            .iter()
            .filter_map(|row| {
                Some(Point {
                    when: row.when.clone().unwrap_or_default(),
                    group: group(row),
                    value: row.value?,
                    samples: row.samples,
                })
            })
            .collect();
        let moments = match span.every {
            Every::Day => days(span),
            Every::Hour | Every::Total => {
                let mut all: Vec<String> = points.iter().map(|point| point.when.clone()).collect();
                all.sort();
                all.dedup();
                all
            }
        };
        let amount = |value: f64| frame.tell.amount(value, &told.unit);
        let percentile = |value: Option<u64>| value.map_or_else(String::new, |value| amount(value as f64));
        let lines = rows.iter().map(|row| Line {
            when: row.when.as_deref().map_or_else(|| say.total().to_owned(), moment),
            group: group(row),
            value: row.value.map_or_else(|| "—".to_owned(), amount),
            percentiles: [row.p50, row.p90, row.p95].map(percentile),
            samples: row.samples,
        });
        Ok::<_, Problem>(Way {
            since: frame.tell.at(told.since),
            heading: match one.figure.aggregate {
                Aggregate::Sum => say.total(),
                Aggregate::Ratio => say.share(),
                Aggregate::Distribution => say.mean(),
            },
            spread: one.figure.aggregate == Aggregate::Distribution,
            chart: Chart::of(&points, &moments, &told.unit, &frame.tell),
            rows: lines.collect(),
            told,
        })
    });
    let ways = ways.collect::<Result<Vec<_>, _>>()?;
    let choose = |all: &[(&'static str, &'static str)], now: &str| {
        all.iter().map(|(value, words)| Choice { value, words, is_now: *value == now }).collect::<Vec<_>>()
    };
    let grouped = if by.is_empty() { String::new() } else { format!("&by={by}") };
    Ok(One {
        title: ways.first().map_or_else(|| metric.clone(), |way| way.told.title.clone()),
        every: choose(&[("day", say.day()), ("hour", say.each_hour()), ("total", say.total())], every),
        by: choose(
            &[("", say.together()), ("queue", say.queue()), ("agent", say.agent()), ("number", say.number())],
            by,
        ),
        csv: format!(
            "/api/v1/kpis/{metric}?since={}&until={}&every={every}{grouped}&format=csv",
            span.since, span.until
        ),
        since: span.since.to_string(),
        until: span.until.to_string(),
        zone: company.zone().iana_name().unwrap_or("UTC").to_owned(),
        steers: steers(server, &company, &let_in.person),
        metric,
        ways,
        frame,
    })
}

/// What people call a group.
fn named(company: &Company, by: &str, group: &str) -> String {
    match by {
        "agent" if !group.is_empty() => company.agent_name(&group.into()),
        "number" => company.number_name(&group.into()),
        _ => group.to_owned(),
    }
}

/// The days of a span, as programs write them.
fn days(span: Span) -> Vec<String> {
    let next = |day: &Date| day.tomorrow().ok().filter(|day| *day <= span.until);
    std::iter::successors(Some(span.since), next).map(|day| day.to_string()).collect()
}
