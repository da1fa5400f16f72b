//! What a company writes down for this rule. Nothing has to be.

use kit::judging::{Demand, Severities};
use kit::settings::{Field, pack, parse};
use kit::words::needles;
use serde::{Deserialize, Serialize};

use crate::rule::CODES;

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    pub severities: Severities<S>,
    /// What a finding of the weight `require` adds.
    pub demand: Demand<S>,
    /// Words that sell in this company, as needles.
    pub selling: Vec<S>,
    /// Hosts that links may lead to, and what is below them. None: anywhere.
    pub hosts: Vec<S>,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["severities", "demand", "selling", "hosts"])?;
        let severities = of.optional("severities", |field| Severities::read(field, CODES))?;
        let host = |field: Field| {
            let plain = |host: &String| host.contains('.') && !host.contains(['/', ':', ' ']);
            field.ensure(field.text()?.to_lowercase(), plain, "a host, as tornillo.example")
        };
        Ok(Self {
            severities: severities.unwrap_or_else(|| Severities(vec![])),
            demand: of
                .optional("demand", Demand::read)?
                .unwrap_or_else(|| Demand::two_of("modify-templates")),
            selling: of.optional("selling", needles)?.unwrap_or_default(),
            hosts: of.optional("hosts", |hosts| hosts.list(host))?.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_and_nothing_at_all_are_accepted_and_a_mistake_is_named() {
        prepare(include_str!("example.json")).unwrap();
        prepare("{}").unwrap();
        for (json, error) in [
            (
                r#"{"hosts": ["https://a.co"]}"#,
                "hosts[0]: got \"https://a.co\", expected a host, as tornillo.example",
            ),
            (r#"{"severities": {"link-htp": "off"}}"#, "link-url-host"),
            (r#"{"severity": {}}"#, "expected one of the names severities, demand, selling, hosts"),
        ] {
            let got = prepare(json).unwrap_err();
            assert!(got.contains(error), "{got}");
        }
    }
}
