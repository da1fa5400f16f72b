//! Counts what an operation of conversations is measured by.
//!
//! This file is the glue between the contract and the rule: `figures` says what is counted and how, `rule` makes samples of a
//! fact, `settings` says what a company may write.

mod figures;
mod rule;
mod settings;
mod spoken;

use contract::exports::timonel::rules::measuring::{self, Fact, Figure, Sample};
use contract::exports::timonel::rules::rule as about;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:kpi-core/plugin",
        generate_all,
    });

    export!(Plugin with_types_in self);
    use super::Plugin;
}

struct Plugin;

impl about::Guest for Plugin {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Cuenta aquello por lo que se mide a agentes, supervisores y administradores: respuesta, solución, nivel de servicio."
                .to_owned(),
            example_settings: include_str!("example.json").to_owned(),
            settings_schema: include_str!("settings.schema.json").to_owned(),
            attrs: vec![],
        }
    }

    fn prepare(settings: String) -> Result<Vec<u8>, String> {
        settings::prepare(&settings)
    }
}

impl measuring::Guest for Plugin {
    fn figures(prepared: Vec<u8>) -> Vec<Figure> {
        // What `prepare` returned can be read; without it there is nothing to promise, and so nothing to count.
        let settings = kit::settings::unpack::<settings::Settings>(&prepared);
        let all = settings.map(|settings| figures::all(&settings)).unwrap_or_default();
        all.into_iter().map(told).collect()
    }

    fn measure(prepared: Vec<u8>, facts: Vec<Fact>) -> Result<Vec<Sample>, String> {
        let settings: settings::Settings = kit::settings::unpack(&prepared)?;
        let mut samples = Vec::with_capacity(facts.len() * 4);
        for (place, fact) in (0..).zip(&facts) {
            let read = rule::Fact {
                kind: &fact.kind,
                queue: fact.queue.as_deref(),
                agent: fact.agent.as_deref(),
                numbers: &fact.numbers,
                words: &fact.words,
            };
            samples.extend(rule::measure(&read, &settings).into_iter().map(|sample| Sample {
                fact: place,
                figure: sample.figure.to_owned(),
                value: sample.value,
                of: sample.of,
                label: sample.label.to_owned(),
            }));
        }
        Ok(samples)
    }
}

fn told(figure: figures::Figure) -> Figure {
    let languages = ["es", "pt", "en"].into_iter().zip(figure.titles);
    let words = [("formula", spoken::spoken(figure.formula)), ("variant", spoken::spoken(&figure.variant))];
    let attrs = words.into_iter().flat_map(|(of, spoken)| {
        let spoken = ["es", "pt"].into_iter().zip(spoken.into_iter().flatten());
        spoken.map(move |(language, words)| ([of, "-", language].concat(), words))
    });
    Figure {
        name: figure.name.to_owned(),
        titles: languages.map(|(language, title)| (language.to_owned(), title.to_owned())).collect(),
        unit: figure.unit.to_owned(),
        formula: figure.formula.to_owned(),
        variant: figure.variant,
        version: 1,
        audience: figure.audience.iter().map(|role| (*role).to_owned()).collect(),
        aggregate: figure.aggregate.to_owned(),
        attrs: attrs.collect(),
    }
}
