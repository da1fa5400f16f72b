//! From the rule sets of a file to rules that can be signed, and the plugins that the program brings.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use desk::Signed;
use domain::decision::Digest;
use domain::json::Json;
use domain::rule::{Scope, Version};
use store::PluginFiles;

use crate::settings::Policy;

/// The reference plugins, part of the program.
const REFERENCE: &[(&str, &[u8])] = &[
    ("campaign-guard", include_bytes!("../../../plugins/components/campaign-guard.wasm")),
    ("closing", include_bytes!("../../../plugins/components/closing.wasm")),
    ("decision-table", include_bytes!("../../../plugins/components/decision-table.wasm")),
    ("crm-lookup", include_bytes!("../../../plugins/components/crm-lookup.wasm")),
    ("kpi-core", include_bytes!("../../../plugins/components/kpi-core.wasm")),
    ("kpi-watch", include_bytes!("../../../plugins/components/kpi-watch.wasm")),
    ("office-hours", include_bytes!("../../../plugins/components/office-hours.wasm")),
    ("quick-answers", include_bytes!("../../../plugins/components/quick-answers.wasm")),
    ("skills-router", include_bytes!("../../../plugins/components/skills-router.wasm")),
    ("template-lint", include_bytes!("../../../plugins/components/template-lint.wasm")),
];

/// The rules of a policy, as they are signed. Their plugins are kept by their hashes from now on.
pub(crate) fn signed(policy: &Policy, plugins: &PluginFiles) -> anyhow::Result<Vec<Signed>> {
    let mut signed = Vec::new();
    for set in &policy.rule_sets {
        for rule in &set.rules {
            let at = || format!("rule `{}` of the set `{}`", rule.id, set.name);
            let version = Version {
                set: set.name.clone(),
                plugin: rule.plugin.clone(),
                component: plugins.keep(&component(&rule.plugin, &policy.dir).with_context(at)?)?,
                settings: Json::of(&rule.settings),
                scope: Scope { kinds: rule.kinds.clone(), ..rule.scope.clone() },
                mode: rule.mode,
                requests: rule.requests.clone(),
                templates: rule.templates.clone(),
                envelope: rule.envelope.clone(),
            };
            let check = version.check();
            check.map_err(|(field, what)| anyhow::anyhow!("`{field}`: {what}")).with_context(at)?;
            signed.push(Signed { rule: rule.id.as_str().into(), version });
        }
    }
    Ok(signed)
}

/// Keeps the reference plugins, and says by what each is found.
pub(crate) fn keep_reference(plugins: &PluginFiles) -> anyhow::Result<BTreeMap<String, Digest>> {
    REFERENCE.iter().map(|(name, bytes)| Ok(((*name).to_owned(), plugins.keep(bytes)?))).collect()
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
