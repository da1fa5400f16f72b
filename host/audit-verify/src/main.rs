//! The program `audit-verify`. It ends with 0 if everything is as it was signed, with 1 if it is not, and with 2 if that cannot
//! be told.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use audit_verify::{Key, Proved, Report, Source, Unproved, prove, verify};
use clap::{Parser, Subcommand};

/// Checks an exported audit record, or the proof of one entry. Trusts nobody: neither the host nor whoever runs it.
#[derive(Parser)]
#[command(version, about, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a directory that `timonel audit export` made.
    Export {
        /// The directory.
        dir: PathBuf,
        /// The key of the signer, or a file with it: from the signer's side, not from the export.
        #[arg(long)]
        key: String,
        /// A checkpoint that was kept outside. The more of them and the older, the better.
        #[arg(long = "checkpoint")]
        checkpoints: Vec<PathBuf>,
    },
    /// Check a file that `timonel audit prove` made.
    Entry {
        /// The file.
        proof: PathBuf,
        /// The key of the signer, or a file with it.
        #[arg(long)]
        key: String,
    },
}

const DIFFERS: ExitCode = ExitCode::FAILURE;

fn main() -> ExitCode {
    let told = match Arguments::parse().command {
        Command::Export { dir, key, checkpoints } => export(&dir, &key, &checkpoints),
        Command::Entry { proof, key } => entry(&proof, &key),
    };
    told.unwrap_or_else(|error| {
        complain(&error);
        ExitCode::from(2)
    })
}

#[allow(clippy::print_stderr)]
fn complain(error: &str) {
    eprintln!("audit-verify: {error}");
}

/// A key, or the file that it is in.
fn key(text: &str) -> Result<Key, String> {
    text.parse().or_else(|error| match std::fs::read_to_string(text) {
        Ok(read) => read.parse().map_err(|error| format!("`--key` is `{text}`: {error}")),
        Err(unreadable) => Err(format!("`--key` is `{text}`: {error}; nor is it a file: {unreadable}")),
    })
}

#[allow(clippy::print_stdout)]
fn export(dir: &Path, key_text: &str, checkpoints: &[PathBuf]) -> Result<ExitCode, String> {
    let key = key(key_text)?;
    let report = verify(dir, &key, checkpoints).map_err(|error| error.to_string())?;
    words(&report, &key).iter().for_each(|line| println!("{line}"));
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { DIFFERS })
}

fn words(report: &Report, key: &Key) -> Vec<String> {
    let Report { entries, fitting, differences, between, two_records } = report;
    let mut words: Vec<String> = differences.iter().take(20).map(|one| format!("DIFFERENT: {one}")).collect();
    if differences.len() > words.len() {
        words.push(format!("… and {} more of these", differences.len() - words.len()));
    }
    if let Some((good, bad)) = between {
        words.push(format!(
            "The first {good} lines are as they were signed; the first difference lies in the lines {} to {bad}.",
            good + 1
        ));
    }
    if *two_records {
        words.push(
            "Later checkpoints fit this record: the key signed both records, so somebody else has it too."
                .to_owned(),
        );
    }
    let outside = |source: &Source| matches!(source, Source::Outside(_));
    let kept = fitting.iter().filter(|(_, source)| outside(source));
    words.extend(
        kept.clone().map(|(size, source)| format!("{source}: its {size} entries are here, unchanged.")),
    );
    if differences.is_empty() {
        words.push(format!(
            "All {entries} entries are as `{}` signed them; {} checkpoint(s) fit, {} of them kept outside.",
            key.name(),
            fitting.len(),
            kept.count()
        ));
    } else {
        words.push(format!("This is not the record that `{}` signed.", key.name()));
    }
    words
}

#[allow(clippy::print_stdout)]
fn entry(path: &Path, key_text: &str) -> Result<ExitCode, String> {
    let key = key(key_text)?;
    let file = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    match prove(&file, &key) {
        Ok(Proved { line, index, checkpoint }) => {
            println!("{line}");
            println!(
                "It is line {} of the {} that `{}` signed.",
                index + 1,
                checkpoint.size,
                checkpoint.origin
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(why @ Unproved::Form(_)) => Err(format!("{}: {why}", path.display())),
        Err(why) => {
            println!("DIFFERENT: {why}");
            Ok(DIFFERS)
        }
    }
}
