//! `components.lock` ties each component to every file that went into it, so that a test without any toolchain can tell
//! when a source changed and its component did not.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const PATH: &str = "plugins/components.lock";
const HEADER: &str = "\
# Which files each component of the reference plugins was built from, by SHA-256. Paths start at the repository's root.
# The host's tests compare these, so that a component never lags behind its sources.
# Written by `cargo xtask plugins`, which rebuilds the components; `cargo xtask plugins --check` compares them byte by byte.

";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lock {
    /// The compiler and linker: others make other bytes.
    pub built_with: String,
    plugin: Vec<Plugin>,
}

#[derive(Serialize, Deserialize)]
struct Plugin {
    name: String,
    component: String,
    size: usize,
    sha256: String,
    /// From path to SHA-256.
    sources: BTreeMap<String, String>,
}

/// Where a plugin's component is.
pub fn component(name: &str) -> String {
    format!("plugins/components/{name}.wasm")
}

impl Lock {
    pub fn of(root: &Path, built_with: &str, components: &[(String, Vec<u8>)]) -> Result<Self> {
        let plugin = components.iter().map(|(name, bytes)| {
            Ok(Plugin {
                name: name.clone(),
                component: component(name),
                size: bytes.len(),
                sha256: sha256(bytes),
                sources: sources(root, name)?,
            })
        });
        Ok(Self { built_with: built_with.to_owned(), plugin: plugin.collect::<Result<_>>()? })
    }

    pub fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(PATH)).with_context(|| format!("cannot read {PATH}"))?;
        toml::from_str(&text).with_context(|| format!("{PATH} is damaged"))
    }

    pub fn write(&self, root: &Path) -> Result<()> {
        let text = format!("{HEADER}{}", toml::to_string(self)?);
        std::fs::write(root.join(PATH), text).with_context(|| format!("cannot write {PATH}"))
    }

    /// What in the repository is not as it was when the components were built, a sentence each.
    pub fn differences(&self, root: &Path) -> Result<Vec<String>> {
        let mut differences = vec![];
        for name in crate::PLUGINS {
            if !self.plugin.iter().any(|plugin| plugin.name == name) {
                differences.push(format!("{name} is not in {PATH}"));
            }
        }
        for plugin in &self.plugin {
            let path = &plugin.component;
            let bytes = std::fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
            if sha256(&bytes) != plugin.sha256 {
                differences.push(format!("{path} is not the one that {PATH} names"));
            }
            let now = sources(root, &plugin.name)?;
            let paths = now.keys().chain(plugin.sources.keys().filter(|path| !now.contains_key(*path)));
            for path in paths.filter(|path| now.get(*path) != plugin.sources.get(*path)) {
                differences.push(format!("{path} has changed since {} was built", plugin.component));
            }
        }
        Ok(differences)
    }
}

/// Every file that goes into a plugin's component.
fn sources(root: &Path, name: &str) -> Result<BTreeMap<String, String>> {
    let mut sources = BTreeMap::new();
    let plugin = format!("plugins/{name}");
    for path in [&plugin, "plugins/kit", "plugins/Cargo.toml", "plugins/Cargo.lock", "wit/0.1.0"] {
        walk(root, path, &mut sources).with_context(|| format!("cannot read {path}"))?;
    }
    Ok(sources)
}

fn walk(root: &Path, path: &str, sources: &mut BTreeMap<String, String>) -> Result<()> {
    let full = root.join(path);
    if full.is_file() {
        sources.insert(path.to_owned(), sha256(&std::fs::read(full)?));
        return Ok(());
    }
    for entry in std::fs::read_dir(full)? {
        walk(root, &format!("{path}/{}", entry?.file_name().display()), sources)?;
    }
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
