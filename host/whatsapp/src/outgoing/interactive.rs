//! Words with something to press (Meta, *Interactive messages*: reply buttons, lists, CTA URL, flows, location requests,
//! media carousels, products).

use domain::message::{
    Action, CarouselButtons, CarouselCard, FlowAction, FlowMode, Header, Interactive, MediaKind,
    ProductSection, ReplyButton, Row, Section, Source, WhichFlow,
};
use serde_json::{Value, json};

use super::limits::{
    Checked, Invalid, address, bytes, characters, different, each, filled, other, size, source,
};

const ACTION: &str = "interactive.action";

/// The short form of the contract: words and buttons.
pub(super) fn buttons(body: &str, buttons: &[ReplyButton]) -> Checked {
    let body = characters("interactive.body.text", body, 1, 1024)?;
    Ok(json!({
        "type": "button", "body": {"text": body},
        "action": {"buttons": reply_buttons(buttons)?},
    }))
}

/// The short form of the contract: words and one list of rows.
pub(super) fn menu(body: &str, label: &str, rows: &[Row]) -> Checked {
    let body = characters("interactive.body.text", body, 1, 4096)?;
    let label = characters("interactive.action.button", label, 1, 20)?;
    size("interactive.action.sections[0].rows", rows.len(), 1, 10, "rows")?;
    let rows_json = each("interactive.action.sections[0].rows", rows, row)?;
    unique_rows([rows].into_iter())?;
    Ok(json!({
        "type": "list", "body": {"text": body},
        "action": {"button": label, "sections": [{"rows": rows_json}]},
    }))
}

pub(super) fn interactive(interactive: &Interactive) -> Checked {
    let mut json = json!({"type": kind(&interactive.action)});
    // A product speaks for itself; a list takes the most words.
    let (least, most) = match &interactive.action {
        Action::Product { .. } => (0, 1024),
        Action::List { .. } => (1, 4096),
        _ => (1, 1024),
    };
    let body = characters("interactive.body.text", &interactive.body, least, most)?;
    if !interactive.body.is_empty() {
        json["body"] = json!({ "text": body });
    }
    if let Some(header) = &interactive.header {
        json["header"] = above(header, &interactive.action)?;
    } else if matches!(interactive.action, Action::Products { .. }) {
        return Err(other("interactive.header", "a text"));
    }
    if !interactive.footer.is_empty() {
        if bare(&interactive.action) {
            return Err(other("interactive.footer", "nothing"));
        }
        let footer = characters("interactive.footer.text", &interactive.footer, 1, 60)?;
        json["footer"] = json!({ "text": footer });
    }
    json["action"] = action(&interactive.action)?;
    Ok(json)
}

const fn kind(action: &Action) -> &'static str {
    match action {
        Action::Buttons { .. } => "button",
        Action::List { .. } => "list",
        Action::Link { .. } => "cta_url",
        Action::Flow(_) => "flow",
        Action::AskLocation => "location_request_message",
        Action::AskContact => "request_contact_info",
        Action::AskCallPermission => "call_permission_request",
        Action::Call { .. } => "voice_call",
        Action::Carousel { .. } => "carousel",
        Action::Product { .. } => "product",
        Action::Products { .. } => "product_list",
        Action::Catalog { .. } => "catalog_message",
    }
}

/// What has words and nothing above or below them.
const fn bare(action: &Action) -> bool {
    matches!(
        action,
        Action::AskLocation
            | Action::AskContact
            | Action::AskCallPermission
            | Action::Call { .. }
            | Action::Carousel { .. }
    )
}

fn above(header: &Header, action: &Action) -> Checked {
    let only_text = matches!(action, Action::List { .. } | Action::Products { .. });
    match header {
        _ if bare(action) || matches!(action, Action::Product { .. } | Action::Catalog { .. }) => {
            Err(other("interactive.header", "nothing"))
        }
        Header::Text(text) => {
            Ok(json!({"type": "text", "text": characters("interactive.header.text", text, 1, 60)?}))
        }
        Header::Media { .. } if only_text => Err(other("interactive.header", "a text")),
        Header::Media { kind, source, filename } => {
            medium("interactive.header", *kind, source, filename.as_deref())
        }
    }
}

/// A medium that is a part of something.
pub(super) fn medium(field: &str, kind: MediaKind, of: &Source, filename: Option<&str>) -> Checked {
    let word = kind.word();
    if !matches!(kind, MediaKind::Image | MediaKind::Video | MediaKind::Document) {
        return Err(other(format!("{field}.type"), "image, video or document"));
    }
    let mut medium = source(&format!("{field}.{word}"), of)?;
    if let Some(filename) = filename {
        let field = format!("{field}.{word}.filename");
        if kind != MediaKind::Document {
            return Err(other(field, "nothing"));
        }
        medium["filename"] = filled(&field, filename)?;
    }
    Ok(json!({"type": word, word: medium}))
}

