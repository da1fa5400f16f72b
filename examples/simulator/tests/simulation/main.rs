//! The simulation against a small host, over real sockets.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

mod chat;
mod customers;
mod media;
mod rules;
mod scenarios;
mod stage;
mod templates;
mod trouble;
