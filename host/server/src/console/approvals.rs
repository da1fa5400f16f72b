//! What waits for people to agree on it, with what speaks for it: the inbox of proposals, and each with its content beside what is
//! in force, what rules and colleagues say of it, and what it would have done with the past.
//!
//! What somebody may say of a proposal the matrix decides for its content (`domain::proposal::due`); the page offers that and nothing
//! else, and what is signed is the hash that was on the page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::RuleChange;
use domain::law::language::Language;
use domain::message::Template as Filled;
use domain::proposal::{Kind, Proposal, Stage};
use domain::raci::Raci;
use domain::raci::action::Action;
use serde::Deserialize;
use serde_json::{Value, json};

use super::campaigns::{self, AsRead};
use super::differing::{Change, changes};
use super::frame::{Frame, may, named, page};
use super::templates;
use super::trial::{Outcome, outcome};
use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;
use crate::company_files::Entry;
use crate::let_in::LetIn;
use crate::proposals::{self, Told};

/// Proposals on one page, the newest first.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "approvals.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    shows_all: bool,
}

struct Row {
    told: Told,
    author: String,
    since: String,
    waits: String,
    is_yours: bool,
}

#[derive(Template)]
#[template(path = "approval.html")]
struct One {
    frame: Frame,
    told: Told,
    author: String,
    since: String,
    waits: Vec<String>,
    /// Whether rules have still to say what they think of it, which they do within a moment.
    is_weighed: bool,
    /// Of what fewer signatures will do than are demanded.
    short: Vec<String>,
    changes: Vec<Change>,
    has_before: bool,
    /// What customers would read, if that is what it is about.
    as_read: Option<AsRead>,
    /// Where it is worded anew, by whom may and while that makes sense.
    anew: Option<String>,
    advice: Vec<String>,
    is_rule: bool,
    is_campaign: bool,
    evidence: Option<Evidence>,
    judgements: Vec<(String, String, String)>,
    heard: Vec<(String, &'static str, String)>,
    signed: Vec<(String, String)>,
    forced: Option<Forced>,
    /// Why nothing came of it, if nothing did: in whose words, and when.
    ended: Option<String>,
    /// Why somebody has to say that it is theirs, if somebody has.
    mark: Option<String>,
    acts: Vec<Act>,
}

/// What somebody can say of it.
struct Act {
    does: &'static str,
    words: &'static str,
    class: &'static str,
}

struct Evidence {
    by: String,
    at: String,
    from: String,
    to: String,
    outcome: Outcome,
}

/// Which are shown.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    all: bool,
}

fn words_of(told: &[Value]) -> Vec<String> {
    told.iter().filter_map(|one| Some(one["words"].as_str()?.to_owned())).collect()
}

/// Who it is, for colleagues.
fn who(raci: &Raci, value: &Value) -> String {
    named(raci, value.as_str().unwrap_or_default())
}

/// Whether somebody has signed this content or said something of it.
fn has_spoken(told: &Told, let_in: &LetIn) -> bool {
    told.signed.iter().chain(&told.heard).any(|one| one["by"] == let_in.person.id.as_str())
}

/// All of them.
pub(super) async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let frame = Frame::of(&server, &let_in, "/console/approvals");
        let mut told = proposals::shown(&server, &let_in, which.all)?;
        told.sort_by_key(|one| std::cmp::Reverse(one.since));
        told.truncate(MOST);
        let decides = |does: &&str| *does != "withdraw" && *does != "force";
        let row = |told: Told| Row {
            author: named(company.raci(), &told.author),
            since: frame.tell.at(told.since),
            waits: words_of(&told.missing).join("; "),
            // Who has signed or said something may still change their mind, and nothing waits for it.
            is_yours: told.yours.iter().any(decides) && !has_spoken(&told, &let_in),
            told,
        };
        let rows = told.into_iter().map(row).collect();
        Ok::<_, Problem>(All { rows, shows_all: which.all, frame })
    });
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

