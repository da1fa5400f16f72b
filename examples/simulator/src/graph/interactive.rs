//! Messages with something to press (Meta, Cloud API: Interactive messages).

use serde_json::Value;

use super::contents::{at_most, between, count, length};
use super::{Refusal, list, text};
use crate::phones::{Button, Row, Said};

pub(super) fn content(interactive: &Value) -> Result<Said, Refusal> {
    let body = interactive.pointer("/body/text").and_then(Value::as_str).unwrap_or_default();
    let action = &interactive["action"];
    header(&interactive["header"])?;
    if let Some(footer) = interactive.get("footer") {
        length("Footer text", text(footer, "text"), 60)?;
    }
    let kind = text(interactive, "type");
    if kind.is_empty() {
        return Err(Refusal::because(131_008, "interactive['type'] is required"));
    }
    // A catalogue of one product may stand without words.
    if kind != "product" {
        length("Body text", body, if kind == "list" { 4096 } else { 1024 })?;
    }
    let said = || Said::Text { body: body.to_owned() };
    match kind {
        "button" => buttons(body, action),
        "list" => menu(body, action),
        "cta_url" => {
            named(action, "cta_url")?;
            let parameters = &action["parameters"];
            length("Button display_text", text(parameters, "display_text"), 20)?;
            url("action['parameters']['url']", text(parameters, "url")).map(|()| said())
        }
        "flow" => {
            named(action, "flow")?;
            flow(&action["parameters"]).map(|()| said())
        }
        "location_request_message" => named(action, "send_location").map(|()| said()),
        "request_contact_info" => named(action, "request_contact_info").map(|()| said()),
        "carousel" => carousel(list(action, "cards")).map(|()| said()),
        "product"
        | "product_list"
        | "catalog_message"
        | "order_details"
        | "order_status"
        | "address_message"
        | "voice_call"
        | "call_permission_request" => Ok(Said::Other { name: kind.to_owned() }),
        other => Err(Refusal::because(
            131_009,
            format!("Interactive type \"{other}\" is not one of: button, list, cta_url, flow, carousel, …"),
        )),
    }
}

fn header(header: &Value) -> Result<(), Refusal> {
    match text(header, "type") {
        "text" => length("Header text", text(header, "text"), 60),
        "" if header.is_null() => Ok(()),
        medium @ ("image" | "video" | "document") => {
            let body = &header[medium];
            if text(body, "id").is_empty() && text(body, "link").is_empty() {
                let what = format!("interactive['header']['{medium}']['id'] or ['link'] is required");
                return Err(Refusal::because(131_008, what));
            }
            Ok(())
        }
        other => Err(Refusal::because(
            131_009,
            format!("Header type \"{other}\" is not one of: text, image, video, document"),
        )),
    }
}

fn buttons(body: &str, action: &Value) -> Result<Said, Refusal> {
    let button = |button: &Value| {
        let reply = &button["reply"];
        Button { id: text(reply, "id").to_owned(), title: text(reply, "title").to_owned() }
    };
    let buttons: Vec<_> = list(action, "buttons").iter().map(button).collect();
    count("buttons", buttons.len(), 3)?;
    for button in &buttons {
        length("Button id", &button.id, 256)?;
        length("Button title", &button.title, 20)?;
    }
    unique("button ids", buttons.iter().map(|button| &button.id))?;
    unique("button titles", buttons.iter().map(|button| &button.title))?;
    Ok(Said::Buttons { body: body.to_owned(), buttons, template: false })
}

fn menu(body: &str, action: &Value) -> Result<Said, Refusal> {
    let label = text(action, "button");
    length("Button label", label, 20)?;
    let sections = list(action, "sections");
    count("sections", sections.len(), 10)?;
    for section in sections.iter().filter(|_| sections.len() > 1) {
        length("Section title", text(section, "title"), 24)?;
    }
    let row = |row: &Value| Row {
        id: text(row, "id").to_owned(),
        title: text(row, "title").to_owned(),
        description: text(row, "description").to_owned(),
    };
    let rows: Vec<_> = sections.iter().flat_map(|section| list(section, "rows")).map(row).collect();
    count("rows", rows.len(), 10)?;
    for row in &rows {
        length("Row id", &row.id, 200)?;
        length("Row title", &row.title, 24)?;
        at_most("rows['description']", &row.description, 72)
            .map_err(|_| Refusal::because(131_009, "Row description length invalid. Max length: 72"))?;
    }
    unique("row ids", rows.iter().map(|row| &row.id))?;
    Ok(Said::Menu { body: body.to_owned(), label: label.to_owned(), rows })
}

fn flow(parameters: &Value) -> Result<(), Refusal> {
    if text(parameters, "flow_message_version") != "3" {
        return Err(Refusal::because(
            131_009,
            "action['parameters']['flow_message_version'] has to be \"3\"",
        ));
    }
    let (id, name) = (text(parameters, "flow_id"), text(parameters, "flow_name"));
    if id.is_empty() == name.is_empty() {
        let what = "action['parameters'] has to hold either flow_id or flow_name";
        return Err(Refusal::because(131_009, what));
    }
    length("Flow cta", text(parameters, "flow_cta"), 30)
}

fn carousel(cards: &[Value]) -> Result<(), Refusal> {
    between("cards", cards.len(), 2, 10)?;
    for card in cards {
        let body = card.pointer("/body/text").and_then(Value::as_str).unwrap_or_default();
        at_most("cards['body']['text']", body, 160)?;
    }
    let kinds = cards.iter().map(|card| text(card, "type"));
    if kinds.clone().any(|kind| Some(kind) != kinds.clone().next()) {
        return Err(Refusal::because(131_009, "All cards need the same kind of button"));
    }
    Ok(())
}

fn named(action: &Value, name: &str) -> Result<(), Refusal> {
    if text(action, "name") == name {
        return Ok(());
    }
    Err(Refusal::because(131_009, format!("action['name'] has to be \"{name}\"")))
}

fn url(name: &str, url: &str) -> Result<(), Refusal> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Ok(());
    }
    Err(Refusal::because(131_009, format!("{name} has to be an http or https URL")))
}

fn unique<'a>(what: &str, values: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    let mut seen = Vec::new();
    for value in values {
        if seen.contains(&value) {
            return Err(Refusal::because(131_009, format!("Duplicated {what}")));
        }
        seen.push(value);
    }
    Ok(())
}
