//! Media: fetched from Meta when they are wanted, kept for their contact, handed out, and uploaded to be sent.
//!
//! What is wanted is in the journal, and so is every failure with the moment of the next attempt: the fetcher is a
//! function of that and of the clock, and a restart forgets nothing. Bytes are believed when their SHA-256 is the one that
//! the customer's message told, and not before.

mod outgoing;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use domain::Time;
use domain::conversation::Conversation;
use domain::event::Event;
use domain::id::{ContactId, MessageId};
use domain::media::{
    Fate, Fetching, MediaStored, MediaUnavailable, MediaUploaded, MediaWanted, Medium, NoMedium,
    RECEIVED_FOR, file_name, sniff,
};
use domain::message::{Content, Media, Source};
use domain::sealed::{Key, Lookup};
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use store::{Draft, MediaFileError, Topic};
use tokio::sync::watch;
use whatsapp::{Action, CallError};

use crate::assemble::{Desk, NAP};
use crate::command::DeskError;
use crate::shared::Shared;
use crate::work::Work;

pub use outgoing::UploadError;
pub(crate) use outgoing::send;

/// Media that are fetched at once. Each may be in memory as a whole, twice.
const FLYING: usize = 4;

/// How long a medium is left alone after a failure of our own.
const OWN_FAILURE: SignedDuration = SignedDuration::from_secs(10);

/// How long whoever asks for a medium waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A medium, open.
#[derive(Debug)]
pub struct Fetched {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they are, by their own beginning.
    pub mime_type: String,
    /// A name to save it under: the customer's, made harmless.
    pub file_name: String,
}

/// Why a medium cannot be handed out.
#[derive(Debug, thiserror::Error)]
pub enum MediumError {
    /// There is no such message, or it has no medium.
    #[error("there is no message `{0}` with a medium")]
    NoMedium(MessageId),
    /// Its bytes are not to be had.
    #[error("{}", .0.words())]
    Unavailable(NoMedium),
    /// It takes longer than somebody should wait.
    #[error("the medium is still being fetched: ask again in a minute")]
    Slow,
    /// What is kept cannot be read.
    #[error(transparent)]
    File(#[from] MediaFileError),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Why an attempt came to nothing.
enum Failed {
    No(NoMedium),
    Desk(DeskError),
}

impl From<NoMedium> for Failed {
    fn from(why: NoMedium) -> Self {
        Self::No(why)
    }
}

impl<E: Into<DeskError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Desk(error.into())
    }
}

/// Has the medium of a message fetched at once, where the company wants all of them.
pub(crate) fn take_in(work: &mut Work<'_>, content: &Content, message: MessageId) -> Result<(), DeskError> {
    let always = work.active.company.media().fetch == Fetching::Always;
    if always && matches!(content, Content::Media(_)) {
        work.record(Actor::Host, MediaWanted { message })?;
    }
    Ok(())
}

/// Fetches what is wanted.
pub struct Fetcher {
    shared: Arc<Shared>,
    flying: HashSet<MessageId>,
    /// What failed for a reason of our own, and until when it is left alone.
    resting: HashMap<MessageId, Time>,
}

impl Fetcher {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, flying: HashSet::new(), resting: HashMap::new() }
    }

    /// The media that may be fetched now. Each has to be given to `fetch`, and its end to `settle`.
    pub fn pick(&mut self) -> Result<Vec<MessageId>, DeskError> {
        let now = self.shared.now();
        self.resting.retain(|_, until| *until > now);
        let room = FLYING.saturating_sub(self.flying.len());
        let due = self.shared.store.to_fetch(now, FLYING + self.flying.len() + self.resting.len())?;
        let free =
            |message: &MessageId| !self.flying.contains(message) && !self.resting.contains_key(message);
        let picked: Vec<MessageId> = due.into_iter().filter(free).take(room).collect();
        self.flying.extend(&picked);
        Ok(picked)
    }

    /// Makes one attempt, and keeps how it ended. False if the host itself failed.
    pub fn fetch(&self, message: MessageId) -> impl Future<Output = bool> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            match attempt(&shared, message).await {
                Ok(()) => true,
                Err(error) => {
                    tracing::error!(%error, %message, "a medium could not be fetched: trying again");
                    false
                }
            }
        }
    }

    /// Takes in how an attempt ended.
    pub fn settle(&mut self, message: MessageId, well: bool) {
        self.flying.remove(&message);
        if !well {
            self.resting.insert(message, self.shared.now() + OWN_FAILURE);
        }
    }
}

