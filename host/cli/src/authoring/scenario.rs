//! Scenarios: what a rule is asked, what it may read, and what is expected of it, as people write it down.
//!
//! A scenario says what is different from an ordinary message on an ordinary morning, and nothing else. It is asked through a
//! generation of rules, as the running host asks: a queue that the company does not have is a fault here too.

mod expect;
mod input;
mod knows;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use domain::decision::{Asked, Kind, Moment, Place, Trace, Verdict, Why};
use domain::id::{ConversationId, QueueId};
use domain::request::Destination;
use rules::{Admitted, Generation, Host, Question, Rule, Snapshot, contract};
use serde::Deserialize;
use serde_json::Value;

use expect::Expect;
use input::Told;
use knows::Knows;

/// A file of scenarios.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    /// What the rule is set to, where a scenario says nothing else. The component's own example if this says nothing either.
    settings: Option<Value>,
    /// The queues of the company.
    #[serde(default)]
    queues: Vec<String>,
    /// What all are told, where a scenario says nothing else.
    #[serde(default)]
    input: Value,
    /// The services that the rule may have asked, as a company's file has them.
    #[serde(default)]
    requests: Vec<Destination>,
    /// The names of the templates that it may send.
    #[serde(default)]
    templates: BTreeSet<String>,
    #[serde(default, rename = "scenario")]
    scenarios: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    /// The story in a sentence.
    name: String,
    /// Of a component that is a rule of more than one kind: as which it is asked.
    kind: Option<Kind>,
    settings: Option<Value>,
    /// What the customer wrote: the words, or a whole message.
    message: Option<Value>,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    knows: Knows,
    expect: Expect,
}

/// Something to ask.
pub(super) struct Scenario {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// JSON; none for the component's own example.
    pub(super) settings: Option<String>,
    pub(super) input: contract::Input,
    pub(super) snapshot: Arc<dyn Snapshot>,
    pub(super) expect: Expect,
    pub(super) granted: Granted,
    queues: BTreeSet<QueueId>,
}

/// What the rule may do outside.
#[derive(Default)]
pub(super) struct Granted {
    /// What it may have asked.
    pub(super) requests: Vec<Destination>,
    /// What it may send.
    pub(super) templates: BTreeSet<String>,
}

/// What came of asking.
pub(super) struct Came {
    pub(super) asked: Asked,
    pub(super) trace: Trace,
    pub(super) place: Option<Place>,
}

/// The scenarios of a file, for a component.
pub(super) fn read(path: &Path, admitted: &Admitted) -> anyhow::Result<Vec<Scenario>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let file: File = toml::from_str(&text).with_context(|| format!("{} makes no sense", path.display()))?;
    let mut scenarios = Vec::with_capacity(file.scenarios.len());
    for written in &file.scenarios {
        let at = || format!("{}, scenario «{}»", path.display(), written.name);
        scenarios.push(scenario(&file, written, admitted).with_context(at)?);
    }
    ensure!(!scenarios.is_empty(), "{} has no `[[scenario]]`", path.display());
    Ok(scenarios)
}

fn scenario(file: &File, written: &Written, admitted: &Admitted) -> anyhow::Result<Scenario> {
    let kind = kind(written.kind, admitted)?;
    ensure!(
        kind != Kind::Routing || !file.queues.is_empty(),
        "`queues` at the beginning of the file has to name the queues of the company: a place in another one is a fault"
    );
    written.expect.check()?;
    for (n, destination) in file.requests.iter().enumerate() {
        destination.check().map_err(|(field, what)| anyhow::anyhow!("requests[{n}].{field}: {what}"))?;
    }
    let told = Told {
        kind,
        message: written.message.as_ref(),
        is_answer: written.knows.is_answer(),
        all: &file.input,
        own: &written.input,
    };
    let input = told.input()?;
    let settings = written.settings.as_ref().or(file.settings.as_ref());
    Ok(Scenario {
        name: written.name.clone(),
        kind,
        settings: settings.map(ToString::to_string),
        snapshot: Arc::new(written.knows.read(&input)?),
        input,
        expect: written.expect.clone(),
        granted: Granted { requests: file.requests.clone(), templates: file.templates.clone() },
        queues: file.queues.iter().map(|queue| QueueId::from(queue.as_str())).collect(),
    })
}

