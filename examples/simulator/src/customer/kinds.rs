//! Everything else that a customer can do, spelt as Meta spells it (Meta, Webhooks: `messages`).

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Customer, Effects, NoSuchNumber};
use crate::media::Medium;
use crate::options::Person;
use crate::phones::Said;
use crate::update::Update;

/// A medium that a customer sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachment {
    /// A film, `video/mp4`.
    Video,
    /// A recording, `audio/mpeg`.
    Audio,
    /// A voice message, `audio/ogg; codecs=opus`.
    Voice,
    /// A file with a name, `application/pdf`.
    Document {
        /// As the customer called it, which may be anything.
        filename: String,
    },
    /// A sticker, `image/webp`.
    Sticker,
}

/// Something that a customer orders from a catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// `product_retailer_id`.
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// For one of them.
    pub price: f64,
    /// ISO 4217.
    pub currency: String,
}

impl Customer {
    /// Sends a medium with these bytes, which the host can fetch for seven days.
    pub fn attach(
        &self,
        number: &str,
        attachment: Attachment,
        bytes: impl Into<Bytes>,
        caption: &str,
    ) -> Result<String, NoSuchNumber> {
        let draft = self.draft(number, Effects::default())?;
        let (kind, mime_type, more) = match attachment {
            Attachment::Video => ("video", "video/mp4", json!({})),
            Attachment::Audio => ("audio", "audio/mpeg", json!({"voice": false})),
            Attachment::Voice => ("audio", "audio/ogg; codecs=opus", json!({"voice": true})),
            Attachment::Document { filename } => {
                ("document", "application/pdf", json!({"filename": filename}))
            }
            Attachment::Sticker => ("sticker", "image/webp", json!({"animated": false})),
        };
        let mut medium = draft.attached(Medium::new(mime_type, bytes.into()));
        if let (Value::Object(medium), Value::Object(more)) = (&mut medium, more) {
            medium.extend(more);
        }
        if !caption.is_empty() {
            medium["caption"] = caption.into();
        }
        let said = Said::Medium { medium: kind.to_owned(), caption: caption.to_owned() };
        Ok(draft.send(said, json!({"type": kind, kind: medium})))
    }

    /// Passes on somebody's name and phone.
    pub fn contact(&self, number: &str, name: &str, phone: &str) -> Result<String, NoSuchNumber> {
        let wa_id = crate::id::digits(phone);
        let contact = json!({
            "name": {"formatted_name": name, "first_name": name},
            "phones": [{"phone": phone, "wa_id": wa_id, "type": "CELL"}],
        });
        let said = Said::Other { name: format!("contacts: {name}") };
        self.send(number, said, json!({"type": "contacts", "contacts": [contact]}))
    }

    /// Orders from a catalogue.
    pub fn order(&self, number: &str, catalog: &str, items: &[Item]) -> Result<String, NoSuchNumber> {
        let item = |item: &Item| {
            json!({
                "product_retailer_id": item.product,
                "quantity": item.quantity,
                "item_price": item.price,
                "currency": item.currency,
            })
        };
        let items: Vec<_> = items.iter().map(item).collect();
        let order = json!({"catalog_id": catalog, "text": "", "product_items": items});
        self.send(number, Said::Other { name: "order".to_owned() }, json!({"type": "order", "order": order}))
    }

