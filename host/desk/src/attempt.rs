//! One attempt to send a message.
//!
//! First everything is asked that could keep it back: whether something is stopped, and the law. Then the attempt is in
//! the journal before its first byte leaves, at the versions of all that was asked, and its answer is in the journal
//! before anything follows from it. What has no answer is in doubt, and the next attempt is a decision (`doubt`).

use domain::Time;
use domain::delivery::{Delivery, Sending, Unseen};
use domain::event::{
    ContactApproached, DuplicateDetected, Event, Refused, ReplyQueued, SendAccepted, SendAttempted,
    SendInDoubt, SendPostponed, SendRefused, SendUnseen, SendWithheld, Wamid,
};
use domain::id::ContactId;
use domain::lane::Lane;
use domain::law::class::Class;
use domain::law::permission::{Known, Permission, Request};
use domain::law::spending::Spending;
use domain::sealed::Key;
use domain::stream::{Actor, Stream};
use domain::templates::Why;
use jiff::SignedDuration;
use store::{CommitError, Draft};
use whatsapp::{Action, Answer, OwnedSend};

use crate::bill;
use crate::command::DeskError;
use crate::consent;
use crate::halt;
use crate::media;
use crate::sender::{Ended, Job};
use crate::shared::{Shared, reference};
use crate::templates;

/// The longest pause before another attempt, and before another one to a recipient who gets too many, in seconds.
const LONGEST: i64 = 60;
const LONGEST_OF_PAIR: i64 = 256;

/// How often a message is tried of which Meta says that its time has not come. More would count against the account.
const TRIES_LATER: u32 = 3;

/// Codes that say that too many messages leave from all numbers together, and not from one.
const EVERYWHERE: [i64; 2] = [4, 80007];

/// The medium could not be uploaded.
const MEDIUM: i64 = 131_053;

/// A message that is announced in the journal and is about to leave.
struct Flight {
    delivery: Delivery,
    attempt: u32,
    contact: ContactId,
    key: Key,
    request: OwnedSend,
}

/// What there is to do about a message.
enum Step {
    Nothing(Ended),
    Send(Box<Flight>),
}

/// Makes an attempt, unless something keeps it back.
pub(crate) async fn attempt(shared: &Shared, job: Job) -> Result<Ended, DeskError> {
    let step = loop {
        match prepare(shared, job).await {
            // Something that was asked has changed meanwhile: it is asked again.
            Err(DeskError::Commit(CommitError::Conflict { .. })) => shared.meters.conflict(),
            step => break step?,
        }
    };
    let flight = match step {
        Step::Nothing(ended) => return Ok(ended),
        Step::Send(flight) => flight,
    };
    let Flight { delivery, contact, request, .. } = &*flight;
    let answer = media::send(shared, delivery.conversation, *contact, request.clone()).await?;
    conclude(shared, *flight, answer).await
}

