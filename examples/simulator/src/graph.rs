//! The Graph API: `POST /{version}/{phone-number-id}/messages`.
//!
//! Limits, codes and the shape of errors are Meta's (Cloud API: Messages, Error codes). It is stricter than Meta in one
//! thing: a recipient without `+`, which Meta would take for a national number and perhaps deliver to a stranger, is
//! refused, so that the mistake is seen.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::id;
use crate::options::Person;
use crate::phones::{Button, Row, Said, Tick};
use crate::world::{Event, Line, World};

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/{version}/{number}/messages", post(messages))
}

async fn messages(
    State(world): State<Arc<World>>,
    Path((_version, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = authorized(&headers).and_then(|()| {
        let line = world.lines.get(&number).ok_or_else(|| no_such_number(&number))?;
        let request: Value = serde_json::from_slice(&body)
            .map_err(|_| Refusal::parameter("The request body is not a JSON object.".to_owned()))?;
        required(&request, "messaging_product", Some("whatsapp"))?;
        if request.get("status").is_some() {
            read(&world, line, &request)
        } else {
            send(&world, line, &request)
        }
    });
    match answer {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.response(&world.ids.trace()),
    }
}

/// Any token is as good as any other.
fn authorized(headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match token.and_then(|token| token.strip_prefix("Bearer ")) {
        Some(token) if !token.trim().is_empty() => Ok(()),
        _ => Err(Refusal {
            status: StatusCode::UNAUTHORIZED,
            code: 190,
            message: "Invalid OAuth access token - Cannot parse access token".to_owned(),
            details: None,
        }),
    }
}

fn send(world: &Arc<World>, line: &Line, request: &Value) -> Result<Value, Refusal> {
    let to = recipient(world, request)?;
    let said = said(request)?;
    let opaque = text(request, "biz_opaque_callback_data");
    at_most("biz_opaque_callback_data", opaque, 512)?;
    let known_by_phone = text(request, "to");
    let contact = if known_by_phone.is_empty() {
        json!({"input": to.user_id, "user_id": to.user_id})
    } else {
        json!({"input": known_by_phone, "wa_id": to.phone, "user_id": to.user_id})
    };
    let wamid = world.accept(line, to, said, opaque);
    Ok(json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}))
}

/// Marks a customer's message as read, and says that an answer is being written.
fn read(world: &Arc<World>, line: &Line, request: &Value) -> Result<Value, Refusal> {
    required(request, "status", Some("read"))?;
    let wamid = required(request, "message_id", None)?;
    for (phone, wamid) in world.phones.unread(wamid) {
        world.tick(&phone, &wamid, Tick::Read);
    }
    if request.get("typing_indicator").is_some()
        && let Some(phone) = world.phones.author(wamid)
    {
        world.tell(|| Event::Typing { phone, number: line.number.id.clone() });
    }
    Ok(json!({"success": true}))
}

/// `to` wins over `recipient`.
fn recipient(world: &World, request: &Value) -> Result<Person, Refusal> {
    match (text(request, "to"), text(request, "recipient")) {
        ("", "") => Err(Refusal::parameter("The parameter to is required.".to_owned())),
        ("", user_id) => Ok(world.phones.by_user_id(user_id).unwrap_or_else(|| Person {
            phone: String::new(),
            name: String::new(),
            user_id: user_id.to_owned(),
            hidden: true,
        })),
        (to, _) => {
            let digits = id::digits(to);
            if !to.starts_with('+') || !(8..=15).contains(&digits.len()) {
                return Err(Refusal::value("The recipient has to be a phone number with + and country code"));
            }
            Ok(world.phones.person(&digits).unwrap_or_else(|| Person::new(&digits, "")))
        }
    }
}

fn said(request: &Value) -> Result<Said, Refusal> {
    match text(request, "type") {
        "" | "text" => {
            let body = request.pointer("/text/body").and_then(Value::as_str).unwrap_or_default();
            if body.is_empty() {
                return Err(Refusal::parameter("The parameter text['body'] is required.".to_owned()));
            }
            at_most("text['body']", body, 4096)?;
            Ok(Said::Text { body: body.to_owned() })
        }
        "interactive" => interactive(&request["interactive"]),
        _ => Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            code: 131_051,
            message: "(#131051) Unsupported message type".to_owned(),
            details: Some("Message type is not currently supported by this simulation".to_owned()),
        }),
    }
}

