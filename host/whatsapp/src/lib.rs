//! The WhatsApp Business Cloud API, and nothing of what a company does with it.
//!
//! Everything that Meta spells is spelt here alone: how a webhook is signed and shaped, what a message may hold, what
//! an error code asks for. The rest of the host sees meanings (`domain::message`), so a new version of the Graph API
//! changes this crate and no other. It knows no store and no server.

mod allowance;
mod calls;
mod client;
mod errors;
mod media;
mod outgoing;
mod signature;
mod templates;
mod update;
mod webhook;

pub use domain::delivery::Status;

pub use allowance::{Allowance, CALLS, CALLS_WITHOUT_A_NUMBER, NEW_TEMPLATES};
pub use calls::CallError;
pub use client::{Answer, Graph, GraphConfig, GraphError, Network};
pub use errors::{Action, action, meaning, source};
pub use media::{Asked, Media, MediaInfo, sha256};
pub use outgoing::{Invalid, MarkRead, OwnedSend, Send, check};
pub use signature::{AppSecrets, SignatureError};
pub use templates::{Created, Management, Page, TemplateForm};
pub use update::{Group, Notice, PricedConversation, Pricing, Problem, StatusMore, Strange, Update};
pub use webhook::{NotJson, body_of, read};
