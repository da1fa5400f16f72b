//! The keys of the projections.
//!
//! One tree holds everything, because one batch on one tree is atomic. The first byte says what a key is; what follows is
//! ordered as it is read: times and numbers big-endian, names ended by a zero. Nothing personal stands in a key: people
//! and wamids are found by keyed hashes.

use std::ops::Range;

use domain::Time;
use domain::campaign::event::List;
use domain::decision::{Digest, MemoryScope};
use domain::event::{MessageEdited, MessageRevoked};
use domain::id::{
    AgentId, CampaignId, ContactId, ConversationId, LoanId, MessageId, MoveId, NumberId, PersonId,
    ProposalId, QueueId, RequestId, RuleId, TimerId, TokenId,
};
use domain::lane::Lane;
use domain::law::spending::Month;
use domain::platform::TemplateName;
use domain::sealed::Lookup;
use domain::stream::{Actor, Stream};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::projection::ProjectionError;

/// The number of the last event that is folded in.
pub(crate) const WATERMARK: &[u8] = b"w";

/// The generation of rules that was activated last.
pub(crate) const GENERATION: &[u8] = b"g";

/// What the company agreed on last of its files.
pub(crate) const ADOPTED: &[u8] = b"v";

/// All versions of a rule that were ever in force.
pub(crate) fn rule_versions(rule: &RuleId) -> Vec<u8> {
    [b"R", rule.as_str().as_bytes(), b"\0"].concat()
}

/// One of them, in the order in which they came.
pub(crate) fn rule_version(rule: &RuleId, seq: u64) -> Vec<u8> {
    [rule_versions(rule), seq.to_be_bytes().to_vec()].concat()
}

/// The states of all conversations and of all contacts.
pub(crate) const CONVERSATIONS: &[u8] = b"s\0v";
pub(crate) const CONTACTS: &[u8] = b"s\0c";

/// A stream's version and state. Of what a company has millions the key is so short that sled keeps it in a node and not beside it: a
/// node is copied at each change, with a look at each of its keys.
pub(crate) fn state(stream: &Stream) -> Vec<u8> {
    match stream {
        Stream::Conversation(id) => [CONVERSATIONS, &id.to_bytes()].concat(),
        Stream::Contact(id) => [CONTACTS, &id.to_bytes()].concat(),
        Stream::Message(id) => [b"s\0m", &id.to_bytes()[..]].concat(),
        stream => [b"s", stream.to_string().as_bytes()].concat(),
    }
}

/// What a wamid stands for.
pub(crate) fn wamid(lookup: &Lookup) -> Vec<u8> {
    [&b"d"[..], &lookup.to_bytes()].concat()
}

/// What became of a message after it was said, by the look-up of its wamid.
pub(crate) fn amended(lookup: &Lookup) -> Vec<u8> {
    [&b"a"[..], &lookup.to_bytes()].concat()
}

/// The contact behind an identifier.
pub(crate) fn identifier(lookup: &Lookup) -> Vec<u8> {
    [&b"k"[..], &lookup.to_bytes()].concat()
}

/// The conversation of a contact on a number.
pub(crate) fn conversation(contact: ContactId, number: &NumberId) -> Vec<u8> {
    [b"p", &contact.to_bytes()[..], number.as_str().as_bytes()].concat()
}

/// All conversations of a contact.
pub(crate) fn conversations(contact: ContactId) -> Vec<u8> {
    [b"p", &contact.to_bytes()[..]].concat()
}

/// What was told of a conversation and is no line of its history: the keys by which it is found.
pub(crate) fn besides(conversation: ConversationId) -> Vec<u8> {
    [b"b", &conversation.to_bytes()[..]].concat()
}

/// One of them.
pub(crate) fn beside(conversation: ConversationId, key: &[u8]) -> Vec<u8> {
    [&besides(conversation)[..], key].concat()
}

/// All contacts that were forgotten.
pub(crate) const ERASED: &[u8] = b"e";

/// A contact that was forgotten.
pub(crate) fn erased(contact: ContactId) -> Vec<u8> {
    [ERASED, &contact.to_bytes()].concat()
}

/// All lines of a conversation.
pub(crate) fn history(conversation: ConversationId) -> Vec<u8> {
    [b"h", &conversation.to_bytes()[..]].concat()
}

