//! Customers who write by themselves.
//!
//! Each has dice of their own, so what the tenth customer writes third, and when, does not depend on the other nine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::customer::{Attachment, Customer, Item, NoSuchNumber, username};
use crate::dice::Dice;
use crate::options::Person;
use crate::phones::Said;
use crate::scenario::value;
use crate::world::World;

/// Customers, and how they are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Crowd {
    /// How many there are.
    pub count: u64,
    /// The phone of the first one; the others have those that follow. Digits alone, at most 15.
    pub first: u64,
    /// The time between two messages of one customer, on average; None if they never write by themselves.
    #[serde(deserialize_with = "value::span_or_off")]
    pub every: Option<Duration>,
    /// How many messages one customer writes; None for no end.
    #[serde(deserialize_with = "value::count_or_off")]
    pub messages: Option<u64>,
    /// The share of people with a username, whose phone is left out.
    #[serde(deserialize_with = "value::share")]
    pub usernames: f64,
    /// The share of phones that are not on WhatsApp.
    #[serde(deserialize_with = "value::share")]
    pub unreachable: f64,
    /// The share of people who do not want marketing.
    #[serde(deserialize_with = "value::share")]
    pub stopped: f64,
    /// What they write, and how often in relation to each other.
    pub writes: BTreeMap<Kind, u64>,
    /// The words that they use.
    pub texts: Vec<String>,
}

/// What a customer of a crowd may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // They are Meta's words, and say it all.
pub enum Kind {
    Text,
    Image,
    Video,
    Audio,
    Voice,
    Document,
    Sticker,
    Location,
    Contacts,
    Order,
    Flow,
    Advertisement,
    Unsupported,
    /// A button or a row of the company's latest message; words if it offers none.
    Press,
    /// An emoji on the company's latest message; words if there is none.
    Reaction,
    /// Of the customer's own latest message; words if there is none.
    Edit,
    Revoke,
    /// Another phone number.
    Move,
    /// No marketing any more.
    Stop,
}

