//! Says what people should look at: figures that leave the bounds that a company names.
//!
//! This file is the glue between the contract and the rule: `settings` says what a company may write, `rule` holds a figure
//! against a bound, `words` says so to people.

mod rule;
mod settings;
mod words;

use contract::exports::timonel::rules::alerting::{self, Alert, Watch, Window};
use contract::exports::timonel::rules::rule as about;
use settings::Settings;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:kpi-watch/plugin",
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
            summary: "Dice qué hay que mirar: los indicadores que salen de los límites que fija la empresa."
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

impl alerting::Guest for Plugin {
    fn watches(prepared: Vec<u8>) -> Vec<Watch> {
        // What `prepare` returned can be read; without it there is nothing to look at.
        let settings = kit::settings::unpack::<Settings<&str>>(&prepared);
        let all = settings.map(|settings| settings.alerts).unwrap_or_default();
        let watch = |bound: settings::Bound<&str>| Watch {
            rule: bound.rule.to_owned(),
            figure: bound.figure.to_owned(),
            by: bound.by.to_owned(),
            hours: bound.hours,
        };
        all.into_iter().map(watch).collect()
    }

    fn judge(prepared: Vec<u8>, _now: u64, windows: Vec<Window>) -> Result<Vec<Alert>, String> {
        let settings: Settings<&str> = kit::settings::unpack(&prepared)?;
        let mut alerts = Vec::new();
        for (place, window) in (0..).zip(&windows) {
            // There is a bound for each watch, in its place.
            let bound = usize::try_from(window.watch).ok().and_then(|watch| settings.alerts.get(watch));
            let Some(bound) = bound else { continue };
            let seen = rule::Seen {
                aggregate: &window.aggregate,
                samples: window.samples,
                value: window.value,
                of: window.of,
                percentiles: &window.percentiles,
            };
            if let Some(left) = rule::left(&seen, bound) {
                alerts.push(Alert {
                    name: bound.name.to_owned(),
                    window: place,
                    level: bound.level.to_owned(),
                    words: words::all(&left, bound, &window.titles, &window.unit, window.place.as_deref()),
                    attrs: vec![],
                });
            }
        }
        Ok(alerts)
    }
}
