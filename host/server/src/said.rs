//! What a request says of itself before anybody works on it: what it is about, and why it is made.

use std::collections::HashMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Query, Request};
use axum::http::{StatusCode, Uri};
use domain::conversation::{Conversation, Holder};
use domain::event;
use domain::id::{ConversationId, MessageId};
use domain::raci::person::Target;
use serde_json::Value;

use crate::Server;
use crate::contacts::Asked;
use crate::routes::About;

/// The largest JSON that is read to see what it is about.
const LARGEST: usize = 64 << 10;

/// What a request says.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// How far whoever asks has to reach.
    pub(crate) target: Target,
    /// What the record has of it.
    pub(crate) about: event::About,
    /// Why, if it says so in words that may be kept for ever.
    pub(crate) reason: Option<String>,
}

/// What a request says, and the request again. What it names and does not exist is about the whole company, so that somebody
/// with a scope does not find out.
pub(crate) async fn hear(
    server: &Server,
    about: About,
    request: Request,
) -> Result<(Said, Request), StatusCode> {
    // An id has nothing that needs to be written another way: whoever does wants to be told apart from what is read.
    if matches!(about, About::MessageInPath | About::ConversationInPath | About::ActInPath)
        && request.uri().path().contains('%')
    {
        return Err(StatusCode::NOT_FOUND);
    }
    let in_body = [About::NumberInBody, About::ContactInBody, About::EntryInBody, About::DecisionInBody];
    if !in_body.contains(&about) {
        let said = pointed(server, about, request.uri());
        return Ok((said.unwrap_or_default(), request));
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let said = written(server, about, &body);
    Ok((said, Request::from_parts(head, Body::from(body))))
}

fn written(server: &Server, about: About, body: &Bytes) -> Said {
    if about == About::ContactInBody {
        let Ok(asked) = serde_json::from_slice::<Asked>(body) else { return Said::default() };
        let contact = asked.contact(server).ok();
        let reason = contact
            .filter(|contact| server.desk.may_say(*contact, &asked.reason).is_ok())
            .map(|_| asked.reason);
        return Said {
            about: event::About { contact, ..event::About::default() },
            reason,
            ..Said::default()
        };
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    if about == About::DecisionInBody {
        let of =
            body["of"].as_str().and_then(|of| of_conversation(server, server.desk.which(of).ok()??.0, None));
        return of.unwrap_or_default();
    }
    let number = body["number"].as_str().filter(|_| about == About::NumberInBody);
    let entry = body["entry"].as_u64().filter(|_| about == About::EntryInBody);
    let reason = body["reason"].as_str().map(str::trim).filter(|reason| !reason.is_empty());
    Said {
        target: Target { number: number.map(Into::into), ..Target::default() },
        about: event::About { number: number.map(Into::into), entry, ..event::About::default() },
        reason: reason.map(ToOwned::to_owned),
    }
}

fn pointed(server: &Server, about: About, uri: &Uri) -> Option<Said> {
    let store = server.desk.store();
    let (conversation, message): (ConversationId, Option<MessageId>) = match about {
        About::ConversationInQuery => {
            let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).ok()?;
            (query.get("conversation")?.parse().ok()?, None)
        }
        About::ConversationInPath => {
            let (_, conversation) = uri.path().rsplit_once('/')?.0.rsplit_once('/')?;
            (conversation.parse().ok()?, None)
        }
        About::ActInPath => {
            let conversation = uri.path().rsplit('/').nth(2)?;
            (conversation.parse().ok()?, None)
        }
        About::MessageInPath => {
            let (_, message) = uri.path().rsplit_once('/')?;
            let message = message.parse().ok()?;
            (store.conversation_of_medium(message).ok()??, Some(message))
        }
        About::DecisionInQuery => {
            let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).ok()?;
            (server.desk.which(query.get("of")?).ok()??.0, None)
        }
        About::RuleInPath | About::SetInPath => {
            let name = uri.path().rsplit('/').nth(1)?;
            return Some(Said { target: target_of(server, about, name)?, ..Said::default() });
        }
        About::Company
        | About::WithinScope
        | About::NumberInBody
        | About::ContactInBody
        | About::EntryInBody
        | About::DecisionInBody => return None,
    };
    of_conversation(server, conversation, message)
}

/// What is about a conversation.
fn of_conversation(
    server: &Server,
    conversation: ConversationId,
    message: Option<MessageId>,
) -> Option<Said> {
    let state = server.desk.store().conversation(conversation).ok()?.1?;
    let target = target(&state);
    let about = event::About {
        contact: Some(state.contact),
        conversation: Some(conversation),
        message,
        agent: target.agent.clone(),
        ..event::About::default()
    };
    Some(Said { target, about, reason: None })
}

/// Where a conversation is, for whoever has a scope.
pub(crate) fn target(conversation: &Conversation) -> Target {
    let (queue, agent) = match conversation.case.as_ref().map(|case| &case.holder) {
        None | Some(Holder::Rules) => (None, None),
        Some(Holder::Queue { place, .. }) => (Some(place.queue.clone()), None),
        Some(Holder::Agent { agent, queue, .. }) => (Some(queue.clone()), Some(agent.clone())),
    };
    Target { number: Some(conversation.number.clone()), queue, agent }
}

/// Where a rule, or the first one of a set, is: whether somebody reaches all that it is for is asked again where it is moved.
fn target_of(server: &Server, about: About, name: &str) -> Option<Target> {
    let rules = server.desk.rules().ok()?;
    let named = |(one, ..): &&(desk::Stands, _, _)| match about {
        About::SetInPath => one.signed.set == name,
        _ => one.rule.as_str() == name,
    };
    let (found, ..) = rules.iter().find(named)?;
    let scope = &found.runs().scope;
    let active = server.desk.active();
    let number = |name: &String| active.company.numbers().iter().find(|number| number.name == *name);
    let number = scope.numbers.first().and_then(number).map(|number| number.id.clone());
    Some(Target { number, queue: scope.queues.first().cloned(), agent: None })
}
