//! The tests of this crate, as one program: each of its own would link the compiler once more.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests")]

mod admission;
mod contract;
mod decisions;
mod fixtures;
mod hostile;
mod judging;
#[path = "../guests/make.rs"]
mod make;
mod measuring;
mod metadata;
mod modes;
mod plugins;
mod replay;
mod requests;
mod support;
mod tidying;
mod watching;
