//! The socket. A request is lines of text until its writer closes that side; one at a time is answered.
//!
//! ```text
//! state                            →  key <key>            and the checkpoint that was signed last, after an empty line
//! sign <from> <size> <root>        →  signed               and the checkpoint, after an empty line
//! <hash of the proof, once for each>  or
//!                                     refused <why>
//! ```

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use audit_verify::Hash;
use data_encoding::BASE64;

use crate::signer::Signer;

/// How long somebody may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest request, in bytes: a proof has 64 hashes at most.
const LONGEST: u64 = 8 << 10;

/// Answers until the socket fails.
pub(crate) fn serve(mut signer: Signer, socket: &Path, mode: u32) -> io::Result<()> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(mode))?;
    loop {
        let (stream, _) = listener.accept()?;
        // Whoever does not finish their request is nobody else's concern.
        let _ = exchange(&mut signer, stream);
    }
}

fn exchange(signer: &mut Signer, mut stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut request = String::new();
    (&mut stream).take(LONGEST).read_to_string(&mut request)?;
    stream.write_all(answer(signer, &request).as_bytes())?;
    stream.shutdown(Shutdown::Both)
}

fn answer(signer: &mut Signer, request: &str) -> String {
    let mut lines = request.lines();
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    match first.as_slice() {
        ["state"] => format!("key {}\n\n{}", signer.key(), signer.last().unwrap_or_default()),
        ["sign", from, size, root] => {
            let hashes: Option<Vec<Hash>> = std::iter::once(*root).chain(lines).map(hash).collect();
            let (Ok(from), Ok(size), Some(hashes)) = (from.parse(), size.parse(), hashes) else {
                return "refused two numbers, a root and the hashes of a proof were expected\n".to_owned();
            };
            let Some((root, proof)) = hashes.split_first() else {
                return "refused a root was expected\n".to_owned();
            };
            match signer.sign(from, size, *root, proof) {
                Ok(note) => format!("signed\n\n{note}"),
                Err(refused) => format!("refused {refused}\n"),
            }
        }
        _ => "refused `state` or `sign` was expected\n".to_owned(),
    }
}

fn hash(text: &str) -> Option<Hash> {
    BASE64.decode(text.as_bytes()).ok()?.try_into().ok()
}
