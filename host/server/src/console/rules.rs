//! The rules as whoever steers sees them: sets as switches, each rule with its mode and who set it, what it did within the hour; and
//! of each one a page on which it is moved, returned, and tried on the past.
//!
//! What is offered is what was signed: a mode above it is not on the page. That it is not done either is `domain::rule::moving`.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::{Counts, HelmError, Stands};
use domain::id::RuleId;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::letters::Letters;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::rule::mode::Mode;
use domain::rule::{Bound, Version};
use serde::Deserialize;
use serde_json::json;

use super::frame::{Frame, may, named, page};
use super::trial::{Outcome, outcome};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::{backtests, rules};

/// The days that somebody tries a rule on if they say nothing else.
const DAYS: u32 = 7;

/// The percentage with which a canary begins if they say nothing else.
const BEGINNING: u8 = 10;

#[derive(Template)]
#[template(path = "rules.html")]
struct All {
    frame: Frame,
    sets: Vec<Set>,
    may_move: bool,
}

/// A set, and its rules in the order in which they are asked.
struct Set {
    name: String,
    is_on: bool,
    /// Who switched it last, when and why, if anybody ever did.
    switched: Option<String>,
    /// Who alone switches it off, because a rule in it protects something; none if whoever looks may.
    guarded: Option<String>,
    rules: Vec<Rule>,
}

/// A rule, in a line.
struct Rule {
    id: String,
    plugin: String,
    mode: Told,
    /// Who moved it, when and why; what was signed, if nobody did.
    moved: String,
    runs_earlier: bool,
    warning: Option<String>,
    rests: bool,
    hour: Vec<String>,
    disagreed: Option<String>,
    behind: Option<String>,
    failed: Option<String>,
    may_return: bool,
}

