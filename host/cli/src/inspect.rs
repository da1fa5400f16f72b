//! `timonel plugin inspect`: what a component is, before anybody trusts it.

mod approver;
mod measurer;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use domain::decision::{Kind, MemoryScope};
use domain::id::{QueueId, RuleId};
use domain::proposal;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::task::Task;
use rules::{Admitted, Definition, Grant, Mode, Remembered, Scope, Snapshot, Unavailable, contract};
use serde_json::json;

use crate::settings::Policy;
use crate::{author_tools, host, rule_tools, rulebook};

/// What to do with a plugin.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say what a component is, what it asks for and what a call of it costs.
    Inspect {
        /// The component, or the name of a reference plugin.
        file: PathBuf,
        /// Of an approver: a kind of proposal that it is to judge, as `template`. All kinds if none is named.
        #[arg(long, value_parser = kind)]
        judges: Vec<proposal::Kind>,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Hand a component in to the running host: it is admitted and kept, and does nothing until a rule with it is agreed on.
    Push {
        /// The component.
        file: PathBuf,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Authors and their signatures.
    #[command(flatten)]
    Authors(author_tools::Command),
    /// The plugins that were handed in.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Carries a command out.
pub(crate) fn run(config: Option<PathBuf>, command: Command) -> anyhow::Result<ExitCode> {
    let (file, judges, json) = match command {
        Command::Inspect { file, judges, json } => (file, judges, json),
        Command::Push { file, json } => {
            rule_tools::push(&crate::read_settings(config)?, &file, json)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Authors(command) => {
            author_tools::run(config, command)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::List { json } => {
            rule_tools::plugins(&crate::read_settings(config)?, json)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let judges = if judges.is_empty() { proposal::Kind::ALL.into() } else { judges.into_iter().collect() };
    let company = config.map(|config| Policy::read(&config)).transpose()?.map(|policy| policy.company);
    let raci = company.map(|company| company.raci().clone()).unwrap_or_default();
    let name = file.to_str().context("the name of the file is not UTF-8")?;
    let bytes = rulebook::component(name, &PathBuf::new())?;
    // Nothing of the inspection is kept.
    let scratch = tempfile::tempdir()?;
    let engine = host::engine(scratch.path())?;
    let admitted = engine.admit(&bytes)?;
    let samples = sample(&engine, &admitted, &raci)?;
    let is_approver = admitted.kinds.contains(&Kind::Approving);
    let rows = if is_approver { approver::rows(&judges, &raci) } else { Vec::new() };
    say(&admitted, &rows, &samples, json);
    Ok(ExitCode::SUCCESS)
}

fn kind(text: &str) -> Result<proposal::Kind, String> {
    let found = proposal::Kind::ALL.into_iter().find(|kind| kind.word() == text);
    let known = || proposal::Kind::ALL.map(proposal::Kind::word).join(", ");
    found.ok_or_else(|| format!("one of {} was expected", known()))
}

struct Sample {
    kind: Kind,
    outcome: serde_json::Value,
    reason: String,
    fuel: u64,
    micros: u64,
}

/// One call of each kind, with the component's own example of settings, on a made-up message.
fn sample(engine: &rules::Host, admitted: &Arc<Admitted>, raci: &Raci) -> anyhow::Result<Vec<Sample>> {
    let linked = engine.link(admitted, &Grant::all_of(admitted))?;
    let rule = engine.prepare(Definition {
        id: RuleId::from(admitted.description.name.as_str()),
        set: "inspection".to_owned(),
        linked,
        settings: admitted.description.example_settings.clone(),
        scope: Scope::default(),
        mode: Mode::Live,
        version: None,
        until: None,
    })?;
    let snapshot: Arc<dyn Snapshot> = Arc::new(Nobody);
    let samples = admitted.kinds.iter().map(|kind| {
        if *kind == Kind::Approving {
            return Ok(approver::sample(engine, &rule, raci));
        }
        if *kind == Kind::Measuring {
            return measurer::sample(engine, &rule);
        }
        // The first call maps pages that the later ones find; the median of several is what a busy host sees.
        let mut answers: Vec<_> = (0..15).map(|_| engine.ask(&rule, *kind, &input(), &snapshot)).collect();
        answers.sort_by_key(|answer| answer.asked.micros);
        let answer = answers.swap_remove(answers.len() / 2);
        Ok(Sample {
            kind: *kind,
            outcome: serde_json::to_value(&answer.asked.outcome)?,
            reason: answer.reason,
            fuel: answer.asked.fuel,
            micros: answer.asked.micros,
        })
    });
    samples.collect()
}

#[allow(clippy::print_stdout)]
fn say(admitted: &Admitted, judged: &[approver::Row], samples: &[Sample], json: bool) {
    let description = &admitted.description;
    let signatures: Vec<String> = admitted.marks.iter().map(|mark| mark.by.to_string()).collect();
    if json {
        let samples: Vec<_> = samples
            .iter()
            .map(|sample| {
                json!({
                    "kind": sample.kind, "outcome": sample.outcome, "reason": sample.reason,
                    "fuel": sample.fuel, "micros": sample.micros,
                })
            })
            .collect();
        let functions: Vec<_> = admitted
            .functions
            .iter()
            .map(|function| {
                let tasks: Vec<String> = function.tasks().iter().map(ToString::to_string).collect();
                json!({ "function": function.to_string(), "words": function.words(), "tasks": tasks })
            })
            .collect();
        println!(
            "{}",
            json!({
                "name": description.name, "version": description.version, "summary": description.summary,
                "digest": admitted.digest, "signatures": signatures, "kinds": admitted.kinds, "functions": functions,
                "judges": judged.iter().map(approver::Row::json).collect::<Vec<_>>(),
                "component-bytes": admitted.component_bytes, "compiled-bytes": admitted.compiled_bytes,
                "compile-millis": admitted.compile_time.as_millis() as u64, "sample-calls": samples,
            })
        );
        return;
    }
    let rows = |tasks: &[Task]| tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
    let kind = |kind: &Kind| {
        let actions = Action::deploying(*kind, &BTreeSet::new());
        let tasks: Vec<Task> = actions.iter().flat_map(|action| action.tasks()).copied().collect();
        if tasks.is_empty() { kind.to_string() } else { format!("{kind} [{}]", rows(&tasks)) }
    };
    let kinds: Vec<String> = admitted.kinds.iter().map(kind).collect();
    println!("{} {}: {}", description.name, description.version, description.summary);
    println!("  sha-256    {}", admitted.digest);
    for signature in &signatures {
        println!("  signed by  {signature}  (the host that it is handed in to says whether that is so)");
    }
    println!("  kinds      {}", kinds.join(", "));
    println!(
        "  size       {} KiB, compiled {} KiB in {} ms",
        admitted.component_bytes / 1024,
        admitted.compiled_bytes / 1024,
        admitted.compile_time.as_millis()
    );
    for (n, row) in judged.iter().enumerate() {
        println!("  {:<10} {}", if n == 0 { "judges" } else { "" }, row.line());
    }
    println!("It asks for:");
    if admitted.functions.is_empty() {
        println!("  nothing");
    }
    for function in &admitted.functions {
        println!("  {:<24} {} [{}]", function.to_string(), function.words(), rows(function.tasks()));
    }
    println!("A call with its own example of settings, on a made-up message:");
    for sample in samples {
        println!("  {:<11} {}  {}", sample.kind.to_string(), sample.outcome, sample.reason);
        println!("  {:<11} {} units of fuel, {} µs", "", sample.fuel, sample.micros);
    }
}

fn input() -> contract::Input {
    let now = 1_795_356_000_000;
    contract::Input {
        why: "message".to_owned(),
        now,
        local: contract::LocalTime {
            date: "2026-11-22".to_owned(),
            weekday: 7,
            minute: 600,
            zone: "America/Bogota".to_owned(),
        },
        calendar: contract::Calendar { open: true, next_change: None, next_change_local: None },
        number: "inspection".to_owned(),
        language: "es".to_owned(),
        message: Some(contract::Message {
            at: now,
            author: "customer".to_owned(),
            kind: "text".to_owned(),
            text: "Buenos días, ¿cuánto cuesta el cemento?".to_owned(),
            payload: String::new(),
            attrs: Vec::new(),
        }),
        case: contract::CaseView {
            id: "inspection".to_owned(),
            opened: now,
            queue: None,
            priority: 0,
            waiting_since: None,
            automatic_messages: 0,
            tags: Vec::new(),
            attrs: Vec::new(),
        },
        wake_note: None,
        attrs: Vec::new(),
    }
}

/// A conversation of which nothing is known.
struct Nobody;

impl Snapshot for Nobody {
    fn history(&self, _: u32) -> Result<Vec<Remembered>, Unavailable> {
        Ok(Vec::new())
    }

    fn profile(&self) -> Result<contract::Customer, Unavailable> {
        Ok(contract::Customer {
            name: String::new(),
            language: "es".to_owned(),
            tags: Vec::new(),
            attrs: Vec::new(),
        })
    }

    fn identity(&self) -> Result<contract::Who, Unavailable> {
        Ok(contract::Who { phone: None, user_id: None })
    }

    fn team(&self, _: &QueueId, _: &[String]) -> Result<Vec<contract::Agent>, Unavailable> {
        Ok(Vec::new())
    }

    fn memory(&self, _: &RuleId, _: MemoryScope, _: &str) -> Result<Option<String>, Unavailable> {
        Ok(None)
    }
}
