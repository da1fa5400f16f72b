//! The permission sheet of a plugin: who it says it is, what the checks came to, what it asks for and who signs that, what runs it and
//! how that fares, and a form that proposes a rule with it.
//!
//! What lets a rule run is what people sign of exactly these bytes, so a sheet is of one component; others of the same name are beside it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::{HelmError, PluginFacts};
use domain::company::Company;
use domain::decision::Kind;
use domain::id::RuleId;
use domain::law::spending::Spending;
use domain::proposal;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::rule::Version;
use domain::rule::book::Uploaded;
use domain::rule::schema::Schema;
use serde::Deserialize;
use serde_json::Value;

use super::asking::{self, answers};
use super::form::{Field, fields};
use super::frame::{Frame, May, may, named, page};
use super::plugins::{Mark, Run, kinds};
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::rules::{handed_in, may_see_plugin, seen};

#[derive(Template)]
#[template(path = "plugin.html")]
struct Sheet {
    frame: Frame,
    /// What a proposal calls it.
    id: String,
    name: String,
    version: String,
    summary: String,
    kinds: String,
    facts: Vec<(&'static str, String)>,
    checks: Vec<Mark>,
    asks: Vec<Ask>,
    signers: Vec<(&'static str, String)>,
    runs: Vec<(Run, Option<String>)>,
    shows_rules: bool,
    /// Whether it is told of conversations, so that it can be tried on an invented one.
    converses: bool,
    others: Vec<Other>,
    form: Form,
}

/// Something that it asks for.
struct Ask {
    words: String,
    function: String,
    rows: String,
}

/// Another component of the same name.
struct Other {
    id: String,
    version: String,
    by: String,
    at: String,
    rules: String,
}

/// A rule to be proposed, as it is if there is one.
struct Form {
    rule: String,
    set: String,
    reads_requests: bool,
    requests: String,
    sends_templates: bool,
    templates: String,
    fields: Vec<Field>,
    /// The settings as they are written where they have no fields.
    whole: String,
    numbers: Vec<Choice>,
    queues: Vec<Choice>,
    languages: String,
    tags: String,
    judges: Vec<(String, Choice)>,
    rules: Vec<String>,
    sets: Vec<String>,
}

struct Choice {
    name: String,
    is_chosen: bool,
}

/// Of which rule another version is to be proposed.
#[derive(Deserialize)]
pub(super) struct Asked {
    rule: Option<String>,
}

/// One of them.
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(plugin): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    // A component that nobody asked for since the host was started may have to be compiled.
    let read = tokio::task::spawn_blocking(move || read(&server, &let_in, &plugin, &asked));
    page(&read.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??)
}

fn read(server: &Server, let_in: &LetIn, id: &str, asked: &Asked) -> Result<Sheet, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(server, let_in, "/console/plugins");
    let may = may(server, company.raci(), &let_in.person);
    let (say, tell) = (frame.say, &frame.tell);
    let known = handed_in(server, let_in)?;
    let uploaded = known.iter().find(|one| one.plugin.component.to_string() == id);
    if !may_see_plugin(server, let_in, id)? {
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-there", say.no_plugin()));
    }
    let admitted = server.desk.plugin(id)?;
    let plugin = server.desk.facts_of(&admitted)?;
    let raci = server.desk.proposals().at_work(company.raci())?;
    let decides = admitted.kinds.iter().map(|kind| {
        let actions = Action::deploying(*kind, &proposal::Kind::ALL.into());
        let tasks: std::collections::BTreeSet<_> = actions.iter().flat_map(|one| one.tasks()).collect();
        Ask {
            words: asking::decides(say, *kind).to_owned(),
            function: asking::kind(say, *kind).to_owned(),
            rows: tasks.iter().map(|task| task.words(say.0)).collect::<Vec<_>>().join(", "),
        }
    });
    let functions = plugin.may.iter().map(|one| Ask {
        words: asking::told(one, say.0).to_owned(),
        function: one.function.clone(),
        rows: one.tasks.iter().map(|task| task.words(say.0)).collect::<Vec<_>>().join(", "),
    });
    let spending = may.everywhere(Action::ReadSpending).then(|| spending(server, &company)).transpose()?;
    let spent = |running: &RuleId| {
        let (currency, spending) = spending.as_ref().filter(|(currency, _)| !currency.is_empty())?;
        Some(format!("{} {currency}", spending.spent_by(running)))
    };
    let runs = plugin.rules.iter().map(|one| (Run::of(say, one), spent(&one.rule))).collect();
    let other = |one: &&Uploaded| {
        one.plugin.name == admitted.description.name && one.plugin.component != admitted.digest
    };
    let others = known.iter().filter(other).map(|one| Other {
        id: one.plugin.component.to_string(),
        version: one.plugin.version.clone(),
        by: named(company.raci(), &one.by),
        at: tell.at(one.at),
        rules: server
            .desk
            .rules_with(&one.plugin.component)
            .iter()
            .map(|running| running.rule.to_string())
            .collect::<Vec<_>>()
            .join(", "),
    });
    let mut facts = vec![(say.component(), admitted.digest.to_string())];
    if let Some(one) = uploaded {
        facts.push((say.handed_in_by(), format!("{} · {}", named(company.raci(), &one.by), tell.at(one.at))));
    } else {
        facts.push((say.handed_in_by(), say.of_the_host().to_owned()));
    }
    facts.push((say.size(), format!("{} KiB", admitted.component_bytes.div_ceil(1024))));
    let settings = serde_json::from_str(&admitted.description.example_settings).unwrap_or(Value::Null);
    Ok(Sheet {
        id: id.to_owned(),
        name: admitted.description.name.clone(),
        version: admitted.description.version.clone(),
        summary: admitted.description.summary.clone(),
        kinds: kinds(say, &admitted.kinds),
        facts,
        checks: checks(&frame, &plugin, admitted.compile_time.as_millis(), uploaded.is_none()),
        asks: decides.chain(functions).collect(),
        signers: plugin.rows.iter().map(|task| (task.words(say.0), answers(say, &raci, *task))).collect(),
        runs,
        shows_rules: may.here(Action::ReadRules),
        converses: admitted.kinds.iter().any(|kind| kind.is_asked_of_messages()),
        others: others.collect(),
        form: form(
            server,
            let_in,
            &company,
            &may,
            &plugin,
            admitted.kinds.contains(&Kind::Approving),
            &admitted.schema,
            &settings,
            asked,
        )?,
        frame,
    })
}

