//! `timonel plugin new`: a plugin that builds, passes its check and its tests as it is.
//!
//! What it writes are the examples of `examples/rules`, which are built and tested as any plugin, under another name.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;

use super::project::{Language, check_name};

/// What is begun.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What it is called, as `order-status`: the directory that is made, and what the component calls itself.
    name: String,
    /// What it is written in.
    #[arg(long)]
    lang: Language,
    /// What it does: find the place of a case, or attend the customer.
    #[arg(long, default_value = "routing")]
    kind: Kind,
    /// The directory to make it in; it is named like the plugin.
    #[arg(long)]
    within: Option<PathBuf>,
}

/// The kinds that a plugin can be begun as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Finds the place of a case.
    Routing,
    /// Attends the customer while no person does.
    Responding,
}

/// A path within the plugin, and what stands there.
type File = (&'static str, &'static str);

macro_rules! example {
    ($dir:literal: $($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../../../../examples/rules/", $dir, "/", $file)))),+]
    };
}

/// The contract, as it is handed to every author.
pub(super) const CONTRACT: &[File] = &[
    ("types.wit", include_str!("../../../../wit/0.1.0/types.wit")),
    ("capabilities.wit", include_str!("../../../../wit/0.1.0/capabilities.wit")),
    ("exports.wit", include_str!("../../../../wit/0.1.0/exports.wit")),
    ("worlds.wit", include_str!("../../../../wit/0.1.0/worlds.wit")),
];

/// What is built is no source. Git takes no link for it, so it stands here.
const IGNORED: File = (".gitignore", "/build\n/target\n__pycache__\n");

/// What the examples call themselves.
const EXAMPLES: [&str; 2] = ["words-router", "word-answers"];

/// What is the same in every language: the examples lead to these files too.
fn common(kind: Kind) -> &'static [File] {
    match kind {
        Kind::Routing => example!("rust/routing": "scenarios.toml", "wit/world.wit"),
        Kind::Responding => example!("rust/responding": "scenarios.toml", "wit/world.wit"),
    }
}

fn own(language: Language, kind: Kind) -> &'static [File] {
    use Kind::{Responding, Routing};
    use Language::{C, JavaScript, Python, Rust};
    match (language, kind) {
        (Rust, Routing) => {
            example!("rust/routing": "plugin.toml", "Cargo.toml", "Cargo.lock", "example-settings.json", "settings-schema.json", "src/lib.rs")
        }
        (Rust, Responding) => {
            example!("rust/responding": "plugin.toml", "Cargo.toml", "Cargo.lock", "example-settings.json", "settings-schema.json", "src/lib.rs")
        }
        (JavaScript, Routing) => example!("javascript/routing": "plugin.toml", "rule.js"),
        (JavaScript, Responding) => example!("javascript/responding": "plugin.toml", "rule.js"),
        (Python, Routing) => example!("python/routing": "plugin.toml", "rule.py"),
        (Python, Responding) => example!("python/responding": "plugin.toml", "rule.py"),
        (C, Routing) => example!("c/routing": "plugin.toml", "rule.c", "json.h"),
        (C, Responding) => example!("c/responding": "plugin.toml", "rule.c", "json.h"),
    }
}

/// Writes it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(asked: &Arguments) -> anyhow::Result<ExitCode> {
    check_name(&asked.name)?;
    let dir = asked.within.clone().unwrap_or_default().join(&asked.name);
    ensure!(!dir.exists(), "{} is there already: choose another name", dir.display());
    for (path, text) in common(asked.kind).iter().chain(own(asked.lang, asked.kind)).chain([&IGNORED]) {
        let text = EXAMPLES.iter().fold((*text).to_owned(), |text, name| text.replace(name, &asked.name));
        write(&dir, path, &text)?;
    }
    for (path, text) in CONTRACT {
        write(&dir, &format!("wit/deps/timonel-rules/{path}"), text)?;
    }
    let dir = dir.display();
    println!("{dir}: a rule in {} that works as it is. What to do next:", asked.lang);
    println!("    timonel plugin build {dir}     makes {dir}/build/{}.wasm", asked.name);
    println!(
        "    timonel plugin check {dir}     would a host take it, what does it ask for, does it always answer the same?"
    );
    println!("    timonel plugin test {dir}      its scenarios, in scenarios.toml");
    Ok(ExitCode::SUCCESS)
}

fn write(dir: &Path, path: &str, text: &str) -> anyhow::Result<()> {
    let path = dir.join(path);
    let parent = path.parent().unwrap_or(dir);
    std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}
