//! What Timonel means.
//!
//! Everything here is a value or a pure function, so that it can be read without knowing HTTP, disks or WebAssembly,
//! tested with properties, and folded again years later to the same bytes. What has to come from outside (the time, random
//! bytes, keys) is an argument.

pub mod access;
pub mod agent;
pub mod audit;
pub mod author;
pub mod backtest;
pub mod calendar;
pub mod campaign;
pub mod company;
pub mod contact;
pub mod conversation;
pub mod decision;
pub mod delivery;
pub mod event;
pub mod holiday;
pub mod id;
pub mod json;
pub mod lane;
pub mod law;
pub mod masking;
pub mod measure;
pub mod media;
pub mod message;
pub mod moving;
pub mod network;
pub mod notice;
pub mod outside;
pub mod phone;
pub mod platform;
pub mod proposal;
pub mod quick_reply;
pub mod raci;
pub mod request;
pub mod retention;
pub mod rule;
pub mod sealed;
pub mod search;
pub mod sends;
pub mod sla;
pub mod stops;
pub mod stream;
pub mod subscriber;
pub mod templates;
mod text;
pub mod typification;
pub mod window;

/// A moment in UTC. The company's zone appears only where people look.
pub type Time = jiff::Timestamp;
