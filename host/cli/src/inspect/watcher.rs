//! What `timonel plugin inspect` says of a watcher: which figures it looks at, and what it finds in made-up ones.

use domain::measure::alert::Watch;
use rules::{Rule, contract};
use serde_json::json;

use super::Sample;

/// One look at some figures.
pub(super) fn sample(engine: &rules::Host, rule: &Rule) -> anyhow::Result<Sample> {
    let watches = engine.watches(rule)?;
    let windows: Vec<_> = (0..).zip(&watches).map(|(place, watch)| window(place, watch)).collect();
    let judge = || engine.judge_figures(rule, &watches, 1_795_356_000_000, &windows);
    let mut judged: Vec<_> = (0..15).map(|_| judge()).collect();
    judged.sort_by_key(|judged| judged.micros);
    let judged = judged.swap_remove(judged.len() / 2);
    let figures: Vec<&str> = watches.iter().map(|watch| watch.figure.as_str()).collect();
    let (outcome, reason) = match &judged.named {
        Ok(named) => (json!({ "alerts": named.len() }), format!("watches {}", figures.join(", "))),
        Err(failed) => (json!(failed.outcome), failed.text.clone()),
    };
    let (fuel, micros) = (judged.fuel, judged.micros);
    Ok(Sample { kind: domain::decision::Kind::Alerting, outcome, reason, fuel, micros })
}

/// A figure in which some answers took long.
fn window(watch: u32, of: &Watch) -> contract::Window {
    contract::Window {
        watch,
        place: (of.by != domain::measure::figure::By::All).then(|| "ventas".to_owned()),
        since: 1_795_352_400_000,
        titles: ["es", "pt", "en"].map(|language| (language.to_owned(), of.figure.clone())).into(),
        unit: "ms".to_owned(),
        aggregate: "distribution".to_owned(),
        samples: 40,
        value: 40 * 90_000,
        of: 0,
        percentiles: vec![(50, 40_000), (90, 400_000), (95, 900_000)],
        attrs: Vec::new(),
    }
}