/// One line of a conversation.
pub(crate) fn line(conversation: ConversationId, version: u64) -> Vec<u8> {
    [b"h", &conversation.to_bytes()[..], &version.to_be_bytes()].concat()
}

/// What all rules noted of one conversation or contact.
pub(crate) fn memories(scope: MemoryScope, owner: [u8; 16]) -> Vec<u8> {
    let scope: &[u8] = match scope {
        MemoryScope::Conversation => b"v",
        MemoryScope::Contact => b"c",
    };
    [b"r", scope, &owner].concat()
}

/// A rule's memory of one conversation or contact.
pub(crate) fn memory_of(rule: &RuleId, scope: MemoryScope, owner: [u8; 16]) -> Vec<u8> {
    [&memories(scope, owner)[..], rule.as_str().as_bytes(), b"\0"].concat()
}

/// A value in a rule's memory.
pub(crate) fn memory(rule: &RuleId, scope: MemoryScope, owner: [u8; 16], slot: &Lookup) -> Vec<u8> {
    [memory_of(rule, scope, owner), slot.to_bytes().to_vec()].concat()
}

/// Everything that is due at some time.
pub(crate) const TIMERS: &[u8] = b"t";

/// A timer in the order in which they are due.
pub(crate) fn timer(due: Time, conversation: ConversationId, timer: TimerId) -> Vec<u8> {
    [TIMERS, &millis(due), &conversation.to_bytes(), &timer.to_bytes()].concat()
}

/// All cases that wait.
pub(crate) const QUEUES: &[u8] = b"q";

/// All cases that wait in a queue.
pub(crate) fn queue(queue: &QueueId) -> Vec<u8> {
    [QUEUES, queue.as_str().as_bytes(), b"\0"].concat()
}

/// A case that waits, the most urgent first, then the one that has waited longest.
pub(crate) fn waiting(place: &QueueId, priority: u8, since: Time, conversation: ConversationId) -> Vec<u8> {
    let urgency = [u8::MAX - priority];
    [&queue(place)[..], &urgency, &millis(since), &conversation.to_bytes()].concat()
}

/// All cases that agents are asked to take over.
pub(crate) const OFFERS: &[u8] = b"A";

/// All cases that an agent is asked to take over.
pub(crate) fn offers(agent: &AgentId) -> Vec<u8> {
    [OFFERS, agent.as_str().as_bytes(), b"\0"].concat()
}

/// One of them.
pub(crate) fn offered(agent: &AgentId, conversation: ConversationId) -> Vec<u8> {
    [&offers(agent)[..], &conversation.to_bytes()].concat()
}

/// All cases about which somebody is asked by name.
pub(crate) fn consultations(person: &PersonId) -> Vec<u8> {
    [b"C", person.as_str().as_bytes(), b"\0"].concat()
}

/// One of them.
pub(crate) fn consulted(person: &PersonId, conversation: ConversationId) -> Vec<u8> {
    [&consultations(person)[..], &conversation.to_bytes()].concat()
}

/// All agents whose shift has ended and who hold something still.
pub(crate) const LEAVING: &[u8] = b"E";

/// One of them.
pub(crate) fn leaving(agent: &AgentId) -> Vec<u8> {
    [LEAVING, agent.as_str().as_bytes()].concat()
}

/// All moves of many cases.
pub(crate) const MOVES: &[u8] = b"M";

/// Whether the host has to do something about one: one byte.
pub(crate) fn case_move(id: MoveId) -> Vec<u8> {
    [MOVES, &id.to_bytes()].concat()
}

/// All that people did to the cases of a conversation and wrote on them for each other.
pub(crate) fn remarks(conversation: ConversationId) -> Vec<u8> {
    [b"N", &conversation.to_bytes()[..]].concat()
}

/// The number of the event with one of them.
pub(crate) fn remark(conversation: ConversationId, version: u64) -> Vec<u8> {
    [&remarks(conversation)[..], &version.to_be_bytes()].concat()
}

/// How the cases of a conversation ended, and how it was for the customer.
pub(crate) fn endings(conversation: ConversationId) -> Vec<u8> {
    [b"X", &conversation.to_bytes()[..]].concat()
}