fn interactive(interactive: &Value) -> Result<Said, Refusal> {
    let body = interactive.pointer("/body/text").and_then(Value::as_str).unwrap_or_default().to_owned();
    let action = &interactive["action"];
    match text(interactive, "type") {
        "button" => {
            length("Body text", &body, 1024)?;
            let buttons = list(action, "buttons").iter().map(|button| &button["reply"]);
            let buttons: Vec<_> = buttons
                .map(|reply| Button {
                    id: text(reply, "id").to_owned(),
                    title: text(reply, "title").to_owned(),
                })
                .collect();
            count("buttons", buttons.len(), 3)?;
            for button in &buttons {
                length("Button id", &button.id, 256)?;
                length("Button title", &button.title, 20)?;
            }
            unique("button ids", buttons.iter().map(|button| &button.id))?;
            unique("button titles", buttons.iter().map(|button| &button.title))?;
            Ok(Said::Buttons { body, buttons })
        }
        "list" => {
            length("Body text", &body, 4096)?;
            let label = text(action, "button").to_owned();
            length("Button label", &label, 20)?;
            let sections = list(action, "sections");
            count("sections", sections.len(), 10)?;
            let rows = sections.iter().flat_map(|section| list(section, "rows"));
            let rows: Vec<_> = rows
                .map(|row| Row {
                    id: text(row, "id").to_owned(),
                    title: text(row, "title").to_owned(),
                    description: text(row, "description").to_owned(),
                })
                .collect();
            count("rows", rows.len(), 10)?;
            for row in &rows {
                length("Row id", &row.id, 200)?;
                length("Row title", &row.title, 24)?;
                if !row.description.is_empty() {
                    length("Row description", &row.description, 72)?;
                }
            }
            unique("row ids", rows.iter().map(|row| &row.id))?;
            Ok(Said::Menu { body, label, rows })
        }
        _ => Err(Refusal::value("Interactive type is not one of: button, list")),
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn required<'a>(request: &'a Value, name: &str, value: Option<&str>) -> Result<&'a str, Refusal> {
    match (text(request, name), value) {
        ("", _) => Err(Refusal::parameter(format!("The parameter {name} is required."))),
        (given, Some(value)) if given != value => Err(Refusal::parameter(format!(
            "Param {name} must be one of {{{}}} - got \"{given}\".",
            value.to_uppercase()
        ))),
        (given, _) => Ok(given),
    }
}

fn at_most(name: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() <= most {
        return Ok(());
    }
    Err(Refusal::parameter(format!("Param {name} must be at most {most} characters long.")))
}

fn length(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if (1..=most).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Refusal::value(&format!("{what} length invalid. Min length: 1, Max length: {most}")))
}

fn count(what: &str, given: usize, most: usize) -> Result<(), Refusal> {
    if (1..=most).contains(&given) {
        return Ok(());
    }
    Err(Refusal::value(&format!("Invalid {what} count. Min allowed {what}: 1, Max allowed {what}: {most}")))
}

fn unique<'a>(what: &str, values: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = Vec::new();
    for value in values {
        if seen.contains(&value) {
            return Err(Refusal::value(&format!("Duplicated {what}")));
        }
        seen.push(value);
    }
    Ok(())
}

fn no_such_number(number: &str) -> Refusal {
    Refusal {
        status: StatusCode::BAD_REQUEST,
        code: 33,
        message: format!(
            "Unsupported post request. Object with ID '{number}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation"
        ),
        details: None,
    }
}

/// An error as Meta words it.
struct Refusal {
    status: StatusCode,
    code: i64,
    message: String,
    details: Option<String>,
}

impl Refusal {
    fn parameter(what: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: 100, message: format!("(#100) {what}"), details: None }
    }

    fn value(details: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: 131_009,
            message: "(#131009) Parameter value is not valid".to_owned(),
            details: Some(details.to_owned()),
        }
    }

    fn response(self, trace: &str) -> Response {
        let mut error = json!({
            "message": self.message,
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": trace,
        });
        if let Some(details) = self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        // Meta answers an object that does not exist with code 100 and this subcode.
        if self.code == 33 {
            error["type"] = "GraphMethodException".into();
            error["code"] = 100.into();
            error["error_subcode"] = 33.into();
        }
        (self.status, Json(json!({"error": error}))).into_response()
    }
}
