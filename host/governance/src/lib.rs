//! How the company governs its host: who is who, who agreed to what, and what can be proved of it later.
//!
//! Who somebody is and what they may is the matrix's; here they prove that they are that person. What decides (`sign_in`,
//! `standing`, `totp`, `limits`) is pure and knows no store; [`People`] brings it the state, writes what follows, and
//! keeps in memory what is not worth an event: when something was used last, and how often a password was wrong.
//! [`Proposals`] are what they agree on, and [`domain::proposal`] what that takes.

#[cfg(test)]
mod laws;
mod limits;
mod password;
mod people;
mod proposals;
mod secrets;
mod sign_in;
mod standing;
mod totp;
mod using;

pub use limits::Pace;
pub use password::WeakPassword;
pub use people::{AccessError, Begun, Invited, People, Proof, SecondFactor, SignedIn, Summary};
pub use proposals::{ProposalError, Proposals, Wish, Word};
pub use sign_in::Second;
pub use standing::{IDLE, LONGEST};
pub use using::{By, Known, Origin, Unknown};