/// The number of the event with one of them.
pub(crate) fn ending(conversation: ConversationId, version: u64) -> Vec<u8> {
    [&endings(conversation)[..], &version.to_be_bytes()].concat()
}

/// Everything that waits to be sent.
pub(crate) const OUTBOX: &[u8] = b"o";

/// All that waits to be sent from a number.
pub(crate) fn outbox_of(number: &NumberId) -> Vec<u8> {
    [OUTBOX, number.as_str().as_bytes(), b"\0"].concat()
}

/// A message that waits to be sent, the most urgent first, then in the order in which they were queued: whoever wants an
/// answer that waits does not read the campaign before it.
pub(crate) fn outbox(number: &NumberId, lane: Lane, queued: u64) -> Vec<u8> {
    [&outbox_of(number)[..], &[lane as u8], &queued.to_be_bytes()].concat()
}

/// Everything that is to be sent later.
pub(crate) const POSTPONED: &[u8] = b"l";

/// A message that is to be sent later, in the order in which they may be.
pub(crate) fn postponed(until: Time, queued: u64) -> Vec<u8> {
    [POSTPONED, &millis(until), &queued.to_be_bytes()].concat()
}

/// What a number spent in a month.
pub(crate) fn tally(month: Month, number: &NumberId) -> Vec<u8> {
    [&tallies(month)[..], number.as_str().as_bytes()].concat()
}

/// What all numbers spent in a month.
pub(crate) fn tallies(month: Month) -> Vec<u8> {
    [b"m", month.to_string().as_bytes(), b"\0"].concat()
}

/// The bodies of a run of events that are received and not processed. They come by the thousands and leave a moment later,
/// so they are bits of one value and no keys of their own.
pub(crate) fn unprocessed(seq: u64) -> Vec<u8> {
    [b"u", &(seq / RUN).to_be_bytes()[..]].concat()
}

/// Events of a run.
const RUN: u64 = 1_024;

/// A bit for each event of a run: whether it is a body that is not processed.
#[derive(Clone, Copy)]
pub(crate) struct Unprocessed([u8; (RUN / 8) as usize]);

impl Unprocessed {
    /// From the value of a key; nothing is open where there is none.
    pub(crate) fn of(value: Option<&[u8]>) -> Self {
        Self(value.and_then(|value| value.try_into().ok()).unwrap_or([0; (RUN / 8) as usize]))
    }

    /// Opens or closes a body.
    pub(crate) fn set(&mut self, seq: u64, open: bool) {
        let (byte, bit) = ((seq % RUN / 8) as usize, 1 << (seq % 8));
        if let Some(byte) = self.0.get_mut(byte) {
            *byte = if open { *byte | bit } else { *byte & !bit };
        }
    }

    /// The value of the key; none if nothing is open any more.
    pub(crate) fn value(&self) -> Option<Vec<u8>> {
        self.0.iter().any(|byte| *byte != 0).then(|| self.0.to_vec())
    }

    /// The numbers of the open bodies, in order.
    pub(crate) fn numbers(key: &[u8], value: &[u8]) -> impl Iterator<Item = u64> {
        let (first, bits) = (number(key).unwrap_or(0) * RUN, Self::of(Some(value)));
        let is_open =
            move |n: &u64| bits.0.get((n / 8) as usize).is_some_and(|byte| byte & (1 << (n % 8)) != 0);
        (0..RUN).filter(is_open).map(move |n| first + n)
    }
}

/// How often something was not understood, by field.
pub(crate) fn strange(field: &str) -> Vec<u8> {
    [b"n", field.as_bytes()].concat()
}

/// All media.
pub(crate) const MEDIA: &[u8] = b"x";

/// The medium of a message.
pub(crate) fn medium(message: MessageId) -> Vec<u8> {
    [MEDIA, &message.to_bytes()].concat()
}

/// All media that are to be fetched.
pub(crate) const TO_FETCH: &[u8] = b"f";

/// A medium that is to be fetched, in the order in which they are due.
pub(crate) fn to_fetch(due: Time, message: MessageId) -> Vec<u8> {
    [TO_FETCH, &millis(due), &message.to_bytes()].concat()
}

/// All templates.
pub(crate) const TEMPLATES: &[u8] = b"y";