async fn prepare(shared: &Shared, job: Job) -> Result<Step, DeskError> {
    let nothing = |ended| Ok(Step::Nothing(ended));
    let now = shared.now();
    let (seen, stops) = shared.store.stops()?;
    let (version, delivery) = shared.store.delivery(job.message)?;
    let delivery = delivery.ok_or(DeskError::Missing("an outgoing message"))?;
    let stream = Stream::Message(delivery.message);
    let mut events: Vec<Event> = Vec::new();
    match delivery.state {
        Sending::Attempting => {
            // The host stopped between an attempt and its answer.
            let why = "the host stopped before the answer came".to_owned();
            let doubt = SendInDoubt { attempt: delivery.attempts, why };
            write(shared, &delivery, Some(version), vec![doubt.into()]).await?;
            return nothing(Ended::Doubtful(now));
        }
        Sending::InDoubt { .. } if !job.unseen => return nothing(Ended::Doubtful(now)),
        Sending::InDoubt { .. } => {
            let then = delivery.unseen();
            let unseen = SendUnseen { attempt: delivery.attempts, then };
            if then != Unseen::Resend {
                shared.meters.send("unknown");
                write(shared, &delivery, Some(version), vec![unseen.into()]).await?;
                return nothing(Ended::Settled);
            }
            events.push(unseen.into());
        }
        Sending::Waiting { until } if until > now => return nothing(Ended::Again(until)),
        Sending::Postponed { until } if until > now => return nothing(Ended::Postponed),
        Sending::Queued | Sending::Waiting { .. } | Sending::Postponed { .. } => {}
        Sending::Accepted | Sending::Refused { .. } | Sending::Unknown | Sending::Withheld => {
            return nothing(Ended::Settled);
        }
    }
    if stops.hold(&delivery.number, Lane::from(delivery.class)).is_some() {
        return nothing(Ended::Again(now));
    }
    if delivery.erased {
        withheld(shared, &delivery, version, Refused::ContactErased, events).await?;
        return nothing(Ended::Settled);
    }
    // A campaign that somebody has stopped is asked at its version, as the company is.
    let campaign = match delivery.campaign {
        Some(id) => Some((Stream::Campaign(id), shared.store.campaign(id)?)),
        None => None,
    };
    if let Some((_, (_, Some(campaign)))) = &campaign
        && !campaign.lets_leave()
    {
        withheld(shared, &delivery, version, Refused::CampaignStopped, events).await?;
        return nothing(Ended::Settled);
    }
    let resends = !events.is_empty();
    let (_, conversation) = shared.conversation(delivery.conversation)?;
    let key = shared.key(conversation.contact)?;
    let (contact_version, contact) = shared.contact(conversation.contact)?;
    let identity = contact.identity.open(&key)?;
    let queued = shared.store.event(delivery.queued)?.ok_or(DeskError::Missing("a queued message"))?;
    let Event::ReplyQueued(ReplyQueued { body, .. }) = queued.event else {
        return Err(DeskError::Missing("a queued message"));
    };
    let (class, who, tried) = (delivery.class, queued.actor, delivery.attempts > 0);

    let active = shared.active.load_full();
    let law = active.company.law();
    // Whoever a cap may stop is asked one after the other, each when what was sent before is on its bill.
    let _turn = match !tried && law.may_stop(&who) {
        true => Some(shared.capped.lock().await),
        false => None,
    };
    let spending = match law.currency() {
        Some(_) if !tried => shared.store.spending(law.month(now))?,
        _ => Spending::default(),
    };
    let request = Request { message: delivery.message, class, who: &who, tried, now };
    let known =
        Known { conversation: &conversation, contact: &contact, identity: &identity, spending: &spending };
    let charge = match law.permits(&request, &known) {
        Permission::Send(charge) => charge,
        Permission::NotBefore(until, reason) => {
            shared.meters.send("postponed");
            events.push(SendPostponed { until, because: reason.code() }.into());
            write(shared, &delivery, Some(version), events).await?;
            return nothing(Ended::Postponed);
        }
        Permission::Withhold(reason) => {
            withheld(shared, &delivery, version, reason.code(), events).await?;
            return nothing(Ended::Settled);
        }
    };

    let (number, message) = (delivery.number.clone(), body.open(&key)?);
    // Of a template that the registry does not know, Meta says whether it is there; the law has taken it for marketing.
    if let Err(why) = templates::category(shared, &number, &message)?
        && !matches!(why, Why::Unknown { .. })
    {
        withheld(shared, &delivery, version, Refused::TemplateNotOffered, events).await?;
        return nothing(Ended::Settled);
    }
    let attempt = delivery.attempts + 1;
    let reference = reference(delivery.message, attempt);
    let request = OwnedSend { number, to: identity, message, opaque: reference };
    events.push(SendAttempted { attempt }.into());
    events.extend(bill::opened(law, &delivery, who, charge, now).map(Event::from));
    let mut expect = vec![(stream.clone(), version), (Stream::Company, seen)];
    expect.extend(campaign.map(|(stream, (version, _))| (stream, version)));
    let mut drafts = Vec::with_capacity(events.len() + 1);
    for event in events {
        drafts.push(Draft::new(stream.clone(), Actor::Host, event)?);
    }
    if let Class::Template(category) = class
        && !tried
        && law.countries().count(category)
    {
        let approached = ContactApproached { message: delivery.message, category, at: now };
        let stream = Stream::Contact(conversation.contact);
        expect.push((stream.clone(), contact_version));
        drafts.push(Draft::new(stream, Actor::Host, approached)?);
    }
    shared.store.commit(expect, drafts).await?;
    if resends {
        shared.meters.resend();
    }
    let contact = conversation.contact;
    Ok(Step::Send(Box::new(Flight { delivery, attempt, contact, key, request })))
}

/// Keeps that a message does not leave, after what was decided of it before.
async fn withheld(
    shared: &Shared,
    delivery: &Delivery,
    version: u64,
    because: Refused,
    mut events: Vec<Event>,
) -> Result<(), DeskError> {
    shared.meters.send("withheld");
    // What was unseen and would have been sent again may have arrived, and may be charged.
    let may_have_arrived = !events.is_empty();
    events.push(SendWithheld { because }.into());
    events.extend(bill::voided(delivery).filter(|_| !may_have_arrived).map(Event::from));
    write(shared, delivery, Some(version), events).await
}

