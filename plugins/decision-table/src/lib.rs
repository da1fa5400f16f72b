//! Places cases by the rows of a spreadsheet, for people who do not program.
//!
//! This file is the glue between the contract and the rule: `csv` reads what a spreadsheet saves, `table` says what its columns mean,
//! `checks` finds rows that do not do what they seem to, and `index` is what a decision reads: it finds the first row that fits in the
//! same few steps, whether there are twenty rows or a thousand.

mod checks;
mod csv;
mod index;
mod table;

use contract::exports::timonel::rules::{routing, rule as about};
use contract::timonel::rules::log;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:decision-table/plugin",
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
            summary: "Pone cada caso donde dice la primera fila de una tabla que encaja.".to_owned(),
            example_settings: include_str!("example.json").to_owned(),
            settings_schema: include_str!("settings.schema.json").to_owned(),
            attrs: vec![],
        }
    }

    fn prepare(settings: String) -> Result<Vec<u8>, String> {
        let table = table::Table::read(&settings)?;
        for warning in checks::warnings(&table) {
            log::write(log::Level::Warn, &warning);
        }
        Ok(index::build(&table))
    }
}

impl routing::Guest for Plugin {
    fn route(prepared: Vec<u8>, input: routing::Input) -> Result<Option<routing::Place>, String> {
        let index = index::Index::of(&prepared).ok_or("this is not what `prepare` returned")?;
        Ok(index.place(&input))
    }
}