/// A template of an account.
pub(crate) fn template(account: &str, template: &TemplateName) -> Vec<u8> {
    let (name, language) = (template.name.as_bytes(), template.language.as_bytes());
    [TEMPLATES, account.as_bytes(), b"\0", name, b"\0", language].concat()
}

/// All that a template of an account ever said.
pub(crate) fn wordings(account: &str, name: &TemplateName) -> Vec<u8> {
    let (name, language) = (name.name.as_bytes(), name.language.as_bytes());
    [b"Y", account.as_bytes(), b"\0", name, b"\0", language, b"\0"].concat()
}

/// What it said from a moment on.
pub(crate) fn wording(account: &str, name: &TemplateName, since: Time) -> Vec<u8> {
    [wordings(account, name), millis(since).to_vec()].concat()
}

/// All that was uploaded for a conversation.
pub(crate) fn uploads(conversation: ConversationId) -> Vec<u8> {
    [b"z", &conversation.to_bytes()[..]].concat()
}

/// Something that was uploaded for a conversation.
pub(crate) fn upload(conversation: ConversationId, id: &str) -> Vec<u8> {
    [&uploads(conversation)[..], id.as_bytes()].concat()
}

/// An element that was not understood at first, by its number, and was taken up later.
pub(crate) fn reread(element: u64) -> Vec<u8> {
    [&b"i"[..], &element.to_be_bytes()].concat()
}

/// All proposals.
pub(crate) const PROPOSALS: &[u8] = b"c";

/// Whether a proposal is pending: one byte.
pub(crate) fn proposal(id: ProposalId) -> Vec<u8> {
    [PROPOSALS, &id.to_bytes()].concat()
}

/// All campaigns.
pub(crate) const CAMPAIGNS: &[u8] = b"Gc";

/// Whether the host has to do something about a campaign: one byte.
pub(crate) fn campaign(id: CampaignId) -> Vec<u8> {
    [CAMPAIGNS, &id.to_bytes()].concat()
}

/// The number of the event with a part of a list of a campaign.
pub(crate) fn listed(id: CampaignId, list: List, part: u32) -> Vec<u8> {
    [&b"Gl"[..], &id.to_bytes(), &[list as u8], &part.to_be_bytes()].concat()
}

/// How a campaign fares.
pub(crate) fn progress(id: CampaignId) -> Vec<u8> {
    [&b"Gp"[..], &id.to_bytes()].concat()
}

/// All of whom something is held back.
pub(crate) const HELD: &[u8] = b"Gh";

/// Somebody of whom something is held back.
pub(crate) fn held_of(owner: &Actor) -> Vec<u8> {
    [HELD, owner.to_string().as_bytes()].concat()
}

/// The number of the event with what a held message would say.
pub(crate) fn held_message(message: MessageId) -> Vec<u8> {
    [&b"Gm"[..], &message.to_bytes()].concat()
}

/// What Meta told of a number of ours, by the digits of how it is written.
pub(crate) fn number_told(display: &str) -> Vec<u8> {
    let digits = display.bytes().filter(u8::is_ascii_digit);
    b"Gn".iter().copied().chain(digits).collect()
}

/// Whose a session is, by what the browser keeps.
pub(crate) fn session(digest: &Digest) -> Vec<u8> {
    [&b"Ps"[..], digest.as_bytes()].concat()
}

/// Whose a token is.
pub(crate) fn token(token: TokenId) -> Vec<u8> {
    [&b"Pt"[..], &token.to_bytes()].concat()
}

/// Who was sent an invitation, by what is in its link.
pub(crate) fn invitation(digest: &Digest) -> Vec<u8> {
    [&b"Pi"[..], digest.as_bytes()].concat()
}

/// All words that are lent.
pub(crate) const LOANS: &[u8] = b"L";

/// A word that somebody has lent.
pub(crate) fn loan(from: &PersonId, loan: LoanId) -> Vec<u8> {
    [LOANS, from.as_str().as_bytes(), b"\0", &loan.to_bytes()].concat()
}

/// Something that people may have to be told of, or were told by.
pub(crate) fn happening(seq: u64) -> Vec<u8> {
    [&b"H"[..], &seq.to_be_bytes()].concat()
}

/// The last event of which everybody was told who had to be.
pub(crate) const TOLD: &[u8] = b"T";

