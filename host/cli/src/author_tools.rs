//! `timonel plugin key|sign|authors|trust|revoke`: an author's own key, and whose signatures the company knows.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use domain::author::AuthorSecret;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;
use crate::system::SystemEntropy;

/// What to do with authors and their signatures.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key to sign your components with.
    Key {
        /// Whose it is, as `nova.example`.
        name: String,
        /// Where it is written. It is yours alone.
        #[arg(long)]
        out: PathBuf,
    },
    /// Sign a component.
    Sign {
        /// The component.
        file: PathBuf,
        /// Your key.
        #[arg(long)]
        key: PathBuf,
        /// Where the signed one is written.
        #[arg(long)]
        out: PathBuf,
    },
    /// The authors whose signatures the company knows.
    Authors {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Make an author's key known. It lets nothing run.
    Trust {
        /// What `timonel plugin key` printed.
        key: String,
        /// Who that is, in words.
        #[arg(long)]
        who: String,
    },
    /// Trust an author's key no more: every rule whose component was signed with it stops at once.
    Revoke {
        /// Its name, as `nova.example+1a2b3c4d`.
        key: String,
        /// Why: it is kept.
        #[arg(long)]
        why: String,
    },
}

/// Carries a command out.
pub(crate) fn run(config: Option<PathBuf>, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Key { name, out } => key(&name, &out),
        Command::Sign { file, key, out } => sign(&file, &key, &out),
        Command::Authors { json } => authors(&crate::read_settings(config)?, json),
        Command::Trust { key, who } => trust(&crate::read_settings(config)?, &key, &who),
        Command::Revoke { key, why } => revoke(&crate::read_settings(config)?, &key, &why),
    }
}

/// Makes an author's key, which nobody else has.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn key(name: &str, out: &Path) -> anyhow::Result<()> {
    let secret = AuthorSecret::random(name, &SystemEntropy).map_err(|_| {
        anyhow::anyhow!(
            "`{name}`: a name of 1 to 64 bytes without spaces and `+` was expected, as `nova.example`"
        )
    })?;
    // A key that is there signed something.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(out);
    let mut file = file.with_context(|| format!("{} cannot be made", out.display()))?;
    file.write_all(secret.text().as_bytes()).and_then(|()| file.sync_all())?;
    println!("{}", secret.key());
    println!(
        "Keep {} to yourself. What is printed above is for the company: it is what your signatures are",
        out.display()
    );
    println!("checked with. An admin makes it known: timonel plugin trust KEY --who …");
    Ok(())
}

/// Signs a component. What is written is the component with one more signature at its end.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn sign(file: &Path, key: &Path, out: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(key).with_context(|| format!("{} cannot be read", key.display()))?;
    let secret = AuthorSecret::read(&text)
        .with_context(|| format!("{} is no author's key: `timonel plugin key` makes one", key.display()))?;
    let component = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    anyhow::ensure!(component.starts_with(b"\0asm"), "{} is no component", file.display());
    let signed = rules::sign(&component, &secret);
    anyhow::ensure!(
        rules::marks(&signed).last().is_some_and(|mark| secret.key().made(mark)),
        "{} is no whole component, or has all the signatures that one may have",
        file.display()
    );
    std::fs::write(out, &signed).with_context(|| format!("{} cannot be written", out.display()))?;
    println!("{}  {}", domain::decision::Digest::of(&signed), out.display());
    println!("    signed by {}", secret.key().id());
    Ok(())
}

/// The authors whose signatures are known.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn authors(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let answer = control::ask(&settings.data, Method::GET, "/authors", None)?;
    if json {
        println!("{answer}");
        return Ok(());
    }
    for author in answer["authors"].as_array().into_iter().flatten() {
        println!("{}  {}", text(author, "key"), text(author, "who"));
        println!("    registered by {} at {}", text(author, "by"), text(author, "at"));
        let revoked = &author["revoked"];
        if revoked.is_object() {
            println!(
                "    REVOKED by {} at {}: {}",
                text(revoked, "by"),
                text(revoked, "at"),
                text(revoked, "why")
            );
        }
    }
    Ok(())
}

/// Makes an author's key known.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn trust(settings: &Settings, key: &str, who: &str) -> anyhow::Result<()> {
    let body = json!({ "key": key, "who": who });
    let author = control::ask(&settings.data, Method::POST, "/authors", Some(&body))?;
    println!("{} is known as {}", text(&author, "key"), text(&author, "who"));
    Ok(())
}

/// Trusts a key no more.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn revoke(settings: &Settings, key: &str, why: &str) -> anyhow::Result<()> {
    let path = format!("/authors/{}/revoke", utf8_percent_encode(key, NON_ALPHANUMERIC));
    let done = control::ask(&settings.data, Method::POST, &path, Some(&json!({ "why": why })))?;
    println!("nothing that was signed with {key} runs, with generation {}", done["generation"]);
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
