//! `timonel restore`: a data directory from a backup of the journal and one of the keys, while no host runs on it.
//!
//! Who was erased is left out of the keys before they touch the disk, so that there is no moment at which anything of them
//! could be opened. Then the journal is copied and checked, folded, and told what time did since the backup.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use desk::settle_restored;
use domain::outside::Clock as _;
use journal::RealDisk;
use serde_json::json;
use store::{Drive, KeyBackup, KeyStore, Paths, Store};

use crate::erasures::{self, Erasures};
use crate::host;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemEntropy, boot};

/// From what and to where.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The directory of `timonel backup`.
    #[arg(long)]
    from: PathBuf,
    /// The file of `timonel backup keys`, 30 days old at most.
    #[arg(long)]
    keys: PathBuf,
    /// The data directory to make. There must be no journal in it.
    #[arg(long)]
    to: PathBuf,
    /// A later list of erasures, if there is one: `erasures.json` of a later backup.
    #[arg(long)]
    erasures: Option<PathBuf>,
    /// The master key, copied to the new directory. Without it, `master-key` of the settings or `keys/master` in `to`.
    #[arg(long)]
    master: Option<PathBuf>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries the command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { from, keys, to, erasures, master, json } = arguments;
    let paths = Paths::within(to);
    anyhow::ensure!(
        !paths.journal.exists(),
        "`to` is `{}`: there is a journal in it. Restore into an empty directory, and put it in its place then",
        to.display()
    );
    let clock = Arc::new(SystemClock::starting(settings.clock));
    let entropy = Arc::new(SystemEntropy);
    let key_dir = to.join("keys");
    let master = match master {
        Some(path) => host::read_master(path)?,
        None => host::existing_master(settings, to)?,
    };
    let mut list = Erasures::of_journal(&from.join("journal"))
        .with_context(|| format!("`from` is `{}`", from.display()))?;
    let beside = from.join(erasures::FILE);
    for path in beside.exists().then_some(&beside).into_iter().chain(erasures) {
        list.erased.extend(Erasures::read(path)?.erased);
    }
    let bytes = std::fs::read(keys).with_context(|| format!("`keys` is `{}`", keys.display()))?;
    let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut backup =
        KeyBackup::open(&bytes, &master, today).with_context(|| format!("`keys` is `{}`", keys.display()))?;
    let left_out = backup.leave_out(&list.erased.keys().copied().collect());
    backup.put(&RealDisk, &key_dir)?;
    if let Some(path) = &arguments.master {
        copy_master(path, &key_dir.join("master"))?;
    }
    let copied = journal::copy(&RealDisk, &from.join("journal"), &paths.journal, u64::MAX)?;
    let files =
        host::media(&from.join("media")).copy(&host::media(&to.join("media")), |id| backup.knows(id))?;
    host::plugins(from).copy(&host::plugins(to))?;
    let (store, _) = Store::open(Arc::new(RealDisk), &paths, clock, &boot(), Drive::Threads, &mut |_, _| {})?;
    let keys = KeyStore::open(Arc::new(RealDisk), &key_dir, &master, entropy)?;
    let settled = settle_restored(&store, &keys, &list.erased);
    store.close()?;
    let settled = settled?;
    let answer = json!({
        "events": copied.verified.entries, "keys": backup.len(), "keys-of": backup.date, "left-out": left_out,
        "erased": settled.erased, "without-key": settled.without_key, "unknown": settled.unknown,
        "media": files,
    });
    if *json {
        println!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} events are restored to {}, and all of them can be read.",
        copied.verified.entries,
        to.display()
    );
    println!(
        "{} key(s) of {} are there; {left_out} of contacts who were erased were left out.",
        backup.len(),
        backup.date
    );
    println!("{files} file(s) of media are there.");
    println!(
        "{} contact(s) were erased after the backup and are erased again; {} had no key and are forgotten.",
        settled.erased, settled.without_key
    );
    if settled.unknown > 0 {
        println!(
            "{} message(s) waited to be sent when the backup was made. They may have been sent since, so nobody knows, \
             and they are not sent.",
            settled.unknown
        );
    }
    if erasures.is_none() {
        println!(
            "Whoever was erased after event {} is not known to be: if there is a later list of erasures, restore \
             again with --erasures.",
            list.until
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The master key in its place, readable by its owner only.
fn copy_master(from: &Path, to: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if to.exists() {
        return Ok(());
    }
    let text = std::fs::read(from).with_context(|| format!("`master` is `{}`", from.display()))?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(to)?;
    file.write_all(&text)?;
    Ok(file.sync_all()?)
}
