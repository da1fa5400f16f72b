//! Asks for more signatures when a campaign is large, costly or at a bad hour.
//!
//! This file is the glue between the contract and the rule: `settings` says what a company may write, `rule` judges,
//! `facts` reads what the host has measured.

mod facts;
mod rule;
mod settings;

use contract::exports::timonel::rules::approving::{self, Demands, Judgement, Proposal, Reason, Verdict};
use contract::exports::timonel::rules::rule as about;
use kit::judging::Severity;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:campaign-guard/plugin",
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
            summary: "Pide más firmas cuando una campaña es grande, cara o a mala hora, y rechaza la que no puede acabar bien."
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
        if proposal.kind != "campaign" {
            return Ok(approve);
        }
        let settings: settings::Settings<&str> = kit::settings::unpack(&prepared)?;
        let found = rule::findings(&facts::Facts(&proposal.facts), &settings);
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
