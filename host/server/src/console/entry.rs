//! An entry of the company as a form: what it is, and what somebody wants it to be. What is sent is a proposal, whoever sends it.
//!
//! What of an entry the form has no field for stays as it is.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::calendar::Day;
use domain::company::{Company, row_of};
use domain::law::language::Language;
use domain::raci::task::Task;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::company;
use super::frame::{Frame, page};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::company_files::{self, Entry, HOUSE, Section};
use crate::let_in::LetIn;

/// Steps that a promise can have on the form.
const STEPS: usize = 4;

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(rename = "in")]
    section: Section,
    /// Which of them; none for a new one.
    id: Option<String>,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct Form {
    frame: Frame,
    /// What it is of, or that it is a new one.
    title: String,
    section: String,
    /// None for a new one.
    id: Option<String>,
    /// What a new one may be called.
    hint: &'static str,
    /// Where one comes from.
    back: &'static str,
    /// As it is, in JSON.
    now: String,
    fields: Vec<Field>,
    /// What happens while time runs out, if it is a queue.
    steps: Vec<Step>,
    queues: Vec<String>,
    may_go: bool,
}

/// A field.
#[derive(Default)]
struct Field {
    /// Where it goes, as a JSON pointer.
    pointer: String,
    label: String,
    hint: &'static str,
    /// How it is read: `text`, `number`, `boolean`, `choice`, `choices`, `list`, `days`, `endings`, `letters`.
    is: &'static str,
    value: String,
    /// What can be chosen: what it is, what people read, and whether it is chosen.
    choices: Vec<(String, String, bool)>,
    required: bool,
    most: &'static str,
}

/// What happens at some part of the time that is promised.
struct Step {
    nth: usize,
    at: String,
    priority: String,
    to: String,
    tells: bool,
}

/// Whether somebody may want an entry of a section otherwise.
pub(super) fn may_want(server: &Server, let_in: &LetIn, section: Section) -> bool {
    let is_governed = server.desk.active().company.is_governed();
    server.files.is_some() && is_governed && company_files::may_want(server, let_in, &section.rows()).is_ok()
}

/// Of what the company works with.
pub(super) async fn of_company(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    if matches!(which.section, Section::People | Section::Matrix) {
        return Err(Problem::of(StatusCode::NOT_FOUND));
    }
    shown(server, let_in, which).await
}

/// Of who may do what in it.
pub(super) async fn of_access(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    if !matches!(which.section, Section::People | Section::Matrix) {
        return Err(Problem::of(StatusCode::NOT_FOUND));
    }
    shown(server, let_in, which).await
}

async fn shown(server: Arc<Server>, let_in: LetIn, which: Which) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, which));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, Which { section, id }: Which) -> Result<Form, Problem> {
    let described = Arc::clone(&server.desk.active().company);
    let back = match section {
        Section::People => "/console/people",
        Section::Matrix => "/console/matrix",
        _ => "/console/company",
    };
    let frame = Frame::of(server, let_in, back);
    company_files::may_want(server, let_in, &section.rows())
        .map_err(|refusal| Problem::refused(&refusal, frame.say.0))?;
    let files = server.files.as_ref().filter(|_| described.is_governed());
    let files = files.ok_or_else(|| Problem::of(StatusCode::NOT_FOUND))?;
    let now = match &id {
        None => json!({}),
        Some(_) if section == Section::House => {
            let keys = HOUSE.map(ToOwned::to_owned).into_iter();
            Value::Object(keys.zip(files.entries(section, &HOUSE)?).collect())
        }
        Some(id) => files.entries(section, &[id])?.pop().unwrap_or_default(),
    };
    if now.is_null() {
        return Err(Problem::of(StatusCode::NOT_FOUND));
    }
    let said = Entry {
        section,
        id: id.clone().unwrap_or_default(),
        to: now.clone(),
        was: Value::Null,
        fresh: false,
    };
    let words = section.words(frame.say.0);
    let policy = &now["sla"]["steps"];
    Ok(Form {
        title: match id {
            None => format!("{}: {words}", frame.say.add()),
            Some(_) if section == Section::House => frame.say.policies().to_owned(),
            Some(_) => said.words(frame.say.0),
        },
        section: json!(section).as_str().unwrap_or_default().to_owned(),
        fields: fields(frame.say, &described, section, &now, |row| {
            company_files::may_want(server, let_in, &[*row]).is_ok()
        }),
        steps: if section == Section::Queues {
            (0..STEPS).map(|nth| step(nth, &policy[nth])).collect()
        } else {
            Vec::new()
        },
        queues: described.queues().iter().map(|queue| queue.id.to_string()).collect(),
        hint: match section {
            Section::Numbers => frame.say.short_name_of_number(),
            Section::Agents | Section::People => frame.say.short_name_of_somebody(),
            _ => frame.say.short_name_says(),
        },
        may_go: id.is_some() && !matches!(section, Section::House | Section::Matrix),
        now: now.to_string(),
        id,
        back,
        frame,
    })
}

