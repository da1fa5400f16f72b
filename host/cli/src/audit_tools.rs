//! `timonel audit`: who did what, proofs of it, and copies to check elsewhere. All of it is asked of the running host, and what an
//! auditor asks is in the record, too.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::Time;
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

/// What to do with the record.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Who did what, when, and to what: the last entries that fit.
    List(Wanted),
    /// Your own record: what you did, and who looked at, took over or changed what is yours.
    Mine {
        /// At most so many entries.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// For programs: one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Copy the record, to be checked elsewhere by `audit-verify`.
    Export {
        /// The directory to make. It must not exist yet.
        #[arg(long)]
        to: PathBuf,
    },
    /// Have a checkpoint signed and handed out now, and show it.
    Checkpoint {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Make a file that proves one entry to whoever has the signer's key.
    Prove {
        /// The number of the entry, as `list` tells it.
        entry: u64,
        /// The file to write, which must not exist yet; `-` for the terminal.
        #[arg(long, default_value = "-")]
        out: PathBuf,
    },
}

/// Which entries.
#[derive(Args)]
pub(crate) struct Wanted {
    /// Of this person, account, agent or rule.
    #[arg(long)]
    who: Option<String>,
    /// Of this action or kind of event, as `export-contact` or `sending-stopped`.
    #[arg(long)]
    what: Option<String>,
    /// On this: `contact/…`, `conversation/…`, or a number of the company.
    #[arg(long)]
    about: Option<String>,
    /// Not older than this, as `2026-11-22T15:00:00Z`.
    #[arg(long)]
    since: Option<Time>,
    /// Older than this entry.
    #[arg(long)]
    before: Option<u64>,
    /// At most so many.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// For programs: one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<ExitCode> {
    let ask = |path: &str, asked: &Value| control::ask(&settings.data, Method::POST, path, Some(asked));
    match command {
        Command::List(Wanted { who, what, about, since, before, limit, json }) => {
            let wanted = json!({
                "who": who, "what": what, "about": about, "since": since, "before": before, "limit": limit,
            });
            tell(&ask("/audit/list", &wanted)?, json)?;
        }
        Command::Mine { limit, json } => tell(&ask("/audit/mine", &json!({ "limit": limit }))?, json)?,
        Command::Export { to } => export(settings, &to)?,
        Command::Checkpoint { json } => return Ok(checkpoint(&ask("/audit/checkpoint", &json!({}))?, json)),
        Command::Prove { entry, out } => {
            let proved = ask("/audit/prove", &json!({ "entry": entry }))?;
            let proof = text(&proved, "proof");
            if out.as_os_str() == "-" {
                print!("{proof}");
            } else {
                let mut file = fresh(&out)?;
                file.write_all(proof.as_bytes())?;
                file.sync_all()?;
                println!("{} proves entry {entry}: audit-verify entry {0} --key KEY", out.display());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A file that only its owner can read.
fn fresh(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("{} cannot be made", path.display()))
}

/// Whoever has read enough of a long list closes it.
fn tell(told: &Value, json: bool) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let rows = told["entries"].as_array().into_iter().flatten();
    let mut lines = rows.map(|row| if json { row.to_string() } else { line(row) });
    match lines.try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

/// One entry: number, time, who, what, about what, why and by what right; and what it was before.
fn line(row: &Value) -> String {
    let act = &row["act"];
    let named = ["contact", "conversation", "message", "number", "entry"].into_iter().filter_map(|name| {
        let of = act["about"].get(name)?;
        Some(format!("{name}/{}", of.as_str().map_or_else(|| of.to_string(), ToOwned::to_owned)))
    });
    let about =
        row["about"].as_str().map(ToOwned::to_owned).into_iter().chain(named).collect::<Vec<_>>().join(" ");
    let time = text(row, "time")
        .split_once('.')
        .map_or_else(|| text(row, "time").to_owned(), |(to, _)| format!("{to}Z"));
    let mut line = format!(
        "{:>7}  {time}  {}  {}",
        row["entry"].as_u64().unwrap_or(0),
        text(row, "name"),
        text(row, "what")
    );
    let right = act["right"]["task"].as_str().map(|task| {
        let names = |field: &str| -> Vec<&str> {
            act["right"][field].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let (roles, lent) = (names("roles").join(", "), names("lent_by").join(", "));
        let by = if lent.is_empty() { String::new() } else { format!(", word lent by {lent}") };
        format!("{task} {} ({roles}{by})", text(&act["right"], "letters"))
    });
    let extra = [
        Some(about).filter(|about| !about.is_empty()),
        right,
        act["refused"].as_str().map(|why| format!("✗ {why}")),
        act["reason"].as_str().map(|reason| format!("«{reason}»")),
        row["cause"].as_u64().map(|cause| format!("← {cause}")),
        row["before"]["what"].as_str().map(|before| format!("[{}: {before}]", row["before"]["entry"])),
        row["concern"].as_str().map(|concern| format!("({concern})")),
    ];
    for part in extra.into_iter().flatten() {
        line.push_str("  ");
        line.push_str(&part);
    }
    line
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn checkpoint(told: &Value, json: bool) -> ExitCode {
    if json {
        println!("{told}");
    } else {
        print!("{}", text(told, "note"));
        for (place, why) in told["missing"].as_object().into_iter().flatten() {
            eprintln!("it is not at {place} yet: {}", why.as_str().unwrap_or_default());
        }
    }
    match told["why"].as_str() {
        None => ExitCode::SUCCESS,
        Some(why) => {
            if !json {
                eprintln!("timonel: no checkpoint was signed now: {why}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Copies the record up to the last checkpoint, with that checkpoint; all of it if nobody ever signed it.
#[allow(clippy::print_stdout, clippy::print_stderr)]
fn export(settings: &Settings, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir(to).with_context(|| format!("`to` is `{}`: it cannot be made", to.display()))?;
    let last = control::ask(&settings.data, Method::POST, "/audit/checkpoint", Some(&json!({})))?;
    let entries = last["size"].as_u64().or_else(|| last["entries"].as_u64()).unwrap_or(0);
    let path = to.join("entries");
    let mut file = BufWriter::new(fresh(&path)?);
    let (mut lines, mut told) = (0, std::time::Instant::now());
    let shown = std::io::stderr().is_terminal();
    control::stream(&settings.data, &format!("/audit/export?entries={entries}"), &mut |bytes| {
        lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        if shown && told.elapsed().as_millis() > 500 {
            told = std::time::Instant::now();
            eprint!("\r{lines} of {entries} entries");
        }
        file.write_all(bytes).map_err(Into::into)
    })?;
    if shown {
        eprint!("\r");
    }
    anyhow::ensure!(
        lines == entries,
        "only {lines} of {entries} entries came: the export is not whole, make it again"
    );
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    for (name, value) in [("checkpoint", &last["note"]), ("key", &last["key"])] {
        if let Some(value) = value.as_str() {
            let end = if name == "key" { "\n" } else { "" };
            fresh(&to.join(name))?.write_all(format!("{value}{end}").as_bytes())?;
        }
    }
    println!("{entries} entries are in {}.", to.display());
    if let Some(why) = last["why"].as_str() {
        eprintln!("timonel: the newest entries are missing, or nobody signed any: {why}");
    }
    println!(
        "Check it: audit-verify export {} --key KEY --checkpoint OLDER. Take the key from whoever runs the signer and the \
         older checkpoints from where they are kept, not from this host.",
        to.display()
    );
    Ok(())
}
