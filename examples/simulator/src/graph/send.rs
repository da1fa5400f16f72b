//! `POST /{phone-number-id}/messages`: a message, or a mark that one was read.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::contents::{Content, at_most};
use super::{Answer, Authorized, Failure, Refusal, Target, contents, lost, request, template, text};
use crate::dice::Dice;
use crate::event::Event;
use crate::fate::{Order, told_at_once};
use crate::id;
use crate::line::Line;
use crate::options::Person;
use crate::phones::Tick;
use crate::trouble::Sends;
use crate::world::World;

pub(super) async fn messages(
    State(world): State<Arc<World>>,
    _: Authorized,
    Path((_, number)): Target,
    body: Bytes,
) -> Response {
    let line = world.lines.get(&number).ok_or_else(|| Refusal::no_object("post", &number));
    let asked = line.and_then(|line| Ok((line, request(&body)?)));
    match asked {
        Ok((line, request)) if request.get("status").is_some() => {
            read(&world, line, &request).map_err(|refusal| world.failure(refusal)).into_response()
        }
        Ok((line, request)) => send(&world, line, &request).await.into_response(),
        Err(refusal) => {
            world.counts.asked.add(1);
            world.refuse(refusal).into_response()
        }
    }
}

/// How a request goes on, once it is known to be in order.
enum Course {
    /// It is answered.
    Answered(Value),
    /// It was accepted, and the answer says that it was not.
    Denied(Refusal),
    /// It was accepted or not, and nobody hears of it.
    Lost,
}

async fn send(world: &Arc<World>, line: &Line, request: &Value) -> Answer {
    world.counts.asked.add(1);
    let trouble = world.trouble();
    let sends = &trouble.sends;
    let (dice, course) = match taken(world, line, request, sends) {
        Ok(taken) => taken,
        Err(refusal) => return Err(world.refuse(refusal)),
    };
    let slow = dice.about("slow");
    if slow.happens(sends.slow) {
        world.clock.sleep(slow.about("for").between(&sends.slow_for)).await;
    }
    match course {
        Course::Answered(answer) => Ok(Json(answer)),
        Course::Denied(refusal) => Err(world.failure(refusal)),
        Course::Lost => Err(Failure(lost(sends.loss).await)),
    }
}

/// Checks a request in the order in which Meta does: its shape, the rates, the person.
fn taken(
    world: &Arc<World>,
    line: &Line,
    request: &Value,
    trouble: &Sends,
) -> Result<(Dice, Course), Refusal> {
    let (order, contact) = order(world, line, request)?;
    let (rules, now) = (world.rules(), world.clock.now());
    let who = world.who(&order.to);
    let asked = line.books().ask(who, now, &rules);
    let dice = who.about(&line.number.id).nth(asked.nth).about("send");
    if let Some(code) = asked.refused {
        return Err(Refusal::of(code));
    }
    if dice.about("lost request").happens(trouble.lost_requests) {
        world.counts.lost.add(1);
        return Ok((dice, Course::Lost));
    }
    let errs = dice.about("error").happens(trouble.errors);
    let error = errs.then(|| dice.about("code").one_of(&trouble.codes).copied()).flatten();
    if let Some(code) = error.filter(|_| !dice.about("accepted").happens(trouble.accepted)) {
        return Err(Refusal::of(code));
    }
    let obstacle = world.obstacle(line, &order, &asked, now, &rules);
    if let Some(code) = told_at_once(obstacle, &rules) {
        return Err(Refusal::of(code));
    }
    let lost = error.is_none() && dice.about("lost answer").happens(trouble.lost_answers);
    let wamid = world.accept(line, order, &asked, obstacle, error.is_none() && !lost);
    if let Some(code) = error {
        world.counts.hidden_by_errors.add(1);
        return Ok((dice, Course::Denied(Refusal::of(code))));
    }
    if lost {
        world.counts.lost_answers.add(1);
        return Ok((dice, Course::Lost));
    }
    let answer = json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]});
    Ok((dice, Course::Answered(answer)))
}

