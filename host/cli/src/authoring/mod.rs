//! `timonel plugin new|build|check|test|bench|run`: what an author does with a plugin before anybody else sees it.
//!
//! Whatever is asked of a plugin here is asked by the code with which a running host asks it, so that what holds at the author's
//! desk holds at the company.

mod bench;
mod build;
mod check;
mod contract;
mod new;
mod project;
mod run;
mod scenario;
mod test;
#[path = "../../../../plugins/xtask/src/toolchain.rs"]
mod toolchain;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use domain::id::RuleId;
use rules::{Admitted, Definition, Grant, Host, Mode, Refusal, Rule, Scope};
pub(crate) use scenario::stranger;

/// What an author does with a plugin.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Begin a plugin: a directory that builds, passes its check and its tests as it is.
    New(new::Arguments),
    /// Build the component of a plugin.
    Build {
        /// The directory with its `plugin.toml`.
        #[arg(default_value = ".")]
        plugin: PathBuf,
    },
    /// Say whether a host would take it, what it asks for, and whether it always answers the same to the same.
    Check {
        /// The directory with its `plugin.toml`, or a component.
        #[arg(default_value = ".")]
        plugin: PathBuf,
    },
    /// Ask it what its scenarios ask, and say what comes out otherwise.
    Test {
        /// The directory with its `plugin.toml`, or a component.
        #[arg(default_value = ".")]
        plugin: PathBuf,
        /// The scenarios; of a directory its `scenarios.toml`.
        #[arg(long)]
        scenarios: Option<PathBuf>,
        /// Only those with these words in their name.
        #[arg(long)]
        only: Option<String>,
        /// Say also what was read, answered and logged where all is as expected.
        #[arg(long)]
        verbose: bool,
    },
    /// Ask it what a rule of the running host was asked, and compare the answers. Nothing is done of what it says.
    Run(run::Arguments),
    /// Say what it computes and how long that takes: the median over many fresh instances.
    Bench {
        /// The directory with its `plugin.toml`, or a component.
        #[arg(default_value = ".")]
        plugin: PathBuf,
        /// The scenarios that it is asked; of a directory its `scenarios.toml`.
        #[arg(long)]
        scenarios: Option<PathBuf>,
        /// How often each is asked.
        #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        times: u32,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Carries a command out.
pub(crate) fn run(config: Option<PathBuf>, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Build { plugin } => build::run(&plugin),
        Command::Check { plugin } => check::run(&plugin),
        Command::Test { plugin, scenarios, only, verbose } => {
            test::run(&plugin, scenarios.as_deref(), only.as_deref(), verbose)
        }
        Command::Run(arguments) => run::run(&crate::read_settings(config)?, &arguments),
        Command::Bench { plugin, scenarios, times, json } => {
            bench::run(&plugin, scenarios.as_deref(), times, json)
        }
    }
}

/// A component as a rule that may do all that it asks for, and have these services asked.
fn rule(
    host: &Host,
    admitted: &Arc<Admitted>,
    settings: &str,
    granted: &scenario::Granted,
) -> Result<Rule, Refusal> {
    let grant = Grant::all_of(admitted).asking(&granted.requests).sending(&granted.templates);
    let linked = host.link(admitted, &grant)?;
    host.prepare(Definition {
        id: RuleId::from(admitted.description.name.as_str()),
        set: "authoring".to_owned(),
        linked,
        settings: settings.to_owned(),
        scope: Scope::default(),
        mode: Mode::Live,
        version: None,
        until: None,
    })
}
