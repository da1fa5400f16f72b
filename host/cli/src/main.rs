//! The program `timonel`.

mod access;
mod audit_tools;
mod author_tools;
mod authoring;
mod backup;
mod calling;
mod campaign_tools;
mod case_tools;
mod commands;
mod company_files;
mod contact_tools;
mod control;
mod delegation_tools;
mod demo;
mod erasures;
mod figure_tools;
mod handing;
mod host;
mod inbox;
mod inspect;
mod journal_tools;
mod media_tools;
mod notices;
mod outbound;
mod proposal_tools;
mod provider;
mod raci;
mod restore;
mod rule_tools;
mod rulebook;
mod services;
mod settings;
mod system;
mod template_tools;
mod webhooks;
mod why_tools;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::host::Host;
use crate::settings::{Log, Settings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A self-hosted host for a company's WhatsApp Business operation.
#[derive(Parser)]
#[command(version, about, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the host of a company.
    Serve {
        /// The file of settings. Every key of it can also be set in the environment: `listen` is TIMONEL_LISTEN.
        #[arg(long, env = "TIMONEL_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Run a demo company against a simulated WhatsApp, with pages to open in the browser.
    Demo(demo::Arguments),
    /// How the host that runs on the data directory is.
    Status {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG")]
        config: Option<PathBuf>,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// What the running host sends: say what is stopped, pause it, resume it.
    Outbound {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        /// For programs: one JSON object.
        #[arg(long, global = true)]
        json: bool,
        #[command(subcommand)]
        command: Option<outbound::Command>,
    },
    /// Copy the journal beside the running host, or save the keys.
    Backup {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(flatten)]
        arguments: backup::Arguments,
    },
    /// Make a data directory from a backup of the journal and one of the keys.
    Restore {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG")]
        config: Option<PathBuf>,
        #[command(flatten)]
        arguments: restore::Arguments,
    },
    /// The data of one person: erase it, hand it out, keep it. Asks the running host.
    Contact {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: contact_tools::Command,
    },
    /// What Meta told and nothing here acts on, and what was not understood.
    Notices {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG")]
        config: Option<PathBuf>,
        #[command(flatten)]
        arguments: notices::Arguments,
    },
    /// Make plugins, look at them, and hand them in.
    Plugin {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: inspect::Command,
    },
    /// Rules of the running host: how they stand, and moving them within what was signed.
    Rules {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: rule_tools::Command,
    },
    /// Why something happened in a conversation: who was asked, what each read, answered and cost, and by whose word.
    Why {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG")]
        config: Option<PathBuf>,
        #[command(flatten)]
        arguments: why_tools::Arguments,
    },
    /// Media of the running host.
    Media {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: media_tools::Command,
    },
    /// Templates of the company, through the running host.
    Template {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: template_tools::Command,
    },
    /// Campaigns: draft, look whom they reach, propose, stop. Asks the running host.
    Campaign {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: campaign_tools::Command,
    },
    /// Cases: move one or many to a queue or an agent. Asks the running host.
    Case {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: case_tools::Command,
    },
    /// Who did what: the record, copies of it and proofs. Asks the running host.
    Audit {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: audit_tools::Command,
    },
    /// Who may do what: the responsibility matrix and the people of the company's file.
    Raci {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: raci::Command,
    },
    /// Lend your word to a colleague while you are away. Asks the running host.
    Delegation {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: delegation_tools::Command,
    },
    /// Figures: what they mean, what was counted, and how another definition would have counted it.
    Kpi {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: figure_tools::Command,
    },
    /// Who can sign in, and how: invite people, look at their sessions, let them go. Asks the running host.
    Access {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: access::Command,
    },
    /// Changes that take more than one person: propose, be heard, sign. Asks the running host.
    Proposal {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: proposal_tools::Command,
    },
    /// What you were told, and what waits for you. Asks the running host.
    Inbox {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        /// Also what you have read.
        #[arg(long)]
        all: bool,
        /// For programs: one JSON object.
        #[arg(long, global = true)]
        json: bool,
        #[command(subcommand)]
        command: Option<inbox::Command>,
    },
    /// Look at the journal, and repair what is folded from it.
    Journal {
        /// The file of settings.
        #[arg(long, env = "TIMONEL_CONFIG", global = true)]
        config: Option<PathBuf>,
        #[command(subcommand)]
        command: journal_tools::Command,
    },
}

/// Whoever reads a list through `head` closes the pipe when they have seen enough, which `println!` takes for a bug. It is the
/// end, and no failure.
fn end_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if said.starts_with("failed printing to std") && said.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn main() -> ExitCode {
    // The host compiles components in a child of this program. It is no command for people, and it must stay small.
    if std::env::args().nth(1).as_deref() == Some("compile-worker") {
        return rules::compile_worker::main();
    }
    // The demo has the record signed by a child, which knows nothing of this program but its name.
    if std::env::args().nth(1).as_deref() == Some("audit-signer") {
        return audit_signer::main(std::env::args_os().skip(1));
    }
    end_when_nobody_reads();
    let typed = Arguments::command().get_matches();
    let arguments = Arguments::from_arg_matches(&typed).unwrap_or_else(|error| error.exit());
    match commands::check(&typed).and_then(|()| run(arguments.command)) {
        Ok(code) => code,
        Err(error) => {
            say_error(&error);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr)]
fn say_error(error: &anyhow::Error) {
    eprintln!("timonel: {error:#}");
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { config } => {
            let settings = read_settings(config)?;
            log(settings.log, "info");
            serve(&settings)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo(arguments) => {
            log(Log::Text, "warn");
            runtime()?.block_on(demo::run(arguments))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Status { config, json } => {
            status(&read_settings(config)?, json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Outbound { config, json, command } => {
            outbound::run(&read_settings(config)?, command, json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Backup { config, arguments } => backup::run(&read_settings(config)?, arguments),
        Command::Restore { config, arguments } => {
            log(Log::Text, "warn");
            restore::run(&read_settings(config)?, &arguments)
        }
        Command::Contact { config, command } => contact_tools::run(&read_settings(config)?, command),
        Command::Notices { config, arguments } => notices::run(&read_settings(config)?, &arguments),
        Command::Plugin { config, command } => inspect::run(config, command),
        Command::Rules { config, command } => {
            rule_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Why { config, arguments } => {
            why_tools::run(&read_settings(config)?, &arguments)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Media { config, command } => {
            media_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Template { config, command } => {
            template_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Campaign { config, command } => {
            campaign_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Case { config, command } => {
            case_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Proposal { config, command } => {
            proposal_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Inbox { config, all, json, command } => {
            inbox::run(&read_settings(config)?, command, all, json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Audit { config, command } => audit_tools::run(&read_settings(config)?, command),
        Command::Raci { config, command } => {
            let settings = Settings::read(config.as_deref(), &|name| std::env::var(name).ok())?;
            Ok(raci::run(&settings, &command))
        }
        Command::Delegation { config, command } => {
            delegation_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Kpi { config, command } => {
            figure_tools::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Access { config, command } => {
            access::run(&read_settings(config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Journal { config, command } => {
            log(Log::Text, "warn");
            journal_tools::run(&read_settings(config)?, command)
        }
    }
}

pub(crate) fn read_settings(config: Option<PathBuf>) -> anyhow::Result<Settings> {
    Ok(Settings::read_draft(config.as_deref(), &|name| std::env::var(name).ok())?)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn serve(settings: &Settings) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let mut host = Host::start(settings, |_| server::Routes::new()).await?;
        if settings.app_secret.is_none() {
            tracing::warn!("the webhook answers 503: set `app-secret` (TIMONEL_APP_SECRET)");
        }
        access::welcome(&host.people, &host.site, host.desk.active().company.raci()).await?;
        host.wanted_to_stop().await;
        tracing::info!("stopping");
        host.stop().await
    })
}

/// Tells how the running host is.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn status(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let status = control::ask(&settings.data, hyper::Method::GET, "/status", None)?;
    if json {
        println!("{status}");
        return Ok(());
    }
    for (name, value) in status.as_object().into_iter().flatten() {
        if name == "sending" && value.is_object() {
            outbound::lines(value).iter().for_each(|line| println!("{name:<12} {line}"));
            continue;
        }
        println!("{name:<12} {}", value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
    }
    Ok(())
}

/// `RUST_LOG` says more precisely what is logged.
fn log(form: Log, level: &str) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colours = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match form {
        Log::Text => log.with_target(false).init(),
        Log::Json => log.json().init(),
    }
}