/// Whether rules of a kind are asked in conversations.
fn is_of_conversations(kind: Kind) -> bool {
    !kind.is_told_little()
}

/// As what a component is asked in a conversation.
fn kind(wanted: Option<Kind>, admitted: &Admitted) -> anyhow::Result<Kind> {
    let of_conversations: Vec<Kind> =
        admitted.kinds.iter().copied().filter(|kind| is_of_conversations(*kind)).collect();
    match (wanted, of_conversations.as_slice()) {
        (Some(kind), kinds) if kinds.contains(&kind) => Ok(kind),
        (Some(kind), _) => bail!("`kind` is `{kind}`, which this component is not"),
        (None, [kind]) => Ok(*kind),
        (None, []) => {
            bail!(
                "scenarios are for rules that are asked in conversations: `routing`, `responding`, `following`"
            )
        }
        (None, _) => {
            bail!(
                "`kind` has to say as which it is asked, `routing`, `responding` or `following`: it is several"
            )
        }
    }
}

/// What a customer of whom nothing is known writes on an ordinary morning: a question for each kind that the component is of those
/// that are asked in conversations. Nothing is expected of it.
pub(super) fn of_a_stranger(admitted: &Admitted) -> anyhow::Result<Vec<Scenario>> {
    let kinds = admitted.kinds.iter().filter(|kind| is_of_conversations(**kind));
    let scenarios = kinds.map(|kind| {
        let (input, snapshot) = stranger(*kind)?;
        Ok(Scenario {
            name: format!("an ordinary message, {kind}"),
            kind: *kind,
            settings: None,
            input,
            snapshot,
            expect: Expect::default(),
            granted: Granted::default(),
            queues: BTreeSet::new(),
        })
    });
    scenarios.collect()
}

/// The same question: what is told, and what can be read.
pub(crate) fn stranger(kind: Kind) -> anyhow::Result<(contract::Input, Arc<dyn Snapshot>)> {
    let input = if kind == Kind::Following { input::quiet() } else { input::ordinary() };
    let snapshot = Arc::new(Knows::default().read(&input)?);
    Ok((input, snapshot))
}

impl Scenario {
    /// Asks a rule.
    pub(super) fn ask(&self, host: &Host, rule: &Rule) -> anyhow::Result<Came> {
        let generation = Generation::new(1, vec![rule.clone()], self.queues.clone());
        let conversation = ConversationId::from_bytes([7; 16]);
        let question = Question { conversation, input: &self.input, snapshot: &self.snapshot };
        let why: Why = serde_json::from_value(self.input.why.as_str().into()).with_context(|| {
            format!("`why` is `{}`: the contract has the words (`input` in types.wit)", self.input.why)
        })?;
        let round = match self.kind {
            Kind::Routing => generation.route(host, why, &question),
            Kind::Following => generation.follow(host, self.moment(rule, why)?, &question),
            _ => generation.respond(host, why, &question),
        };
        let place = round.decided.and_then(|decided| match decided.verdict {
            Verdict::Place(place) => Some(place),
            _ => None,
        });
        let asked = round.asked.into_iter().next().context("the rule was not asked")?;
        let trace = round.traces.0.into_iter().next().context("the rule left no trace")?;
        Ok(Came { asked, trace, place })
    }

    /// The moment that is meant, of those that the rule named: by `seconds`, or the first.
    fn moment(&self, rule: &Rule, why: Why) -> anyhow::Result<Moment> {
        let seconds = self.input.attrs.iter().find(|(name, _)| name == "seconds").map(|(_, value)| value);
        let is_meant = |moment: &&Moment| {
            moment.since.why() == why && seconds.is_none_or(|meant| *meant == moment.seconds.to_string())
        };
        let found = rule.moments().iter().find(is_meant).copied();
        found.with_context(|| {
            let named: Vec<String> = rule
                .moments()
                .iter()
                .map(|one| format!("{} {}", one.since.why().word(), one.seconds))
                .collect();
            format!("the rule does not want to be asked then: its moments are {}", named.join(", "))
        })
    }
}
