//! What we ask WhatsApp to say: the body of `POST /{phone-number-id}/messages`.
//!
//! Meta's limits are checked here, before anything is journalled or sent, because a refusal that comes back from Meta
//! names neither the field nor the limit. The numbers are those of Meta's pages on text, reply button and list messages
//! (Cloud API, Messages); a character is a Unicode scalar value.

use domain::id::NumberId;
use domain::message::{Identity, Outgoing, ReplyButton, Row};
use serde_json::{Value, json};

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
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A message that WhatsApp would not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Too short, too long, too few, too many.
    #[error("{field}: {least} to {most} {unit} are allowed and {given} were given")]
    Size {
        /// Which field, from the message's own root: `buttons[2].title`.
        field: String,
        /// The lower limit.
        least: usize,
        /// The upper limit.
        most: usize,
        /// What is counted.
        unit: &'static str,
        /// How many there were.
        given: usize,
    },
    /// Two things that have to differ.
    #[error("{field}: it is the same as {other}, and they have to differ")]
    Twice {
        /// The later one.
        field: String,
        /// The earlier one.
        other: String,
    },
    /// Nobody to send it to.
    #[error("to: a phone of digits alone or a user id was expected and there is neither")]
    Recipient,
}

impl Send<'_> {
    /// The JSON text that Meta takes.
    pub fn body(&self) -> Result<String, Invalid> {
        check(self.message)?;
        size("opaque", self.opaque.chars().count(), 0, 512, "characters")?;
        let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual"});
        let (name, recipient) = self.recipient()?;
        body[name] = recipient.into();
        if !self.opaque.is_empty() {
            body["biz_opaque_callback_data"] = self.opaque.into();
        }
        let (kind, content) = match self.message {
            Outgoing::Text { body } => ("text", json!({"body": body})),
            Outgoing::Buttons { body, buttons } => ("interactive", interactive_buttons(body, buttons)),
            Outgoing::Menu { body, label, rows } => ("interactive", interactive_list(body, label, rows)),
        };
        body["type"] = kind.into();
        body[kind] = content;
        Ok(body.to_string())
    }

    /// Without its `+` Meta would take a phone for a national one of the business's own country; and a user id is not
    /// understood in the place of a phone (Cloud API, Business-scoped user ids).
    fn recipient(&self) -> Result<(&'static str, String), Invalid> {
        let digits = |phone: &str| !phone.is_empty() && phone.bytes().all(|byte| byte.is_ascii_digit());
        match (&self.to.phone, &self.to.user_id) {
            (Some(phone), _) if digits(phone) => Ok(("to", format!("+{phone}"))),
            (_, Some(user_id)) if !user_id.is_empty() => Ok(("recipient", user_id.clone())),
            _ => Err(Invalid::Recipient),
        }
    }
}

fn interactive_buttons(body: &str, buttons: &[ReplyButton]) -> Value {
    let reply =
        |button: &ReplyButton| json!({"type": "reply", "reply": {"id": button.id, "title": button.title}});
    let buttons: Vec<_> = buttons.iter().map(reply).collect();
    json!({"type": "button", "body": {"text": body}, "action": {"buttons": buttons}})
}

