//! `timonel journal`: look at the journal, check it, and build anew what is folded from it.

use std::io::{BufWriter, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Subcommand;
use desk::unseal;
use domain::event::{Recorded, Written};
use domain::measure::fact::Facts;
use journal::{Reader, RealDisk};
use serde_json::{Value, json};
use store::{Drive, KeyStore, Paths, Store};

use crate::control;
use crate::host;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemEntropy, boot};

/// What to do with the journal.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check every batch of every segment. Ends with 1 at the first damage.
    Verify {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// List events, beside a running host too.
    Inspect {
        /// For programs: one event a line.
        #[arg(long)]
        json: bool,
        /// Open what is sealed. Needs the keys of the data directory.
        #[arg(long)]
        open: bool,
        /// The number of the first event.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// Only events of this stream, as `conversation/…`.
        #[arg(long)]
        stream: Option<String>,
        /// Only events of this kind, as `rule-decided`.
        #[arg(long)]
        kind: Option<String>,
    },
    /// List what cases and agents can be measured by, with how long it took, beside a running host too.
    Facts {
        /// For programs: one fact a line, durations in milliseconds.
        #[arg(long)]
        json: bool,
        /// The number of the first event of which the facts are listed.
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// Only facts of this name, as `case-answered`.
        #[arg(long)]
        fact: Option<String>,
    },
    /// Read again what an older version did not understand. Asks the running host.
    Reparse {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Build the projections anew while no host runs, and say whether they are the same as those they replace.
    Rebuild,
}

/// Carries a command out.
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<ExitCode> {
    let paths = Paths::within(&settings.data);
    anyhow::ensure!(
        paths.journal.is_dir(),
        "`data` is `{}`: there is no journal in it. Set TIMONEL_DATA or `data` to the directory of the host",
        settings.data.display()
    );
    match command {
        Command::Verify { json } => verify(&paths, json),
        Command::Inspect { json, open, from, stream, kind } => {
            let keys = if open { Some(host::keys(settings, Arc::new(SystemEntropy))?) } else { None };
            let only = Only { stream, kind };
            unless_enough(list(&paths, json, keys.as_deref(), from, &only))
        }
        Command::Facts { json, from, fact } => unless_enough(facts(&paths, json, from, fact.as_deref())),
        Command::Rebuild => rebuild(&paths),
        Command::Reparse { json } => reparse(settings, json),
    }
}

#[allow(clippy::print_stdout)]
fn reparse(settings: &Settings, json: bool) -> anyhow::Result<ExitCode> {
    let done = control::ask(&settings.data, hyper::Method::POST, "/journal/reparse", None)?;
    if json {
        println!("{done}");
        return Ok(ExitCode::SUCCESS);
    }
    let count = |name| done.get(name).and_then(Value::as_u64).unwrap_or(0);
    println!(
        "{} of {} element(s) that were not understood are understood now.",
        count("understood"),
        count("of")
    );
    if count("gone") > 0 {
        println!(
            "{} can be opened by nobody any more: their contact was erased, or they named nobody and are older \
             than the keys of their day.",
            count("gone")
        );
    }
    Ok(ExitCode::SUCCESS)
}

struct Only {
    stream: Option<String>,
    kind: Option<String>,
}

/// Whoever read a list has seen enough when they close it.
fn unless_enough(listed: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    match listed {
        Err(error) if !is_broken_pipe(&error) => Err(error),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn verify(paths: &Paths, json: bool) -> anyhow::Result<ExitCode> {
    let mut told = 0;
    let mut progress = |progress: journal::Progress| {
        let percent = progress.done * 100 / progress.of.max(1);
        if !json && percent >= told + 10 {
            told = percent;
            eprintln!("{percent} %");
        }
    };
    let verified = match journal::verify(&RealDisk, &paths.journal, &mut progress) {
        Ok(verified) => verified,
        Err(error) => {
            if json {
                println!("{}", json!({ "ok": false, "error": error.to_string() }));
            } else {
                eprintln!("timonel: {error}");
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let torn = verified.torn.as_ref().map_or(0, |torn| torn.bytes);
    if json {
        println!(
            "{}",
            json!({
                "ok": true, "segments": verified.segments, "batches": verified.batches,
                "events": verified.entries, "torn-bytes": torn,
            })
        );
    } else {
        println!(
            "The journal is whole: {} events in {} batches and {} segments.",
            verified.entries, verified.batches, verified.segments
        );
        if torn > 0 {
            println!(
                "{torn} bytes at its end are unfinished: a host is writing, or it stopped in the middle. \
                 Nobody was told of them, and the next start cuts them off."
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(paths: &Paths, json: bool, keys: Option<&KeyStore>, from: u64, only: &Only) -> anyhow::Result<()> {
    let reader = Reader::open_beside(Arc::new(RealDisk), &paths.journal)?;
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for batch in reader.batches(from.max(1)) {
        let batch = batch?;
        for (seq, entry) in batch.entries().filter(|(seq, _)| *seq >= from) {
            let written: Written<'_> =
                serde_json::from_slice(entry).with_context(|| format!("event {seq}"))?;
            let stream = written.stream.to_string();
            if only.stream.as_ref().is_some_and(|only| *only != stream)
                || only.kind.as_ref().is_some_and(|only| *only != written.kind)
            {
                continue;
            }
            let mut data: Value = serde_json::from_str(written.data.get())?;
            if let Some(keys) = keys {
                unseal(&mut data, keys, today);
            }
            if json {
                let line = json!({
                    "seq": seq, "time": written.time, "stream": stream, "version": written.version,
                    "kind": written.kind, "form": written.form, "actor": written.actor, "data": data,
                });
                writeln!(out, "{line}")?;
            } else {
                let known =
                    if Recorded::decode(seq, entry).is_ok() { "" } else { " (unknown to this version)" };
                let (time, actor, kind) = (written.time, &written.actor, &written.kind);
                writeln!(out, "{seq:>8}  {time:.3}  {kind:<24} {stream}  {actor}{known}")?;
                if keys.is_some() {
                    writeln!(out, "          {data}")?;
                }
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// Reads from the beginning whatever is listed: what began before `from` ends after it.
fn facts(paths: &Paths, json: bool, from: u64, only: Option<&str>) -> anyhow::Result<()> {
    let reader = Reader::open_beside(Arc::new(RealDisk), &paths.journal)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut facts = Facts::default();
    for batch in reader.batches(1) {
        let batch = batch?;
        for (seq, entry) in batch.entries() {
            let event = Recorded::decode(seq, entry).with_context(|| format!("event {seq}"))?;
            for fact in facts.take(&event) {
                let name = fact.what.name();
                if seq < from || only.is_some_and(|only| only != name) {
                    continue;
                }
                let fact = serde_json::to_value(fact)?;
                if json {
                    writeln!(out, "{fact}")?;
                } else {
                    let time = event.time;
                    writeln!(out, "{seq:>8}  {time:.3}  {name:<15}{}", in_words(&fact))?;
                }
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// The members of a fact that a person looks at, durations in seconds.
fn in_words(fact: &Value) -> String {
    let members = fact.as_object().into_iter().flatten();
    let shown = members.filter(|(name, value)| {
        !value.is_null() && !["seq", "time", "fact", "conversation"].contains(&name.as_str())
    });
    let words = shown.map(|(name, value)| match (name.as_str(), value.as_u64(), value.as_str()) {
        ("waited" | "sinceQueued" | "sinceWritten" | "lasted" | "after", Some(ms), _) => {
            format!("  {name} {}.{:03} s", ms / 1000, ms % 1000)
        }
        (_, _, Some(text)) => format!("  {name} {text}"),
        _ => format!("  {name} {value}"),
    });
    words.collect()
}

/// Lets the projections take in what the journal has, so that what is compared is of one moment.
fn catch_up(paths: &Paths) -> anyhow::Result<()> {
    let clock = Arc::new(SystemClock::starting(None));
    let (store, opened) =
        Store::open(Arc::new(RealDisk), paths, clock, &boot(), Drive::Inline, &mut |_, _| {})?;
    if let Some(why) = opened.rebuilt {
        tracing::warn!(%why, "the projections could not be trusted and were set aside");
    }
    Ok(store.close()?)
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn rebuild(paths: &Paths) -> anyhow::Result<ExitCode> {
    catch_up(paths)?;
    let fresh = paths.projection.with_extension("new");
    let mut told = 0;
    let mut progress = |done: u64, of: u64| {
        let percent = done * 100 / of.max(1);
        if percent >= told + 10 {
            told = percent;
            eprintln!("{percent} % of {of} events");
        }
    };
    let folded = store::rebuild(Arc::new(RealDisk), &paths.journal, &fresh, &boot(), &mut progress)?;
    let difference = store::difference(&paths.projection, &fresh)?;
    std::fs::remove_dir_all(&paths.projection)?;
    std::fs::rename(&fresh, &paths.projection)?;
    println!("The projections are built anew from {folded} events.");
    match difference {
        None => println!("They are the same as those they replace, key by key."),
        Some(key) => println!(
            "Those they replace were different, first at {:?}: please report it, with what had happened before.",
            String::from_utf8_lossy(&key)
        ),
    }
    Ok(ExitCode::SUCCESS)
}