fn action(action: &Action) -> Checked {
    Ok(match action {
        Action::Buttons { buttons } => json!({"buttons": reply_buttons(buttons)?}),
        Action::List { label, sections } => list(label, sections)?,
        Action::Link { label, url } => link(ACTION, label, url)?,
        Action::Flow(flow) => self::flow(flow)?,
        Action::AskLocation => json!({"name": "send_location"}),
        Action::AskContact => json!({"name": "request_contact_info"}),
        Action::AskCallPermission => json!({"name": "call_permission_request"}),
        Action::Call { label, minutes } => call(label, *minutes)?,
        Action::Carousel { cards } => carousel(cards)?,
        Action::Product { catalog, product } => json!({
            "catalog_id": filled("interactive.action.catalog_id", catalog)?,
            "product_retailer_id": filled("interactive.action.product_retailer_id", product)?,
        }),
        Action::Products { catalog, sections } => products(catalog, sections)?,
        Action::Catalog { thumbnail } => {
            let mut json = json!({"name": "catalog_message"});
            if let Some(product) = thumbnail {
                let field = "interactive.action.parameters.thumbnail_product_retailer_id";
                json["parameters"] = json!({"thumbnail_product_retailer_id": filled(field, product)?});
            }
            json
        }
    })
}

fn reply_buttons(buttons: &[ReplyButton]) -> Result<Vec<Value>, Invalid> {
    let field = "interactive.action.buttons";
    size(field, buttons.len(), 1, 3, "buttons")?;
    let json = each(field, buttons, |field, button| {
        Ok(json!({"type": "reply", "reply": reply(&format!("{field}.reply"), button)?}))
    })?;
    differ(field, "reply", buttons)?;
    Ok(json)
}

fn reply(field: &str, button: &ReplyButton) -> Checked {
    Ok(json!({
        "id": bytes(&format!("{field}.id"), &button.id, 1, 256)?,
        "title": characters(&format!("{field}.title"), &button.title, 1, 20)?,
    }))
}

fn differ(field: &str, of: &str, buttons: &[ReplyButton]) -> Result<(), Invalid> {
    different(field, &format!("{of}.id"), buttons.iter().map(|button| button.id.as_str()))?;
    different(field, &format!("{of}.title"), buttons.iter().map(|button| button.title.as_str()))
}

fn list(label: &str, sections: &[Section]) -> Checked {
    let field = "interactive.action.sections";
    let label = characters("interactive.action.button", label, 1, 20)?;
    size(field, sections.len(), 1, 10, "sections")?;
    // Only one section may do without a title.
    let least = usize::from(sections.len() > 1);
    let sections_json = each(field, sections, |field, section| {
        size(&format!("{field}.rows"), section.rows.len(), 1, 10, "rows")?;
        let mut json = json!({"rows": each(&format!("{field}.rows"), &section.rows, row)?});
        let title = characters(&format!("{field}.title"), &section.title, least, 24)?;
        if !section.title.is_empty() {
            json["title"] = title;
        }
        Ok(json)
    })?;
    let rows = sections.iter().map(|section| section.rows.len()).sum();
    size("interactive.action.sections[*].rows", rows, 1, 10, "rows")?;
    unique_rows(sections.iter().map(|section| section.rows.as_slice()))?;
    Ok(json!({"button": label, "sections": sections_json}))
}

fn row(field: &str, row: &Row) -> Checked {
    let mut json = json!({
        "id": bytes(&format!("{field}.id"), &row.id, 1, 200)?,
        "title": characters(&format!("{field}.title"), &row.title, 1, 24)?,
    });
    let description = characters(&format!("{field}.description"), &row.description, 0, 72)?;
    if !row.description.is_empty() {
        json["description"] = description;
    }
    Ok(json)
}

/// The ids of all rows of a list differ, across its sections too.
fn unique_rows<'a>(sections: impl Iterator<Item = &'a [Row]>) -> Result<(), Invalid> {
    let place = |(n, m): (usize, usize)| format!("interactive.action.sections[{n}].rows[{m}].id");
    let mut seen: Vec<(&str, (usize, usize))> = Vec::new();
    for (n, rows) in sections.enumerate() {
        for (m, row) in rows.iter().enumerate() {
            if let Some((_, earlier)) = seen.iter().find(|(id, _)| *id == row.id) {
                return Err(Invalid::Twice { field: place((n, m)), other: place(*earlier) });
            }
            seen.push((&row.id, (n, m)));
        }
    }
    Ok(())
}

fn link(field: &str, label: &str, url: &str) -> Checked {
    let parameters = json!({
        "display_text": characters(&format!("{field}.parameters.display_text"), label, 1, 20)?,
        "url": address(&format!("{field}.parameters.url"), url)?,
    });
    Ok(json!({"name": "cta_url", "parameters": parameters}))
}

