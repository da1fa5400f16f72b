//! `timonel plugin inspect`: what a component is, before anybody trusts it.

mod approver;
mod measurer;
mod watcher;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use domain::decision::Kind;
use domain::id::RuleId;
use domain::proposal;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::task::Task;
use rules::{Admitted, Definition, Grant, Mode, Rule, Scope};
use serde_json::json;

use crate::settings::Policy;
use crate::{author_tools, authoring, host, rule_tools, rulebook};

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
    /// Making one.
    #[command(flatten)]
    Authoring(authoring::Command),
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
        Command::Authoring(command) => return authoring::run(config, command),
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

/// One call.
pub(crate) struct Sample {
    kind: Kind,
    pub(crate) outcome: serde_json::Value,
    pub(crate) reason: String,
    pub(crate) fuel: u64,
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
    let samples = admitted.kinds.iter().map(|kind| match kind {
        Kind::Approving => Ok(approver::sample(engine, &rule, raci)),
        _ => sample_of(engine, &rule, *kind),
    });
    samples.collect()
}

/// One call of a kind, on something made up.
pub(crate) fn sample_of(engine: &rules::Host, rule: &Rule, kind: Kind) -> anyhow::Result<Sample> {
    match kind {
        Kind::Approving => return Ok(approver::sample(engine, rule, &Raci::default())),
        Kind::Measuring => return measurer::sample(engine, rule),
        Kind::Alerting => return watcher::sample(engine, rule),
        Kind::Routing | Kind::Responding | Kind::Following => {}
    }
    let (input, snapshot) = authoring::stranger(kind)?;
    // The first call maps pages that the later ones find; the median of several is what a busy host sees.
    let mut answers: Vec<_> = (0..15).map(|_| engine.ask(rule, kind, &input, &snapshot)).collect();
    answers.sort_by_key(|answer| answer.asked.micros);
    let answer = answers.swap_remove(answers.len() / 2);
    Ok(Sample {
        kind,
        outcome: serde_json::to_value(&answer.asked.outcome)?,
        reason: answer.reason,
        fuel: answer.asked.fuel,
        micros: answer.asked.micros,
    })
}

/// What it asks for, a line each: the function, what it lets a rule do, and whose it is to grant that.
pub(crate) fn asks_for(admitted: &Admitted) -> Vec<String> {
    let line = |function: &rules::Function| {
        format!("{:<24} {} [{}]", function.to_string(), function.words(), rows(function.tasks()))
    };
    let lines: Vec<String> = admitted.functions.iter().map(line).collect();
    if lines.is_empty() { vec!["nothing".to_owned()] } else { lines }
}

fn rows(tasks: &[Task]) -> String {
    tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
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
    asks_for(admitted).iter().for_each(|line| println!("  {line}"));
    println!("A call with its own example of settings, on a made-up message:");
    for sample in samples {
        println!("  {:<11} {}  {}", sample.kind.to_string(), sample.outcome, sample.reason);
        println!("  {:<11} {} units of fuel, {} µs", "", sample.fuel, sample.micros);
    }
}
