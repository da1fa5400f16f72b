//! What we ask WhatsApp to say: the body of `POST /{phone-number-id}/messages`.
//!
//! What is spelt out is checked while it is spelt out, field by field, against Meta's limits: so what was checked is what
//! is sent, and a refusal names the field as Meta knows it.

mod interactive;
pub(crate) mod limits;
mod simple;
mod template;

use domain::id::NumberId;
use domain::message::{Identity, Outgoing};
use serde_json::{Value, json};

pub use limits::Invalid;
use limits::{filled, other, size};

/// A message on its way.
#[derive(Debug, Clone, Copy)]
pub struct Send<'a> {
    /// Our number that sends it.
    pub number: &'a NumberId,
    /// Whom it goes to.
    pub to: &'a Identity,
    /// What it says.
    pub message: &'a Outgoing,
    /// Comes back in every status: the surest way to know a message again when its answer was lost. At most 512
    /// characters; empty for none.
    pub opaque: &'a str,
}

/// The same, of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedSend {
    /// Our number that sends it.
    pub number: NumberId,
    /// Whom it goes to.
    pub to: Identity,
    /// What it says.
    pub message: Outgoing,
    /// Comes back in every status.
    pub opaque: String,
}

impl OwnedSend {
    /// To read it.
    pub fn borrow(&self) -> Send<'_> {
        Send { number: &self.number, to: &self.to, message: &self.message, opaque: &self.opaque }
    }
}

impl Send<'_> {
    /// The JSON text that Meta takes.
    pub fn body(&self) -> Result<String, Invalid> {
        size("biz_opaque_callback_data", self.opaque.chars().count(), 0, 512, "characters")?;
        let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual"});
        let (name, recipient) = recipient(self.to)?;
        body[name] = recipient.into();
        if !self.opaque.is_empty() {
            body["biz_opaque_callback_data"] = self.opaque.into();
        }
        put(&mut body, self.message)?;
        Ok(body.to_string())
    }
}

/// Without its `+` Meta would take a phone for a national one of the business's own country; and a user id is not
/// understood in the place of a phone (Cloud API, Business-scoped user ids).
fn recipient(to: &Identity) -> Result<(&'static str, String), Invalid> {
    let digits = |phone: &str| !phone.is_empty() && phone.bytes().all(|byte| byte.is_ascii_digit());
    match (&to.phone, &to.user_id) {
        (Some(phone), _) if digits(phone) => Ok(("to", format!("+{phone}"))),
        (_, Some(user_id)) if !user_id.is_empty() => Ok(("recipient", user_id.clone())),
        _ => Err(Invalid::Recipient),
    }
}

/// Adds what is said to what it is sent in.
fn put(body: &mut Value, message: &Outgoing) -> Result<(), Invalid> {
    let (kind, content) = match message {
        Outgoing::Answer { to, message } => {
            // A reaction names its message itself (Meta, *Contextual replies*).
            if matches!(**message, Outgoing::Answer { .. } | Outgoing::Reaction { .. }) {
                return Err(other("context", "nothing"));
            }
            body["context"] = json!({"message_id": filled("context.message_id", to)?});
            return put(body, message);
        }
        Outgoing::Text { body } => ("text", simple::text(body, false)?),
        Outgoing::TextWithPreview { body } => ("text", simple::text(body, true)?),
        Outgoing::Media(media) => (media.kind.word(), simple::media(media)?),
        Outgoing::Location { latitude, longitude, name, address } => {
            let place =
                simple::location("location", (*latitude, *longitude), name.as_deref(), address.as_deref())?;
            ("location", place)
        }
        Outgoing::Contacts { cards } => ("contacts", simple::contacts(cards)?),
        Outgoing::Reaction { to, emoji } => ("reaction", simple::reaction(to, emoji.as_deref())?),
        Outgoing::Template(template) => ("template", template::template(template)?),
        Outgoing::Buttons { body, buttons } => ("interactive", interactive::buttons(body, buttons)?),
        Outgoing::Menu { body, label, rows } => ("interactive", interactive::menu(body, label, rows)?),
        Outgoing::Interactive(interactive) => ("interactive", interactive::interactive(interactive)?),
    };
    body["type"] = kind.into();
    body[kind] = content;
    Ok(())
}

/// Checks a message against Meta's limits.
pub fn check(message: &Outgoing) -> Result<(), Invalid> {
    put(&mut json!({}), message)
}

/// Says that a customer's message was read, and all before it in the same chat; in a group it alone (Meta, *Mark
/// messages as read*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRead {
    /// Our number that received it.
    pub number: NumberId,
    /// The message.
    pub wamid: String,
    /// Whether the customer sees somebody typing, until an answer comes or for 25 seconds.
    pub typing: bool,
}

impl MarkRead {
    /// The JSON text that Meta takes.
    pub fn body(&self) -> Result<String, Invalid> {
        let wamid = filled("message_id", &self.wamid)?;
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
        if self.typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        Ok(body.to_string())
    }
}

#[cfg(test)]
mod tests;
