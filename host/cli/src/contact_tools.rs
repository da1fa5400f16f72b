//! `timonel contact`: what the law gives a person against a company that holds their data, as commands.
//!
//! All of it is asked of the running host, so that it is in its journal under the name of who asked, and all of its parts
//! know of it at once.

use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::media_tools;
use crate::proposal_tools;
use crate::settings::Settings;

/// What to do about a contact.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Forget a contact for ever: the key is destroyed, and nobody can open any more what was said, here or in a backup.
    Erase {
        #[command(flatten)]
        who: Who,
        /// On what ground, as `solicitud del titular, radicado 118`. It is kept for ever: without names and numbers of people.
        #[arg(long)]
        reason: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Hand out everything that is known of a contact, as one JSON document.
    Export {
        #[command(flatten)]
        who: Who,
        /// The file to write, which must not exist yet; `-` for the terminal.
        #[arg(long)]
        out: PathBuf,
        /// Why, where others have to agree first. It is kept for ever: without names and numbers of people.
        #[arg(long, default_value = "")]
        reason: String,
        /// A directory for the pictures, voice notes and documents that are kept, one file each.
        #[arg(long)]
        media: Option<PathBuf>,
    },
    /// Keep a contact from being erased, as long as a duty to keep the data lasts.
    Hold {
        #[command(flatten)]
        who: Who,
        /// Why, as `requerimiento de la SIC`. Without names and numbers of people.
        #[arg(long)]
        reason: String,
    },
    /// Erase contacts whose term is over by the policy of the company's file. The host does it by itself once a day, unless they
    /// are so many that a person has to say so.
    Retention {
        /// Say who that is, and erase nobody.
        #[arg(long, conflicts_with = "yes", required_unless_present = "yes")]
        dry_run: bool,
        /// Erase them, however many there are.
        #[arg(long)]
        yes: bool,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// End such a duty.
    Release {
        #[command(flatten)]
        who: Who,
        /// Why it has ended.
        #[arg(long)]
        reason: String,
    },
}

/// By what a contact is named: one of these.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// The phone with its country, as `+57 300 111 2233`.
    #[arg(long)]
    phone: Option<String>,
    /// WhatsApp's identifier of the person for this company.
    #[arg(long)]
    user_id: Option<String>,
    /// The host's own, as `contact/…`.
    #[arg(long)]
    id: Option<String>,
}