/// Keeps the answer.
async fn conclude(shared: &Shared, flight: Flight, answer: Answer) -> Result<Ended, DeskError> {
    let Flight { delivery, attempt, contact, key, .. } = &flight;
    let attempt = *attempt;
    let (code, title, action) = match answer {
        Answer::Accepted { wamid } => {
            shared.meters.send("accepted");
            let lookup = shared.keys.lookup("wamid", &wamid);
            let wamid = shared.seal(&Wamid(wamid), *contact, key)?;
            let mut events: Vec<Event> = vec![SendAccepted { attempt, wamid, lookup }.into()];
            if delivery.attempts > 0
                && let (_, Some(now)) = shared.store.delivery(delivery.message)?
                && let Some(beside) = now.doubled_by(attempt)
            {
                shared.meters.duplicate();
                events.push(DuplicateDetected { attempt, beside }.into());
            }
            write(shared, delivery, None, events).await?;
            return Ok(Ended::Settled);
        }
        Answer::InDoubt { why } => return doubt(shared, delivery, attempt, why).await,
        Answer::NotSent { why } => (0, why, Action::Retry),
        Answer::Refused { code, title, action, .. } => (code, title, action),
    };
    let again = |at, lets_pass| SendRefused { attempt, code, why: title.clone(), again_at: at, lets_pass };
    let now = shared.now();
    match action {
        Action::InDoubt => doubt(shared, delivery, attempt, title).await,
        Action::Retry => {
            let at = now + pause(shared, attempt);
            refused(shared, delivery, again(Some(at), false)).await?;
            // Nobody was asked too much if nobody was there.
            let everywhere = EVERYWHERE.contains(&code);
            Ok(if code == 0 { Ended::Again(at) } else { Ended::TooMany { again: at, everywhere } })
        }
        Action::RetryPair => {
            let seconds = 4_i64.saturating_pow(attempt - 1).min(LONGEST_OF_PAIR);
            let at = now + SignedDuration::from_secs(seconds);
            refused(shared, delivery, again(Some(at), false)).await?;
            Ok(Ended::Again(at))
        }
        Action::Later { seconds } if attempt < TRIES_LATER => {
            let at = now + SignedDuration::from_secs(seconds.into());
            refused(shared, delivery, again(Some(at), true)).await?;
            Ok(Ended::Postponed)
        }
        // The message itself is as good as any: it waits until somebody has resumed what is stopped.
        Action::StopNumber | Action::StopAccount => {
            let at = now + pause(shared, attempt);
            refused(shared, delivery, again(Some(at), false)).await?;
            halt::keep(shared, delivery, code, &title, action).await?;
            Ok(Ended::Again(at))
        }
        Action::CallPerson => {
            finally(shared, delivery, again(None, false)).await?;
            halt::keep(shared, delivery, code, &title, action).await?;
            Ok(Ended::Settled)
        }
        Action::OptOut => {
            finally(shared, delivery, again(None, false)).await?;
            consent::keep_refusal(shared, *contact, now).await?;
            Ok(Ended::Settled)
        }
        // A link is fetched anew; what is still refused then will be for ever.
        Action::Never if code == MEDIUM && attempt == 1 => {
            let at = now + pause(shared, attempt);
            refused(shared, delivery, again(Some(at), false)).await?;
            Ok(Ended::Again(at))
        }
        Action::Later { .. } | Action::Never => {
            finally(shared, delivery, again(None, false)).await?;
            Ok(Ended::Settled)
        }
    }
}

async fn doubt(shared: &Shared, delivery: &Delivery, attempt: u32, why: String) -> Result<Ended, DeskError> {
    shared.meters.send("in-doubt");
    let since: Time = shared.now();
    write(shared, delivery, None, vec![SendInDoubt { attempt, why }.into()]).await?;
    Ok(Ended::Doubtful(since))
}

/// Refused for good: it costs nothing.
async fn finally(shared: &Shared, delivery: &Delivery, refused: SendRefused) -> Result<(), DeskError> {
    shared.meters.send("refused");
    let (_, now) = shared.store.delivery(delivery.message)?;
    let voided = now.filter(|now| now.resends == 0).and_then(|now| bill::voided(&now));
    let events = std::iter::once(refused.into()).chain(voided.map(Event::from)).collect();
    write(shared, delivery, None, events).await
}

async fn refused(shared: &Shared, delivery: &Delivery, refused: SendRefused) -> Result<(), DeskError> {
    shared.meters.send("refused");
    write(shared, delivery, None, vec![refused.into()]).await
}

/// How long to wait after the nth attempt: anything up to 2ⁿ⁻¹ seconds, so that not all come back at once.
fn pause(shared: &Shared, attempt: u32) -> SignedDuration {
    let most = 1_000 * 2_i64.saturating_pow(attempt - 1).min(LONGEST);
    let mut random = [0; 4];
    shared.entropy.fill(&mut random);
    SignedDuration::from_millis(i64::from(u32::from_be_bytes(random)) % most + 1)
}

async fn write(
    shared: &Shared,
    delivery: &Delivery,
    version: Option<u64>,
    events: Vec<Event>,
) -> Result<(), DeskError> {
    let stream = Stream::Message(delivery.message);
    let drafts = events
        .into_iter()
        .map(|event| Draft::new(stream.clone(), Actor::Host, event))
        .collect::<Result<Vec<_>, _>>()?;
    let expect = version.map(|version| (stream, version)).into_iter().collect();
    shared.store.commit(expect, drafts).await?;
    Ok(())
}