fn interactive_list(body: &str, label: &str, rows: &[Row]) -> Value {
    let row = |row: &Row| {
        let mut json = json!({"id": row.id, "title": row.title});
        if !row.description.is_empty() {
            json["description"] = row.description.as_str().into();
        }
        json
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    json!({"type": "list", "body": {"text": body}, "action": {"button": label, "sections": [{"rows": rows}]}})
}

/// Checks a message against Meta's limits.
pub fn check(message: &Outgoing) -> Result<(), Invalid> {
    match message {
        Outgoing::Text { body } => characters("body", body, 4096),
        Outgoing::Buttons { body, buttons } => {
            characters("body", body, 1024)?;
            size("buttons", buttons.len(), 1, 3, "buttons")?;
            for (n, button) in buttons.iter().enumerate() {
                bytes(&format!("buttons[{n}].id"), &button.id, 256)?;
                characters(&format!("buttons[{n}].title"), &button.title, 20)?;
            }
            different("buttons", "id", buttons.iter().map(|button| button.id.as_str()))?;
            different("buttons", "title", buttons.iter().map(|button| button.title.as_str()))
        }
        Outgoing::Menu { body, label, rows } => {
            characters("body", body, 4096)?;
            characters("label", label, 20)?;
            size("rows", rows.len(), 1, 10, "rows")?;
            for (n, row) in rows.iter().enumerate() {
                bytes(&format!("rows[{n}].id"), &row.id, 200)?;
                characters(&format!("rows[{n}].title"), &row.title, 24)?;
                size(
                    &format!("rows[{n}].description"),
                    row.description.chars().count(),
                    0,
                    72,
                    "characters",
                )?;
            }
            different("rows", "id", rows.iter().map(|row| row.id.as_str()))
        }
    }
}

fn characters(field: &str, text: &str, most: usize) -> Result<(), Invalid> {
    size(field, text.chars().count(), 1, most, "characters")
}

fn bytes(field: &str, text: &str, most: usize) -> Result<(), Invalid> {
    size(field, text.len(), 1, most, "bytes")
}

fn size(field: &str, given: usize, least: usize, most: usize, unit: &'static str) -> Result<(), Invalid> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    Err(Invalid::Size { field: field.to_owned(), least, most, unit, given })
}

fn different<'a>(list: &str, name: &str, values: impl Iterator<Item = &'a str>) -> Result<(), Invalid> {
    let mut seen: Vec<&str> = Vec::new();
    for (n, value) in values.enumerate() {
        if let Some(earlier) = seen.iter().position(|other| *other == value) {
            let field = format!("{list}[{n}].{name}");
            return Err(Invalid::Twice { field, other: format!("{list}[{earlier}].{name}") });
        }
        seen.push(value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(to: Identity, message: &Outgoing) -> Value {
        let number = NumberId::from("106540352242922");
        let send = Send { number: &number, to: &to, message, opaque: "m1:1" };
        serde_json::from_str(&send.body().unwrap()).unwrap()
    }

    fn phone() -> Identity {
        Identity { phone: Some("573001234567".to_owned()), user_id: Some("CO.1".to_owned()) }
    }

    fn buttons(titles: &[&str]) -> Outgoing {
        let button = |title: &&str| ReplyButton { id: format!("id of {title}"), title: (*title).to_owned() };
        Outgoing::Buttons { body: "¿Seguimos?".to_owned(), buttons: titles.iter().map(button).collect() }
    }

    fn menu(rows: usize) -> Outgoing {
        let row =
            |n: usize| Row { id: n.to_string(), title: format!("Fila {n}"), description: String::new() };
        Outgoing::Menu {
            body: "Elija".to_owned(),
            label: "Ver".to_owned(),
            rows: (0..rows).map(row).collect(),
        }
    }

    #[test]
    fn a_text_goes_to_the_phone_with_its_plus_and_carries_our_word() {
        assert_eq!(
            body(phone(), &Outgoing::Text { body: "¡Hola! 👋".to_owned() }),
            json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+573001234567",
                "type": "text", "text": {"body": "¡Hola! 👋"}, "biz_opaque_callback_data": "m1:1",
            })
        );
    }

    #[test]
    fn who_has_no_phone_is_reached_by_the_user_id() {
        let nameless = Identity { phone: None, user_id: Some("CO.13491208655302741918".to_owned()) };
        let body = body(nameless, &buttons(&["Sí", "No"]));
        assert_eq!(body["recipient"], "CO.13491208655302741918");
        assert_eq!(body.get("to"), None);
        assert_eq!(
            body["interactive"]["action"]["buttons"][1]["reply"],
            json!({"id": "id of No", "title": "No"})
        );
    }

    #[test]
    fn a_menu_has_one_section_and_leaves_out_what_is_empty() {
        assert_eq!(
            body(phone(), &menu(2))["interactive"],
            json!({
                "type": "list", "body": {"text": "Elija"},
                "action": {"button": "Ver", "sections": [
                    {"rows": [{"id": "0", "title": "Fila 0"}, {"id": "1", "title": "Fila 1"}]}
                ]},
            })
        );
    }

    #[test]
    fn a_limit_counts_characters_and_a_refusal_names_the_field_the_limit_and_what_was_given() {
        let text = |length: usize| Outgoing::Text { body: "ñ".repeat(length) };
        assert_eq!(check(&text(4096)), Ok(()));
        let refusals = [
            (text(4097), "body: 1 to 4096 characters are allowed and 4097 were given"),
            (text(0), "body: 1 to 4096 characters are allowed and 0 were given"),
            (buttons(&[]), "buttons: 1 to 3 buttons are allowed and 0 were given"),
            (buttons(&["1", "2", "3", "4"]), "buttons: 1 to 3 buttons are allowed and 4 were given"),
            (
                buttons(&["Sí", "Un título demasiado largo"]),
                "buttons[1].title: 1 to 20 characters are allowed and 25 were given",
            ),
            (
                buttons(&["Sí", "No", "Sí"]),
                "buttons[2].id: it is the same as buttons[0].id, and they have to differ",
            ),
            (menu(11), "rows: 1 to 10 rows are allowed and 11 were given"),
        ];
        for (message, refusal) in refusals {
            assert_eq!(check(&message).unwrap_err().to_string(), refusal);
        }
    }

    #[test]
    fn nobody_is_no_recipient_and_neither_is_a_phone_that_is_none() {
        let number = NumberId::from("1");
        for phone in [None, Some(String::new()), Some("+57300".to_owned()), Some("57 300".to_owned())] {
            let to = Identity { phone, user_id: None };
            let send = Send { number: &number, to: &to, message: &menu(1), opaque: "" };
            assert_eq!(send.body(), Err(Invalid::Recipient));
        }
    }
}