/// That somebody went past the approvals, and what came of it.
struct Forced {
    by: String,
    at: String,
    why: String,
    /// Who looked at it afterwards, and what they found.
    reviewed: Option<(String, String)>,
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(proposal): Path<String>,
) -> Result<Response, Problem> {
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, &proposal));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, id: &str) -> Result<One, Problem> {
    let frame = Frame::of(server, let_in, "/console/approvals");
    let (say, tell) = (frame.say, &frame.tell);
    let (told, proposal) = proposals::shown_one(server, let_in, id)?;
    let company = Arc::clone(&server.desk.active().company);
    let raci = company.raci();
    let (before, mut after, advice) = contents(server, &proposal, say.0);
    // What nobody knows costs not nothing.
    if after.get("cost").is_some_and(|cost| cost["currency"].is_null()) {
        after["cost"]["amount"] = say.unpriced().into();
    }
    let at = |value: &Value| {
        serde_json::from_value(value.clone()).map_or_else(|_| String::new(), |time| tell.at(time))
    };
    let evidence = outcome(&frame, &told.backtest["report"]).map(|outcome| Evidence {
        by: who(raci, &told.backtest["by"]),
        at: at(&told.backtest["at"]),
        from: at(&told.backtest["from"]),
        to: at(&told.backtest["to"]),
        outcome,
    });
    let judgements = told.judgements.iter().map(|one| {
        let reasons: Vec<&str> = one["reasons"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|reason| reason["words"].as_str())
            .collect();
        (who(raci, &one["rule"]), one["words"].as_str().unwrap_or_default().to_owned(), reasons.join("; "))
    });
    let heard = told.heard.iter().map(|one| {
        let agrees = if one["agrees"] == true { say.agrees() } else { say.objects() };
        (who(raci, &one["by"]), agrees, one["words"].as_str().unwrap_or_default().to_owned())
    });
    Ok(One {
        author: named(raci, &told.author),
        since: tell.at(told.since),
        waits: words_of(&told.missing),
        is_weighed: told.missing.iter().any(|one| one["waits-for"] == "judgement"),
        short: words_of(&told.short),
        // Whoever may not read it is not shown what it changes.
        changes: if told.content.is_null() {
            Vec::new()
        } else {
            changes(before.as_ref(), &after).into_iter().map(|one| one.spoken(say.0)).collect()
        },
        has_before: before.is_some(),
        as_read: as_read(server, &after).filter(|_| !told.content.is_null()),
        anew: anew(server, let_in, &told, &proposal),
        advice,
        is_rule: proposal.kind == Kind::Rule,
        is_campaign: proposal.kind == Kind::Campaign,
        evidence,
        judgements: judgements.collect(),
        heard: heard.collect(),
        signed: told.signed.iter().map(|one| (who(raci, &one["by"]), at(&one["at"]))).collect(),
        forced: proposal.forced.as_ref().map(|forced| Forced {
            by: named(raci, forced.by.as_str()),
            at: tell.at(forced.at),
            why: forced.why.clone(),
            reviewed: forced.reviewed.as_ref().map(|(by, found)| (named(raci, by.as_str()), found.clone())),
        }),
        ended: match &proposal.stage {
            Stage::Rejected { by, why, at } => {
                Some(format!("{} · {}: «{why}»", named(raci, by.as_str()), tell.at(*at)))
            }
            Stage::Failed { why } => Some(why.clone()),
            _ => None,
        },
        mark: told.to_ratify["words"].as_str().map(ToOwned::to_owned),
        acts: told.yours.iter().filter_map(|does| act(say, does)).collect(),
        told,
        frame,
    })
}

fn act(say: Words, does: &'static str) -> Option<Act> {
    let (words, class) = match does {
        "sign" => (say.sign(), "main"),
        "ratify" => (say.ratify(), "main"),
        "review" => (say.review(), "main"),
        "agree" => (say.agree(), ""),
        "object" => (say.object(), ""),
        "withdraw" => (say.withdraw(), ""),
        "reject" => (say.reject(), "danger"),
        "force" => (say.force(), "danger"),
        _ => return None,
    };
    Some(Act { does, words, class })
}

