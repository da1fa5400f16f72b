//! `timonel backup`: the journal, which opens nothing, and apart from it the keys, for a while.
//!
//! The journal is copied beside a running host: what is durable does not change. The host only says how far that is, at a
//! moment at which nothing that came in still waits to become events: a raw body opens with a key that is in no backup.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::outside::Clock as _;
use hyper::Method;
use journal::RealDisk;
use serde_json::{Value, json};
use store::{KeyBackup, Paths};

use crate::erasures::{self, Erasures};
use crate::settings::Settings;
use crate::system::{SystemClock, SystemEntropy};
use crate::{control, host};

/// What to back up.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    /// The directory to copy the journal to. What an earlier backup brought there is kept.
    #[arg(long, required = true)]
    to: Option<PathBuf>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// The keys of contacts, sealed under the master key. Keep them elsewhere; they may be restored for 30 days.
    Keys {
        /// A directory, or a file whose name holds today's date.
        #[arg(long)]
        to: PathBuf,
    },
}

/// Carries the command out.
pub(crate) fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<ExitCode> {
    match (arguments.part, arguments.to) {
        (Some(Part::Keys { to }), _) => keys(settings, &to)?,
        (None, Some(to)) => journal(settings, &to, arguments.json)?,
        (None, None) => anyhow::bail!("`to` is missing: the directory to copy to was expected"),
    }
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn journal(settings: &Settings, to: &Path, json: bool) -> anyhow::Result<()> {
    let from = Paths::within(&settings.data).journal;
    anyhow::ensure!(
        from.is_dir(),
        "`data` is `{}`: there is no journal in it. Set TIMONEL_DATA or `data` to the directory of the host",
        settings.data.display()
    );
    let (until, open) = point(settings)?;
    let target = to.join("journal");
    let copied = journal::copy(&RealDisk, &from, &target, until)
        .with_context(|| format!("`to` is `{}`", to.display()))?;
    let list = Erasures::of_journal(&target)?;
    list.write(&to.join(erasures::FILE))?;
    let media = host::media(&to.join("media"));
    // Of who was erased since the last time, an earlier backup may have brought some. Nothing opens them any more.
    for contact in list.erased.keys() {
        media.forget(*contact)?;
    }
    let files = host::media(&settings.data.join("media"))
        .copy(&media, |contact| !list.erased.contains_key(&contact))?;
    // What was agreed on of the company's files names them, and no copy of the files has to be at hand.
    let plugins = host::plugins(&settings.data).copy(&host::plugins(to))?;
    let answer = json!({
        "events": copied.verified.entries, "segments": copied.verified.segments,
        "written": copied.written, "kept": copied.kept, "open-bodies": open, "erased": list.erased.len(),
        "media": files, "plugins": plugins,
    });
    if json {
        println!("{answer}");
        return Ok(());
    }
    println!(
        "{} events are in {}, read again and whole: {} segment(s) were written, {} were there.",
        copied.verified.entries,
        to.display(),
        copied.written,
        copied.kept
    );
    println!("{files} file(s) of media were added. Each opens with the key of its contact only.");
    if open > 0 {
        println!("{open} webhook(s) that came in last are not events yet: they are in the next backup.");
    }
    println!(
        "The list of {} erasure(s) is beside it. No key is: save those apart with `timonel backup keys`.",
        list.erased.len()
    );
    Ok(())
}

/// Up to which event to copy, and how many bodies are open before it. Without a host that runs, everything.
fn point(settings: &Settings) -> anyhow::Result<(u64, u64)> {
    if !control::is_there(&settings.data) {
        return Ok((u64::MAX, 0));
    }
    let point = control::ask(&settings.data, Method::POST, "/backup/point", None)?;
    let number = |name: &str| point.get(name).and_then(Value::as_u64);
    let until = number("until").context("the host did not say how far it is: is it of another version?")?;
    Ok((until, number("open").unwrap_or(0)))
}

#[allow(clippy::print_stdout)]
fn keys(settings: &Settings, to: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let today = SystemClock::starting(settings.clock).now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let name = format!("timonel-keys-{today}");
    let path = if to.is_dir() { to.join(&name) } else { to.to_owned() };
    let dated = path.file_name().is_some_and(|name| name.to_string_lossy().contains(&today.to_string()));
    anyhow::ensure!(
        dated,
        "`to` is `{}`: its name has to say of which day the keys are, as `{name}`: they may be used for 30 days",
        to.display()
    );
    let master = host::existing_master(settings, &settings.data)?;
    let backup = KeyBackup::of(&RealDisk, &settings.data.join("keys"), today)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("`to` is `{}`: it cannot be made", path.display()))?;
    file.write_all(&backup.seal(&master, &*Arc::new(SystemEntropy))?)?;
    file.sync_all()?;
    println!(
        "{} key(s) of contacts are in {}. Only the master key opens it, which is not in it.",
        backup.len(),
        path.display()
    );
    println!("Delete it when it is 30 days old: no restore takes it from then on.");
    Ok(())
}