/// The states of all people.
pub(crate) const PEOPLE: &[u8] = b"sperson/";

/// How far the record of the audit is.
pub(crate) const RECORD_SIZE: &[u8] = b"js";

/// The checkpoint that was signed last.
pub(crate) const CHECKPOINT: &[u8] = b"jc";

/// A tile of hashes of the tree over the record.
pub(crate) fn record_tile(level: u32, index: u64) -> Vec<u8> {
    [&b"jh"[..], &level.to_be_bytes(), &index.to_be_bytes()].concat()
}

/// The numbers of the events of a tile of leaves.
pub(crate) fn record_numbers(index: u64) -> Vec<u8> {
    [&b"jn"[..], &index.to_be_bytes()].concat()
}

/// The last entry that changed something.
pub(crate) fn changed_last(subject: &str) -> Vec<u8> {
    [b"jb", subject.as_bytes()].concat()
}

/// The entry that changed the same before an entry did.
pub(crate) fn changed_before(seq: u64) -> Vec<u8> {
    [&b"jp"[..], &seq.to_be_bytes()].concat()
}

/// The last checkpoint that was handed to a place.
pub(crate) fn handed(to: &str) -> Vec<u8> {
    [b"jo", to.as_bytes()].concat()
}

/// What a conversation has begun and not ended, for facts.
pub(crate) fn talk(conversation: ConversationId) -> Vec<u8> {
    [&b"Kt"[..], &conversation.to_bytes()].concat()
}

/// The same of an agent.
pub(crate) fn spell(agent: &AgentId) -> Vec<u8> {
    [b"Ka", agent.as_str().as_bytes()].concat()
}

/// All facts that nobody has counted.
pub(crate) const FACTS: &[u8] = b"Kf";

/// One of them: the event that made it complete, and its place among the facts of that event.
pub(crate) fn fact(seq: u64, place: u8) -> Vec<u8> {
    [FACTS, &seq.to_be_bytes(), &[place]].concat()
}

/// All cases that settle if their customers do not come back.
pub(crate) const SETTLING: &[u8] = b"Kw";

/// One of them, in the order in which they do.
pub(crate) fn settling(due: Time, conversation: ConversationId) -> Vec<u8> {
    [SETTLING, &millis(due), &conversation.to_bytes()].concat()
}

/// All figures that were ever counted.
pub(crate) const FIGURES: &[u8] = b"Kd";

/// What a figure means.
pub(crate) fn figure(series: &Digest) -> Vec<u8> {
    [FIGURES, series.as_bytes()].concat()
}

/// All alerts that there ever were.
pub(crate) const ALERTS: &[u8] = b"Ki";

/// What a rule counts now.
pub(crate) fn counts(rule: &RuleId) -> Vec<u8> {
    [b"Kr", rule.as_str().as_bytes()].concat()
}

/// All labels of a figure.
pub(crate) fn labels(series: &Digest) -> Vec<u8> {
    [&b"Kl"[..], series.as_bytes()].concat()
}

/// One of them.
pub(crate) fn label(series: &Digest, label: &str) -> Vec<u8> {
    [&labels(series), label.as_bytes()].concat()
}

/// The days on which something was counted, and which are not sealed.
pub(crate) const OPEN_DAYS: &[u8] = b"Ko";

/// One of them.
pub(crate) fn open_day(day: Date) -> Vec<u8> {
    [OPEN_DAYS, day.to_string().as_bytes()].concat()
}

/// A day that is sealed.
pub(crate) fn sealed_day(day: Date) -> Vec<u8> {
    [b"Ks", day.to_string().as_bytes()].concat()
}

/// What was counted of a figure on a day, in each place (`d`), or in each hour and place (`h`).
pub(crate) fn sums(series: &Digest, by: u8, day: Date) -> Vec<u8> {
    [&b"Kc"[..], series.as_bytes(), &[by], day.to_string().as_bytes()].concat()
}

/// All that rules asked of services outside and is not answered.
pub(crate) const REQUESTS: &[u8] = b"Qp";

/// What one rule asked.
pub(crate) fn requests_of(rule: &RuleId) -> Vec<u8> {
    [REQUESTS, rule.as_str().as_bytes(), b"\0"].concat()
}

