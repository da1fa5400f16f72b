//! How the company governs its host: who is who, who agreed to what, and what can be proved of it later.
//!
//! Who somebody is and what they may is the matrix's; here they prove that they are that person. What decides (`sign_in`,
//! `standing`, `totp`, `limits`) is pure and knows no store; [`People`] brings it the state, writes what follows, and
//! keeps in memory what is not worth an event: when something was used last, and how often a password was wrong.
//! [`Proposals`] are what they agree on, and [`domain::proposal`] what that takes. The [`Teller`] tells them what happened. The [`Notary`] has the record signed and
//! hands its checkpoints out.

mod by_provider;
mod courier;
mod ending;
mod error;
mod inboxes;
#[cfg(test)]
mod laws;
mod lending;
mod limits;
mod notary;
mod outside;
mod password;
mod people;
mod proposals;
mod provider;
mod second_factor;
mod secrets;
mod sign_in;
mod signer;
mod signing_in;
mod standing;
mod teller;
mod tokens;
mod totp;
mod using;

pub use by_provider::NotLetIn;
pub use courier::{Courier, CourierError, Delivery, Next, Outfit, Post, Posted, SigningSecret, carrying_out};
pub use error::AccessError;
pub use inboxes::Inboxes;
pub use limits::Pace;
pub use notary::{Checkpoints, Notary, Standing};
pub use outside::{Directory, Outlet};
pub use password::WeakPassword;
pub use people::{People, Summary};
pub use proposals::{ProposalError, Proposals, Wish, Word};
pub use provider::{
    Answered, Claims, Errand, Named, NoWord, Provider, Reach, Returned, Settings as ProviderSettings,
};
pub use second_factor::{Again, Begun, SecondFactor};
pub use sign_in::Second;
pub use signer::{Signed, Signer, SocketSigner};
pub use signing_in::{Invited, Proof, SignedIn};
pub use standing::{IDLE, LONGEST};
pub use teller::{TellError, Teller, telling};
pub use using::{By, Known, Origin, Unknown};
