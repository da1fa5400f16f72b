//! `timonel plugin test`: the scenarios of a plugin, and in words what came otherwise.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use rules::Rule;

use super::project::Subject;
use super::scenario::{self, Came};

/// Asks it everything.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(
    plugin: &Path,
    scenarios: Option<&Path>,
    only: Option<&str>,
    verbose: bool,
) -> anyhow::Result<ExitCode> {
    let subject = Subject::read(plugin, scenarios)?;
    let path = subject.scenarios.as_ref().context(
        "there are no scenarios: write some into `scenarios.toml` beside `plugin.toml`, or name a file with `--scenarios`",
    )?;
    let host = subject.host()?;
    let admitted = host.admit(&subject.bytes)?;
    let mut scenarios = scenario::read(path, &admitted)?;
    if let Some(only) = only {
        scenarios.retain(|scenario| scenario.name.contains(only));
        ensure!(!scenarios.is_empty(), "`--only` is `{only}`, and no scenario has that in its name");
    }
    println!("{} {}", admitted.description.name, admitted.description.version);
    // Settings are prepared once, as by a host.
    let mut prepared: BTreeMap<String, Rule> = BTreeMap::new();
    let mut failed = 0;
    for scenario in &scenarios {
        let settings = scenario.settings.as_deref().unwrap_or(&admitted.description.example_settings);
        let rule = match prepared.get(settings) {
            Some(rule) => rule.clone(),
            None => {
                let rule = super::rule(&host, &admitted, settings, &scenario.granted)
                    .with_context(|| format!("scenario «{}»", scenario.name))?;
                prepared.insert(settings.to_owned(), rule.clone());
                rule
            }
        };
        let came = scenario.ask(&host, &rule)?;
        let differences = scenario.expect.differs(&came);
        let mark = if differences.is_empty() { "✓" } else { "✗" };
        println!("  {mark} {}  ({} fuel)", scenario.name, came.asked.fuel);
        for difference in &differences {
            println!("      {difference}");
        }
        if verbose || !differences.is_empty() {
            tell(&came);
        }
        failed += usize::from(!differences.is_empty());
    }
    println!("{} passed, {failed} failed", scenarios.len() - failed);
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// What it did on the way.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(came: &Came) {
    if !came.trace.reason.is_empty() {
        println!("      it said   «{}»", came.trace.reason);
    }
    for call in &came.trace.calls {
        let arguments = if call.arguments.is_null() { "" } else { call.arguments.text() };
        println!("      it called {}{arguments} = {}", call.function, call.answer.text());
    }
    for line in &came.trace.log {
        println!("      it logged {}: {}", line.level, line.text);
    }
}
