//! What `timonel plugin inspect` says of a measurer: what it counts, and what it makes of made-up facts.

use rules::{Rule, contract};
use serde_json::json;

use super::Sample;

/// One look at some facts.
pub(super) fn sample(engine: &rules::Host, rule: &Rule) -> anyhow::Result<Sample> {
    let figures = engine.figures(rule)?;
    let facts: Vec<_> = ["case-queued", "case-answered", "case-resolved"].map(fact).into();
    let mut measured: Vec<_> = (0..15).map(|_| engine.measure(rule, &figures, &facts)).collect();
    measured.sort_by_key(|measured| measured.micros);
    let measured = measured.swap_remove(measured.len() / 2);
    let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
    let (outcome, reason) = match &measured.samples {
        Ok(samples) => (json!({ "samples": samples.len() }), format!("counts {}", names.join(", "))),
        Err(unmeasured) => (json!(unmeasured.outcome), unmeasured.text.clone()),
    };
    let (fuel, micros) = (measured.fuel, measured.micros);
    Ok(Sample { kind: domain::decision::Kind::Measuring, outcome, reason, fuel, micros })
}

/// Something that happened to a case of sales.
fn fact(kind: &str) -> contract::Fact {
    let number = |name: &str, number: u64| (name.to_owned(), number);
    contract::Fact {
        kind: kind.to_owned(),
        at: 1_795_356_000_000,
        case: Some("inspection".to_owned()),
        number: Some("main".to_owned()),
        queue: Some("ventas".to_owned()),
        agent: Some("ana".to_owned()),
        numbers: vec![
            number("again", 0),
            number("since-queued", 42_000),
            number("since-queued-business", 42_000),
            number("lasted", 600_000),
            number("answers", 3),
            number("transfers", 0),
        ],
        words: vec![("code".to_owned(), "sale".to_owned())],
        attrs: Vec::new(),
    }
}
