//! What can be asked of a conversation, and how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::Time;
use domain::agent::Presence;
use domain::event::MessageNotUnderstood;
use domain::id::{AgentId, ConversationId, MessageId, QueueId, RequestId, TimerId};
use domain::law::language::Language;
use domain::message::{Inbound, Outgoing};
use domain::sealed::SealError;
use domain::sends::HELD;
use domain::stream::Actor;
use domain::templates::Why;
use store::{CommitError, KeyError, OpenError, ProjectionError};
use tokio::sync::oneshot;

use crate::handing::{Act, SNOOZE_DAYS};
use crate::platform;
use crate::requester::Flown;
use crate::status::Told;

/// Something for a worker to do.
pub(crate) struct Envelope {
    /// What keeps its order: commands with the same key are carried out one after the other.
    pub(crate) key: [u8; 16],
    pub(crate) command: Command,
    pub(crate) owner: Owner,
    /// How often the store failed.
    pub(crate) tries: u32,
}

/// What is to be done.
#[derive(Clone)]
pub(crate) enum Command {
    /// The customer wrote.
    Message { conversation: ConversationId, inbound: Arc<Inbound>, sent_at: Time, webhook: u64 },
    /// WhatsApp told how a message of ours fares.
    Status(Arc<Told>),
    /// Something was not understood: keep it where it belongs.
    Strange { conversation: Option<ConversationId>, strange: Arc<MessageNotUnderstood> },
    /// Meta told something else.
    Platform(Arc<platform::Told>),
    /// A timer is due.
    Timer { conversation: ConversationId, timer: TimerId },
    /// A service was asked what a rule wanted: decide on what came of it.
    Requested { conversation: ConversationId, request: RequestId, flown: Arc<Flown> },
    /// Give a case that waits to an agent.
    Assign { conversation: ConversationId, agent: AgentId },
    /// An agent takes up a case: one that was given, or one that waits.
    Accept { conversation: ConversationId, agent: AgentId },
    /// An agent writes to the customer.
    Reply { conversation: ConversationId, agent: AgentId, message: Arc<Outgoing> },
    /// Somebody sends a template.
    Template { conversation: ConversationId, by: Actor, template: Arc<Outgoing> },
    /// The case of an agent who has left waits in its queue again.
    GiveBack { conversation: ConversationId, agent: AgentId, by: Actor },
    /// Somebody passes a case on, or does something else to it that is between colleagues.
    Hand { conversation: ConversationId, act: Arc<Act> },
    /// An agent resolves the case.
    Close { conversation: ConversationId, agent: AgentId, code: Arc<str> },
}