impl Default for Crowd {
    fn default() -> Self {
        Self {
            count: 10,
            first: 573_009_000_000,
            every: Some(Duration::from_secs(60)),
            messages: None,
            usernames: 0.0,
            unreachable: 0.0,
            stopped: 0.0,
            writes: BTreeMap::from([(Kind::Text, 1)]),
            texts: ["Hola, ¿a qué hora abren?", "¿En qué va mi pedido?", "Gracias 👍"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

const NAMES: [&str; 12] = [
    "Lucía",
    "Mateo",
    "Valentina",
    "Santiago",
    "Óscar",
    "Doña Blanca",
    "João",
    "Camila",
    "Íngrid",
    "José María",
    "👩‍🍳",
    "",
];

/// Lets them live, each on their own.
pub(crate) fn start(world: &Arc<World>, crowd: &Crowd) {
    let (crowd, start) = (Arc::new(crowd.clone()), world.clock.now());
    for n in 0..crowd.count {
        let dice = world.dice.about("crowd").nth(n);
        let customer = Customer::new(world.clone(), person(&crowd, dice, n));
        if customer.person().on_whatsapp && crowd.every.is_some() {
            world.spawn(live(world.clone(), crowd.clone(), customer, dice, start));
        }
    }
}

fn person(crowd: &Crowd, dice: Dice, n: u64) -> Person {
    let name = dice.about("name").one_of(&NAMES).copied().unwrap_or_default();
    let mut person = Person::new(&(crowd.first + n).to_string(), name);
    person.hidden = dice.about("username").happens(crowd.usernames);
    person.username = person.hidden.then(|| username(&person));
    person.on_whatsapp = !dice.about("unreachable").happens(crowd.unreachable);
    person.marketing = !dice.about("stopped").happens(crowd.stopped);
    person
}

async fn live(world: Arc<World>, crowd: Arc<Crowd>, mut customer: Customer, dice: Dice, start: u64) {
    let Some(every) = crowd.every else { return };
    let numbers: Vec<String> = world.lines.keys().cloned().collect();
    let Some(number) = dice.about("number").one_of(&numbers) else { return };
    let kinds: Vec<Kind> =
        crowd.writes.iter().flat_map(|(kind, weight)| (0..*weight).map(|_| *kind)).collect();
    // Fixed beforehand, so that a slow machine does not make them write less.
    let mut due = start;
    let mut last = None;
    for nth in 0..crowd.messages.unwrap_or(u64::MAX) {
        let dice = dice.about("message").nth(nth);
        let range = if nth == 0 { Duration::ZERO..=every } else { every / 2..=every * 3 / 2 };
        due += crate::clock::millis(dice.about("when").between(&range));
        world.clock.until(due).await;
        let Some(kind) = dice.about("kind").one_of(&kinds) else { return };
        let text = dice.about("text").one_of(&crowd.texts).map_or("", String::as_str);
        match write(&world, &customer, number, *kind, text, last.as_deref(), dice) {
            Ok(Wrote::Message(wamid)) => last = Some(wamid),
            Ok(Wrote::Moved(moved)) => customer = *moved,
            Ok(Wrote::Nothing) => {}
            Err(NoSuchNumber(_)) => return,
        }
    }
}

enum Wrote {
    Message(String),
    Moved(Box<Customer>),
    Nothing,
}

fn write(
    world: &World,
    customer: &Customer,
    number: &str,
    kind: Kind,
    text: &str,
    last: Option<&str>,
    dice: Dice,
) -> Result<Wrote, NoSuchNumber> {
    let phone = &customer.person().phone;
    let latest = || world.phones.latest(phone, number);
    let bytes = || dice.about("bytes").number().to_le_bytes().repeat(64);
    let attach = |attachment| customer.attach(number, attachment, bytes(), "");
    let wamid = match kind {
        Kind::Text => customer.say(number, text),
        Kind::Image => customer.photo(number, text),
        Kind::Video => attach(Attachment::Video),
        Kind::Audio => attach(Attachment::Audio),
        Kind::Voice => attach(Attachment::Voice),
        Kind::Document => attach(Attachment::Document { filename: "../factura <1>.pdf".to_owned() }),
        Kind::Sticker => attach(Attachment::Sticker),
        Kind::Location => customer.location(number, "Plaza de Bolívar", 4.5981, -74.0760),
        Kind::Contacts => customer.contact(number, "Ana", "+57 300 555 0100"),
        Kind::Order => {
            let item = Item {
                product: "SKU-1".to_owned(),
                quantity: 2,
                price: 19_900.0,
                currency: "COP".to_owned(),
            };
            customer.order(number, "194836987003835", &[item])
        }
        Kind::Flow => {
            customer.fill_in(number, "flow", &serde_json::json!({"flow_token": "t", "motivo": text}))
        }
        Kind::Advertisement => customer.come_by_advertisement(number, text, "Taladros a mitad de precio"),
        Kind::Unsupported => customer.unsupported(number, "poll_creation"),
        Kind::Press => match latest().and_then(|message| offered(&message.said, dice)) {
            Some((id, title)) => customer.press(number, &id, &title),
            None => customer.say(number, text),
        },
        Kind::Reaction => match latest() {
            Some(message) => customer.react(number, &message.wamid, Some("👍")),
            None => customer.say(number, text),
        },
        Kind::Edit | Kind::Revoke => match last {
            Some(wamid) if kind == Kind::Edit => customer.edit(number, wamid, text),
            Some(wamid) => customer.revoke(number, wamid),
            None => customer.say(number, text),
        },
        Kind::Move => {
            // A phone that nobody of the crowd has.
            let other = format!("58{:010}", dice.about("phone").below(10_000_000_000));
            return Ok(Wrote::Moved(Box::new(customer.move_to(number, &other)?)));
        }
        Kind::Stop => return customer.marketing(number, false).map(|()| Wrote::Nothing),
    };
    wamid.map(Wrote::Message)
}

/// Something that can be pressed.
fn offered(said: &Said, dice: Dice) -> Option<(String, String)> {
    let dice = dice.about("press");
    match said {
        Said::Buttons { buttons, .. } => {
            dice.one_of(buttons).map(|button| (button.id.clone(), button.title.clone()))
        }
        Said::Menu { rows, .. } => dice.one_of(rows).map(|row| (row.id.clone(), row.title.clone())),
        _ => None,
    }
}
