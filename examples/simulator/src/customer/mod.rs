//! Writing as a customer.

mod kinds;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

pub use kinds::{Attachment, Item};

use crate::dice::Dice;
use crate::event::Event;
use crate::id::{self, From};
use crate::line::Line;
use crate::media::Medium;
use crate::options::Person;
use crate::page::PHOTO;
use crate::phones::{Message, Said, Side};
use crate::update::Update;
use crate::world::World;

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

/// A message that has an id and is not written yet.
struct Draft<'a> {
    customer: &'a Customer,
    line: &'a Line,
    dice: Dice,
    wamid: String,
}

/// What a message does besides saying something.
#[derive(Clone, Copy, Default)]
struct Effects {
    /// It does not open the window: WhatsApp itself wrote it.
    system: bool,
    /// The customer came by an advertisement.
    clicked: bool,
}

impl Customer {
    pub(crate) fn new(world: Arc<World>, person: Person) -> Self {
        world.people.introduce(person.clone());
        if world.phones.show(person.clone()) {
            world.tell(|| Event::Phone { person: person.clone() });
        }
        Self { world, person }
    }

    /// The same customer with a username: webhooks know them by their user id alone.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.with(|person| {
            person.hidden = true;
            person.username = Some(person.username.take().unwrap_or_else(|| username(person)));
        })
    }

    /// The same customer with something else about them: not on WhatsApp any more, another name.
    pub fn with(self, change: impl FnOnce(&mut Person)) -> Self {
        let known = self.world.people.by_phone(&self.person.phone);
        let mut person = known.map_or(self.person, |known| Person::clone(&known));
        change(&mut person);
        Self::new(self.world, person)
    }

    /// Who this is.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Writes words to a number of the company.
    pub fn say(&self, number: &str, text: &str) -> Result<String, NoSuchNumber> {
        let said = Said::Text { body: text.to_owned() };
        self.send(number, said, json!({"type": "text", "text": {"body": text}}))
    }

    /// Presses a button or chooses a row that a message of that number offers. What was offered too long ago to be
    /// remembered counts as a button.
    pub fn press(&self, number: &str, id: &str, title: &str) -> Result<String, NoSuchNumber> {
        let offer = self.world.phones.offer(&self.person.phone, number, id);
        let mut message = if offer.as_ref().is_some_and(|offer| offer.template) {
            json!({"type": "button", "button": {"payload": id, "text": title}})
        } else {
            let mut reply = json!({"id": id, "title": title});
            let mut kind = "button_reply";
            if let Some(description) = offer.as_ref().and_then(|offer| offer.description.as_ref()) {
                kind = "list_reply";
                if !description.is_empty() {
                    reply["description"] = description.as_str().into();
                }
            }
            json!({"type": "interactive", "interactive": {"type": kind, kind: reply}})
        };
        if let Some(offer) = offer {
            message["context"] = json!({"from": self.display(number), "id": offer.wamid});
        }
        self.send(number, Said::Choice { title: title.to_owned() }, message)
    }

    /// Sends a photo, always the same, with words under it if there are any.
    pub fn photo(&self, number: &str, caption: &str) -> Result<String, NoSuchNumber> {
        let draft = self.draft(number, Effects::default())?;
        let mut image = draft.attached(Medium::new("image/png", Bytes::from_static(PHOTO)));
        if !caption.is_empty() {
            image["caption"] = caption.into();
        }
        let said = Said::Photo { caption: caption.to_owned() };
        Ok(draft.send(said, json!({"type": "image", "image": image})))
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
        let draft = self.draft(number, Effects::default())?;
        let reacted = draft.send_unseen(json!({"type": "reaction", "reaction": reaction}), true);
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
        Ok(self.draft(number, Effects::default())?.send(said, message))
    }

    fn draft(&self, number: &str, effects: Effects) -> Result<Draft<'_>, NoSuchNumber> {
        let line = self.world.lines.get(number).ok_or_else(|| NoSuchNumber(number.to_owned()))?;
        let (who, now, rules) = (self.world.who(&self.person), self.world.clock.now(), self.world.rules());
        let nth = line.books().wrote(who, now, &rules, !effects.system, effects.clicked);
        self.world.counts.written.add(1);
        let dice = who.about(&line.number.id).nth(nth).about("written");
        let wamid = id::wamid(dice, From::Customer, &self.person.phone);
        Ok(Draft { customer: self, line, dice, wamid })
    }

    fn display(&self, number: &str) -> String {
        self.world.lines.get(number).map(|line| id::digits(&line.number.display)).unwrap_or_default()
    }
}

impl Draft<'_> {
    /// Keeps a medium for those who fetch it, and gives what a message says of it.
    fn attached(&self, medium: Medium) -> Value {
        let world = &self.customer.world;
        let (mime_type, sha256) = (medium.mime_type.clone(), medium.sha256_base64());
        let id = world.media.receive(self.dice, medium, world.clock.now());
        json!({"id": id.to_string(), "mime_type": mime_type, "sha256": sha256})
    }

    /// First on the phone, or the second tick could come before the first.
    fn send(self, said: Said, message: Value) -> String {
        let (world, phone) = (&self.customer.world, &self.customer.person.phone);
        let number = &self.line.number.id;
        world.show(phone, Message::new(&self.wamid, number, Side::Customer, world.clock.seconds(), said));
        self.send_unseen(message, true)
    }

    /// Without it being drawn as a message. Not everything says who it is from (`introduced`).
    fn send_unseen(self, mut message: Value, introduced: bool) -> String {
        let Customer { world, person } = self.customer;
        message["timestamp"] = world.clock.seconds().to_string().into();
        let shown = world.shown(person, self.dice);
        let number = self.line.number.clone();
        let update = Update::message(self.dice, number, person, shown, introduced, &self.wamid, message);
        world.tell_host(update);
        self.wamid
    }
}

/// A username that somebody of this name might choose.
pub(crate) fn username(person: &Person) -> String {
    let name: String = person.name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let end = person.phone.get(person.phone.len().saturating_sub(4)..).unwrap_or_default();
    format!("{}.{end}", if name.is_empty() { "user" } else { &name })
}