fn step(nth: usize, policy: &Value) -> Step {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Step {
        nth,
        at: text(&policy["at"]),
        priority: text(&policy["priority"]),
        to: text(&policy["to"]),
        tells: policy["tell"] == true,
    }
}

/// The fields of a section.
fn fields(
    say: Words,
    described: &Company,
    section: Section,
    now: &Value,
    has_part: impl Fn(&Task) -> bool,
) -> Vec<Field> {
    let field = |pointer: &str, is: &'static str, label: &str| Field {
        value: held(now.pointer(pointer), is, say.0),
        pointer: pointer.to_owned(),
        label: label.to_owned(),
        is,
        ..Field::default()
    };
    let chosen = |pointer: &str, label: &str, of: Vec<(String, String)>| {
        let is = |one: &str| match now.pointer(pointer) {
            Some(Value::Array(all)) => all.iter().any(|value| value == one),
            Some(value) => value == one,
            None => false,
        };
        let mut choices: Vec<_> =
            of.into_iter().map(|(value, words)| (value.clone(), words, is(&value))).collect();
        // What somebody wrote by hand can stay.
        if let Some(own) = now
            .pointer(pointer)
            .and_then(Value::as_str)
            .filter(|own| !choices.iter().any(|one| one.0 == *own))
        {
            choices.push((own.to_owned(), own.to_owned(), true));
        }
        Field { choices, ..field(pointer, "choice", label) }
    };
    let several = |pointer: &str, label: &str, of| Field { is: "choices", ..chosen(pointer, label, of) };
    let needed = |one: Field| Field { required: true, ..one };
    let queues = || described.queues().iter().map(|queue| same(queue.id.as_str())).collect::<Vec<_>>();
    let calendars = || described.hours().keys().map(|name| same(name)).collect::<Vec<_>>();
    let minutes = |pointer: &str, label: &str, most| Field {
        hint: say.in_minutes(),
        most,
        ..field(pointer, "number", label)
    };
    match section {
        Section::Queues => vec![
            chosen("/calendar", say.hours(), calendars()),
            minutes("/rescue-after", say.rescue(), "1440"),
            minutes("/sla/first-response", say.first_response(), "40320"),
            minutes("/sla/next-response", say.next_response(), "40320"),
            Field {
                hint: say.percent_of_it(),
                most: "99",
                ..field("/sla/at-risk", "number", say.risk_from())
            },
        ],
        Section::Agents => vec![
            needed(field("/name", "text", say.name())),
            several("/queues", say.queues(), queues()),
            Field { hint: say.divided_by_commas(), ..field("/skills", "list", say.skills()) },
            Field { most: "100", ..field("/capacity", "number", say.capacity()) },
        ],
        Section::Numbers => vec![
            needed(field("/name", "text", say.name())),
            field("/display", "text", say.written_as()),
            chosen("/language", say.language(), languages()),
            needed(chosen("/queue", say.default_queue(), queues())),
            chosen("/calendar", say.hours(), calendars()),
            Field { most: "1000", ..field("/throughput", "number", say.throughput()) },
            field("/waba", "text", say.account()),
        ],
        Section::Calendars => {
            let mut all = vec![needed(field("/zone", "text", say.zone()))];
            for (pointer, day) in WEEK {
                let hint = if day == Day::Monday { say.blocks_like() } else { "" };
                all.push(Field { hint, ..field(pointer, "list", company::weekday(say.0, day)) });
            }
            all.push(Field { hint: say.days_like(), ..field("/days", "days", say.special_days()) });
            all
        }
        Section::People => {
            let roles = described.raci().matrix().roles().iter();
            let roles = roles.map(|role| (role.id.to_string(), role.words(say.0).to_owned())).collect();
            let list = |pointer: &str, label: &str| Field {
                hint: say.divided_by_commas(),
                ..field(pointer, "list", label)
            };
            vec![
                needed(field("/name", "text", say.name())),
                several("/roles", say.roles(), roles),
                chosen("/language", say.language(), languages()),
                field("/external", "boolean", say.works_elsewhere()),
                list("/scope/numbers", say.reaches_numbers()),
                list("/scope/queues", say.reaches_queues()),
                list("/scope/team", say.reaches_team()),
                field("/account", "text", say.account_of_machine()),
                field("/identity", "text", say.identity_of()),
            ]
        }
        Section::Matrix => {
            let roles = described.raci().matrix().roles().iter();
            roles.map(|role| field(&format!("/{}", role.id), "letters", role.words(say.0))).collect()
        }
        Section::House => {
            let endings =
                Field { hint: say.endings_like(), ..field("/closing-codes", "endings", say.closing_codes()) };
            let pauses =
                Field { hint: say.divided_by_commas(), ..field("/pause-codes", "list", say.pause_codes()) };
            let automatic = field("/automatic-messages-per-hour", "number", say.automatic_limit());
            // Each is another row's.
            let mut all = vec![
                needed(field("/zone", "text", say.zone())),
                Field { most: "1000", ..automatic },
                endings,
                pauses,
            ];
            all.retain(|field| has_part(&row_of(field.pointer.trim_start_matches('/'))));
            all
        }
    }
}

