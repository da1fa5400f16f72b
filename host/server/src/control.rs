//! What an operator asks of a running host, on its own machine.
//!
//! It is a socket in the data directory and no port: the kernel says which account is at the other end, and the matrix
//! what they may (`door`). While no people are described it is the owner's alone, who has the data anyway. The program's
//! own commands speak through it, so that what changes a running host is done by the host, is in its journal, and is seen
//! by all of its parts.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use axum::Router;
use domain::raci::Raci;
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::operator::Operator;

/// The name of the socket in a data directory.
pub const SOCKET: &str = "control";

/// An open socket. Its file goes when it is stopped.
pub struct Controlled {
    path: PathBuf,
    stop: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

impl Controlled {
    /// Takes no more connections, and waits for the requests that have begun.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Lets those connect who may have a word: everybody where people with accounts are described, because only the door can
/// tell them apart, and the owner alone where there are none.
pub fn let_in(data: &Path, raci: &Raci) -> io::Result<()> {
    let shared = raci.people().iter().any(|person| person.account.is_some());
    let mode = if shared { 0o666 } else { 0o600 };
    std::fs::set_permissions(data.join(SOCKET), std::fs::Permissions::from_mode(mode))
}

/// Serves routes at the socket of a data directory. A socket that a killed host left behind is replaced: the journal's
/// lock says that no other one runs.
pub fn control(data: &Path, router: Router) -> io::Result<Controlled> {
    let path = data.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let (stop, mut stopped) = watch::channel(false);
    let service = router.into_make_service_with_connect_info::<Operator>();
    let served = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = stopped.changed().await;
    });
    let task = tokio::spawn(served.into_future());
    Ok(Controlled { path, stop, task })
}