/// Who waits for a command to be done.
pub(crate) enum Owner {
    /// A webhook that is closed when all of its updates are events.
    Webhook(Arc<Progress>),
    /// A person or a part of the desk.
    Caller(oneshot::Sender<Result<Done, CommandError>>),
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is in the journal.
    Recorded,
    /// It had been done before.
    Repeated,
    /// It is in the journal as something that was not understood.
    Strange,
    /// A message was queued under this id.
    Queued(MessageId),
    /// It waits until others have agreed: there were too many of its kind.
    Held(MessageId),
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// No such agent.
    #[error("there is no agent called `{0}`")]
    NoAgent(AgentId),
    /// No such conversation.
    #[error("there is no such conversation")]
    NoConversation,
    /// Nothing is open in the conversation.
    #[error("no case is open in this conversation")]
    NoCase,
    /// Somebody else has the case.
    #[error("`{0}` has this case")]
    Taken(AgentId),
    /// Nobody has the case, so nobody may write in it.
    #[error("the case has to be accepted first")]
    NotAccepted,
    /// The agent is not available.
    #[error("`{agent}` is {}: set the presence to available first", presence.word())]
    NotAvailable {
        /// Who.
        agent: AgentId,
        /// What the agent is instead.
        presence: Presence,
    },
    /// The agent has as many cases as allowed.
    #[error("`{agent}` has {capacity} cases, as many as allowed: close one first")]
    Full {
        /// Who.
        agent: AgentId,
        /// How many.
        capacity: u32,
    },
    /// The agent does not serve the queue or lacks a skill.
    #[error("`{0}` does not serve this queue or lacks a skill that the case asks for")]
    NotServing(AgentId),
    /// The customer has not written for 24 hours.
    #[error("the 24-hour window is closed: only a template may be sent until the customer writes")]
    WindowClosed,
    /// The message does not fit WhatsApp's limits.
    #[error(transparent)]
    Invalid(#[from] whatsapp::Invalid),
    /// Meta does not send the template.
    #[error("{}", .0.words(Language::En))]
    Template(Why),
    /// So many wait for an agreement that no more are taken.
    #[error("{HELD} sends of yours wait until others agree, and no more are taken: draft a campaign")]
    TooManyHeld,
    /// The code of a closing is not one.
    #[error("`{0}` is no code: 1 to 40 letters and hyphens were expected")]
    NoCode(String),
    /// The company has no such queue.
    #[error("there is no queue called `{0}`")]
    NoQueue(QueueId),
    /// Nobody of the company can do that.
    #[error("no agent has the skill `{0}`")]
    NoSkill(String),
    /// It would have more tags than anybody reads.
    #[error("the case would have {many} tags: at most {most} were expected")]
    TooManyTags {
        /// So many.
        many: usize,
        /// As many as it may have.
        most: usize,
    },
    /// What was written of it is empty or too long.
    #[error("`{field}` is {length} letters long: 1 to {most} were expected")]
    Words {
        /// Which words.
        field: &'static str,
        /// Their length.
        length: usize,
        /// The most that are possible.
        most: usize,
    },
    /// Somebody else has the case by now, or it is another.
    #[error("the case changed hands meanwhile: look at it again")]
    ChangedHands,
    /// Nobody asks them to take the case over.
    #[error("nobody asks you to take this case over, or not any more")]
    NotAsked,
    /// It is there already.
    #[error("the case is there already")]
    There,
    /// Not a break of the company's.
    #[error("`code` is `{}`: {}", given.as_deref().unwrap_or(""), pauses(codes))]
    NoPause {
        /// What was said.
        given: Option<String>,
        /// Those that there are.
        codes: Vec<String>,
    },
    /// Not a moment until which a case can sleep.
    #[error("`until` is not within the next {} days", SNOOZE_DAYS)]
    NotUntil,
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl CommandError {
    /// Why, for whoever attends. What is wrong with a field is said as programs read it, with the field's name.
    pub fn words(&self, language: Language) -> String {
        let pick = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
        match self {
            Self::NoConversation => pick(
                "Esa conversación no existe.",
                "Essa conversa não existe.",
                "There is no such conversation.",
            ),
            Self::NoCase => pick(
                "En esta conversación no hay ningún caso abierto.",
                "Nesta conversa não há nenhum caso aberto.",
                "No case is open in this conversation.",
            ),
            Self::Taken(_) => pick(
                "Este caso ya lo tiene otra persona.",
                "Este caso já está com outra pessoa.",
                "Somebody else has this case.",
            ),
            Self::NotAccepted => pick(
                "Primero hay que aceptar el caso.",
                "Primeiro é preciso aceitar o caso.",
                "The case has to be accepted first.",
            ),
            Self::NotAvailable { .. } => pick(
                "Para tomar casos ponga su estado en «disponible».",
                "Para pegar casos, ponha seu estado em «disponível».",
                "To take cases, set your state to “available”.",
            ),
            Self::Full { capacity, .. } => language.pick(
                format!("Ya tiene {capacity} casos, todos los que puede tener a la vez: cierre uno primero."),
                format!(
                    "Você já tem {capacity} casos, todos os que pode ter ao mesmo tempo: encerre um primeiro."
                ),
                format!(
                    "There are {capacity} cases already, as many as there may be at a time: close one first."
                ),
            ),
            Self::NotServing(_) => pick(
                "Esa persona no atiende esta cola, o le falta algo que el caso pide (un idioma, un tema).",
                "Essa pessoa não atende esta fila, ou falta algo que o caso pede (um idioma, um tema).",
                "That person does not serve this queue, or lacks a skill that the case asks for.",
            ),
            Self::WindowClosed => pick(
                "Pasaron 24 horas desde que el cliente escribió: solo se puede enviar una plantilla.",
                "Passaram 24 horas desde que o cliente escreveu: só se pode enviar um modelo.",
                "24 hours have passed since the customer wrote: only a template may be sent.",
            ),
            Self::Template(why) => why.words(language).to_owned(),
            Self::TooManyHeld => language.pick(
                format!("{HELD} envíos suyos esperan una aprobación y no caben más: prepare una campaña."),
                format!("{HELD} envios seus esperam uma aprovação e não cabem mais: prepare uma campanha."),
                format!(
                    "{HELD} sends of yours wait until others agree, and no more are taken: draft a campaign."
                ),
            ),
            Self::ChangedHands => pick(
                "El caso cambió de manos mientras tanto: véalo de nuevo.",
                "O caso mudou de mãos nesse meio-tempo: veja-o de novo.",
                "The case changed hands meanwhile: look at it again.",
            ),
            Self::NotAsked => pick(
                "Nadie le pide que tome este caso, o ya no.",
                "Ninguém lhe pede que pegue este caso, ou não mais.",
                "Nobody asks you to take this case over, or not any more.",
            ),
            Self::There => pick("El caso ya está ahí.", "O caso já está aí.", "The case is there already."),
            Self::NotUntil => language.pick(
                format!("Se puede posponer {SNOOZE_DAYS} días como mucho."),
                format!("Pode-se adiar {SNOOZE_DAYS} dias no máximo."),
                format!("It can sleep for {SNOOZE_DAYS} days at most."),
            ),
            Self::TooManyTags { most, .. } => language.pick(
                format!("Un caso lleva {most} etiquetas como mucho."),
                format!("Um caso leva {most} etiquetas no máximo."),
                format!("A case has {most} tags at most."),
            ),
            Self::Words { length, most, .. } => language.pick(
                format!("Son {length} letras: se esperaban de 1 a {most}."),
                format!("São {length} letras: esperavam-se de 1 a {most}."),
                format!("It is {length} letters long: 1 to {most} were expected."),
            ),
            Self::NoAgent(_)
            | Self::Invalid(_)
            | Self::NoCode(_)
            | Self::NoQueue(_)
            | Self::NoSkill(_)
            | Self::NoPause { .. }
            | Self::Desk(_) => self.to_string(),
        }
    }
}

/// An error of an error's variant `Desk`: what fails for whoever asks the store fails the desk.
macro_rules! by_the_desk {
    ($of:ident: $($error:ty)*) => {$(
        impl From<$error> for $of {
            fn from(error: $error) -> Self {
                Self::Desk(error.into())
            }
        }
    )*};
}

pub(crate) use by_the_desk;

/// What was expected where a break has to say what it is for.
fn pauses(codes: &[String]) -> String {
    if codes.is_empty() {
        return "only a break has a code, and the company has none (`pause-codes`)".to_owned();
    }
    format!("a break with one of {} was expected (`pause-codes`)", codes.join(", "))
}

/// Why the desk failed. Nothing of the command is in the journal.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Nothing was written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// Something could not be read.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// An event could not be read.
    #[error(transparent)]
    Event(#[from] OpenError),
    /// A key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file of media could not be removed.
    #[error(transparent)]
    Media(#[from] store::MediaFileError),
    /// Something could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The contact's key is gone, and with it all that was sealed.
    #[error("the contact was erased")]
    Erased,
    /// The state is not one in which this can be.
    #[error("{0} is missing: the projections are behind the journal, run `timonel journal rebuild`")]
    Missing(&'static str),
    /// The desk is closing.
    #[error("the host is stopping")]
    Stopping,
}

/// How far the updates of a webhook are.
pub(crate) struct Progress {
    pub(crate) seq: u64,
    open: AtomicU32,
    taken: AtomicU32,
    repeated: AtomicU32,
    strange: AtomicU32,
    closed: std::sync::mpsc::Sender<domain::event::Processed>,
    wake: Arc<tokio::sync::Notify>,
}

impl Progress {
    /// A webhook with so many updates. One without any is closed at once.
    pub(crate) fn new(
        seq: u64,
        updates: u32,
        closed: std::sync::mpsc::Sender<domain::event::Processed>,
        wake: Arc<tokio::sync::Notify>,
    ) -> Arc<Self> {
        let progress = Self {
            seq,
            open: AtomicU32::new(updates.max(1)),
            taken: AtomicU32::new(0),
            repeated: AtomicU32::new(0),
            strange: AtomicU32::new(0),
            closed,
            wake,
        };
        if updates == 0 {
            progress.finish();
        }
        Arc::new(progress)
    }

    /// One update is in the journal.
    pub(crate) fn done(&self, done: Done) {
        match done {
            Done::Recorded | Done::Queued(_) | Done::Held(_) => &self.taken,
            Done::Repeated => &self.repeated,
            Done::Strange => &self.strange,
        }
        .fetch_add(1, Ordering::Relaxed);
        self.finish();
    }

    fn finish(&self) {
        if self.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            // The dispatcher is gone only when the host stops; the webhook is read again at the next start.
            let _ = self.closed.send(domain::event::Processed {
                seq: self.seq,
                taken: self.taken.load(Ordering::Relaxed),
                repeated: self.repeated.load(Ordering::Relaxed),
                strange: self.strange.load(Ordering::Relaxed),
            });
            self.wake.notify_one();
        }
    }
}