impl Who {
    fn asked(&self, reason: &str) -> Value {
        let mut asked = json!({ "reason": reason });
        let named = [("phone", &self.phone), ("user-id", &self.user_id), ("id", &self.id)];
        if let Some(asked) = asked.as_object_mut() {
            asked.extend(
                named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))),
            );
        }
        asked
    }
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<ExitCode> {
    let ask = |path: &str, asked: &Value| control::ask(&settings.data, Method::POST, path, Some(asked));
    match command {
        Command::Erase { who, reason, yes, json } => {
            let asked = who.asked(&reason);
            if !yes && !confirmed(&ask("/contacts/about", &asked)?)? {
                println!("Nothing was erased.");
                return Ok(ExitCode::FAILURE);
            }
            let answer = ask("/contacts/erase", &asked)?;
            if json || !proposal_tools::proposed(&answer) {
                tell_erased(&answer, json);
            }
        }
        Command::Export { who, out, reason, media } => {
            export(settings, &who, &out, &reason, media.as_deref())?;
        }
        Command::Hold { who, reason } => {
            let held = ask("/contacts/hold", &who.asked(&reason))?;
            println!("contact/{} is held: nobody and no policy can erase it.", text(&held, "contact"));
        }
        Command::Retention { dry_run, json, .. } => {
            tell_retention(&ask("/contacts/retention", &json!({ "dry-run": dry_run }))?, dry_run, json);
        }
        Command::Release { who, reason } => {
            let released = ask("/contacts/release", &who.asked(&reason))?;
            println!("contact/{} is not held any more.", text(&released, "contact"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn export(
    settings: &Settings,
    who: &Who,
    out: &Path,
    reason: &str,
    media: Option<&Path>,
) -> anyhow::Result<()> {
    let mut file = if out.as_os_str() == "-" { None } else { Some(fresh(out)?) };
    let document = control::ask(&settings.data, Method::POST, "/contacts/export", Some(&who.asked(reason)))?;
    if proposal_tools::proposed(&document) {
        println!("Ask again when it is approved: nothing was handed out yet.");
        if file.is_some() {
            std::fs::remove_file(out)?;
        }
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&document)?;
    match &mut file {
        None => println!("{text}"),
        Some(file) => {
            writeln!(file, "{text}")?;
            file.sync_all()?;
            println!("Everything that is known of the contact is in {}.", out.display());
        }
    }
    let kept = document["media"].as_array().map_or(&[][..], Vec::as_slice);
    if let Some(dir) = media {
        std::fs::create_dir_all(dir).with_context(|| format!("`media` is `{}`", dir.display()))?;
        for medium in kept {
            let message = medium["message"].as_str().unwrap_or_default();
            let (kind, bytes) = media_tools::get(settings, message)?;
            let name = format!("{message}-{}", domain::media::file_name(None, &kind));
            fresh(&dir.join(name))?.write_all(&bytes)?;
        }
        println!("{} file(s) of media are in {}.", kept.len(), dir.display());
    } else if file.is_some() && !kept.is_empty() {
        println!("{} file(s) of media are kept, too: add --media DIR to have them.", kept.len());
    }
    if file.is_some() {
        println!("It is personal data in clear: hand it over, and delete it.");
    }
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A file that only its owner can read, made before anything is asked, so that nothing is handed out into the void.
fn fresh(path: &Path) -> anyhow::Result<std::fs::File> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("`out` is `{}`: it cannot be made", path.display()))
}

/// Says what is about to be erased, and asks.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn confirmed(about: &Value) -> anyhow::Result<bool> {
    anyhow::ensure!(
        std::io::stdin().is_terminal(),
        "nobody is here to be asked: add --yes if contact/{} is to be erased",
        text(about, "contact")
    );
    let numbers = about.get("conversations").and_then(Value::as_array).map_or(0, Vec::len);
    println!(
        "contact/{} ({}, phone {}): known since {}, last active {}, {numbers} conversation(s).",
        text(about, "contact"),
        text(about, "name"),
        about.get("phone").and_then(Value::as_str).unwrap_or("none"),
        text(about, "since"),
        text(about, "last-activity"),
    );
    print!("Erase it for ever? Nothing brings it back. Type `yes`: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}

#[allow(clippy::print_stdout)]
fn tell_retention(due: &Value, dry_run: bool, json: bool) {
    if json {
        println!("{due}");
        return;
    }
    let count = |name| due.get(name).and_then(Value::as_u64).unwrap_or(0);
    for expired in due.get("expired").and_then(Value::as_array).into_iter().flatten() {
        let held = if expired.get("held") == Some(&json!(true)) { "  held: stays" } else { "" };
        println!(
            "contact/{}  last active {}{held}",
            text(expired, "contact"),
            text(expired, "last-activity")
        );
    }
    println!(
        "{} of {} contact(s) were last active before {} and are not held ({}).",
        count("due"),
        count("contacts"),
        text(due, "before"),
        text(due, "policy"),
    );
    if dry_run {
        println!("Nothing was erased: this was a dry run.");
    } else {
        println!("{} were erased.", count("erased"));
    }
}

#[allow(clippy::print_stdout)]
fn tell_erased(erased: &Value, json: bool) {
    if json {
        println!("{erased}");
        return;
    }
    let count = |name| erased.get(name).and_then(Value::as_u64).unwrap_or(0);
    println!(
        "contact/{} is erased: its key is destroyed, {} conversation(s) are closed, {} message(s) will not be sent.",
        text(erased, "contact"),
        count("conversations"),
        count("cancelled"),
    );
    if erased.get("raw-bodies-gone") == Some(&json!(true)) {
        println!("The raw webhook bodies of the last 72 hours are gone with it.");
    } else {
        println!(
            "The raw webhook bodies of the last 72 hours go as soon as all that is in them is worked on; \
             the host sees to it."
        );
    }
    println!(
        "It is in no backup of keys that is made from now on; those of before end after 30 days at most."
    );
}