/// The days of the week in a calendar.
const WEEK: [(&str, Day); 7] = [
    ("/week/monday", Day::Monday),
    ("/week/tuesday", Day::Tuesday),
    ("/week/wednesday", Day::Wednesday),
    ("/week/thursday", Day::Thursday),
    ("/week/friday", Day::Friday),
    ("/week/saturday", Day::Saturday),
    ("/week/sunday", Day::Sunday),
];

fn same(name: &str) -> (String, String) {
    (name.to_owned(), name.to_owned())
}

fn languages() -> Vec<(String, String)> {
    [("es", "español"), ("pt", "português"), ("en", "English")]
        .map(|(id, name)| (id.to_owned(), name.to_owned()))
        .into()
}

/// What a field holds, as it is read.
fn held(value: Option<&Value>, is: &str, language: Language) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let list = |value: &Value| {
        value.as_array().map_or_else(String::new, |all| all.iter().map(plain).collect::<Vec<_>>().join(", "))
    };
    match (value, is) {
        (None | Some(Value::Null), _) => String::new(),
        (Some(value), "list") => list(value),
        (Some(Value::Object(days)), "days") => {
            let written = language.pick("%d/%m/%Y", "%d/%m/%Y", "%Y-%m-%d");
            let named = |day: &str| {
                day.parse::<Date>().map_or_else(|_| day.to_owned(), |day| day.strftime(written).to_string())
            };
            let lines = days
                .iter()
                .map(|(day, blocks)| format!("{}: {}", named(day), list(blocks)).trim_end().to_owned());
            lines.collect::<Vec<_>>().join("\n")
        }
        (Some(Value::Array(all)), "endings") => {
            let line = |one: &Value| match (&one["group"], &one["codes"]) {
                (Value::String(group), codes) => format!("{group}: {}", list(codes)),
                _ => plain(one),
            };
            all.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        (Some(value), _) => plain(value),
    }
}
