//! Runs the company's rules: WebAssembly components, each a stranger's program that decides about customers.
//!
//! What happens to a component, in the order in which it happens:
//!
//! 1. **Admit**, once per digest ([`Host::admit`]). Every gate stands before the first instruction of the guest runs in
//!    this process: size, structure, compilation in a child with a memory limit and a deadline, imports within the
//!    contract, and a trial of `describe` and `prepare` in that child. The compiled code is kept on disk.
//! 2. **Link**, once per component and grant ([`Host::link`]). What was not granted is told in words, and then left out
//!    of the linker: for the component it does not exist.
//! 3. **Prepare**, once per rule and generation ([`Host::prepare`]). The guest reads its settings here, so that no
//!    decision has to.
//! 4. **Ask**, once per decision ([`Host::ask`], through [`Generation`] for all rules in their order). A fresh instance
//!    from the pool, under limits, whose effects are handed out only if it returned.
//! 5. **Record**: each answer says what it cost and who is to blame ([`domain::decision::Asked`]), and what the guest
//!    saw and said ([`Answer::trace`]).
//!
//! This crate knows no store, no network and no clock. What a rule may read comes through a [`Snapshot`]; what it wants
//! comes out as [`domain::decision::Effect`]s, and whether they happen is decided elsewhere.
//!
//! The boundary between host and guest is the directory `capabilities/`: one file per interface of the contract.

mod admission;
mod again;
mod breaker;
mod cache;
mod capabilities;
pub mod compile_worker;
pub mod contract;
mod engine;
mod fault;
mod functions;
mod generation;
mod grant;
mod host;
mod judging;
mod lately;
mod limits;
mod link;
mod measuring;
mod package;
mod permits;
mod refusal;
mod rule;
mod run;
mod session;
mod snapshot;
mod steady;
mod trace;
mod trial;
mod walk;
mod watching;
mod weight;

pub use domain::rule::Scope;
pub use domain::rule::mode::Mode;

pub use admission::{Admitted, Description, Worker};
pub use again::{Then, team_then};
pub use engine::{Reset, StartError};
pub use functions::{Function, UnknownFunction};
pub use generation::{Decided, Generation, Meant, Question, Round, Tried};
pub use grant::Grant;
pub use host::{Config, Host};
pub use judging::Reach;
pub use lately::{Counts, Failure};
pub use limits::{Limits, Structure};
pub use link::Linked;
pub use measuring::{Measured, Unmeasured};
pub use package::{marks, sign};
pub use refusal::Refusal;
pub use rule::{Definition, Rule};
pub use run::Answer;
pub use snapshot::{Answered, Remembered, Snapshot, Unavailable};
pub use steady::{Look, Unsteady};
pub use trace::Seen;
pub use watching::Judged;
