//! From the rule sets of a file to a generation that can be asked.
//!
//! Everything that can fail fails here, before anything is put in force: a generation is whole or it is not.

use std::path::Path;

use anyhow::Context as _;
use domain::decision::Kind;
use domain::id::QueueId;
use rules::{Definition, Generation, Grant, Mode, Rule, Scope};

use crate::settings::{ModeDescription, Policy, RuleDescription, RuleSet};

/// The reference plugins, part of the program.
const REFERENCE: &[(&str, &[u8])] = &[
    ("campaign-guard", include_bytes!("../../../plugins/components/campaign-guard.wasm")),
    ("office-hours", include_bytes!("../../../plugins/components/office-hours.wasm")),
    ("quick-answers", include_bytes!("../../../plugins/components/quick-answers.wasm")),
    ("skills-router", include_bytes!("../../../plugins/components/skills-router.wasm")),
    ("template-lint", include_bytes!("../../../plugins/components/template-lint.wasm")),
];

/// Prepares all rules of a policy.
pub(crate) fn generation(host: &rules::Host, policy: &Policy, number: u64) -> anyhow::Result<Generation> {
    let mut prepared = Vec::new();
    for set in &policy.rule_sets {
        for rule in &set.rules {
            let at = || format!("rule `{}` of the set `{}`", rule.id, set.name);
            prepared.push(prepare(host, policy, set, rule).with_context(at)?);
        }
    }
    let queues = policy.company.queues().iter().map(|queue| queue.id.clone()).collect();
    Ok(Generation::new(number, prepared, queues))
}

fn prepare(
    host: &rules::Host,
    policy: &Policy,
    set: &RuleSet,
    rule: &RuleDescription,
) -> anyhow::Result<Rule> {
    let component = component(&rule.plugin, &policy.dir)?;
    let admitted = host.admit(&component)?;
    let linked = host.link(&admitted, &Grant::all_of(&admitted))?;
    let judges = admitted.kinds.contains(&Kind::Approving);
    anyhow::ensure!(
        judges != rule.kinds.is_empty(),
        "`kinds` says which proposals an approver judges, as [\"template\"]: {}",
        if judges { "this is one, so name them" } else { "this is none, so leave it out" }
    );
    for queue in &rule.scope.queues {
        known_queue(policy, queue)?;
    }
    let definition = Definition {
        id: rule.id.as_str().into(),
        set: set.name.clone(),
        linked,
        settings: serde_json::to_string(&rule.settings)?,
        scope: Scope {
            numbers: rule.scope.numbers.clone(),
            queues: rule.scope.queues.clone(),
            languages: rule.scope.languages.clone(),
            tags: rule.scope.tags.clone(),
            kinds: rule.kinds.clone(),
        },
        mode: match rule.mode {
            ModeDescription::Live => Mode::Live,
            ModeDescription::Off => Mode::Off,
        },
    };
    Ok(host.prepare(definition)?)
}

fn known_queue(policy: &Policy, queue: &QueueId) -> anyhow::Result<()> {
    anyhow::ensure!(
        policy.company.queues().iter().any(|known| known.id == *queue),
        "`scope.queues` names `{queue}`: a queue of the company was expected"
    );
    Ok(())
}

/// Whether a name is that of a reference plugin.
pub(crate) fn is_reference(plugin: &str) -> bool {
    REFERENCE.iter().any(|(name, _)| *name == plugin)
}

/// The bytes of a plugin: a reference plugin by its name, any other by its path.
pub(crate) fn component(plugin: &str, dir: &Path) -> anyhow::Result<Vec<u8>> {
    if let Some((_, bytes)) = REFERENCE.iter().find(|(name, _)| *name == plugin) {
        return Ok(bytes.to_vec());
    }
    let path = dir.join(plugin);
    std::fs::read(&path).with_context(|| {
        let names: Vec<&str> = REFERENCE.iter().map(|(name, _)| *name).collect();
        format!(
            "`plugin` is `{plugin}`: {} cannot be read, and the reference plugins are {}",
            path.display(),
            names.join(", ")
        )
    })
}
