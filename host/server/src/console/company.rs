//! The company as its files describe it: its numbers, queues and hours, and what is promised to whoever waits.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::calendar::{Block, Hours};
use domain::company::Company;
use domain::law::language::Language;
use domain::sla::Policy;
use domain::typification;
use jiff::tz::TimeZone;

use super::entry;
use super::frame::{Frame, page};
use super::telling::{Teller, lasting};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::board;
use crate::company_files::Section;
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "company.html")]
struct Described {
    frame: Frame,
    name: String,
    numbers: Vec<Number>,
    queues: Vec<Queue>,
    agents: Vec<Agent>,
    calendars: Vec<Calendar>,
    facts: Vec<(&'static str, String)>,
    files_wait: bool,
    /// What somebody may want otherwise: numbers, queues, agents, hours, and what holds for all of it.
    may: May,
}

struct May {
    numbers: bool,
    queues: bool,
    agents: bool,
    calendars: bool,
    house: bool,
}

struct Agent {
    id: String,
    name: String,
    queues: String,
    skills: String,
    capacity: u32,
}

struct Number {
    name: String,
    id: String,
    display: String,
    language: String,
    queue: String,
    calendar: String,
    throughput: String,
}

struct Queue {
    id: String,
    calendar: String,
    /// Whether people attend now, if there are hours.
    is_open: Option<bool>,
    rescue: String,
    /// What it promises, and what happens meanwhile.
    promise: Vec<String>,
    agents: String,
}

struct Calendar {
    name: String,
    zone: String,
    is_open: bool,
    /// When that changes.
    next: String,
    week: Vec<(&'static str, String)>,
    days: Vec<(String, String)>,
    holidays: Vec<String>,
}

/// What a queue promises, a sentence a line.
fn promise(say: Words, policy: &Policy) -> Vec<String> {
    let within = |minutes: u32| lasting(i64::from(minutes) * 60);
    let mut said = Vec::new();
    said.extend(policy.first_response.map(|minutes| format!("{} {}", say.first_response(), within(minutes))));
    said.extend(policy.next_response.map(|minutes| format!("{} {}", say.next_response(), within(minutes))));
    said.extend(policy.steps.iter().map(|step| {
        let does = [
            step.priority.map(|priority| format!("{} {priority}", say.priority().to_lowercase())),
            step.to.as_ref().map(|to| format!("→ {to}")),
            step.tell.then(|| say.tells().to_owned()),
        ];
        format!("{} %: {}", step.at, does.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }));
    said
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(&server, &let_in, "/console/company");
    let say = frame.say;
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
    let numbers = company.numbers().iter().map(|one| Number {
        name: one.name.clone(),
        id: one.id.to_string(),
        display: or_none(one.display.clone()),
        language: one.language.clone(),
        queue: one.queue.to_string(),
        calendar: or_none(one.calendar.clone()),
        throughput: company
            .throughput(&one.id)
            .map_or_else(|| say.as_meta_says().to_owned(), |most| format!("{most}/s")),
    });
    let queues = company.queues().iter().map(|one| {
        let agents = company.agents().iter().filter(|agent| agent.queues.contains(&one.id));
        let calendar = one.calendar.as_deref().and_then(|name| company.calendar_named(name));
        Queue {
            id: one.id.to_string(),
            is_open: calendar.map(|calendar| calendar.state(frame.tell.now).open),
            calendar: one.calendar.clone().unwrap_or_else(|| say.always_open().to_owned()),
            rescue: or_none(one.rescue_after.map(|minutes| format!("{minutes} min"))),
            promise: one.sla.as_ref().map(|policy| promise(say, policy)).unwrap_or_default(),
            agents: agents.map(|agent| agent.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    });
    let promise = board::promise(&server).map(|seconds| lasting(seconds.into()));
    let law = company.law();
    let facts = vec![
        (say.promise(), promise.unwrap_or_else(|| say.promise_none().to_owned())),
        (say.automatic_limit(), company.automatic_limit().to_string()),
        (say.mass_threshold(), law.mass_threshold().to_string()),
        (
            say.closing_codes(),
            company
                .closing_codes()
                .map(|code| typification::words(code, say.0))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        (
            say.pause_codes(),
            or_none(
                Some(company.pause_codes().join(", ").replace('-', " ")).filter(|codes| !codes.is_empty()),
            ),
        ),
        (say.zone(), or_none(company.zone().iana_name().map(ToOwned::to_owned))),
    ];
    let agents = company.agents().iter().map(|one| Agent {
        id: one.id.to_string(),
        name: one.name.clone(),
        queues: one.queues.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        skills: one.skills.join(", "),
        capacity: one.capacity,
    });
    let may = |section| entry::may_want(&server, &let_in, section);
    page(&Described {
        agents: agents.collect(),
        may: May {
            numbers: may(Section::Numbers),
            queues: may(Section::Queues),
            agents: may(Section::Agents),
            calendars: may(Section::Calendars),
            house: may(Section::House),
        },
        name: company.name().to_owned(),
        numbers: numbers.collect(),
        queues: queues.collect(),
        calendars: company
            .hours()
            .iter()
            .map(|(name, hours)| calendar(&frame, &company, name, hours))
            .collect(),
        facts,
        files_wait: server.files.is_some() && company.files_wait(),
        frame,
    })
}

fn calendar(frame: &Frame, company: &Company, name: &str, hours: &Hours) -> Calendar {
    let say = frame.say;
    // Its hours are those of its place, and so is when they change.
    let there = Teller {
        language: frame.tell.language,
        zone: TimeZone::get(&hours.zone).unwrap_or_else(|_| frame.tell.zone.clone()),
        now: frame.tell.now,
    };
    let state = company.calendar_named(name).map(|calendar| calendar.state(frame.tell.now));
    let blocks = |blocks: &Vec<Block>| {
        let blocks: Vec<String> = blocks.iter().map(ToString::to_string).collect();
        if blocks.is_empty() { say.closed().to_owned() } else { blocks.join(", ") }
    };
    Calendar {
        name: name.to_owned(),
        zone: hours.zone.clone(),
        is_open: state.is_some_and(|state| state.open),
        next: state.and_then(|state| state.next_change).map(|at| there.at(at)).unwrap_or_default(),
        week: hours.week.iter().map(|(day, of)| (weekday(frame.tell.language, *day), blocks(of))).collect(),
        days: hours.days.iter().map(|(day, of)| (day.strftime("%d/%m/%Y").to_string(), blocks(of))).collect(),
        holidays: hours.holidays.iter().map(ToString::to_string).collect(),
    }
}

/// What a day of the week is called.
pub(super) fn weekday(language: Language, day: domain::calendar::Day) -> &'static str {
    use domain::calendar::Day::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let (es, pt, en) = match day {
        Monday => ("lunes", "segunda", "Monday"),
        Tuesday => ("martes", "terça", "Tuesday"),
        Wednesday => ("miércoles", "quarta", "Wednesday"),
        Thursday => ("jueves", "quinta", "Thursday"),
        Friday => ("viernes", "sexta", "Friday"),
        Saturday => ("sábado", "sábado", "Saturday"),
        Sunday => ("domingo", "domingo", "Sunday"),
    };
    language.pick(es, pt, en)
}
