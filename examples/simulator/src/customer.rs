//! Writing as a customer.

use std::sync::Arc;

use data_encoding::BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::id::From;
use crate::options::Person;
use crate::page::PHOTO;
use crate::phones::{Message, Said, Side};
use crate::update::Update;
use crate::world::{Event, World};

/// A customer and their phone. Everything that they do gives back its wamid at once and arrives at the webhook later.
#[derive(Clone)]
pub struct Customer {
    world: Arc<World>,
    person: Person,
}

/// The company has no such number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("number: the company of this simulation has no number with the id `{0}`")]
pub struct NoSuchNumber(pub String);

impl Customer {
    pub(crate) fn new(world: Arc<World>, person: Person) -> Self {
        if world.phones.show(person.clone()) {
            world.tell(|| Event::Phone { person: person.clone() });
        }
        Self { world, person }
    }

    /// The same customer with a username: webhooks know them by their user id alone.
    #[must_use]
    pub fn hidden(self) -> Self {
        let person = Person { hidden: true, ..self.person };
        Self::new(self.world, person)
    }

    /// Who this is.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Writes words to a number of the company.
    pub fn say(&self, number: &str, text: &str) -> Result<String, NoSuchNumber> {
        self.send(
            number,
            Said::Text { body: text.to_owned() },
            json!({"type": "text", "text": {"body": text}}),
        )
    }

    /// Presses a button or chooses a row that a message of that number offers. What was offered too long ago to be
    /// remembered counts as a button.
    pub fn press(&self, number: &str, id: &str, title: &str) -> Result<String, NoSuchNumber> {
        let offer = self.world.phones.offer(&self.person.phone, number, id);
        let mut reply = json!({"id": id, "title": title});
        let mut kind = "button_reply";
        if let Some(description) = offer.as_ref().and_then(|offer| offer.description.as_ref()) {
            kind = "list_reply";
            if !description.is_empty() {
                reply["description"] = description.as_str().into();
            }
        }
        let mut message = json!({"type": "interactive", "interactive": {"type": kind, kind: reply}});
        if let Some(offer) = offer {
            message["context"] = json!({"from": self.display(number), "id": offer.wamid});
        }
        self.send(number, Said::Choice { title: title.to_owned() }, message)
    }

    /// Sends a photo, always the same, with words under it if there are any.
    pub fn photo(&self, number: &str, caption: &str) -> Result<String, NoSuchNumber> {
        let sha256 = BASE64.encode(&Sha256::digest(PHOTO));
        let mut image = json!({"id": self.world.ids.medium(), "mime_type": "image/png", "sha256": sha256});
        if !caption.is_empty() {
            image["caption"] = caption.into();
        }
        let said = Said::Photo { caption: caption.to_owned() };
        self.send(number, said, json!({"type": "image", "image": image}))
    }

    /// Sends a place.
    pub fn location(
        &self,
        number: &str,
        name: &str,
        latitude: f64,
        longitude: f64,
    ) -> Result<String, NoSuchNumber> {
        let location = json!({"latitude": latitude, "longitude": longitude, "name": name});
        let said = Said::Location { name: name.to_owned(), latitude, longitude };
        self.send(number, said, json!({"type": "location", "location": location}))
    }

    /// Puts an emoji on a message of the company, or takes it off again.
    pub fn react(&self, number: &str, wamid: &str, emoji: Option<&str>) -> Result<String, NoSuchNumber> {
        let reaction = json!({"message_id": wamid, "emoji": emoji.unwrap_or_default()});
        let reacted = self.send_unseen(number, json!({"type": "reaction", "reaction": reaction}))?;
        self.world.phones.react(&self.person.phone, wamid, emoji);
        self.world.tell(|| Event::Reaction {
            phone: self.person.phone.clone(),
            wamid: wamid.to_owned(),
            emoji: emoji.map(str::to_owned),
        });
        Ok(reacted)
    }

    /// Sends a message of any other shape: an object with `type` and what belongs to it. `id`, `from`, `from_user_id`
    /// and `timestamp` are added.
    pub fn send_raw(&self, number: &str, message: Value) -> Result<String, NoSuchNumber> {
        let name = message.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let message = if message.is_object() { message } else { json!({}) };
        self.send(number, Said::Other { name }, message)
    }

    fn send(&self, number: &str, said: Said, message: Value) -> Result<String, NoSuchNumber> {
        let wamid = self.world.ids.wamid(From::Customer, &self.person.phone);
        let update = self.update(number, &wamid, message)?;
        // First on the phone, or the second tick could come before the first.
        self.world
            .show(&self.person.phone, Message::new(&wamid, number, Side::Customer, self.world.now(), said));
        self.world.enqueue(update);
        Ok(wamid)
    }

    fn send_unseen(&self, number: &str, message: Value) -> Result<String, NoSuchNumber> {
        let wamid = self.world.ids.wamid(From::Customer, &self.person.phone);
        self.world.enqueue(self.update(number, &wamid, message)?);
        Ok(wamid)
    }

    fn update(&self, number: &str, wamid: &str, mut message: Value) -> Result<Update, NoSuchNumber> {
        let line = self.world.lines.get(number).ok_or_else(|| NoSuchNumber(number.to_owned()))?;
        message["timestamp"] = self.world.now().to_string().into();
        Ok(Update::message(line.number.clone(), &self.person, wamid, message))
    }

    fn display(&self, number: &str) -> String {
        self.world.lines.get(number).map(|line| crate::id::digits(&line.number.display)).unwrap_or_default()
    }
}
