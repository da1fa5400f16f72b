//! The operation: what happens between a webhook and an answer.
//!
//! The parts are state machines with a step, and know nothing of threads: the [`Dispatcher`] turns bodies into commands,
//! [`Worker`]s decide on them, the [`Matcher`] finds agents for who waits, [`Timers`] fire what is due, and the
//! [`Sender`] hands messages to WhatsApp. [`Parts::run`] drives them with threads; a simulation drives them from a seed.
//!
//! Every command of a conversation passes the one worker that its id maps to, in order. What several conversations share
//! (an agent's capacity) is guarded by the version of its own stream: whoever comes second decides again.

mod active;
mod agents;
mod approvers;
mod assemble;
mod attempt;
mod attend;
mod backtest;
mod bill;
mod campaigns;
mod carrier;
mod command;
mod consent;
mod dispatcher;
mod doubt;
mod erasure;
mod escalation;
mod export;
mod facts;
mod flood;
mod following;
mod halt;
mod handing;
mod helm;
mod helping;
mod inbound;
mod input;
mod invented;
mod lanes;
mod lookout;
mod marks;
mod mass;
mod matcher;
mod measurer;
mod media;
mod meters;
mod moving;
mod pace;
mod people;
mod platform;
mod quick_replies;
mod reparse;
mod requester;
mod requests;
mod restored;
mod retention;
mod sender;
mod services;
mod shared;
mod snapshot;
mod status;
mod steering;
mod switchboard;
mod templates;
mod throughput;
mod timers;
mod unseal;
mod watchman;
mod why;
mod work;
mod worker;

pub use active::Active;
pub use assemble::{Desk, Parts, Running, assemble};
pub use backtest::{Contender, Progress, Reaches, Span, Trial};
pub use campaigns::{CampaignError, Campaigner, Estimate, Listed, OptedIn, To, Wanted};
pub use carrier::{Carrier, OfContact};
pub use command::{CommandError, DeskError, Done};
pub use dispatcher::Dispatcher;
pub use erasure::{Cause, Erased, ErasureError, Glimpse, Named, Term, erase_now};
pub use following::TAPPED;
pub use handing::Act;
pub use helm::{HelmError, Signed, Stands, begin, rows};
pub use helping::Hands;
pub use invented::{Invented, Said};
pub use lookout::Lookout;
pub use matcher::Matcher;
pub use measurer::{Measurer, Tallied, measured};
pub use media::{Fetched, Fetcher, MediumError, UploadError};
pub use meters::Meters;
pub use moving::{Filter, MoveError, Preview};
pub use quick_replies::QuickReplyError;
pub use reparse::Reparsed;
pub use requester::{Errand, Flown, Requester};
pub use restored::{Restored, settle_restored};
pub use retention::{Due, Expired};
pub use rules::Counts;
pub use sender::Sender;
pub use services::{Call, Called, HeaderValue, Lost, Reply, Services};
pub use shared::Outside;
pub use steering::{Permission, PluginFacts, RuleChange, RuleRun, RuleWish, Signature};
pub use switchboard::Switchboard;
pub use templates::{Librarian, Synced, TemplateError, TemplateWish, Which};
pub use timers::Timers;
pub use unseal::unseal;
pub use watchman::Watchman;
pub use why::{Again, Instead, Made, Round, SignedBy, Story, Substitute, WhatIf};
pub use worker::Worker;
