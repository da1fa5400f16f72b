//! How the company governs its host: who is who, who agreed to what, and what can be proved of it later.

mod proposals;

pub use proposals::{ProposalError, Proposals, Wish, Word};
