//! What the journal says, ready to be asked.
//!
//! Two verbs write. [`Store::append`] is for the webhook: durable when it answers, folded a moment later.
//! [`Store::commit`] is for everything else: events of several streams in one atomic batch, each stream at the version
//! that the caller saw, durable and folded when it answers. Everything that can be asked is folded from those events into
//! one tree, in memory first and in sled a moment later, which may be thrown away at any time: the journal gives the same
//! tree again, key by key.
//!
//! The names of the queries are those of the operation and not of a key-value store, so that another engine can stand
//! behind them.

mod campaign_index;
mod committer;
mod fold;
mod happenings;
mod history;
mod keys;
mod layout;
mod measures;
mod media;
mod media_index;
mod merkle;
mod plugins;
mod projection;
mod proposal_index;
mod queries;
mod recent;
mod record;
mod remarks;
mod request_index;
mod rule_index;
mod state;
mod store;
mod template_index;
mod tree;
mod whole;

pub use committer::{CommitError, Draft, because_of, cause};
pub use fold::FoldError;
pub use history::Line;
pub use keys::{Closed, KeyBackup, KeyBackupError, KeyError, KeyStore};
pub use layout::{Amended, Erasure, Referent};
pub use measures::{Counts, Defined};
pub use media::{MediaFileError, MediaFiles};
pub use merkle::Hash;
pub use plugins::{PluginFileError, PluginFiles};
pub use projection::{Applied, ProjectionError, difference};
pub use queries::{Outbox, Waiting};
pub use record::RecordSize;
pub use request_index::Asked;
pub use store::{Drive, OpenError, Opened, Paths, Store, Ticket, Topic, rebuild};