/// With a screen the form begins there (`navigate`); without one our endpoint says where (`data_exchange`).
fn flow(flow: &FlowAction) -> Checked {
    let field = |name: &str| format!("interactive.action.parameters.{name}");
    let mut parameters = json!({
        "flow_message_version": "3",
        "flow_cta": characters(&field("flow_cta"), &flow.label, 1, 20)?,
    });
    match &flow.flow {
        WhichFlow::Id(id) => parameters["flow_id"] = filled(&field("flow_id"), id)?,
        WhichFlow::Name(name) => parameters["flow_name"] = filled(&field("flow_name"), name)?,
    }
    if let Some(token) = &flow.token {
        parameters["flow_token"] = filled(&field("flow_token"), token)?;
    }
    if flow.mode == FlowMode::Draft {
        parameters["mode"] = "draft".into();
    }
    match (&flow.screen, &flow.data) {
        (Some(screen), data) => {
            let mut payload = json!({"screen": filled(&field("flow_action_payload.screen"), screen)?});
            if let Some(data) = data {
                let is_full = data.as_object().is_some_and(|data| !data.is_empty());
                if !is_full {
                    return Err(other(field("flow_action_payload.data"), "an object with members"));
                }
                payload["data"] = data.clone();
            }
            parameters["flow_action"] = "navigate".into();
            parameters["flow_action_payload"] = payload;
        }
        (None, Some(_)) => return Err(other(field("flow_action_payload.screen"), "a text")),
        (None, None) => parameters["flow_action"] = "data_exchange".into(),
    }
    Ok(json!({"name": "flow", "parameters": parameters}))
}

fn call(label: &str, minutes: Option<u32>) -> Checked {
    let mut json = json!({"name": "voice_call"});
    if !label.is_empty() {
        let field = "interactive.action.parameters.display_text";
        json["parameters"]["display_text"] = characters(field, label, 1, 20)?;
    }
    if let Some(minutes) = minutes {
        let field = "interactive.action.parameters.ttl_minutes";
        size(field, usize::try_from(minutes).unwrap_or(usize::MAX), 1, 43_200, "minutes")?;
        json["parameters"]["ttl_minutes"] = minutes.into();
    }
    Ok(json)
}

/// All cards have the same buttons in kind and number.
fn carousel(cards: &[CarouselCard]) -> Checked {
    let field = "interactive.action.cards";
    size(field, cards.len(), 2, 10, "cards")?;
    let shape = |card: &CarouselCard| match &card.buttons {
        CarouselButtons::Link { .. } => 0,
        CarouselButtons::Replies(buttons) => buttons.len(),
    };
    let first = cards.first().map(shape);
    let mut index = 0;
    let cards = each(field, cards, |field, card| {
        if Some(shape(card)) != first {
            return Err(other(
                format!("{field}.action"),
                "the same kind and number of buttons as on the first card",
            ));
        }
        index += 1;
        self::card(field, index - 1, card)
    })?;
    Ok(json!({ "cards": cards }))
}

fn card(field: &str, index: usize, card: &CarouselCard) -> Checked {
    if !matches!(card.kind, MediaKind::Image | MediaKind::Video) {
        return Err(other(format!("{field}.header.type"), "image or video"));
    }
    let at = format!("{field}.action");
    let (kind, action) = match &card.buttons {
        CarouselButtons::Link { label, url } => ("cta_url", link(&at, label, url)?),
        CarouselButtons::Replies(buttons) => {
            let at = format!("{at}.buttons");
            size(&at, buttons.len(), 1, 3, "buttons")?;
            let json = each(&at, buttons, |field, button| {
                let reply = reply(&format!("{field}.quick_reply"), button)?;
                Ok(json!({"type": "quick_reply", "quick_reply": reply}))
            })?;
            differ(&at, "quick_reply", buttons)?;
            ("button", json!({ "buttons": json }))
        }
    };
    let mut json = json!({
        "card_index": index, "type": kind, "action": action,
        "header": medium(&format!("{field}.header"), card.kind, &card.source, None)?,
    });
    let body = characters(&format!("{field}.body.text"), &card.body, 0, 160)?;
    if !card.body.is_empty() {
        json["body"] = json!({ "text": body });
    }
    Ok(json)
}

fn products(catalog: &str, sections: &[ProductSection]) -> Checked {
    let field = "interactive.action.sections";
    size(field, sections.len(), 1, 10, "sections")?;
    let least = usize::from(sections.len() > 1);
    let json = each(field, sections, |field, section| {
        let at = format!("{field}.product_items");
        size(&at, section.products.len(), 1, 30, "products")?;
        let products = each(&at, &section.products, |field, product| {
            Ok(json!({"product_retailer_id": filled(&format!("{field}.product_retailer_id"), product)?}))
        })?;
        let mut json = json!({ "product_items": products });
        let title = characters(&format!("{field}.title"), &section.title, least, 24)?;
        if !section.title.is_empty() {
            json["title"] = title;
        }
        Ok(json)
    })?;
    let all = sections.iter().map(|section| section.products.len()).sum();
    size("interactive.action.sections[*].product_items", all, 1, 30, "products")?;
    Ok(json!({"catalog_id": filled("interactive.action.catalog_id", catalog)?, "sections": json}))
}