/// A mode, for people and for the style sheet.
pub(super) struct Told {
    pub(super) words: String,
    pub(super) class: &'static str,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct One {
    frame: Frame,
    rule: Rule,
    set: String,
    switched: Option<String>,
    facts: Vec<(&'static str, String)>,
    settings: String,
    failure: Option<String>,
    advice: Vec<String>,
    modes: Vec<Choice>,
    /// The highest percentage that a canary may have, and the one to begin with; none if there may be none.
    percent: Option<(u8, u8)>,
    bounds: Vec<Bounded>,
    versions: Vec<Past>,
    may_move: bool,
    may_try: bool,
    days: u32,
    /// What the host's clock shows, for programs.
    now: String,
    trial: Option<Trial>,
}

/// A mode that the rule may be moved to.
struct Choice {
    value: &'static str,
    words: String,
    is_now: bool,
}

/// A setting that may be moved.
struct Bounded {
    pointer: String,
    value: String,
    least: Option<f64>,
    most: Option<f64>,
    one_of: Vec<String>,
}

/// A version that was in force.
struct Past {
    of: String,
    short: String,
    plugin: String,
    mode: String,
    is_now: bool,
}

/// How far a trial is.
struct Trial {
    number: u64,
    state: &'static str,
    /// As if it were in which mode, and on which days.
    tried: String,
    /// What the form was filled with: the form shows it still.
    is_off: bool,
    days: i64,
    runs: bool,
    events: u64,
    of: u64,
    why: Option<String>,
    kept: bool,
    outcome: Option<Outcome>,
}

/// What the page of a rule is asked with.
#[derive(Deserialize)]
pub(super) struct Asked {
    trial: Option<String>,
}

/// A mode, told.
pub(super) fn mode(say: Words, mode: Mode) -> Told {
    let class = match mode {
        Mode::Off => "off",
        Mode::Shadow => "shadow",
        Mode::Canary(_) => "canary",
        Mode::Live => "live",
    };
    Told { words: mode.words(say.0), class }
}

/// The beginning of a digest: enough to tell two apart.
pub(super) fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

fn line(frame: &Frame, raci: &Raci, (stands, counts, rests): &(Stands, Counts, bool), moves: bool) -> Rule {
    let say = frame.say;
    let moved = stands.moved.as_ref().map(|moved| {
        format!(
            "{} {} · {} · «{}»",
            say.moved_by(),
            named(raci, &moved.by),
            frame.tell.at(moved.at),
            moved.why
        )
    });
    let stopped = stands.stopped.as_ref().map(|author| format!("{} {}", say.stopped_author(), author.who));
    let micros = counts.micros.checked_div(counts.asked);
    let hour = if counts.asked == 0 {
        [Some(say.asked_of_none().to_owned()), None, None]
    } else {
        [
            Some(format!("{} {}", say.asked(), counts.asked)),
            Some(format!("{} {}", say.decided(), counts.decided)),
            micros.map(|micros| format!("{micros} {}", say.micros_each())),
        ]
    };
    let some = |count: u64, words: &str| (count > 0).then(|| format!("{words} {count}"));
    Rule {
        id: stands.rule.to_string(),
        plugin: stands.runs().plugin.clone(),
        mode: mode(say, stands.mode),
        runs_earlier: stands.instead.is_some(),
        rests: *rests,
        warning: stopped.or_else(|| rests.then(|| say.rests().to_owned())),
        hour: hour.into_iter().flatten().collect(),
        disagreed: some(counts.disagreed, say.disagreed()),
        behind: some(counts.behind, say.decided_before()),
        failed: some(counts.failed, say.failed()),
        may_return: moves && stands.moved.is_some() && !stands.signed.judges(),
        moved: stood(frame, moved, stands),
    }
}

/// How a rule came to be as it is, which one whose set is off is not by itself.
fn stood(frame: &Frame, moved: Option<String>, stands: &Stands) -> String {
    let say = frame.say;
    let own = moved.unwrap_or_else(|| say.as_signed().to_owned());
    if stands.set_is_on() {
        return own;
    }
    format!("{}: {} · {own}", say.off_with_its_set(), stands.own.words(say.0))
}

/// Who switched a set last, when and why.
fn switched(frame: &Frame, raci: &Raci, stands: &Stands) -> Option<String> {
    let last = stands.switched.as_ref()?;
    let did = if last.on { frame.say.set_on_by() } else { frame.say.set_off_by() };
    let (by, at) = (named(raci, &last.by), frame.tell.at(last.at));
    Some(format!("{did} {by} · {at} · «{}»", last.why))
}

/// All of them.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/rules");
        let may_move = may(&server, company.raci(), &let_in.person).here(Action::MoveRules);
        let raci = server.people.with_loans(company.raci());
        let answers = |person: &Person| raci.letters(person, Task::AdjustRoutingRules).has(Letters::A);
        let those: Vec<&str> =
            raci.people().iter().filter(|one| !one.service && answers(one)).map(|one| &*one.name).collect();
        let mut sets: Vec<Set> = Vec::new();
        for one in rules::seen(&server, &let_in.person)? {
            let (name, rule) = (one.0.signed.set.clone(), line(&frame, company.raci(), &one, may_move));
            let is_guarded =
                one.0.runs().envelope.guard && one.0.mode > Mode::Off && !answers(&let_in.person);
            let switched = switched(&frame, company.raci(), &one.0);
            let is_on = one.0.set_is_on();
            let guarded = (is_guarded && is_on).then(|| those.join(", "));
            match sets.iter_mut().find(|set| set.name == name) {
                Some(set) => {
                    set.guarded = set.guarded.take().or(guarded);
                    set.rules.push(rule);
                }
                None => sets.push(Set { is_on, switched, guarded, name, rules: vec![rule] }),
            }
        }
        Ok::<_, Problem>(All { frame, sets, may_move })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(rule): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, &RuleId::from(rule), &asked));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, rule: &RuleId, asked: &Asked) -> Result<One, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/rules");
    let may = may(server, company.raci(), &let_in.person);
    let found = rules::seen(server, &let_in.person)?.into_iter().find(|(one, ..)| one.rule == *rule);
    let found = found.ok_or_else(|| HelmError::NoRule(rule.clone()))?;
    let (stands, ..) = &found;
    let (say, version) = (frame.say, stands.runs());
    let may_move = may.here(Action::MoveRules) && !version.judges() && stands.stopped.is_none();
    let running = version.digest();
    let versions = server.desk.rule_versions(rule)?;
    let versions = versions.iter().rev().map(|(_, one)| {
        let of = one.digest();
        Past {
            short: short(&of.to_string()),
            plugin: one.plugin.clone(),
            mode: mode(say, one.mode).words,
            is_now: of == running,
            of: of.to_string(),
        }
    });
    let trial = asked.trial.as_deref().map(|number| trial(server, let_in, &frame, number)).transpose()?;
    Ok(One {
        rule: line(&frame, company.raci(), &found, may_move),
        set: stands.signed.set.clone(),
        switched: switched(&frame, company.raci(), stands),
        facts: facts(&frame, version),
        settings: serde_json::to_string_pretty(&stands.settings().value()).unwrap_or_default(),
        failure: rules::failure(server, &let_in.person, rule)
            .map(|failed| format!("{} · {}: {}", frame.tell.at(failed.at), failed.words, failed.text)),
        advice: server.desk.advice(rule),
        modes: modes(say, stands.mode, version.highest()),
        percent: percent(stands.mode, version.highest()),
        bounds: bounds(stands, version),
        versions: versions.collect(),
        may_move,
        may_try: may.here(Action::TryRules),
        days: trial.as_ref().map_or(DAYS, |trial| trial.days.clamp(1, 400) as u32),
        now: frame.tell.now.to_string(),
        trial,
        frame,
    })
}

