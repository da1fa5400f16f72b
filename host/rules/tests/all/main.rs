//! The tests of this crate, as one program: each of its own would link the compiler once more.

mod admission;
mod decisions;
mod hostile;
mod plugins;
mod support;
