//! Finds in a template what Meta would reject or readers would dislike, before anybody signs it.
//!
//! This file is the glue between the contract and the rule: `settings` says what a company may write, `rule` judges,
//! `template`, `links` and `words` know what to look at.

mod links;
mod rule;
mod settings;
mod template;
mod words;

use contract::exports::timonel::rules::approving::{self, Demands, Judgement, Proposal, Reason, Verdict};
use contract::exports::timonel::rules::rule as about;
use kit::judging::Severity;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:template-lint/plugin",
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
            summary: "Encuentra en una plantilla lo que Meta rechazaría o a los lectores no les gustaría."
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

impl approving::Guest for Plugin {
    fn judge(prepared: Vec<u8>, proposal: Proposal) -> Result<Judgement, String> {
        let approve = Judgement { verdict: Verdict::Approve, reasons: vec![], attrs: vec![] };
        if proposal.kind != "template" {
            return Ok(approve);
        }
        let settings: settings::Settings<&str> = kit::settings::unpack(&prepared)?;
        let Some(template) = template::Template::read(&proposal.content)? else { return Ok(approve) };
        let found = rule::findings(&template, &proposal.facts, &settings);
        let (severity, found) = settings.severities.weigh(found, rule::CODES);
        let verdict = match severity {
            Severity::Off | Severity::Note => Verdict::Approve,
            Severity::Require => Verdict::Require(Demands {
                signatures: settings
                    .demand
                    .signatures
                    .iter()
                    .map(|(row, count)| ((*row).to_owned(), *count))
                    .collect(),
                roles: settings.demand.roles.iter().map(|role| (*role).to_owned()).collect(),
                wait: settings.demand.wait,
            }),
            Severity::Reject => Verdict::Reject,
        };
        let reason =
            |one: &kit::judging::Finding| Reason { code: one.code.to_owned(), words: one.by_language() };
        Ok(Judgement { verdict, reasons: found.iter().map(reason).collect(), attrs: vec![] })
    }
}
