//! `[audit]`: how the record of who did what is proved to somebody else.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hyper::Uri;
use jiff::SignedDuration;
use serde::Deserialize;

use super::SettingsError;

/// The table, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Written {
    signer: Option<PathBuf>,
    every: Option<String>,
    #[serde(default)]
    to: Vec<String>,
}

/// How the record is proved.
#[derive(Debug, Clone)]
pub(crate) struct Audit {
    /// The socket of the signer; none if nobody signs.
    pub(crate) signer: Option<PathBuf>,
    /// How often a checkpoint is signed.
    pub(crate) every: Duration,
    /// Where checkpoints go.
    pub(crate) to: Vec<Destination>,
}

impl Default for Audit {
    fn default() -> Self {
        Self { signer: None, every: Duration::from_secs(300), to: Vec::new() }
    }
}

/// Where a checkpoint goes.
#[derive(Clone)]
pub(crate) enum Destination {
    /// Into a directory.
    Directory(PathBuf),
    /// To an address.
    Address(Uri),
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(dir) => write!(f, "{}", dir.display()),
            // What lets in may be part of it.
            Self::Address(_) => f.write_str("…"),
        }
    }
}

impl Audit {
    /// What a table says. Its paths are relative to the file.
    pub(super) fn read(written: &Written, file: Option<&Path>) -> Result<Self, SettingsError> {
        let dir = file.and_then(Path::parent).unwrap_or(Path::new(""));
        let every = written.every.as_deref().map_or(Ok(Self::default().every), every)?;
        let to = written.to.iter().map(|text| destination(dir, text)).collect::<Result<_, _>>()?;
        Ok(Self { signer: written.signer.as_ref().map(|signer| dir.join(signer)), every, to })
    }
}

fn every(text: &str) -> Result<Duration, SettingsError> {
    let every = text.parse::<SignedDuration>().ok().and_then(|every| Duration::try_from(every).ok());
    every.filter(|every| *every >= Duration::from_secs(1)).ok_or_else(|| SettingsError::Value {
        key: "audit.every".to_owned(),
        value: text.to_owned(),
        expected: "a time of a second or more, as `5m`,",
    })
}

fn destination(dir: &Path, text: &str) -> Result<Destination, SettingsError> {
    if !text.contains("://") {
        return Ok(Destination::Directory(dir.join(text)));
    }
    let uri = text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    uri.map(Destination::Address).ok_or_else(|| SettingsError::Value {
        key: "audit.to".to_owned(),
        value: text.split_once("://").map_or("…".to_owned(), |(scheme, _)| format!("{scheme}://…")),
        expected: "a directory, or an address that begins with https:// or http://,",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Audit, String> {
        let written = toml::from_str(text).map_err(|error| error.to_string())?;
        Audit::read(&written, Some(Path::new("/etc/timonel/timonel.toml"))).map_err(|error| error.to_string())
    }

    #[test]
    fn paths_are_relative_to_the_file_and_an_address_is_not_printed() {
        let audit =
            read("signer = \"signer\"\nevery = \"90s\"\nto = [\"out\", \"https://x.example/?token=hush\"]");
        let audit = audit.unwrap();
        assert_eq!(audit.signer.as_deref(), Some(Path::new("/etc/timonel/signer")));
        assert_eq!(audit.every, Duration::from_secs(90));
        let told = format!("{audit:?}");
        assert!(told.contains("/etc/timonel/out") && !told.contains("hush"), "{told}");
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_key_and_without_what_may_be_secret() {
        for text in ["every = \"0s\"", "every = \"soon\""] {
            assert!(read(text).unwrap_err().contains("`audit.every` is"), "{text}");
        }
        let told = read("to = [\"ftp://x.example/hush\"]").unwrap_err();
        assert!(told.contains("`audit.to` is `ftp://…`"), "{told}");
        assert!(read("sign = true").unwrap_err().contains("sign"));
    }
}
