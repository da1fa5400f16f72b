//! Words, media, places, cards and reactions (Meta, *Messages*).

use domain::message::{Address, Card, CardPhone, MediaKind, OutgoingMedia};
use serde_json::{Map, Value, json};

use super::limits::{Checked, Invalid, characters, degrees, each, filled, other, size, source};

pub(super) fn text(body: &str, preview: bool) -> Checked {
    let mut text = json!({"body": characters("text.body", body, 1, 4096)?});
    if preview {
        text["preview_url"] = true.into();
    }
    Ok(text)
}

/// Only images, videos and documents have words under them, only documents a name, only sounds a voice.
pub(super) fn media(media: &OutgoingMedia) -> Checked {
    let word = media.kind.word();
    let field = |name: &str| format!("{word}.{name}");
    let mut json = source(word, &media.source)?;
    if let Some(caption) = &media.caption {
        if matches!(media.kind, MediaKind::Audio | MediaKind::Sticker) {
            return Err(other(field("caption"), "nothing"));
        }
        json["caption"] = characters(&field("caption"), caption, 1, 1024)?;
    }
    if let Some(filename) = &media.filename {
        if media.kind != MediaKind::Document {
            return Err(other(field("filename"), "nothing"));
        }
        json["filename"] = filled(&field("filename"), filename)?;
    }
    if media.voice {
        if media.kind != MediaKind::Audio {
            return Err(other(field("voice"), "nothing"));
        }
        json["voice"] = true.into();
    }
    Ok(json)
}

pub(super) fn location(
    field: &str,
    (latitude, longitude): (f64, f64),
    name: Option<&str>,
    address: Option<&str>,
) -> Checked {
    let mut json = json!({
        "latitude": degrees(&format!("{field}.latitude"), latitude, 90.0)?,
        "longitude": degrees(&format!("{field}.longitude"), longitude, 180.0)?,
    });
    for (part, value) in [("name", name), ("address", address)] {
        if let Some(value) = value {
            json[part] = filled(&format!("{field}.{part}"), value)?;
        }
    }
    Ok(json)
}

/// The emoji is one character for whoever reads, and several for whoever counts; "" takes the reaction back.
pub(super) fn reaction(to: &str, emoji: Option<&str>) -> Checked {
    let emoji = match emoji {
        Some(emoji) => filled("reaction.emoji", emoji)?,
        None => "".into(),
    };
    Ok(json!({"message_id": filled("reaction.message_id", to)?, "emoji": emoji}))
}

pub(super) fn contacts(cards: &[Card]) -> Checked {
    // Seen in the field; Meta's documents name no limit.
    size("contacts", cards.len(), 1, 257, "cards")?;
    Ok(each("contacts", cards, card)?.into())
}

/// A name needs its whole and at least one of its parts.
fn card(field: &str, card: &Card) -> Checked {
    let name = &card.name;
    let parts = [
        ("first_name", &name.first),
        ("middle_name", &name.middle),
        ("last_name", &name.last),
        ("prefix", &name.prefix),
        ("suffix", &name.suffix),
    ];
    if parts.iter().all(|(_, part)| part.is_empty()) {
        return Err(other(format!("{field}.name"), "a first, middle or last name, a prefix or a suffix"));
    }
    let mut named = given(&parts);
    named.insert(
        "formatted_name".to_owned(),
        filled(&format!("{field}.name.formatted_name"), &name.formatted)?,
    );
    let mut json = json!({ "name": named });
    let mut put = |name: &str, list: Vec<Value>| {
        if !list.is_empty() {
            json[name] = list.into();
        }
    };
    put("phones", each(&format!("{field}.phones"), &card.phones, phone)?);
    put(
        "emails",
        card.emails.iter().map(|of| given(&[("email", &of.email), ("type", &of.kind)]).into()).collect(),
    );
    put("addresses", card.addresses.iter().map(|of| address(of).into()).collect());
    put("urls", card.urls.iter().map(|of| given(&[("url", &of.url), ("type", &of.kind)]).into()).collect());
    if let Some(org) = &card.company {
        json["org"] =
            given(&[("company", &org.name), ("department", &org.department), ("title", &org.title)]).into();
    }
    if let Some(birthday) = &card.birthday {
        json["birthday"] = date(&format!("{field}.birthday"), birthday)?;
    }
    Ok(json)
}

fn phone(field: &str, phone: &CardPhone) -> Checked {
    filled(&format!("{field}.phone"), &phone.phone)?;
    Ok(given(&[("phone", &phone.phone), ("type", &phone.kind), ("wa_id", &phone.wa_id)]).into())
}

fn address(of: &Address) -> Map<String, Value> {
    given(&[
        ("street", &of.street),
        ("city", &of.city),
        ("state", &of.state),
        ("zip", &of.zip),
        ("country", &of.country),
        ("country_code", &of.country_code),
        ("type", &of.kind),
    ])
}

fn date(field: &str, text: &str) -> Result<Value, Invalid> {
    let shape =
        |(n, byte): (usize, u8)| if matches!(n, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let is_date = text.len() == 10 && text.bytes().enumerate().all(shape);
    if is_date { Ok(text.into()) } else { Err(other(field, "YYYY-MM-DD")) }
}

/// What is not empty.
fn given(parts: &[(&str, &String)]) -> Map<String, Value> {
    let full = parts.iter().filter(|(_, value)| !value.is_empty());
    full.map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect()
}