/// What was spent this month, and in which currency; none where nothing has a price.
fn spending(server: &Server, company: &Company) -> Result<(String, Spending), Problem> {
    let law = company.law();
    let month = law.month(server.clock.now());
    let spending = server.desk.store().spending(month).map_err(HelmError::from)?;
    Ok((law.currency().unwrap_or_default().to_owned(), spending))
}

/// What the checks came to: whatever is kept has passed those of admission, or it would not be here.
fn checks(frame: &Frame, plugin: &PluginFacts, millis: u128, is_reference: bool) -> Vec<Mark> {
    let say = frame.say;
    let passed = |words: String| Mark { class: "good", words };
    let mut checks = vec![
        passed(say.check_contract().to_owned()),
        passed(format!("{} {millis} ms", say.check_compiled())),
        passed(say.check_example().to_owned()),
    ];
    if !is_reference {
        checks.push(Mark::of(say, &plugin.signatures));
    }
    checks
}

#[allow(clippy::too_many_arguments, reason = "a form is made of all that is known of a rule to be")]
fn form(
    server: &Server,
    let_in: &LetIn,
    company: &Company,
    may: &May,
    plugin: &PluginFacts,
    judges: bool,
    schema: &Schema,
    example: &Value,
    asked: &Asked,
) -> Result<Form, Problem> {
    let rules = if may.here(Action::ReadRules) { seen(server, &let_in.person)? } else { Vec::new() };
    let version = asked.rule.as_ref().and_then(|rule| {
        rules.iter().find(|(one, ..)| one.rule.as_str() == rule).map(|(one, ..)| one.signed.clone())
    });
    let scope = version.as_ref().map(|one| one.scope.clone()).unwrap_or_default();
    let settings = version.as_ref().map_or_else(|| example.clone(), |one| one.settings.value());
    let reach = reach(company, &let_in.person);
    let choose = |names: &[String], chosen: &dyn Fn(&str) -> bool| {
        names.iter().map(|name| Choice { name: name.clone(), is_chosen: chosen(name) }).collect()
    };
    let mut sets: Vec<String> = rules.iter().map(|(one, ..)| one.signed.set.clone()).collect();
    sets.dedup();
    let templates = |version: &Version| version.templates.iter().cloned().collect::<Vec<_>>().join(", ");
    let requests = |version: &Version| serde_json::to_string_pretty(&version.requests).unwrap_or_default();
    let fields = fields(schema, example, &settings);
    let kinds = proposal::Kind::ALL.into_iter().filter(|_| judges);
    let language = let_in.person.language(company.own_language());
    Ok(Form {
        rule: version.as_ref().and(asked.rule.clone()).unwrap_or_default(),
        set: version.as_ref().map(|one| one.set.clone()).unwrap_or_default(),
        sends_templates: plugin.may.iter().any(|one| one.function == "template.send"),
        templates: version.as_ref().map(templates).unwrap_or_default(),
        reads_requests: plugin.may.iter().any(|one| one.function == "request.send"),
        requests: version.as_ref().map(requests).unwrap_or_else(|| "[]".to_owned()),
        whole: if fields.is_empty() {
            serde_json::to_string_pretty(&settings).unwrap_or_default()
        } else {
            String::new()
        },
        fields,
        numbers: choose(&reach.0, &|name| scope.numbers.iter().any(|one| one == name)),
        queues: choose(&reach.1, &|name| scope.queues.iter().any(|one| one.as_str() == name)),
        languages: scope.languages.join(", "),
        tags: scope.tags.join(", "),
        judges: kinds
            .map(|kind| {
                let is_chosen = scope.kinds.contains(&kind);
                (kind.word().to_owned(), Choice { name: kind.words(language).to_owned(), is_chosen })
            })
            .collect(),
        rules: rules.iter().map(|(one, ..)| one.rule.to_string()).collect(),
        sets,
    })
}

/// The names of the numbers and the queues that somebody reaches.
fn reach(company: &Company, person: &Person) -> (Vec<String>, Vec<String>) {
    let scope = &person.scope;
    let numbers =
        company.numbers().iter().filter(|one| scope.numbers.is_empty() || scope.numbers.contains(&one.id));
    let queues =
        company.queues().iter().filter(|one| scope.queues.is_empty() || scope.queues.contains(&one.id));
    (numbers.map(|one| one.name.clone()).collect(), queues.map(|one| one.id.to_string()).collect())
}
