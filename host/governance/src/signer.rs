//! The way to the signer: a process that holds the key of the audit, and that this host cannot make sign anything but growth.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use store::Hash;

/// How long the signer may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a signer vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The key by which its signatures are checked, as C2SP writes it.
    pub key: String,
    /// The size that it signed last; 0 if it signed nothing yet.
    pub size: u64,
}

/// Somebody who signs checkpoints.
pub trait Signer: Send {
    /// What it signed last. Words if it cannot be asked.
    fn state(&mut self) -> Result<Signed, String>;

    /// Has it sign that the record has a size and a root. The proof shows that it grew from what was signed last. The
    /// checkpoint, or words why there is none.
    fn sign(&mut self, from: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<String, String>;
}

/// A signer behind a socket of this machine.
pub struct SocketSigner(PathBuf);

impl SocketSigner {
    /// The one that listens there.
    pub fn new(socket: &Path) -> Self {
        Self(socket.to_owned())
    }

    fn ask(&self, request: &str) -> Result<String, String> {
        self.exchange(request).map_err(|error| {
            format!("`audit.signer` is `{}`: the signer does not answer there: {error}", self.0.display())
        })
    }

    fn exchange(&self, request: &str) -> io::Result<String> {
        let mut stream = UnixStream::connect(&self.0)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        stream.shutdown(Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Signer for SocketSigner {
    fn state(&mut self) -> Result<Signed, String> {
        let answer = self.ask("state\n")?;
        let (key, note) = answer
            .strip_prefix("key ")
            .and_then(|rest| rest.split_once("\n\n"))
            .ok_or_else(|| format!("`audit.signer` is `{}`: no signer answers there", self.0.display()))?;
        // The second line of a checkpoint is its size.
        let size = note.lines().nth(1).and_then(|size| size.parse().ok()).unwrap_or(0);
        Ok(Signed { key: key.to_owned(), size })
    }

    fn sign(&mut self, from: u64, size: u64, root: &Hash, proof: &[Hash]) -> Result<String, String> {
        let hashes: String = proof.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
        let answer = self.ask(&format!("sign {from} {size} {}\n{hashes}", BASE64.encode(root)))?;
        match answer.strip_prefix("signed\n\n") {
            Some(note) => Ok(note.to_owned()),
            None => Err(answer.strip_prefix("refused ").unwrap_or(&answer).trim().to_owned()),
        }
    }
}