/// One of them, in the order in which somebody has to look at them.
pub(crate) fn request(rule: &RuleId, due: Time, conversation: ConversationId, request: RequestId) -> Vec<u8> {
    [&requests_of(rule)[..], &millis(due), &conversation.to_bytes(), &request.to_bytes()].concat()
}

/// What became of the requests of a rule, by day.
pub(crate) fn request_days(rule: &RuleId) -> Vec<u8> {
    [b"Qd", rule.as_str().as_bytes(), b"\0"].concat()
}

/// What became of them on a day of UTC.
pub(crate) fn request_day(rule: &RuleId, day: Date) -> Vec<u8> {
    [&request_days(rule)[..], day.to_string().as_bytes()].concat()
}

/// The events that ended requests of a rule.
pub(crate) fn requests_ended(rule: &RuleId) -> Vec<u8> {
    [b"Qe", rule.as_str().as_bytes(), b"\0"].concat()
}

/// One of them.
pub(crate) fn request_ended(rule: &RuleId, seq: u64) -> Vec<u8> {
    [&requests_ended(rule)[..], &seq.to_be_bytes()].concat()
}

/// All keys that begin with a prefix. Every prefix here begins with a letter, so there is always a key behind it.
pub(crate) fn within(prefix: Vec<u8>) -> Range<Vec<u8>> {
    let mut end = prefix.clone();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            break;
        }
    }
    prefix..end
}

/// Milliseconds since 1970, in an order that the bytes keep. Times before 1970 count as 1970.
pub(crate) fn millis(time: Time) -> [u8; 8] {
    u64::try_from(time.as_millisecond()).unwrap_or(0).to_be_bytes()
}

/// The last 16 bytes of a key.
pub(crate) fn tail(key: &[u8]) -> Option<[u8; 16]> {
    key.last_chunk::<16>().copied()
}

/// The last 8 bytes of a key, as the number they are.
pub(crate) fn number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// What a wamid stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referent {
    /// A customer's message.
    Inbound(ConversationId),
    /// A message of ours.
    Outgoing(MessageId),
    /// Something that was not understood.
    Strange,
    /// Something else that Meta told: an edit, a call, a notice.
    Told,
    /// Something of a contact who was forgotten a moment ago. Meta may tell it once more, and it makes nobody a contact.
    Erased,
}

impl Referent {
    /// The value of its key: a letter, and an id if it has one. There are two of them for each exchange with a customer, on pages that
    /// nothing else brings into a processor's cache, so they are as short as they can be.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        match self {
            Self::Inbound(conversation) => [b"i", &conversation.to_bytes()[..]].concat(),
            Self::Outgoing(message) => [b"o", &message.to_bytes()[..]].concat(),
            Self::Strange => b"s".to_vec(),
            Self::Told => b"t".to_vec(),
            Self::Erased => b"e".to_vec(),
        }
    }

    /// From such a value.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, ProjectionError> {
        let referent = match bytes.split_first() {
            Some((b'i', id)) => id.try_into().ok().map(|id| Self::Inbound(ConversationId::from_bytes(id))),
            Some((b'o', id)) => id.try_into().ok().map(|id| Self::Outgoing(MessageId::from_bytes(id))),
            Some((b's', [])) => Some(Self::Strange),
            Some((b't', [])) => Some(Self::Told),
            Some((b'e', [])) => Some(Self::Erased),
            _ => None,
        };
        referent.ok_or(ProjectionError::Broken("what a wamid stands for"))
    }
}

/// How a contact was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// When.
    pub at: Time,
    /// Who did it.
    pub by: Actor,
    /// On what ground.
    pub reason: String,
    /// The number of its `contact-erased`.
    pub event: u64,
}

/// What became of a message after it was said. Either may come before the message itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Amended {
    /// The latest edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<MessageEdited>,
    /// That it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<MessageRevoked>,
}

impl Amended {
    /// Of several edits the latest by Meta's clock counts, in whatever order they come.
    pub(crate) fn edit(&mut self, edited: &MessageEdited) {
        let rank = |edited: &MessageEdited| (edited.at, edited.lookup.to_bytes());
        if self.edited.as_ref().is_none_or(|known| rank(known) < rank(edited)) {
            self.edited = Some(edited.clone());
        }
    }
}
