//! How the company governs its host: who is who, who agreed to what, and what can be proved of it later.

mod notary;
mod outside;
mod signer;

pub use notary::{Checkpoints, Notary, Standing};
pub use outside::{Directory, Outlet};
pub use signer::{Signed, Signer, SocketSigner};