/// What is asked for, and how the answer names the recipient.
fn order(world: &World, line: &Line, request: &Value) -> Result<(Order, Value), Refusal> {
    product(request)?;
    let kind = text(request, "recipient_type");
    if !["", "individual"].contains(&kind) {
        return Err(Refusal::parameter(format!(
            "Param recipient_type must be one of {{INDIVIDUAL}} - got \"{kind}\"."
        )));
    }
    let to = recipient(world, request)?;
    if to.phone == id::digits(&line.number.display) {
        return Err(Refusal::of(131_021));
    }
    let by_phone = !text(request, "to").is_empty();
    let Content { said, template: category, voice } = if text(request, "type") == "template" {
        template::content(world, line, &request["template"], by_phone)?
    } else {
        contents::content(world, request)?
    };
    let opaque = text(request, "biz_opaque_callback_data").to_owned();
    at_most("biz_opaque_callback_data", &opaque, 512)?;
    if request.get("context").is_some() && text(&request["context"], "message_id").is_empty() {
        return Err(Refusal::missing("context['message_id']"));
    }
    let contact = if by_phone {
        json!({"input": text(request, "to"), "wa_id": to.phone, "user_id": to.user_id})
    } else {
        json!({"input": to.user_id, "user_id": to.user_id})
    };
    Ok((Order { to, by_phone, said, template: category, voice, opaque }, contact))
}

/// `to` wins over `recipient`.
fn recipient(world: &World, request: &Value) -> Result<Person, Refusal> {
    match (text(request, "to"), text(request, "recipient")) {
        ("", "") => Err(Refusal::missing("to")),
        ("", user_id) if !is_user_id(user_id) => Err(Refusal::because(
            131_009,
            "recipient: it has to be a user id such as CO.13491208655302741918",
        )),
        ("", user_id) => {
            let known = world.people.by_user_id(user_id).map(|person| Person::clone(&person));
            Ok(known.unwrap_or_else(|| Person {
                user_id: user_id.to_owned(),
                hidden: true,
                ..Person::new("", "")
            }))
        }
        (to, _) => {
            let digits = id::digits(to);
            if !to.starts_with('+') || !(8..=15).contains(&digits.len()) {
                return Err(Refusal::because(
                    131_009,
                    "to: the recipient has to be a phone number with + and country code",
                ));
            }
            let known = world.people.by_phone(&digits).map(|person| Person::clone(&person));
            Ok(known.unwrap_or_else(|| Person::new(&digits, "")))
        }
    }
}

/// The country, a point, and what nobody but Meta understands.
fn is_user_id(text: &str) -> bool {
    text.split_once('.').is_some_and(|(country, rest)| {
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=132).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    })
}

fn product(request: &Value) -> Result<(), Refusal> {
    match text(request, "messaging_product") {
        "whatsapp" => Ok(()),
        "" => Err(Refusal::missing("messaging_product")),
        other => Err(Refusal::parameter(format!(
            "Param messaging_product must be one of {{WHATSAPP}} - got \"{other}\"."
        ))),
    }
}

/// Marks a customer's message as read, and says that an answer is being written.
fn read(world: &World, line: &Line, request: &Value) -> Result<Json<Value>, Refusal> {
    product(request)?;
    let status = text(request, "status");
    if status != "read" {
        return Err(Refusal::parameter(format!("Param status must be one of {{READ}} - got \"{status}\".")));
    }
    let wamid = text(request, "message_id");
    if wamid.is_empty() {
        return Err(Refusal::missing("message_id"));
    }
    if let Some(phone) = id::phone_of(wamid) {
        for wamid in world.phones.unread(&phone, wamid) {
            world.tick(&phone, &wamid, Tick::Read);
        }
        if request.get("typing_indicator").is_some() {
            world.tell(|| Event::Typing { phone, number: line.number.id.clone() });
        }
    }
    Ok(Json(json!({"success": true})))
}

impl World {
    /// Refuses a request to send.
    fn refuse(&self, refusal: Refusal) -> Failure {
        self.counts.refused(refusal.code);
        self.failure(refusal)
    }
}