/// The words of a campaign, with what its gaps are filled with, or of a template that is wanted.
fn as_read(server: &Server, content: &Value) -> Option<AsRead> {
    if let Some(template) = content.pointer("/plan/template") {
        let number = content.pointer("/plan/number").and_then(Value::as_str)?;
        return campaigns::as_read(server, number, template);
    }
    let components = content.pointer("/form/components")?.as_array()?;
    let blank = Filled { name: String::new(), language: String::new(), components: Vec::new() };
    Some(AsRead { reading: blank.reads(components)?, above: None })
}

/// Where the words of a template are changed that was not sent to Meta, so that nobody types them again.
fn anew(server: &Server, let_in: &LetIn, told: &Told, proposal: &Proposal) -> Option<String> {
    let company = Arc::clone(&server.desk.active().company);
    let raci = company.raci();
    let may_word = may(server, raci, &let_in.person).everywhere(Action::ChangeTemplates)
        && match proposal.stage {
            Stage::Open => proposal.may_edit(&let_in.person, raci).is_ok(),
            Stage::Rejected { .. } | Stage::Failed { .. } | Stage::Withdrawn | Stage::Expired => true,
            Stage::Approved | Stage::Begun | Stage::Live { .. } => false,
        };
    templates::again(told, proposal).filter(|_| may_word)?;
    Some(format!("/console/templates?again={}#new-title", told.proposal))
}

/// What is in force, where that is known; what would be; and what was warned of.
fn contents(server: &Server, proposal: &Proposal, language: Language) -> (Option<Value>, Value, Vec<String>) {
    let store = server.desk.store();
    match serde_json::from_str::<RuleChange>(proposal.content.text()) {
        Ok(RuleChange::Agree { rule, version, instead_of, advice, .. }) if proposal.kind == Kind::Rule => {
            let versions = store.rule_versions(&rule).unwrap_or_default();
            let before = versions.iter().find(|(_, one)| Some(one.digest()) == instead_of);
            (before.map(|(_, one)| json!(one)), json!(version), advice)
        }
        _ if proposal.kind == Kind::Company && proposal.content.value().get("entries").is_some() => {
            let entries = serde_json::from_value(proposal.content.value()["entries"].clone());
            let entries: Vec<Entry> = entries.unwrap_or_default();
            let of = |what: fn(&Entry) -> &Value| {
                // What it is called is no field of ours, whatever it is.
                let name = |entry: &Entry| entry.words(language).replace('~', "~0").replace('/', "~1");
                Value::Object(entries.iter().map(|entry| (name(entry), what(entry).clone())).collect())
            };
            (Some(of(|entry| &entry.was)), of(|entry| &entry.to), Vec::new())
        }
        _ if proposal.kind == Kind::Company => {
            let adopted = store.adopted().ok().flatten().map(|adopted| adopted.content.value());
            (adopted, proposal.content.value(), Vec::new())
        }
        _ if proposal.kind == Kind::Template => {
            let content = proposal.content.value();
            (edited(server, &content), content, Vec::new())
        }
        _ => (None, proposal.content.value(), Vec::new()),
    }
}

/// The template that is to be another, as it is: in the shape of what is wanted.
fn edited(server: &Server, wish: &Value) -> Option<Value> {
    let (form, account) = (&wish["form"], &wish["account"]);
    let is = |one: &&domain::templates::Template| {
        form["name"] == one.template.name.as_str()
            && form["language"] == one.template.language.as_str()
            && (account.is_null() || *account == one.account.as_str())
    };
    let templates = server.desk.templates().ok().filter(|_| wish["do"] == "edit")?;
    let known = templates.iter().find(is)?;
    let mut before = wish.clone();
    before["form"]["category"] = known.category.word.clone().into();
    before["form"]["components"] = json!(known.components);
    Some(before)
}
