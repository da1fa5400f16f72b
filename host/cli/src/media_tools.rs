//! `timonel media`: media of the running host, through its socket.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::message::MediaKind;
use hyper::Method;

use crate::control;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Get the medium of a message; what is not here is fetched from Meta.
    Get {
        /// The message, as `journal inspect` tells it.
        message: String,
        /// Where to write it. What lies there is not overwritten.
        #[arg(long)]
        out: PathBuf,
    },
    /// Hand a file to Meta, to be sent in a conversation. Prints the identifier that it is sent by.
    Put {
        /// The conversation, as `journal inspect` tells it.
        conversation: String,
        /// The file.
        file: PathBuf,
        /// What it is to be sent as.
        #[arg(long = "as", value_parser = kinds())]
        kind: MediaKind,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// The words for what a file can be sent as.
fn kinds() -> impl TypedValueParser<Value = MediaKind> {
    let word_of = |word: String| MediaKind::ALL.into_iter().find(|kind| kind.word() == word);
    PossibleValuesParser::new(MediaKind::ALL.map(MediaKind::word))
        .try_map(move |word| word_of(word).ok_or("no kind of media"))
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Get { message, out } => {
            let (kind, bytes) = get(settings, &message)?;
            write_new(&out, &bytes)?;
            println!("{}: {} bytes, {kind}", out.display(), bytes.len());
        }
        Command::Put { conversation, file, kind, json } => {
            let bytes = std::fs::read(&file)
                .with_context(|| format!("the file {} cannot be read", file.display()))?;
            let path = format!("/media?conversation={}&kind={}", plain(&conversation)?, kind.word());
            let answer = control::send(&settings.data, Method::POST, &path, bytes)?.json();
            if json {
                println!("{answer}");
            } else {
                let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
                println!("{} until {}: {}", text("id"), text("until"), text("mime-type"));
            }
        }
    }
    Ok(())
}

/// The MIME type and the bytes.
pub(crate) fn get(settings: &Settings, message: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let answer =
        control::send(&settings.data, Method::GET, &format!("/media/{}", plain(message)?), Vec::new())?;
    Ok((answer.kind, answer.bytes))
}

/// An identifier can stand in a path as it is; anything else would be another path.
fn plain(identifier: &str) -> anyhow::Result<&str> {
    let is_plain = !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_alphanumeric());
    anyhow::ensure!(
        is_plain,
        "`{identifier}` is not an identifier: 26 characters of 0-9 and a-v were expected"
    );
    Ok(identifier)
}

/// The medium is a stranger's: for the operator alone, and over nothing that is there.
fn write_new(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(out)
        .with_context(|| format!("`--out` is `{}`: it cannot be written", out.display()))?;
    file.write_all(bytes).with_context(|| format!("{} could not be written", out.display()))
}