fn facts(frame: &Frame, version: &Version) -> Vec<(&'static str, String)> {
    let say = frame.say;
    let scope = &version.scope;
    let queues = scope.queues.iter().map(ToString::to_string).collect::<Vec<_>>();
    let limits = [
        (say.number(), &scope.numbers),
        (say.queue(), &queues),
        (say.language(), &scope.languages),
        (say.with_tag(), &scope.tags),
    ];
    let limits: Vec<String> = limits
        .iter()
        .filter(|(_, of)| !of.is_empty())
        .map(|(name, of)| format!("{name}: {}", of.join(", ")))
        .collect();
    let mut facts = vec![
        (say.plugin(), format!("{} · {}", version.plugin, short(&version.component.to_string()))),
        (say.scope(), if limits.is_empty() { say.scope_all().to_owned() } else { limits.join(" · ") }),
        (say.up_to(), mode(say, version.highest()).words),
    ];
    if let Some(until) = version.envelope.until {
        facts.push((say.until(), frame.tell.at(until)));
    }
    if version.envelope.guard {
        facts.push((say.mode(), say.guard().to_owned()));
    }
    facts
}

fn modes(say: Words, now: Mode, highest: Mode) -> Vec<Choice> {
    let all = [
        ("off", say.off(), Mode::Off, matches!(now, Mode::Off)),
        ("shadow", say.shadow(), Mode::Shadow, matches!(now, Mode::Shadow)),
        ("canary", say.canary().to_owned(), Mode::Canary(1), matches!(now, Mode::Canary(_))),
        ("live", say.live(), Mode::Live, matches!(now, Mode::Live)),
    ];
    let signed = all.into_iter().filter(|(_, _, mode, _)| *mode <= highest);
    signed.map(|(value, words, _, is_now)| Choice { value, words, is_now }).collect()
}

fn percent(now: Mode, highest: Mode) -> Option<(u8, u8)> {
    let most = match highest {
        Mode::Live => 99,
        Mode::Canary(percent) => percent,
        Mode::Off | Mode::Shadow => return None,
    };
    Some((most, if let Mode::Canary(percent) = now { percent } else { most.min(BEGINNING) }))
}

fn bounds(stands: &Stands, version: &Version) -> Vec<Bounded> {
    let settings = stands.settings().value();
    let bounds: &BTreeMap<String, Bound> = &version.envelope.bounds;
    let told = bounds.iter().map(|(pointer, bound)| {
        let value = settings.pointer(pointer).map_or_else(String::new, ToString::to_string);
        let (least, most, one_of) = match bound {
            Bound::Between { min, max } => (Some(*min), Some(*max), Vec::new()),
            Bound::OneOf { one_of } => (None, None, one_of.iter().map(ToString::to_string).collect()),
        };
        Bounded { pointer: pointer.clone(), value, least, most, one_of }
    });
    told.collect()
}

fn trial(server: &Server, let_in: &LetIn, frame: &Frame, number: &str) -> Result<Trial, Problem> {
    let say = frame.say;
    let told = backtests::look_at(server, let_in, number)?;
    let state = match told.state {
        "running" => say.trial_running(),
        "done" => say.trial_done(),
        "stopped" => say.trial_stopped(),
        _ => say.trial_failed(),
    };
    Ok(Trial {
        number: told.backtest,
        state,
        tried: format!(
            "{} · {} – {}",
            told.mode.parse().map_or_else(|_| told.mode.clone(), |it| mode(say, it).words),
            frame.tell.day(told.from),
            frame.tell.day(told.to)
        ),
        is_off: told.mode == "off",
        days: (told.to.duration_since(told.from).as_hours() + 12) / 24,
        runs: told.state == "running",
        events: told.events,
        of: told.of.max(1),
        why: told.why,
        kept: told.kept,
        outcome: outcome(frame, &json!(told.report)),
    })
}
