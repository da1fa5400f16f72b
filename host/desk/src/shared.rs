//! What all parts of the desk share.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use domain::Time;
use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::decision::Digest;
use domain::id::{ContactId, ConversationId, MessageId};
use domain::outside::{Clock, Entropy};
use domain::sealed::{Key, Personal, Sealed};
use domain::stream::Stream;
use governance::Proposals;
use store::{CommitError, Draft, KeyStore, MediaFiles, PluginFiles, Store};

use crate::active::Active;
use crate::command::DeskError;
use crate::inbound::Inbound;
use crate::marks::Marks;
use crate::meters::Meters;
use crate::services::Services;
use crate::templates::Counters;
use crate::throughput::Throughput;

/// What the desk works with. Everything comes from outside.
pub struct Outside {
    /// Events and what is folded from them.
    pub store: Store,
    /// Keys.
    pub keys: Arc<KeyStore>,
    /// The bytes of media.
    pub media: MediaFiles,
    /// The bytes of plugins.
    pub plugins: PluginFiles,
    /// The plugins that the program brings, by their names.
    pub reference: BTreeMap<String, Digest>,
    /// The engine that runs rules.
    pub rules: Arc<rules::Host>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// WhatsApp.
    pub network: Arc<dyn whatsapp::Network>,
    /// What rules may have asked.
    pub services: Arc<dyn Services>,
    /// What is in force at first.
    pub active: Active,
}

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyStore>,
    pub(crate) media: MediaFiles,
    pub(crate) plugins: PluginFiles,
    /// Who signed them.
    pub(crate) marks: Marks,
    pub(crate) reference: BTreeMap<String, Digest>,
    pub(crate) rules: Arc<rules::Host>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) network: Arc<dyn whatsapp::Network>,
    pub(crate) services: Arc<dyn Services>,
    pub(crate) active: ArcSwap<Active>,
    /// Held by whoever changes what is in force.
    pub(crate) helm: tokio::sync::Mutex<()>,
    pub(crate) meters: Meters,
    /// What Meta lets each number do.
    pub(crate) throughput: Throughput,
    /// What came in lately.
    pub(crate) inbound: Inbound,
    /// Held by whoever asks whether a cap stops a message, until the message is on its bill.
    pub(crate) capped: tokio::sync::Mutex<()>,
    /// Held by whoever makes contacts and conversations, so that no two are made for one customer.
    pub(crate) introducing: tokio::sync::Mutex<()>,
    /// Held by whoever moves many cases, so that of two at once each counts the other.
    pub(crate) moving: tokio::sync::Mutex<()>,
    /// What people have still to agree on.
    pub(crate) proposals: Proposals,
    /// Whom queues that are late were told of.
    pub(crate) told: crate::escalation::Told,
    /// How often the management API may still be asked.
    pub(crate) counters: Counters,
}

impl Shared {
    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// The key of a contact, or that there is none any more.
    pub(crate) fn key(&self, contact: ContactId) -> Result<Key, DeskError> {
        self.keys.contact(contact)?.ok_or(DeskError::Erased)
    }

    /// A conversation, with its version. Of who was forgotten there is none, and whoever asks gives up; one that is not there
    /// for another reason is asked for again, so that nothing is lost that was to be kept in it.
    pub(crate) fn conversation(&self, id: ConversationId) -> Result<(u64, Conversation), DeskError> {
        self.living(Stream::Conversation(id), "a conversation", self.store.conversation(id)?)
    }

    /// The same for a contact.
    pub(crate) fn contact(&self, id: ContactId) -> Result<(u64, Contact), DeskError> {
        self.living(Stream::Contact(id), "a contact", self.store.contact(id)?)
    }

    fn living<T>(
        &self,
        stream: Stream,
        what: &'static str,
        known: (u64, Option<T>),
    ) -> Result<(u64, T), DeskError> {
        match known {
            (version, Some(known)) => Ok((version, known)),
            (_, None) if self.store.is_forgotten(&stream)? => Err(DeskError::Erased),
            (_, None) => Err(DeskError::Missing(what)),
        }
    }

    pub(crate) fn seal<T: Personal>(
        &self,
        value: &T,
        owner: ContactId,
        key: &Key,
    ) -> Result<Sealed<T>, DeskError> {
        Ok(Sealed::seal(value, owner, key, &*self.entropy)?)
    }

    /// Writes an event of a stream as `decide` wants it, and lets it decide again if somebody else was faster. False if it
    /// wants none.
    pub(crate) async fn decide(
        &self,
        stream: Stream,
        decide: impl Fn() -> Result<Option<(u64, Draft)>, DeskError>,
    ) -> Result<bool, DeskError> {
        loop {
            let Some((version, draft)) = decide()? else { return Ok(false) };
            match self.store.commit(vec![(stream.clone(), version)], vec![draft]).await {
                Err(CommitError::Conflict { .. }) => {}
                written => return written.map(|_| true).map_err(Into::into),
            }
        }
    }
}

/// The reference that WhatsApp echoes in the statuses of a message, so that a lost answer can be settled.
pub(crate) fn reference(message: MessageId, attempt: u32) -> String {
    format!("tml1:{message}:{attempt}")
}

/// The message behind a reference of ours, and the attempt.
pub(crate) fn referred(reference: &str) -> Option<(MessageId, Option<u32>)> {
    let (message, attempt) = reference.strip_prefix("tml1:")?.split_once(':')?;
    Some((message.parse().ok()?, attempt.parse().ok()))
}
