//! `timonel plugin check`: would a host take it, what does it ask for, and does it always answer the same to the same?

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use domain::decision::Kind;
use rules::{Admitted, Host, Look, Refusal, Rule, Unsteady};

use super::contract;
use super::project::{Manifest, Subject};
use super::scenario::{self, Scenario};
use crate::inspect;

/// Looks at it, and says what it found.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(plugin: &Path) -> anyhow::Result<ExitCode> {
    let subject = Subject::read(plugin, None)?;
    let host = subject.host()?;
    let admitted = match host.admit(&subject.bytes) {
        Ok(admitted) => admitted,
        Err(refusal) => return Ok(refused(&subject.bytes, &refusal)),
    };
    let mut wrong = admission(&admitted, subject.manifest.as_ref());
    println!("It asks for:");
    inspect::asks_for(&admitted).iter().for_each(|line| println!("  {line}"));
    let mut questions = scenario::of_a_stranger(&admitted)?;
    if let Some(path) = &subject.scenarios {
        questions.extend(scenario::read(path, &admitted)?);
    }
    wrong |= steady(&host, &admitted, &questions)?;
    Ok(ExitCode::from(u8::from(wrong)))
}

/// Why no host would take it, as precisely as can be said.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn refused(bytes: &[u8], refusal: &Refusal) -> ExitCode {
    println!("✗ admission    {refusal}");
    let of_contract = matches!(
        refusal,
        Refusal::OtherTypes { .. } | Refusal::OtherVersion { .. } | Refusal::UnknownImport { .. }
    );
    // What cannot be read was said already.
    for difference in contract::differences(bytes).unwrap_or_default().iter().filter(|_| of_contract) {
        println!("               {difference}");
    }
    ExitCode::FAILURE
}

/// Whether what it says of itself is not what its manifest says.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn admission(admitted: &Admitted, manifest: Option<&Manifest>) -> bool {
    let description = &admitted.description;
    let kinds: Vec<String> = admitted.kinds.iter().map(ToString::to_string).collect();
    println!(
        "✓ admission    {} {}: {}, {} KiB, compiled in {} ms, for the contract {}",
        description.name,
        description.version,
        kinds.join(" and "),
        admitted.component_bytes.div_ceil(1024),
        admitted.compile_time.as_millis(),
        contract::VERSION
    );
    let schema = if admitted.schema.is_silent() {
        "nothing is said of what they look like: with a `settings-schema` the host would see to that, and make a form of it"
    } else {
        "its schema is one that a host can hold them to"
    };
    println!("✓ settings     it takes its own example; {schema}");
    let Some(manifest) = manifest else { return false };
    let mut wrong = false;
    for (what, says, in_file) in
        [("name", &description.name, &manifest.name), ("version", &description.version, &manifest.version)]
    {
        if says != in_file {
            println!(
                "✗ {what:<12} `describe` says `{says}`, and plugin.toml `{in_file}`: write the same into both"
            );
            wrong = true;
        }
    }
    wrong
}

/// Whether it answers otherwise where it should not.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn steady(host: &Host, admitted: &Arc<Admitted>, questions: &[Scenario]) -> anyhow::Result<bool> {
    let mut wrong = false;
    for question in questions {
        let settings = question.settings.as_deref().unwrap_or(&admitted.description.example_settings);
        let rule = super::rule(host, admitted, settings, &question.granted)?;
        for unsteady in host.unsteady(&rule, question.kind, &question.input, &question.snapshot) {
            tell(&question.name, &unsteady);
            wrong = true;
        }
    }
    if !questions.is_empty() && !wrong {
        println!(
            "✓ determinism  {} questions, each to two fresh instances, to one whose memory lay otherwise, and to one that had answered: \
             the same bytes, of the fresh ones also the same fuel",
            questions.len()
        );
    }
    let told_little = admitted.kinds.iter().filter(|kind| kind.is_told_little());
    for kind in told_little {
        let rule = super::rule(host, admitted, &admitted.description.example_settings, &Default::default())?;
        if twice(host, &rule, *kind)? {
            println!("✓ determinism  {kind}: twice the same, to the last unit of fuel");
        } else {
            println!("✗ determinism  {kind}: it answered the same question of two fresh instances otherwise");
            wrong = true;
        }
    }
    Ok(wrong)
}

/// Whether two fresh instances say the same, with the same fuel.
fn twice(host: &Host, rule: &Rule, kind: Kind) -> anyhow::Result<bool> {
    let ask = || inspect::sample_of(host, rule, kind);
    let (one, other) = (ask()?, ask()?);
    Ok((one.outcome, one.reason, one.fuel) == (other.outcome, other.reason, other.fuel))
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(question: &str, unsteady: &Unsteady) {
    let (who, why) = match unsteady.look {
        Look::Fresh => (
            "another fresh instance",
            "all that a rule has is handed to it, so this should not be possible: tell whoever makes Timonel",
        ),
        Look::Moved => (
            "an instance whose memory lay otherwise",
            "it goes by where something lies: an address, or the order of a table that is kept by addresses. Sort, or compare what things say",
        ),
        Look::Used => (
            "an instance that had answered before",
            "it kept something from that call. A host gives each decision an instance of its own, so what is kept is lost: use `memory`, or put \
             it into what `prepare` returns",
        ),
    };
    println!("✗ determinism  «{question}»: {who} answered otherwise ({})", unsteady.parts.join(", "));
    println!("               first: {}", said(&unsteady.fresh));
    println!("               then:  {}", said(&unsteady.answer));
    println!("               {why}");
}

fn said(answer: &rules::Answer) -> String {
    let outcome = serde_json::to_value(&answer.asked.outcome).unwrap_or_default();
    let verdict = answer.verdict.as_ref().map(|verdict| format!("{verdict:?}"));
    format!(
        "{} «{}», {} effects, {} fuel",
        verdict.unwrap_or_else(|| outcome.to_string()),
        answer.reason,
        answer.effects.len(),
        answer.asked.fuel
    )
}