async fn attempt(shared: &Shared, message: MessageId) -> Result<(), DeskError> {
    let Some(medium) = shared.store.medium(message)? else { return Ok(()) };
    let Fate::Wanted { attempts, .. } = &medium.fate else { return Ok(()) };
    let event: Event = match fetch(shared, message, &medium).await {
        Ok(stored) => stored.into(),
        Err(Failed::No(why)) => {
            let attempt = attempts + 1;
            let again_at = why.again(attempt, medium.since, shared.now());
            tracing::warn!(%message, attempt, why = why.words(), "a medium could not be fetched");
            MediaUnavailable { message, attempt, why, again_at }.into()
        }
        Err(Failed::Desk(error)) => return Err(error),
    };
    let draft = Draft::new(Stream::Conversation(medium.conversation), Actor::Host, event)?;
    shared.store.commit(Vec::new(), vec![draft]).await?;
    Ok(())
}

async fn fetch(shared: &Shared, message: MessageId, medium: &Medium) -> Result<MediaStored, Failed> {
    let named = Named::of(shared, medium)?;
    if shared.now().duration_since(medium.since) >= RECEIVED_FOR {
        return Err(NoMedium::Expired.into());
    }
    let network = shared.network.media().ok_or(NoMedium::Unreachable)?;
    let most = shared.active.load().company.media().largest.bytes();
    let too_large = |bytes| NoMedium::TooLarge { bytes, most };
    let info =
        network.info(&named.conversation.number, &named.media.id).await.map_err(|error| refusal(&error))?;
    if info.bytes.is_some_and(|bytes| bytes > most) {
        return Err(too_large(info.bytes).into());
    }
    let bytes = network.download(&info.url, most).await.map_err(|error| match error {
        CallError::TooLong { .. } => too_large(None),
        // The address has ended, and not the medium: the next attempt asks for another.
        error if error.is_gone() => NoMedium::Unreachable,
        error => refusal(&error),
    })?;
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    let told = [&named.media.sha256, &info.sha256];
    if told.into_iter().any(|told| !told.is_empty() && whatsapp::sha256(told) != Some(hash)) {
        return Err(NoMedium::Altered.into());
    }
    let (owner, file) = (named.conversation.contact, name(shared, named.conversation.contact, &hash));
    match keep(shared, owner, &named.key, file, &bytes) {
        Ok(()) => {}
        Err(DeskError::Erased) => return Err(NoMedium::Erased.into()),
        Err(error) => {
            tracing::error!(%error, "a medium could not be kept");
            return Err(NoMedium::NotKept.into());
        }
    }
    Ok(MediaStored { message, file, bytes: bytes.len() as u64, mime_type: sniff(&bytes).to_owned() })
}

/// Keeps bytes of a contact, but not those of one who was forgotten meanwhile.
fn keep(shared: &Shared, owner: ContactId, key: &Key, file: Lookup, bytes: &[u8]) -> Result<(), DeskError> {
    shared.media.put(owner, key, file, bytes)?;
    if shared.keys.knows(owner) {
        return Ok(());
    }
    shared.media.forget(owner)?;
    Err(DeskError::Erased)
}

/// What a failed question to Meta means for a medium.
fn refusal(error: &CallError) -> NoMedium {
    match error {
        error if error.is_gone() => NoMedium::Gone,
        CallError::Elsewhere { .. } => NoMedium::Elsewhere,
        CallError::Refused { code, .. } => match error.action() {
            Action::Never | Action::CallPerson | Action::OptOut => NoMedium::Refused { code: *code },
            _ => NoMedium::NotNow { code: *code },
        },
        CallError::NotAsked { .. } | CallError::NoAnswer { .. } | CallError::TooLong { .. } => {
            NoMedium::Unreachable
        }
    }
}

/// What the file of some bytes is called for a contact.
fn name(shared: &Shared, owner: ContactId, hash: &[u8; 32]) -> Lookup {
    shared.keys.lookup("media", &format!("{owner}\0{}", HEXLOWER.encode(hash)))
}

/// A medium as its message names it.
struct Named {
    conversation: Conversation,
    key: Key,
    media: Media,
}

impl Named {
    fn of(shared: &Shared, medium: &Medium) -> Result<Self, Failed> {
        let (_, conversation) = shared.conversation(medium.conversation)?;
        let key = shared.keys.contact(conversation.contact)?.ok_or(NoMedium::Erased)?;
        let line = shared.store.line(medium)?.ok_or(DeskError::Missing("the message of a medium"))?;
        let inbound = line.inbound().ok_or(NoMedium::Nothing)?.open(&key)?;
        let content = match inbound.content {
            // What stands in its place comes as an edit of it.
            Content::Placeholder => {
                let wamid = shared.keys.lookup("wamid", &inbound.wamid);
                let edited = shared.store.amended(&wamid)?.edited.ok_or(NoMedium::Nothing)?;
                edited.body.open(&key)?.content
            }
            content => content,
        };
        let Content::Media(media) = content else { return Err(NoMedium::Nothing.into()) };
        Ok(Self { conversation, key, media })
    }
}

