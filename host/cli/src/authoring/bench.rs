//! `timonel plugin bench`: what a plugin computes and how long that takes.
//!
//! Fuel is the same on every machine, and it is what a host bounds; time is of this one. The median is told and not the mean,
//! because whatever else runs here only ever adds.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::project::Subject;
use super::scenario;

/// What one question cost.
struct Cost {
    name: String,
    fuel: u64,
    /// Microseconds.
    median: u64,
    /// Microseconds: one in a hundred took longer.
    slow: u64,
}

/// Asks it often.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(
    plugin: &Path,
    scenarios: Option<&Path>,
    times: u32,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let subject = Subject::read(plugin, scenarios)?;
    let host = subject.host()?;
    let admitted = host.admit(&subject.bytes)?;
    let scenarios = match &subject.scenarios {
        Some(path) => scenario::read(path, &admitted)?,
        None => scenario::of_a_stranger(&admitted)?,
    };
    anyhow::ensure!(
        !scenarios.is_empty(),
        "only rules that are asked in conversations are measured here: `timonel plugin inspect` says what a call of this one costs"
    );
    let mut costs = Vec::new();
    for scenario in &scenarios {
        let settings = scenario.settings.as_deref().unwrap_or(&admitted.description.example_settings);
        let rule = super::rule(&host, &admitted, settings, &scenario.granted)?;
        let mut micros = Vec::new();
        let mut fuel = 0;
        for _ in 0..times {
            let asked = host.ask(&rule, scenario.kind, &scenario.input, &scenario.snapshot).asked;
            fuel = asked.fuel.max(fuel);
            micros.push(asked.micros);
        }
        micros.sort_unstable();
        let at = |share: usize| micros.get(micros.len() * share / 100).copied().unwrap_or_default();
        costs.push(Cost { name: scenario.name.clone(), fuel, median: at(50), slow: at(99) });
    }
    let most = host.limits().decision_fuel;
    let millis = admitted.compile_time.as_millis() as u64;
    if json {
        let costs = costs.iter().map(|cost| {
            json!({ "scenario": cost.name, "fuel": cost.fuel, "micros": cost.median, "micros-p99": cost.slow })
        });
        println!(
            "{}",
            json!({
                "name": admitted.description.name, "version": admitted.description.version, "times": times,
                "component-bytes": admitted.component_bytes, "compiled-bytes": admitted.compiled_bytes,
                "compile-millis": millis, "decision-fuel": most, "scenarios": costs.collect::<Vec<_>>(),
            })
        );
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} {}: {} KiB, compiled to {} KiB in {millis} ms; {times} fresh instances a scenario",
        admitted.description.name,
        admitted.description.version,
        admitted.component_bytes.div_ceil(1024),
        admitted.compiled_bytes.div_ceil(1024),
    );
    println!("  {:>12} {:>8} {:>10} {:>10}", "fuel", "of limit", "median", "99 of 100");
    for cost in &costs {
        let share = cost.fuel as f64 * 100.0 / most as f64;
        println!(
            "  {:>12} {share:>7.2}% {:>7} µs {:>7} µs  {}",
            cost.fuel, cost.median, cost.slow, cost.name
        );
    }
    Ok(ExitCode::SUCCESS)
}
