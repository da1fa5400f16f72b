//! What needs the whole: the program as its operator runs it, and all parts of it in one process under a seed.
//!
//! One test binary, because each one links the engine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub
)]

mod accounts;
mod admin;
mod alerts;
mod approvers;
mod assembled;
mod audit;
mod authoring;
mod backtests;
mod backup;
mod bad_input;
mod caller;
mod campaigns;
mod capacity;
mod components;
mod console;
mod crash;
mod customer;
mod delegations;
mod demo;
mod effort;
mod entries;
mod erasure;
mod falling;
mod figures;
mod following;
mod forgery;
mod generations;
#[path = "../host/rules/tests/guests/make.rs"]
mod guests;
mod helping;
mod integrations;
mod keeping;
mod law;
mod live;
mod load;
mod masking;
mod mass;
mod media;
mod message;
mod moving;
mod notices;
mod outbound;
mod pacing;
mod people;
mod platform;
mod powerloss;
mod program;
mod proposals;
mod provider;
mod raci;
mod ratifying;
mod requests;
mod rules;
mod search;
mod sending;
mod simulation;
mod sla;
mod templates;
mod timers;
mod tower;
mod webhooks;
mod why;
mod world;
mod writing;