impl Desk {
    /// The medium of a message. What is not here is fetched, and `by` is kept as who wanted it; what we sent ourselves is here
    /// since it was handed in.
    pub async fn medium(&self, message: MessageId, by: Actor) -> Result<Fetched, MediumError> {
        if let Some(sent) = self.sent(message)? {
            return Ok(sent);
        }
        let asked = self.want(message, by);
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(MediumError::Slow))
    }

    /// The file that a message of ours shows the customer.
    fn sent(&self, message: MessageId) -> Result<Option<Fetched>, MediumError> {
        let shared = &*self.shared;
        let Some(delivery) = shared.store.delivery(message).map_err(DeskError::from)?.1 else {
            return Ok(None);
        };
        if delivery.erased {
            return Err(MediumError::Unavailable(NoMedium::Erased));
        }
        let none = || MediumError::NoMedium(message);
        let queued = shared.store.event(delivery.queued).map_err(DeskError::from)?;
        let Some(Event::ReplyQueued(queued)) = queued.map(|queued| queued.event) else { return Err(none()) };
        let (_, conversation) = shared.conversation(delivery.conversation)?;
        let key = shared.keys.contact(conversation.contact).map_err(DeskError::from)?;
        let key = key.ok_or(MediumError::Unavailable(NoMedium::Erased))?;
        let said = queued.body.open(&key).map_err(DeskError::from)?;
        // What lies at an address of others is not ours to hand out.
        let Some((Source::Id(id), name)) = said.medium() else { return Err(none()) };
        let uploaded = shared.store.upload(delivery.conversation, id).map_err(DeskError::from)?;
        let MediaUploaded { file, mime_type, .. } = uploaded.ok_or_else(none)?;
        let bytes = shared.media.get(conversation.contact, &key, file)?;
        let file_name = file_name(name, &mime_type);
        Ok(Some(Fetched { bytes, mime_type, file_name }))
    }

    async fn want(&self, message: MessageId, by: Actor) -> Result<Fetched, MediumError> {
        let store = &self.shared.store;
        let look = || -> Result<Medium, MediumError> {
            store.medium(message).map_err(DeskError::from)?.ok_or(MediumError::NoMedium(message))
        };
        let mut changed = store.watch(Topic::Media);
        let mut medium = look()?;
        if !matches!(medium.fate, Fate::Stored(_)) {
            let stream = Stream::Conversation(medium.conversation);
            let draft = Draft::new(stream, by, MediaWanted { message }).map_err(DeskError::from)?;
            store.commit(Vec::new(), vec![draft]).await.map_err(DeskError::from)?;
            medium = look()?;
        }
        let tried = match &medium.fate {
            Fate::Wanted { attempts, .. } => *attempts,
            _ => 0,
        };
        loop {
            match &medium.fate {
                Fate::Stored(stored) => return self.open(&medium, stored),
                Fate::Unavailable(why) => return Err(MediumError::Unavailable(why.clone())),
                Fate::Wanted { attempts, why: Some(why), .. } if *attempts > tried => {
                    return Err(MediumError::Unavailable(why.clone()));
                }
                Fate::Wanted { .. } | Fate::Known => {
                    changed.changed().await.map_err(|_| DeskError::Stopping)?;
                }
            }
            medium = look()?;
        }
    }

    fn open(&self, medium: &Medium, stored: &MediaStored) -> Result<Fetched, MediumError> {
        let named = Named::of(&self.shared, medium).map_err(|failed| match failed {
            Failed::No(why) => MediumError::Unavailable(why),
            Failed::Desk(error) => MediumError::Desk(error),
        })?;
        let bytes = self.shared.media.get(named.conversation.contact, &named.key, stored.file)?;
        let file_name = file_name(named.media.filename.as_deref(), &stored.mime_type);
        Ok(Fetched { bytes, mime_type: stored.mime_type.clone(), file_name })
    }
}

/// Drives the fetcher until it is stopped.
pub(crate) async fn fetching(
    mut fetcher: Fetcher,
    mut changed: watch::Receiver<u64>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut flying = tokio::task::JoinSet::new();
    while !*stopped.borrow() {
        // Before the media are looked at, or what comes in between would be taken for seen.
        changed.mark_unchanged();
        match fetcher.pick() {
            Ok(picked) => {
                for message in picked {
                    let fetch = fetcher.fetch(message);
                    flying.spawn(async move { (message, fetch.await) });
                }
            }
            Err(error) => {
                tracing::error!(%error, part = "fetcher", "a part of the desk failed: trying again");
            }
        }
        tokio::select! {
            Some(ended) = flying.join_next() => {
                if let Ok((message, well)) = ended {
                    fetcher.settle(message, well);
                }
            }
            _ = changed.changed() => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
    // What flies has written nothing: it is fetched again at the next start.
}
