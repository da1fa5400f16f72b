//! A plugin as it lies on its author's disk.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};
use rules::Host;
use serde::Deserialize;

use crate::{host, rulebook};

/// The file that makes a directory a plugin.
pub(super) const MANIFEST: &str = "plugin.toml";
/// What it is asked in `timonel plugin test`.
const SCENARIOS: &str = "scenarios.toml";
/// Where what was built lies.
const BUILD: &str = "build";
/// What goes into no component.
const NO_SOURCE: [&str; 6] = [BUILD, "target", "node_modules", "__pycache__", "scenarios.toml", "README.md"];

/// The languages that `timonel plugin` knows its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Language {
    /// Small and quick: what the reference plugins are written in.
    Rust,
    /// By componentize-js.
    #[value(name = "js")]
    #[serde(alias = "js")]
    JavaScript,
    /// By componentize-py.
    Python,
    /// By clang, without a library.
    C,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
            Self::C => "C",
        })
    }
}

/// What `plugin.toml` says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Manifest {
    /// As the component calls itself.
    pub(super) name: String,
    /// As the component says.
    pub(super) version: String,
    /// What it is for, in a sentence.
    pub(super) description: Option<String>,
    /// Who made it.
    #[serde(default)]
    pub(super) authors: Vec<String>,
    /// As SPDX writes it, `Apache-2.0` for instance.
    pub(super) licence: Option<String>,
    /// What it is written in.
    pub(super) language: Language,
}

/// A directory with a plugin in it.
pub(super) struct Project {
    pub(super) dir: PathBuf,
    pub(super) manifest: Manifest,
}

impl Project {
    pub(super) fn read(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(MANIFEST);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("{} cannot be read: `timonel plugin new` begins a plugin", path.display())
        })?;
        let manifest: Manifest =
            toml::from_str(&text).with_context(|| format!("{} makes no sense", path.display()))?;
        check_name(&manifest.name).with_context(|| format!("`name` in {}", path.display()))?;
        Ok(Self { dir: dir.to_owned(), manifest })
    }

    /// Where its component is built to.
    pub(super) fn component(&self) -> PathBuf {
        self.build().join(&self.manifest.name).with_extension("wasm")
    }

    /// The directory of what is built.
    pub(super) fn build(&self) -> PathBuf {
        self.dir.join(BUILD)
    }

    /// Its component, if it is that of its sources.
    fn built(&self) -> anyhow::Result<Vec<u8>> {
        let path = self.component();
        let again = format!("`timonel plugin build {}`", self.dir.display());
        let built = std::fs::metadata(&path).and_then(|found| found.modified());
        let built = built.map_err(|_| anyhow::anyhow!("{} is not there: {again}", path.display()))?;
        if let Some(newer) = newer(&self.dir, built)? {
            bail!("{} was changed after {} was built: {again}", newer.display(), path.display());
        }
        std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
    }
}

/// A source that was changed after a moment.
fn newer(dir: &Path, built: SystemTime) -> anyhow::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_none_or(|name| name.starts_with('.') || NO_SOURCE.contains(&name)) {
            continue;
        }
        // Through links: the contract may be one.
        let about = std::fs::metadata(entry.path())?;
        if about.is_dir() {
            if let Some(found) = newer(&entry.path(), built)? {
                return Ok(Some(found));
            }
        } else if about.modified()? > built {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

/// A name that all languages take: it is that of a package of WIT too.
pub(super) fn check_name(name: &str) -> anyhow::Result<()> {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
    };
    ensure!(
        name.len() <= 64 && name.split('-').all(word),
        "`{name}`: small letters, digits and single hyphens were expected, each word beginning with a letter, as `order-status`"
    );
    Ok(())
}

/// What was named to be looked at: a plugin's directory, or a component by itself.
pub(super) struct Subject {
    pub(super) bytes: Vec<u8>,
    pub(super) manifest: Option<Manifest>,
    /// Its scenarios, if there are any.
    pub(super) scenarios: Option<PathBuf>,
    /// Where its compiled code lies: of a plugin that was built beside the component, because that of a large one takes long to make.
    code: Code,
}

enum Code {
    Kept(PathBuf),
    Scratch(tempfile::TempDir),
}

impl Subject {
    pub(super) fn read(plugin: &Path, scenarios: Option<&Path>) -> anyhow::Result<Self> {
        if plugin.is_dir() {
            let project = Project::read(plugin)?;
            let own = project.dir.join(SCENARIOS);
            let scenarios = scenarios.map(Path::to_owned).or_else(|| own.is_file().then_some(own));
            let (bytes, code) = (project.built()?, Code::Kept(project.build()));
            return Ok(Self { bytes, manifest: Some(project.manifest), scenarios, code });
        }
        let name = plugin.to_str().context("the name of the file is not UTF-8")?;
        let bytes = rulebook::component(name, Path::new(""))?;
        let code = Code::Scratch(tempfile::tempdir()?);
        Ok(Self { bytes, manifest: None, scenarios: scenarios.map(Path::to_owned), code })
    }

    /// A host to ask it in.
    pub(super) fn host(&self) -> anyhow::Result<Host> {
        host::engine(match &self.code {
            Code::Kept(build) => build,
            Code::Scratch(scratch) => scratch.path(),
        })
    }
}
