//! What an operator asks of a running host, on its own machine.
//!
//! It is a socket in the data directory and no port: who may write there has the data anyway, and nobody else can so much
//! as connect. The program's own commands speak through it, so that what changes a running host is done by the host, is in
//! its journal, and is seen by all of its parts.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use axum::Router;
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::operator::Peer;

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
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<Peer>())
        .with_graceful_shutdown(async move {
            let _ = stopped.changed().await;
        });
    let task = tokio::spawn(served.into_future());
    Ok(Controlled { path, stop, task })
}