    /// Answers a flow or an address form; what was filled in crosses as a text of JSON.
    pub fn fill_in(&self, number: &str, form: &str, response: &Value) -> Result<String, NoSuchNumber> {
        let reply = json!({"name": form, "body": "Sent", "response_json": response.to_string()});
        let message =
            json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}});
        self.send(number, Said::Other { name: form.to_owned() }, message)
    }

    /// Writes after having tapped on an advertisement: answered within a day, everything is free for three.
    pub fn come_by_advertisement(
        &self,
        number: &str,
        text: &str,
        headline: &str,
    ) -> Result<String, NoSuchNumber> {
        let draft = self.draft(number, Effects { clicked: true, ..Effects::default() })?;
        let click = format!("{:032x}", draft.dice.about("click").number());
        let message = json!({"type": "text", "text": {"body": text}, "referral": {
            "source_url": "https://fb.me/simulated",
            "source_id": draft.dice.about("advertisement").below(10_000_000_000).to_string(),
            "source_type": "ad",
            "headline": headline,
            "body": "",
            "media_type": "image",
            "ctwa_clid": click,
        }});
        Ok(draft.send(Said::Text { body: text.to_owned() }, message))
    }

    /// Changes the words of an earlier message.
    pub fn edit(&self, number: &str, wamid: &str, text: &str) -> Result<String, NoSuchNumber> {
        let message = json!({"type": "text", "text": {"body": text}});
        let edit = json!({"original_message_id": wamid, "message": message});
        let draft = self.draft(number, Effects::default())?;
        Ok(draft.send_unseen(json!({"type": "edit", "edit": edit}), true))
    }

    /// Takes an earlier message back.
    pub fn revoke(&self, number: &str, wamid: &str) -> Result<String, NoSuchNumber> {
        let draft = self.draft(number, Effects::default())?;
        let revoke = json!({"original_message_id": wamid});
        Ok(draft.send_unseen(json!({"type": "revoke", "revoke": revoke}), true))
    }

    /// Sends what the API has no form for: `poll_creation`, `gif`, `group_invite`, …
    pub fn unsupported(&self, number: &str, kind: &str) -> Result<String, NoSuchNumber> {
        let error = json!({
            "code": 131_051,
            "title": "Message type unknown",
            "message": "Message type unknown",
            "error_data": {"details": "Message type is currently not supported."},
        });
        let message = json!({"type": "unsupported", "errors": [error], "unsupported": {"type": kind}});
        self.send(number, Said::Other { name: kind.to_owned() }, message)
    }

    /// Moves to another phone number, and so gets another user id: WhatsApp tells the number both, and the second one
    /// as a change of `user_id_update` too. Gives the customer as they are from now on.
    pub fn move_to(&self, number: &str, phone: &str) -> Result<Customer, NoSuchNumber> {
        let (old, new) = (&self.person, Person::new(phone, &self.person.name));
        let moved = Person { phone: new.phone.clone(), user_id: new.user_id.clone(), ..old.clone() };
        let system = Effects { system: true, ..Effects::default() };
        if !old.hidden {
            let body = format!("User {} changed from {} to {}", old.name, old.phone, new.phone);
            let told = json!({"body": body, "type": "user_changed_number", "wa_id": new.phone});
            self.draft(number, system)?.send_unseen(json!({"type": "system", "system": told}), false);
        }
        let body = format!("User {} changed their user id", old.name);
        let told = json!({"body": body, "type": "user_changed_user_id", "user_id": new.user_id});
        let draft = self.draft(number, system)?;
        let (dice, line) = (draft.dice.about("user id"), draft.line.number.clone());
        draft.send_unseen(json!({"type": "system", "system": told}), false);
        let shown = self.world.shown(&moved, dice);
        let mut change = json!({
            "detail": "The user id changed because the phone number did.",
            "user_id": {"previous": old.user_id, "current": new.user_id},
            "timestamp": self.world.clock.seconds().to_string(),
        });
        shown.put(&mut change, "wa_id", &moved);
        self.world.tell_host(Update::beside(dice, line, &moved, shown, "user_id_update", change));
        self.world.people.forget(&old.phone);
        Ok(Customer::new(self.world.clone(), moved))
    }

    /// Stops marketing of this company, or takes it again.
    pub fn marketing(&self, number: &str, wanted: bool) -> Result<(), NoSuchNumber> {
        let line = self.world.lines.get(number).ok_or_else(|| NoSuchNumber(number.to_owned()))?;
        self.world.people.change(&self.person.phone, |person| person.marketing = wanted);
        let dice = self.world.who(&self.person).about("marketing").nth(wanted.into());
        let shown = self.world.shown(&self.person, dice);
        let mut preference = json!({
            "user_id": self.person.user_id,
            "detail": if wanted { "User requested to resume marketing messages" } else { "User requested to stop marketing messages" },
            "category": "marketing_messages",
            "value": if wanted { "resume" } else { "stop" },
            "timestamp": self.world.clock.seconds(),
        });
        shown.put(&mut preference, "wa_id", &self.person);
        let (number, field) = (line.number.clone(), "user_preferences");
        self.world.tell_host(Update::beside(dice, number, &self.person, shown, field, preference));
        Ok(())
    }
}
